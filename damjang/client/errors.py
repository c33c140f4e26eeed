"""What can go wrong at a trainer's that is not a matter of trust (those are damjang.certificates.errors)."""

from __future__ import annotations

from damjang.certificates.errors import TrustError


class ClientError(Exception):
    """The root of this tree; same attributes as the other rooms' errors."""

    exit_code = 5

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class StateUnusable(ClientError):
    """What was seen before cannot be read or written, so rollback could not be found."""

    exit_code = 3


class CopyFailed(ClientError):
    """A copy stopped half way (disk full, source gone): what is finished stays, and is not copied again."""


class ReleaseAbsent(ClientError):
    """There is no such release where it was looked for."""

    exit_code = 4


class PositionRefused(ClientError):
    """A resume position of another release, or of another division among ranks."""

    exit_code = 4


class NotPinned(TrustError):
    """No root of trust is pinned for this release on this machine."""

    remedy_default = "name the root that you trust: trust='root.json', or pull with --trust root.json once"


class ClusterUnknown(TrustError):
    """The cluster is not among those enrolled, so nothing may be pulled for it."""

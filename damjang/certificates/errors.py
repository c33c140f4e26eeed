"""Why something is not trusted: one error per cause, so that a script and a person can tell them apart.

Every check fails closed. `message` is the cause in one line, `remedy` what to do next; neither holds personal data.
Same attributes as the other rooms' errors, restated here because this room imports nothing of ours.
"""

from __future__ import annotations


class TrustError(Exception):
    """The root of this tree. `exit_code` is what the command line returns: 1, a check failed."""

    exit_code = 1
    remedy_default = ""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy or self.remedy_default

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class Malformed(TrustError):
    """Not what the format says, to the byte. Nothing malformed is repaired."""

    remedy_default = "fetch the file again from its issuer; a file that was edited or re-saved is no longer evidence"


class OutOfOrder(TrustError):
    """A check was asked for before the one it stands on: a bug in the caller, refused all the same."""


# --- signatures and keys -----------------------------------------------------------------------------------------


class SignatureError(TrustError):
    """Something is wrong with who signed."""


class BadSignature(SignatureError):
    """A signature does not fit its key and bytes."""

    remedy_default = "the file was altered after signing, or signed by another key: ask its issuer for the original"


class UnknownKey(SignatureError):
    """Signed with a key that the root of trust does not name."""

    remedy_default = (
        "check that you use the issuer's current root.json; do not add the key unless its owner confirms it"
    )


class ThresholdNotReached(SignatureError):
    """Fewer persons signed than the root of trust asks for."""

    remedy_default = "an officer who has not signed yet runs `damjang sign RELEASE --key URI`"


class ProposerNotSigned(SignatureError):
    """The person named as proposer did not sign the proposal, so separation of duties cannot be checked."""


class KeyRefused(TrustError):
    """A private key cannot be used: wrong scheme, wrong type, open to others, or locked."""

    exit_code = 3


# --- time and revocation -----------------------------------------------------------------------------------------


class TimeError(TrustError):
    """Something is out of its time."""


class Expired(TimeError):
    """The certificate's validity has ended."""

    remedy_default = "pull a newer version of the release, or ask its issuer for one"


class NotYetValid(TimeError):
    """Issued later than now."""

    remedy_default = "check this machine's clock"


class RootExpired(TimeError):
    """The root of trust has expired."""

    remedy_default = "get the issuer's current root.json over a channel that you trust"


class ClockWentBack(TimeError):
    """The clock shows a time before one that was already seen: expiry could not be trusted."""

    remedy_default = "set this machine's clock"


class RevocationError(TrustError):
    """Something is wrong with the certificate's standing or with the revocation list."""


class Revoked(RevocationError):
    """The certificate is on the revocation list."""

    remedy_default = "stop using this release; pull the one that supersedes it and sign a deletion receipt"


class RevocationListStale(RevocationError):
    """The revocation list has expired, or is older than the certificate demands (TUF: freeze attack)."""

    remedy_default = "fetch the newest revocations.dsse.json; officers renew it with `damjang revocations renew`"


class RevocationListRolledBack(RevocationError):
    """The revocation list is older than, or takes back an entry of, one that was already seen."""

    remedy_default = "somebody serves an old list: fetch it from its issuer, and tell them"


class ForeignRoot(TrustError):
    """Issued under another root of trust than the one given, though the same persons may have signed."""

    remedy_default = "use the root.json of the organisation and project that issued this"


class RootRolledBack(TrustError):
    """The root of trust is older than one that was already seen, or does not follow from it."""

    remedy_default = "use the newest root.json that its issuer has published"


class DemoMismatch(TrustError):
    """A demo certificate under a real root of trust, or the other way round."""

    remedy_default = "a demo release proves nothing about anyone's duties: do not use it outside the demo"


# --- content -----------------------------------------------------------------------------------------------------


class ContentError(TrustError):
    """The files are not those that were certified."""

    remedy_default = "pull the release again; if it persists, the source itself was altered: tell its issuer"


class DigestMismatch(ContentError):
    """A file's bytes are not the certified ones."""


class MissingFile(ContentError):
    """A certified file is not there."""


class ExtraFile(ContentError):
    """A file that nobody certified is there (or a link, or a folder)."""

    remedy_default = "nothing may lie in a release folder but the release: move the file away"


class RootMismatch(ContentError):
    """The manifest's Merkle root is not the certified one."""


class WrongRelease(ContentError):
    """The certificate, manifest or receipt is of another release."""


class LogProofInvalid(TrustError):
    """The certificate's place in the audit log is not proved."""

    remedy_default = (
        "ask the issuer for the log proof of this certificate; without one it may have been issued in secret"
    )


class DifferenceInvalid(TrustError):
    """A proof of difference does not show that one release is the other without the named rows."""

    remedy_default = "ask the issuer for the proof again; until it verifies, treat the new release as unexplained"


class LogForked(TrustError):
    """Two signed views of the audit log contradict each other."""

    remedy_default = "keep both checkpoints: together they prove that the log was rewritten"


# --- use ---------------------------------------------------------------------------------------------------------


class UseError(TrustError):
    """A good certificate that does not allow this use."""


class WrongPurpose(UseError):
    """Not certified for this purpose (PIPA Art. 3①, 18)."""

    remedy_default = "use a release that is certified for this purpose; a purpose cannot be added afterwards"


class WrongJurisdiction(UseError):
    """Not certified for use in this country (PIPA Art. 28-8)."""

    remedy_default = "use a cluster in a certified country"


class WrongRecipient(UseError):
    """Not certified for this cluster (PIPA Art. 17)."""

    remedy_default = "ask the issuer to enrol the cluster and to certify it as a recipient"


class GateFailed(UseError):
    """The certificate itself records a gate that did not hold."""

    remedy_default = "such a release must never have been issued: tell its issuer"


class ReceiptMissing(UseError):
    """Not a pulled copy: no receipt says who uses it, for what."""

    remedy_default = "pull the release first: `damjang pull RELEASE --to DIR --purpose … --cluster ID --key URI`"

"""What this machine has seen, kept between runs: the pinned root of trust, the newest revocation list, the latest time.

    STATE/<root id>/root.json               pinned on first use, replaced only by a root that follows from it
    STATE/<root id>/revocations.dsse.json   the newest list that verified
    STATE/<root id>/seen.json               versions, time, revoked certificates, log checkpoints

Without it an old revocation list (rollback), or a clock set back (freeze), could not be told from the real thing (TUF
§5). STATE is $DAMJANG_STATE, else $XDG_STATE_HOME/damjang, else ~/.local/state/damjang.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from damjang.certificates.canonical import canonical, format_time, parse
from damjang.certificates.errors import ForeignRoot, RootRolledBack, TrustError
from damjang.certificates.fields import Fields
from damjang.certificates.files import locked, write_atomic
from damjang.certificates.reader import load_root
from damjang.certificates.trust import Root, succeed
from damjang.certificates.verify import NEVER, Seen
from damjang.client.errors import NotPinned, StateUnusable

_FORMAT: Final = "damjang-seen/v1"
_POINT: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def default_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the state lies if nobody says otherwise."""
    if named := environ.get("DAMJANG_STATE"):
        return Path(named)
    base = environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "damjang"


@dataclass(frozen=True)
class State:
    """The state under `folder`. Several processes may use it at once."""

    folder: Path

    def trust(self, path: Path) -> Root:
        """The root in `path`, pinned if this machine knows none of its id yet.

        Of a known id, it must be the pinned one, or follow from it by the signed successions that lie beside `path` as
        root.<version>.dsse.json (TUF §5.3). Raises RootRolledBack, SignatureError, Malformed.
        """
        offered = load_root(path)
        with self._locked(offered.id):
            pin = self._place(offered.id) / "root.json"
            root = self.pinned(offered.id) if pin.exists() else offered
            while root.version < offered.version:
                follows = path.with_name(f"root.{root.version + 1}.dsse.json")
                if not follows.exists():
                    raise RootRolledBack(
                        f"root.json has version {offered.version}, version {root.version} is pinned,"
                        f" and {follows.name} is missing",
                        "get the signed succession from the issuer",
                    )
                root = succeed(root, follows.read_bytes())
            if root.to_bytes() != offered.to_bytes():
                raise RootRolledBack(f"root.json is not the pinned root of version {root.version}")
            write_atomic(pin, root.to_bytes())
        return root

    def pinned(self, root_id: str) -> Root:
        """The root that was pinned for an id. Raises NotPinned."""
        pin = self._place(root_id) / "root.json"
        if not pin.exists():
            raise NotPinned("no root of trust is pinned for this release")
        root = load_root(pin)
        if root.id != root_id:
            raise ForeignRoot("the pinned root of trust has another id")
        return root

    def revocations(self, root_id: str) -> list[bytes]:
        """The newest list that was seen, if any."""
        path = self._place(root_id) / "revocations.dsse.json"
        return [path.read_bytes()] if path.exists() else []

    def seen(self, root_id: str) -> Seen:
        """What was remembered; an empty memory at first use. Raises StateUnusable if it is damaged."""
        path = self._place(root_id) / "seen.json"
        if not path.exists():
            return Seen()
        try:
            fields = Fields(parse(path.read_bytes(), "seen.json"), "seen.json")
            fields.text("format", re.compile(re.escape(_FORMAT)))
            points = [_POINT.fullmatch(point) for point in fields.texts("checkpoints", _POINT)]
            found = Seen(
                fields.integer("root_version"),
                fields.time("time"),
                fields.integer("revocation_version"),
                frozenset(fields.texts("revoked")),
                frozenset((int(point[1]), point[2]) for point in points if point),
            )
            fields.end()
        except TrustError as error:
            raise StateUnusable(
                f"{path}: {error.message}", "restore it, or remove it knowing that old lists can then pass once"
            ) from None
        return found

    def remember(self, root_id: str, seen: Seen, revocations: bytes | None = None) -> None:
        """Joins `seen` to what is remembered: the higher of each, the union of sets."""
        with self._locked(root_id):
            old = self.seen(root_id)
            both = Seen(
                max(old.root_version, seen.root_version),
                max(old.time, seen.time),
                max(old.revocation_version, seen.revocation_version),
                old.revoked | seen.revoked,
                old.checkpoints | seen.checkpoints,
            )
            record = {
                "format": _FORMAT,
                "root_version": both.root_version,
                "time": format_time(max(both.time, NEVER.replace(year=1970))),
                "revocation_version": both.revocation_version,
                "revoked": sorted(both.revoked),
                "checkpoints": sorted(f"{size}:{root}" for size, root in both.checkpoints),
            }
            write_atomic(self._place(root_id) / "seen.json", canonical(record))
            if revocations is not None and seen.revocation_version >= old.revocation_version:
                write_atomic(self._place(root_id) / "revocations.dsse.json", revocations)

    def _place(self, root_id: str) -> Path:
        return self.folder / root_id

    def _locked(self, root_id: str) -> _Locked:
        return _Locked(self._place(root_id))


class _Locked:
    """Makes the folder and holds its lock; file system trouble becomes StateUnusable."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> None:
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = locked(self._place / ".lock")
            self._lock.__enter__()
        except OSError as error:
            raise StateUnusable(
                f"{self._place}: {os.strerror(error.errno or 0)}", "set DAMJANG_STATE to a folder that can be written"
            ) from None

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._lock.__exit__(None, None, None)

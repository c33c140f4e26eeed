"""A published release to attack, and ways to change it: for the tests of verification."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from issuer_world import NOW, World, cluster, digest, make_root

from damjang.certificates.canonical import canonical
from damjang.certificates.reader import verify_directory
from damjang.certificates.receipt import Receipt
from damjang.certificates.trust import Root
from damjang.certificates.verify import Verified

RELEASE = "korean-public@1"


def publish(folder: Path) -> World:
    world = World(folder)
    world.publish()
    return world


def copied(published: World, folder: Path) -> Path:
    """A copy of the release with its list beside it, to be attacked."""
    shutil.copytree(published.office.published(RELEASE), folder)
    (folder / "revocations.dsse.json").write_bytes(published.revocations)
    return folder


def check(folder: Path, root: Root | None = None, now: dt.datetime = NOW, **options: object) -> Verified:
    return verify_directory(folder, root or make_root(), now=now, **options)  # type: ignore[arg-type]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


SHARD = "shards/press-00000.arrow"


def edit(folder: Path, name: str, change: Callable[[dict[str, object]], object]) -> None:
    path = folder / name
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical(value))


def edit_payload(folder: Path, name: str, change: Callable[[dict[str, object]], object]) -> None:
    def within(envelope: dict[str, object]) -> None:
        payload = json.loads(base64.b64decode(str(envelope["payload"])))
        change(payload)
        envelope["payload"] = base64.b64encode(canonical(payload)).decode()

    edit(folder, name, within)


RECEIPT = Receipt(
    "pulled", RELEASE, digest("c"), digest("r"), "0" * 32, cluster(), "pretraining", ("attribution",), NOW, 1, 24, 100
)

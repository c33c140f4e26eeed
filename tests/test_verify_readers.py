"""No way round a step of verification, and no reader that fails otherwise than by a TrustError."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from issuer_world import NOW, World, cluster, make_root, signer
from verify_kit import RECEIPT, RELEASE, SHARD, check, copied, flip, publish

from damjang.certificates import errors
from damjang.certificates.canonical import canonical
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.logproof import LogProof
from damjang.certificates.manifest import Manifest
from damjang.certificates.note import verify_checkpoint, verify_cosignature
from damjang.certificates.reader import list_files
from damjang.certificates.receipt import Receipt
from damjang.certificates.revocation import RevocationList
from damjang.certificates.statement import Statement
from damjang.certificates.trust import Root
from damjang.certificates.verify import TrustedRelease, Use


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    return publish(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def folder(published: World, tmp_path: Path) -> Path:
    return copied(published, tmp_path / "release")


# --- the state machine: no way around a step ---------------------------------------------------------------------------


def test_no_step_can_be_left_out(folder: Path) -> None:
    steps: list[Callable[[TrustedRelease], object]] = [
        lambda t: t.update_revocations((folder / "revocations.dsse.json").read_bytes()),
        lambda t: t.update_certificate((folder / "certificate.dsse.json").read_bytes()),
        lambda t: t.update_log((folder / "log/checkpoint").read_bytes(), (folder / "log/inclusion.json").read_bytes()),
        lambda t: t.update_manifest((folder / "manifest.json").read_bytes()),
        lambda t: t.update_files(list_files(folder)),
        lambda t: [
            t.update_shard(f"shards/press-0000{n}.arrow", hashlib.sha256((folder / f"shards/press-0000{n}.arrow").read_bytes()).hexdigest())
            for n in (0, 1)
        ],
        lambda t: t.finish(Use("pretraining")),
    ]  # fmt: skip
    walk(steps)
    for left_out in range(len(steps) - 1):
        with pytest.raises(errors.OutOfOrder):
            walk(step for number, step in enumerate(steps) if number != left_out)


def walk(steps: Iterable[Callable[[TrustedRelease], object]]) -> None:
    trusted = TrustedRelease(make_root(), NOW)
    for step in steps:
        step(trusted)


def test_a_partly_read_release_names_what_was_not_read(folder: Path) -> None:
    flip(folder / SHARD)
    verified = check(folder, partly=True)
    assert verified.unread == {SHARD, "shards/press-00001.arrow"}
    trusted = TrustedRelease(make_root(), NOW)
    with pytest.raises(errors.OutOfOrder):
        trusted.update_shard(SHARD, "0" * 64)


def test_a_release_without_shards_has_no_rows() -> None:
    assert Manifest(RELEASE, ()).root() == hashlib.sha256(b"").hexdigest()


# --- receipts ------------------------------------------------------------------------------------------------------------


def test_a_receipt_is_the_enrolled_clusters() -> None:
    data = RECEIPT.sign(signer("seoul-1"))
    assert Receipt.verify(data, cluster()) == RECEIPT
    for other in (
        cluster(country="US"),
        cluster(operator="남"),
        cluster(key=signer("x").public),
        cluster(id="seoul-2"),
    ):
        with pytest.raises(errors.UnknownKey):
            Receipt.verify(data, other)
    with pytest.raises(errors.UnknownKey):
        RECEIPT.sign(signer("x"))
    forged = Envelope.from_bytes(data, "application/vnd.damjang.receipt+json", "x")
    with pytest.raises(errors.BadSignature):
        Receipt.verify(replace(forged, payload=replace(RECEIPT, purpose="research").to_bytes()).to_bytes())
    with pytest.raises(errors.ThresholdNotReached):
        Receipt.verify(replace(forged, signatures=()).to_bytes())


# --- whatever is inside: a TrustError or a value, never another exception ----------------------------------------------------


ODD: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    2**53 - 1,
    1.5,
    "",
    "x",
    "\x00",
    "가" * 100,
    "0" * 64,
    "9" * 5000 + "@1",
    [],
    [None],
    [[]],
    {},
    {"a": 1},
)


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from places(value[number], (*path, number))


def replaced(value: object, path: tuple[object, ...], new: object) -> object:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)  # type: ignore[call-overload]
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


def readers(folder: Path) -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    def within(name: str) -> bytes:
        return base64.b64decode(json.loads((folder / name).read_bytes())["payload"])

    return {
        "statement": (within("certificate.dsse.json"), Statement.from_bytes),
        "revocations": (within("revocations.dsse.json"), RevocationList.from_bytes),
        "envelope": (
            (folder / "certificate.dsse.json").read_bytes(),
            lambda data: Envelope.from_bytes(data, IN_TOTO, "x"),
        ),
        "manifest": ((folder / "manifest.json").read_bytes(), Manifest.from_bytes),
        "inclusion": ((folder / "log/inclusion.json").read_bytes(), LogProof.from_bytes),
        "root": (make_root().to_bytes(), Root.from_bytes),
        "receipt": (RECEIPT.sign(signer("seoul-1")), Receipt.verify),
    }


@pytest.mark.parametrize("name", ["statement", "revocations", "envelope", "manifest", "inclusion", "root", "receipt"])
def test_no_odd_value_escapes_the_reader(folder: Path, name: str) -> None:
    data, read = readers(folder)[name]
    whole, refused = json.loads(data), 0
    for path in places(whole):
        for odd in ODD:
            changed = canonical(replaced(whole, path, odd))
            try:
                read(changed)
            except errors.TrustError:
                refused += 1
    assert refused > len(ODD)


@given(st.binary(max_size=300))
def test_no_garbage_escapes_a_reader(data: bytes) -> None:
    for read in (
        Statement.from_bytes,
        RevocationList.from_bytes,
        Manifest.from_bytes,
        LogProof.from_bytes,
        Root.from_bytes,
        Receipt.verify,
    ):
        with pytest.raises(errors.TrustError):
            read(data)
    with pytest.raises(errors.TrustError):
        verify_checkpoint(data, "damjang/world", signer("log").public)
    with pytest.raises(errors.TrustError):
        verify_cosignature(data, "damjang/world", signer("log").public)

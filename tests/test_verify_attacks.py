"""Attacks on a published release by an outsider: each changes one thing in the files, without keys, and must meet one
named error.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, World, cluster, digest, signer
from verify_kit import SHARD, check, copied, edit, edit_payload, flip, publish, truncate

from damjang.certificates import errors
from damjang.certificates.dsse import Envelope
from damjang.certificates.note import Checkpoint, sign_checkpoint
from damjang.certificates.reader import list_files
from damjang.certificates.revocation import REVOCATIONS_TYPE, RevocationList
from damjang.certificates.verify import Seen, Use


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    return publish(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def folder(published: World, tmp_path: Path) -> Path:
    return copied(published, tmp_path / "release")


def test_the_release_itself_is_good(folder: Path) -> None:
    verified = check(folder, use=Use("pretraining", cluster()))
    assert verified.unread == frozenset()
    assert (verified.proposer, verified.approvers) == ("engineer-1", ("officer-1", "officer-2"))


# --- an outsider: files ------------------------------------------------------------------------------------------------

FILE_ATTACKS: dict[str, tuple[Callable[[Path], object], type[errors.TrustError]]] = {
    "shard gone": (lambda d: (d / SHARD).unlink(), errors.MissingFile),
    "shard longer": (lambda d: (d / SHARD).write_bytes((d / SHARD).read_bytes() + b"\0"), errors.DigestMismatch),
    "shard shorter": (lambda d: truncate(d / SHARD), errors.DigestMismatch),
    "shard changed": (lambda d: flip(d / SHARD), errors.DigestMismatch),
    "shard of another": (lambda d: shutil.copy(d / "shards/press-00001.arrow", d / SHARD), errors.DigestMismatch),
    "shard renamed": (lambda d: (d / SHARD).rename(d / "shards/press-00009.arrow"), errors.MissingFile),
    "shard is a link": (lambda d: ((d / SHARD).rename(d.parent / "x"), (d / SHARD).symlink_to(d.parent / "x")), errors.ExtraFile),
    "shard is a pipe": (lambda d: ((d / SHARD).unlink(), os.mkfifo(d / SHARD)), errors.ExtraFile),
    "shard is a folder": (lambda d: ((d / SHARD).unlink(), (d / SHARD).mkdir()), errors.ExtraFile),
    "extra shard": (lambda d: shutil.copy(d / SHARD, d / "shards/press-00002.arrow"), errors.ExtraFile),
    "extra file": (lambda d: (d / "README").write_text("x"), errors.ExtraFile),
    "hidden file": (lambda d: (d / ".x").write_text("x"), errors.ExtraFile),
    "extra folder": (lambda d: (d / "more").mkdir(), errors.ExtraFile),
    "no certificate": (lambda d: (d / "certificate.dsse.json").unlink(), errors.MissingFile),
    "no manifest": (lambda d: (d / "manifest.json").unlink(), errors.MissingFile),
    "no list": (lambda d: (d / "revocations.dsse.json").unlink(), errors.MissingFile),
    "no checkpoint": (lambda d: (d / "log/checkpoint").unlink(), errors.MissingFile),
    "no log proof": (lambda d: (d / "log/inclusion.json").unlink(), errors.MissingFile),
    "certificate is a link": (
        lambda d: ((d / "certificate.dsse.json").rename(d.parent / "c"), (d / "certificate.dsse.json").symlink_to(d.parent / "c")),
        errors.ExtraFile,
    ),
    "empty folder": (lambda d: (shutil.rmtree(d), d.mkdir()), errors.MissingFile),
    "no folder": (shutil.rmtree, errors.MissingFile),
}  # fmt: skip


@pytest.mark.parametrize("attack", FILE_ATTACKS)
def test_a_changed_file_is_named(folder: Path, attack: str) -> None:
    act, error = FILE_ATTACKS[attack]
    act(folder)
    with pytest.raises(error) as raised:
        check(folder)
    assert type(raised.value) is error
    assert raised.value.remedy
    assert raised.value.exit_code == 1


def test_any_byte_of_any_file_counts(folder: Path) -> None:
    """Sign, mutate, verify: 150 random single-byte changes of metadata and shards, each found."""
    dice = random.Random(7)
    files = sorted(list_files(folder))
    for _ in range(150):
        path = folder / dice.choice(files)
        data = path.read_bytes()
        place = dice.randrange(len(data))
        path.write_bytes(data[:place] + bytes([data[place] ^ dice.randrange(1, 256)]) + data[place + 1 :])
        with pytest.raises(errors.TrustError):
            check(folder)
        path.write_bytes(data)
    check(folder)


@pytest.mark.parametrize("name", ["certificate.dsse.json", "revocations.dsse.json"])
def test_an_edited_payload_fits_no_signature(folder: Path, name: str) -> None:
    edit_payload(folder, name, lambda payload: payload.update(extra=1))
    with pytest.raises((errors.BadSignature, errors.Malformed)):
        check(folder)


def test_dropping_a_signature_falls_below_the_threshold(folder: Path) -> None:
    engineer = signer("engineer-1").public.keyid
    edit(
        folder,
        "certificate.dsse.json",
        lambda e: e.update(signatures=[s for s in e["signatures"] if s["keyid"] == engineer]),
    )  # type: ignore[attr-defined]
    with pytest.raises(errors.ThresholdNotReached):
        check(folder)


def test_dropping_the_proposers_signature_is_found(folder: Path) -> None:
    engineer = signer("engineer-1").public.keyid
    edit(
        folder,
        "certificate.dsse.json",
        lambda e: e.update(signatures=[s for s in e["signatures"] if s["keyid"] != engineer]),
    )  # type: ignore[attr-defined]
    with pytest.raises(errors.ProposerNotSigned):
        check(folder)


def test_the_manifest_of_another_content_has_another_root(folder: Path) -> None:
    edit(folder, "manifest.json", lambda m: m["shards"][0].update(sha256=digest("x")))  # type: ignore[index]
    with pytest.raises(errors.RootMismatch):
        check(folder)


def test_the_manifest_of_another_release(folder: Path) -> None:
    edit(folder, "manifest.json", lambda m: m.update(release="korean-public@2"))
    with pytest.raises(errors.WrongRelease):
        check(folder)


@pytest.mark.parametrize(
    "path", ["../evil.arrow", "shards/../../x.arrow", "/etc/x.arrow", "shards/a/b.arrow", "shards/.arrow", "x.arrow"]
)
def test_a_manifest_cannot_point_outside(folder: Path, path: str) -> None:
    edit(folder, "manifest.json", lambda m: m["shards"][0].update(path=path))  # type: ignore[index]
    with pytest.raises(errors.Malformed):
        check(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [("index", 1), ("salt", "0" * 64), ("kind", "stage"), ("at", "2026-11-22T03:00:01Z"), ("proof", ["0" * 64])],
)
def test_a_log_proof_proves_one_entry(folder: Path, field: str, value: object) -> None:
    edit(folder, "log/inclusion.json", lambda p: p.update({field: value}))
    with pytest.raises(errors.LogProofInvalid):
        check(folder)


def test_a_checkpoint_by_somebody_else(folder: Path) -> None:
    note = sign_checkpoint(Checkpoint("damjang/world", 1, bytes(32)), signer("officer-1"))
    (folder / "log/checkpoint").write_bytes(note)
    with pytest.raises(errors.UnknownKey):
        check(folder)


# --- time, purpose, place ----------------------------------------------------------------------------------------------


def test_everything_ends(folder: Path, published: World) -> None:
    with pytest.raises(errors.RevocationListStale):
        check(folder, now=NOW + 30 * DAY)
    check(folder, now=NOW + 30 * DAY - dt.timedelta(seconds=1))
    fresh = RevocationList(published.root.id, 2, NOW + 180 * DAY, NOW + 200 * DAY, ())
    later = Envelope(fresh.to_bytes(), REVOCATIONS_TYPE).signed(signer("officer-1")).to_bytes()
    with pytest.raises(errors.Expired):
        check(folder, now=NOW + 180 * DAY, revocations=[later])
    with pytest.raises(errors.RootExpired):
        check(folder, now=NOW + 800 * DAY)
    with pytest.raises(errors.NotYetValid):
        check(folder, now=NOW - DAY)
    with pytest.raises(errors.Malformed):
        check(folder, now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("use", "error"),
    [
        (Use("evaluation"), errors.WrongPurpose),
        (Use("Pretraining"), errors.WrongPurpose),
        (Use("pretraining", cluster(country="US")), errors.WrongJurisdiction),
    ],
)
def test_only_the_certified_use(folder: Path, use: Use, error: type[errors.TrustError]) -> None:
    with pytest.raises(error):
        check(folder, use=use)


def test_a_reused_time_does_not_bring_old_views_back(folder: Path) -> None:
    verified = check(folder)
    with pytest.raises(errors.ClockWentBack):
        check(folder, now=NOW - dt.timedelta(minutes=11), seen=verified.seen)
    with pytest.raises(errors.RootRolledBack):
        check(folder, seen=Seen(root_version=2))
    with pytest.raises(errors.RevocationListRolledBack):
        check(folder, seen=Seen(revocation_version=2))
    with pytest.raises(errors.RevocationListRolledBack):  # same version, but it forgot somebody
        check(folder, seen=Seen(revocation_version=1, revoked=frozenset({digest("x")})))
    with pytest.raises(errors.LogForked):
        check(folder, seen=Seen(checkpoints=frozenset({(1, digest("another root"))})))

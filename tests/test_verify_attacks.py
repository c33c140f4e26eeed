"""Attacks on a published release: each changes one thing and must meet one named error.

Two kinds. An outsider changes files without keys. An insider holds real keys and signs something that breaks a rule:
those go through the state machine with a statement that `governance.issuing` would never have made.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from issuer_world import DAY, NOW, World, cluster, digest, make_root, signer

from damjang.certificates import errors
from damjang.certificates.canonical import canonical
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.facts import Facts, Gate
from damjang.certificates.logproof import LogProof, commitment, entry_bytes
from damjang.certificates.manifest import Manifest
from damjang.certificates.merkle import leaf_hash
from damjang.certificates.note import Checkpoint, sign_checkpoint, verify_checkpoint, verify_cosignature
from damjang.certificates.reader import list_files, verify_directory
from damjang.certificates.receipt import Receipt
from damjang.certificates.revocation import REVOCATIONS_TYPE, Revocation, RevocationList
from damjang.certificates.statement import Statement
from damjang.certificates.trust import Person, Root
from damjang.certificates.verify import Seen, TrustedRelease, Use, Verified

RELEASE = "korean-public@1"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("issuer"))
    world.publish()
    return world


@pytest.fixture
def folder(published: World, tmp_path: Path) -> Path:
    """A copy of the release with its list beside it, to be attacked."""
    shutil.copytree(published.office.published(RELEASE), tmp_path / "release")
    (tmp_path / "release" / "revocations.dsse.json").write_bytes(published.revocations)
    return tmp_path / "release"


def check(folder: Path, root: Root | None = None, now: dt.datetime = NOW, **options: object) -> Verified:
    return verify_directory(folder, root or make_root(), now=now, **options)  # type: ignore[arg-type]


def test_the_release_itself_is_good(folder: Path) -> None:
    verified = check(folder, use=Use("pretraining", cluster()))
    assert verified.unread == frozenset()
    assert (verified.proposer, verified.approvers) == ("engineer-1", ("officer-1", "officer-2"))


# --- an outsider: files ------------------------------------------------------------------------------------------------


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


SHARD = "shards/press-00000.arrow"
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


# --- an insider: real keys, broken rules ---------------------------------------------------------------------------------


class Insider:
    """Holds every key and may sign anything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        envelope = Envelope.from_bytes((folder / "certificate.dsse.json").read_bytes(), IN_TOTO, "x")
        self.statement = Statement.from_bytes(envelope.payload)

    def certify(self, payload: bytes, *names: str) -> None:
        """Signs the payload and logs it in a log of one entry."""
        envelope = Envelope(payload, IN_TOTO)
        for name in names or ("engineer-1", "officer-1", "officer-2"):
            envelope = envelope.signed(signer(name))
        (self.folder / "certificate.dsse.json").write_bytes(envelope.to_bytes())
        salt = bytes(32)
        leaf = leaf_hash(
            entry_bytes("certificate", "2026-11-22T03:00:00Z", commitment(salt, bytes.fromhex(envelope.digest)))
        )
        (self.folder / "log/checkpoint").write_bytes(
            sign_checkpoint(Checkpoint("damjang/world", 1, leaf), signer("log"))
        )
        (self.folder / "log/inclusion.json").write_bytes(LogProof(0, "certificate", NOW, salt, ()).to_bytes())

    def change(self, *names: str, **changes: object) -> None:
        facts = {name: changes.pop(name) for name in list(changes) if name in Facts.__dataclass_fields__}
        made = replace(self.statement, facts=replace(self.statement.facts, **facts), **changes)  # type: ignore[arg-type]
        self.certify(made.to_bytes(), *names)

    def list(self, *names: str, **changes: object) -> None:
        made = replace(RevocationList(self.statement.root_id, 1, NOW, NOW + 30 * DAY, ()), **changes)  # type: ignore[arg-type]
        envelope = Envelope(made.to_bytes(), REVOCATIONS_TYPE)
        for name in names or ("officer-1",):
            envelope = envelope.signed(signer(name))
        (self.folder / "revocations.dsse.json").write_bytes(envelope.to_bytes())


@pytest.fixture
def insider(folder: Path) -> Insider:
    return Insider(folder)


def test_the_insider_can_make_a_good_one(insider: Insider) -> None:
    insider.change()
    check(insider.folder)


INSIDER: dict[str, tuple[Callable[[Insider], object], type[errors.TrustError]]] = {
    "one officer": (lambda i: i.change("engineer-1", "officer-1"), errors.ThresholdNotReached),
    "no engineer": (lambda i: i.change("officer-1", "officer-2"), errors.ProposerNotSigned),
    "nobody": (lambda i: (i.change(), edit(i.folder, "certificate.dsse.json", lambda e: e.update(signatures=[]))), errors.ProposerNotSigned),
    "officer as proposer": (lambda i: i.change("officer-1", "officer-2", proposed_by="officer-1"), errors.ProposerNotSigned),
    "another's name as proposer": (lambda i: i.change(proposed_by="engineer-2"), errors.ProposerNotSigned),
    "a stranger too": (lambda i: i.change("engineer-1", "officer-1", "officer-2", "stranger"), errors.UnknownKey),
    "the log's key as officer": (lambda i: i.change("engineer-1", "officer-1", "log"), errors.UnknownKey),
    "demo": (lambda i: i.change(demo=True), errors.DemoMismatch),
    "another root": (lambda i: i.change(root_id="f" * 32), errors.ForeignRoot),
    "issued tomorrow": (lambda i: i.change(issued=NOW + DAY), errors.NotYetValid),
    "expired yesterday": (lambda i: i.change(issued=NOW - 9 * DAY, expires=NOW - DAY), errors.Expired),
    "expires this second": (lambda i: i.change(issued=NOW - DAY, expires=NOW), errors.Expired),
    "failed gate": (lambda i: i.change(gates=(Gate("rrn-zero", "제24조의2", "fail", "1", digest("x")),)), errors.GateFailed),
    "no gates": (lambda i: i.change(gates=()), errors.GateFailed),
    "demands a newer list": (lambda i: i.change(min_revocation_version=2), errors.RevocationListStale),
    "another log": (lambda i: i.change(log_origin="damjang/other"), errors.LogProofInvalid),
    "more rows than the manifest": (
        lambda i: i.change(rows=i.statement.rows + 1, sources=(replace(i.statement.facts.sources[0], kept=i.statement.rows, documents=i.statement.rows + 8),)),
        errors.RootMismatch,
    ),
    "root of another manifest": (lambda i: i.change(root=digest("x")), errors.RootMismatch),
    "other release": (lambda i: i.change(release="korean-public@2"), errors.WrongRelease),
    "list by an engineer": (lambda i: i.list("engineer-1"), errors.UnknownKey),
    "list unsigned": (lambda i: (i.list(), edit(i.folder, "revocations.dsse.json", lambda e: e.update(signatures=[]))), errors.ThresholdNotReached),
    "list of another root": (lambda i: i.list(root_id="f" * 32), errors.ForeignRoot),
    "list of tomorrow": (lambda i: i.list(issued=NOW + DAY), errors.NotYetValid),
    "list out of date": (lambda i: i.list(expires=NOW), errors.RevocationListStale),
    "revoked": (
        lambda i: i.list(version=2, revoked=(Revocation(Envelope.from_bytes((i.folder / "certificate.dsse.json").read_bytes(), IN_TOTO, "x").digest, RELEASE, "withdrawal", NOW),)),
        errors.Revoked,
    ),
    "unlogged": (lambda i: (i.change(), (i.folder / "log/inclusion.json").write_bytes(LogProof(0, "certificate", NOW, bytes(31) + b"\1", ()).to_bytes())), errors.LogProofInvalid),
}  # fmt: skip


@pytest.mark.parametrize("attack", INSIDER)
def test_keys_do_not_help_against_a_rule(insider: Insider, attack: str) -> None:
    act, error = INSIDER[attack]
    act(insider)
    with pytest.raises(error) as raised:
        check(insider.folder)
    assert type(raised.value) is error


def predicate(change: dict[str, object]) -> Callable[[dict[str, dict[str, object]]], None]:
    return lambda payload: payload["predicate"].update(change)


@pytest.mark.parametrize(
    "change",
    [
        predicate({"title": "개인정보 보호 인증서"}),
        predicate({"surprise": 1}),
        predicate({"purposes": []}),
        predicate({"purposes": ["anything"]}),
        predicate({"purposes": ["research", "research"]}),
        predicate({"jurisdictions": ["Korea"]}),
        predicate({"recipients": ["*", "seoul-1"]}),
        predicate({"rows": -1}),
        predicate({"rows": True}),
        predicate({"rows": "24"}),
        predicate({"issued": "2026-11-22 03:00:00"}),
        predicate({"expires": "2026-11-22T03:00:00Z"}),
        predicate({"expires": "2036-11-22T03:00:00Z"}),
        predicate({"supersedes": "korean-public@1"}),
        predicate({"supersedes": "other@0"}),
        predicate({"data_class": {"id": "PERSONAL", "ground": "consent"}}),
        predicate({"data_class": {"id": "SAFE", "ground": "consent", "why": ""}}),
        predicate({"claims": [{"id": "x", "statement": "", "mark": "proved", "evidence": ""}]}),
        predicate({"obligations": [{"id": "nothing", "sources": [], "detail": ""}]}),
        predicate({"gates": [{"id": "x", "article": "", "verdict": "waived", "detail": "", "evidence_sha256": "0" * 64}]}),
        lambda payload: payload["predicate"].pop("law_version"),
        lambda payload: payload.update(predicateType="https://slsa.dev/provenance/v1"),
        lambda payload: payload.update(_type="https://in-toto.io/Statement/v0.1"),
        lambda payload: payload["subject"].append(payload["subject"][0]),
        lambda payload: payload["subject"][0]["digest"].update(sha256="0" * 64),
        lambda payload: payload["subject"][0].update(name="korean-public@01"),
        lambda payload: payload["predicate"]["sources"][0].update(documents=1),
        lambda payload: payload["predicate"]["sources"].append(payload["predicate"]["sources"][0]),
    ],
)  # fmt: skip
def test_a_signed_statement_that_breaks_the_format_is_malformed(
    insider: Insider, change: Callable[[object], object]
) -> None:
    payload = json.loads(insider.statement.to_bytes())
    change(payload)
    insider.certify(canonical(payload))
    with pytest.raises(errors.Malformed):
        check(insider.folder)


def test_the_end_of_time_is_only_another_time(insider: Insider) -> None:
    payload = json.loads(insider.statement.to_bytes())
    payload["predicate"].update(issued="9999-12-30T00:00:00Z", expires="9999-12-31T00:00:00Z")
    insider.certify(canonical(payload))
    with pytest.raises(errors.NotYetValid):
        check(insider.folder)


def test_a_payload_in_another_spelling_is_malformed(insider: Insider) -> None:
    insider.certify(json.dumps(json.loads(insider.statement.to_bytes())).encode())
    with pytest.raises(errors.Malformed):
        check(insider.folder)


def test_one_person_with_two_keys_is_one_person(insider: Insider) -> None:
    persons = list(make_root().persons)
    persons[1] = Person("officer-1", ("officer",), (signer("officer-1").public, signer("spare").public))
    insider.change("engineer-1", "officer-1", "spare")
    with pytest.raises(errors.ThresholdNotReached):
        check(insider.folder, make_root(persons=tuple(persons)))


def test_the_proposer_does_not_count_among_the_approvers(insider: Insider) -> None:
    persons = list(make_root().persons)
    persons[0] = Person("engineer-1", ("engineer", "officer"), persons[0].keys)
    insider.change("engineer-1", "officer-1")
    with pytest.raises(errors.ThresholdNotReached):
        check(insider.folder, make_root(persons=tuple(persons)))
    insider.change("engineer-1", "officer-1", "officer-2")
    assert check(insider.folder, make_root(persons=tuple(persons))).approvers == ("officer-1", "officer-2")


def test_another_signature_type_is_not_a_certificate(insider: Insider, published: World) -> None:
    (insider.folder / "certificate.dsse.json").write_bytes(published.revocations)
    with pytest.raises(errors.Malformed):
        check(insider.folder)


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


RECEIPT = Receipt(
    "pulled", RELEASE, digest("c"), digest("r"), "0" * 32, cluster(), "pretraining", ("attribution",), NOW, 1, 24, 100
)


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

"""Attacks by an insider, who holds real keys and signs something that breaks a rule: they go through the state machine
with a statement that `governance.issuing` would never have made.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, World, digest, make_root, signer
from verify_kit import RELEASE, check, copied, edit, publish

from damjang.certificates import errors
from damjang.certificates.canonical import canonical
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.facts import Facts, Gate
from damjang.certificates.logproof import LogProof, commitment, entry_bytes
from damjang.certificates.merkle import leaf_hash
from damjang.certificates.note import Checkpoint, sign_checkpoint
from damjang.certificates.revocation import REVOCATIONS_TYPE, Revocation, RevocationList
from damjang.certificates.statement import Statement
from damjang.certificates.trust import Person


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    return publish(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def folder(published: World, tmp_path: Path) -> Path:
    return copied(published, tmp_path / "release")


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

"""Withdrawal: the dry run names exactly what is touched; begin and complete survive crashes."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from governance import requests as rights
from governance import withdrawal
from governance.consents import snapshot
from governance.errors import RequestRefused, WithdrawalStale
from governance.lineage import Lineage, release_folders
from governance.trace_index import build_index
from tests.fake_run import NOW, Doc, FakeRun

DOCS = [
    Doc("forum", "a", "00000-000", "kim"), Doc("forum", "b", "00000-000", "lee"), Doc("forum", "c", "00000-000", "kim"),
    Doc("forum", "d", "00001-000", "lee"), Doc("forum", "e", "00002-000", "kim", duplicate_of="g"),
    Doc("forum", "f", "00002-000", "lee"),
    Doc("news", "g", "00003-000"), Doc("news", "h", "00003-000", duplicate_of="a"), Doc("news", "i", "00003-000", duplicate_of="g"),
    Doc("news", "j", "00004-000", duplicate_of="f"),
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> FakeRun:
    made = FakeRun(tmp_path, DOCS)
    made.write()
    made.ledger.record_pull(
        "corpus@1", cluster_id="c1", purpose="pretraining", receipt="{}", receipt_digest="1" * 64, at=NOW, now=NOW
    )
    return made


def requested(run: FakeRun, person: str | None = "kim", kind: str = "withdraw", source: str = "forum") -> str:
    key = rights.receive(
        run.ledger, run.vault, kind, NOW, received_at=NOW, channel="web", source_id=source, provider_id=person
    )
    rights.verify(run.ledger, key, "login", "staff", NOW)
    return key


def planned(
    run: FakeRun,
    key: str,
    people: tuple[str, ...] = ("kim",),
    reason: str = "withdrawal",
    source: str = "forum",
    **more: object,
) -> withdrawal.Plan:
    return withdrawal.plan(
        run.ledger, run.vault, run.out, "demo", request_id=key, reason=reason, source_id=source, subjects=people, **more
    )


def approved(run: FakeRun, plan: withdrawal.Plan) -> withdrawal.Plan:
    rights.advance(run.ledger, plan.request_id, "planned", NOW, evidence=plan.digest)
    rights.advance(run.ledger, plan.request_id, "approved", NOW, actor="officer", evidence=plan.digest)
    return plan


def hexes(run: FakeRun, keys: str) -> list[str]:
    return sorted(run.ids[key].hex() for key in keys)


def test_the_dry_run_names_exactly_what_is_touched(run: FakeRun) -> None:
    before = [p.read_bytes() for p in sorted(run.root.rglob("*.db"))]
    plan = planned(run, "r" * 32)
    assert list(plan.documents) == hexes(run, "ace")
    (release,) = plan.releases
    assert (release.label, release.supersede, release.clusters) == ("corpus@1", True, ("c1",))
    assert [(cut.path, cut.removed, cut.rows) for cut in release.shards] == [
        ("shards/forum-00000-000.arrow", (0, 2), 3)
    ]
    # h repeats a; e repeated g, so g and its other repeat i carry near-identical text
    assert list(plan.held) == hexes(run, "ghi")
    assert {cut.part for cut in plan.staged} == {"00000-000", "00002-000"}
    assert {(cut.stage, cut.kind) for cut in plan.staged if cut.part == "00000-000"} == {
        ("ingest", "data"), ("ingest", "subjects"), ("refine", "data"), ("dedup", "data"), ("anonymize", "data"),
        ("anonymize", "review"),
    }  # fmt: skip
    assert plan.cost() == {
        "documents": 3, "rows": 2, "shards": 1, "shard_bytes": 300, "releases": 1, "staged_files": 12, "clusters": 1, "held": 3,
    }  # fmt: skip
    assert planned(run, "r" * 32).digest == plan.digest
    assert [p.read_bytes() for p in sorted(run.root.rglob("*.db"))] == before


def test_the_index_changes_the_cost_and_not_the_plan(run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write(2)
    asked = [
        {"people": ("kim",)},
        {"people": ("lee", "kim")},
        {"people": ("nobody",)},
        {"people": (), "documents": [run.ids["e"]]},
    ]
    plain = [planned(run, "r" * 32, **who) for who in asked]
    for info in run.ledger.releases("demo"):
        lineage = Lineage(run.out, run.vault, release_folders(run.out, run.ledger, info))
        assert build_index(run.out, run.vault, lineage, NOW) is not None
    opened: list[str] = []
    real = Lineage.open
    monkeypatch.setattr(Lineage, "open", lambda self, stage, ref: opened.append(ref["path"]) or real(self, stage, ref))
    indexed = [planned(run, "r" * 32, **who) for who in asked]
    assert [replace(plan, indexes=()) for plan in indexed] == plain
    assert [len(plan.indexes) for plan in indexed] == [2] * len(asked)
    opened.clear()
    planned(run, "r" * 32, people=("kim",))
    touched = {"00000-000", "00002-000"}
    assert all(any(part in path for part in touched) for path in opened)
    assert len(opened) == 2 * (2 + 2 + 1)  # two releases: decisions and edges of two parts, rows of one shard


def test_nothing_begins_without_verification_and_approval_of_this_very_plan(run: FakeRun) -> None:
    key = rights.receive(
        run.ledger, run.vault, "withdraw", NOW, received_at=NOW, channel="web", source_id="forum", provider_id="kim"
    )
    plan = planned(run, key)
    for step in (lambda: None, lambda: rights.verify(run.ledger, key, "login", "staff", NOW)):
        step()
        with pytest.raises(RequestRefused):
            withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    approved(run, plan)
    with pytest.raises(RequestRefused, match="not the approved one"):
        withdrawal.begin(run.ledger, run.vault, replace(plan, documents=plan.documents[:1]), "demo", NOW)
    assert len(run.vault.tombstones.snapshot()) == 0
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    assert len(run.vault.tombstones.snapshot()) == 3


def test_begin_and_complete(run: FakeRun) -> None:
    key = requested(run)
    plan = approved(run, planned(run, key))
    for _ in range(2):
        withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    tombs = run.vault.tombstones.snapshot()
    assert [k for k in "abcdefghij" if tombs.has_document(run.ids[k])] == ["a", "c", "e"]
    assert not tombs.has_subject(run.vault.subject_token("forum", "kim"))
    state = snapshot(run.ledger, run.vault, as_of=NOW.date(), purpose="pretraining").lookup(
        [run.vault.subject_token("forum", "kim")]
    )
    assert state[0].name == "withdrawn"
    done = [
        withdrawal.complete(run.ledger, run.vault, plan, NOW + dt.timedelta(minutes=n), approver="o", evidence="e" * 64)
        for n in (0, 1)
    ]
    assert done == [12, 12]
    assert len(run.vault.destructions()) == 12
    assert {(d.kind, d.target) for d in run.ledger.destructions()} == {
        (d.kind, d.target) for d in run.vault.destructions()
    }
    assert rights.request(run.ledger, key, NOW).state == "executed"
    with run.ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT recipient, state FROM notice").fetchall() == [("c1", "queued")]
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    gone = {cut.file_id for cut in plan.staged}
    folder = plan.staged[0].folder
    assert not gone & set(run.vault.file_keys(folder))
    assert planned(run, "s" * 32).documents == ()


def test_a_crash_between_the_orders_and_the_destruction_is_made_good(
    run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = approved(run, planned(run, requested(run)))
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(run.vault), "destroy_file_keys", crash)
    with pytest.raises(KeyboardInterrupt):
        withdrawal.complete(run.ledger, run.vault, plan, NOW, approver="o", evidence="e" * 64)
    monkeypatch.undo()
    assert len(run.ledger.destructions()) == 12
    assert run.vault.destructions() == []
    withdrawal.complete(run.ledger, run.vault, plan, NOW, approver="o", evidence="e" * 64)
    assert len(run.ledger.destructions()) == len(run.vault.destructions()) == 12


def test_two_at_once_the_second_must_plan_again(run: FakeRun) -> None:
    first, second = requested(run), requested(run, "lee")
    plans = [approved(run, planned(run, first)), approved(run, planned(run, second, people=("lee",)))]
    withdrawal.begin(run.ledger, run.vault, plans[0], "demo", NOW)
    with pytest.raises(WithdrawalStale):
        withdrawal.begin(run.ledger, run.vault, plans[1], "demo", NOW)
    withdrawal.begin(run.ledger, run.vault, approved(run, planned(run, second, people=("lee",))), "demo", NOW)
    assert len(run.vault.tombstones.snapshot()) == 6


def test_withdrawing_the_unknown_keeps_them_out(run: FakeRun) -> None:
    key = requested(run, "'; DROP TABLE request;--<script>")
    plan = approved(run, planned(run, key, people=("'; DROP TABLE request;--<script>",)))
    assert (plan.documents, plan.releases, plan.staged, plan.held) == ((), (), (), ())
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    withdrawal.complete(run.ledger, run.vault, plan, NOW, approver="o", evidence="")
    assert run.vault.tombstones.snapshot().has_subject(
        run.vault.subject_token("forum", "'; DROP TABLE request;--<script>")
    )
    assert rights.request(run.ledger, key, NOW).state == "executed"


def test_deletion_forgets_the_subject(run: FakeRun) -> None:
    key = requested(run, kind="delete")
    plan = approved(run, planned(run, key, reason="delete"))
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    withdrawal.complete(run.ledger, run.vault, plan, NOW, approver="o", evidence="e" * 64)
    token = run.vault.subject_token("forum", "kim")
    assert run.vault.subject_ids([token]) == {}
    assert run.vault.tombstones.snapshot().has_subject(token)
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    assert run.vault.subject_ids([token]) == {}


def test_a_revoked_licence_takes_the_whole_source(run: FakeRun) -> None:
    key = requested(run, None, "licence_revoked", "forum")
    plan = approved(run, planned(run, key, people=(), reason="licence_revoked"))
    (release,) = plan.releases
    assert {cut.path: len(cut.removed) == cut.rows for cut in release.shards} == {
        f"shards/forum-0000{n}-000.arrow": True for n in (0, 1, 2)
    }
    assert plan.promotable == 2  # h (of a) and j (of f) were dropped for a survivor of the forum
    assert plan.held == ()
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    assert run.vault.tombstones.snapshot().has_source("forum")


def test_a_pseudonymised_release_is_not_searched(tmp_path: Path) -> None:
    run = FakeRun(tmp_path, DOCS, data_class="PSEUDO_28-2")
    run.write()
    plan = planned(run, "r" * 32)
    (release,) = plan.releases
    assert release.shards == ()
    assert "28-7" in release.exempt
    assert plan.staged


def test_older_versions_are_named_with_their_clusters(run: FakeRun) -> None:
    run.write(2)
    run.ledger.record_pull(
        "corpus@2", cluster_id="c2", purpose="pretraining", receipt="{}", receipt_digest="2" * 64, at=NOW, now=NOW
    )
    plan = planned(run, "r" * 32)
    assert [(r.label, r.supersede, r.clusters) for r in plan.releases] == [
        ("corpus@1", False, ("c1",)),
        ("corpus@2", True, ("c2",)),
    ]
    run.ledger.record_release_event("corpus@1", "destroyed", NOW)
    assert [r.label for r in planned(run, "r" * 32).releases] == ["corpus@2"]


def test_a_plan_is_plain_json(run: FakeRun) -> None:
    plan = planned(run, "r" * 32)
    text = json.dumps(plan.to_json())
    assert "kim" not in text
    assert withdrawal.Plan.from_json(json.loads(text)) == plan


def test_the_index_of_a_touched_run_is_destroyed_with_it(run: FakeRun) -> None:
    lineage = Lineage(run.out, run.vault)
    build_index(run.out, run.vault, lineage, NOW)
    plan = approved(run, planned(run, requested(run)))
    withdrawal.begin(run.ledger, run.vault, plan, "demo", NOW)
    withdrawal.complete(run.ledger, run.vault, plan, NOW, approver="o", evidence="e" * 64)
    assert [run.vault.dataset_state(name) for name in plan.indexes] == ["destroyed"]
    assert Lineage(run.out, run.vault).index is None


def test_an_id_typed_in_the_other_unicode_form_is_the_same_person(tmp_path: Path) -> None:
    """A source's ids may be NFD (a Mac wrote them), a keyboard's are NFC: nobody sees the difference."""
    made = FakeRun(tmp_path, [Doc("forum", "a", "00000-000", unicodedata.normalize("NFD", "담이😀")), DOCS[1]])
    made.write()
    for form in ("NFC", "NFD"):
        person = unicodedata.normalize(form, "담이😀")
        assert list(planned(made, "r" * 32, (person,)).documents) == hexes(made, "a")
        assert Lineage(made.out, made.vault).documents_of_subject("forum", person) == hexes(made, "a")


def test_a_revoked_release_is_not_issued_again_and_a_waiting_one_is_not_the_base(run: FakeRun) -> None:
    run.write(2)
    for state, base in (("published", "corpus@1"), ("revoked", "corpus@2")):
        run.ledger.record_release_event("corpus@1", state, NOW)
        assert [cut.label for cut in planned(run, "r" * 32).releases if cut.supersede] == [base]

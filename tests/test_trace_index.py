"""The trace index answers what a full reading answers, by document, record, subject, row and row id."""

from __future__ import annotations

import hashlib
import hmac
import random
from pathlib import Path

import pytest

import governance.trace_index as trace_index
from governance.errors import DocumentUnknown
from governance.lineage import Lineage
from governance.trace_index import build_index, open_index
from tests.fake_run import NOW, Doc, FakeRun

PEOPLE = 40


def documents(n: int) -> list[Doc]:
    dice = random.Random(7)
    made = []
    for i in range(n):
        part = i // 50
        copy = f"k{dice.randrange(i)}" if i and dice.random() < 0.2 else ""
        made.append(
            Doc("forum" if part % 2 else "news", f"k{i}", f"{part:05d}-000", f"p{dice.randrange(PEOPLE)}", copy)
        )
    return made


@pytest.fixture(params=[1, 700])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    # Small batches and passes, so that a small corpus goes through many of both.
    monkeypatch.setattr(trace_index, "ROWS_A_BATCH", 16)
    monkeypatch.setattr(trace_index, "ROWS_A_PASS", 150)
    made = FakeRun(tmp_path, documents(request.param))
    made.write()
    return made


def test_the_index_says_what_a_full_reading_says(run: FakeRun) -> None:
    plain = Lineage(run.out, run.vault)
    assert plain.index is None
    keys = sorted(run.ids, key=lambda k: hashlib.sha256(k.encode()).digest())[:60]
    stories = {key: plain.story(run.ids[key].hex()) for key in keys}
    people = {
        (s, f"p{n}"): plain.documents_of_subject(s, f"p{n}") for s in ("forum", "news") for n in range(PEOPLE + 1)
    }
    assert build_index(run.out, run.vault, plain, NOW) is not None
    fast = Lineage(run.out, run.vault)
    assert fast.index is not None
    for key, story in stories.items():
        assert fast.story(run.ids[key].hex()) == story
        if story.shard:
            assert fast.document_at(story.shard, story.row) == story.document_id
            assert fast.document_of_row(story.row_id) == plain.document_of_row(story.row_id) == story.document_id
    assert {who: fast.documents_of_subject(*who) for who in people} == people
    assert sum(map(len, people.values())) == len(run.documents)


def test_the_unknown_is_unknown(run: FakeRun) -> None:
    plain = Lineage(run.out, run.vault)
    build_index(run.out, run.vault, plain, NOW)
    for lineage in (plain, Lineage(run.out, run.vault)):
        for unknown in ("00" * 16, "ff" * 16, "", "x", "00" * 15):
            with pytest.raises(DocumentUnknown):
                lineage.story(unknown)
            with pytest.raises(DocumentUnknown):
                lineage.document_of_row(unknown)
        for place in (
            ("shards/none.arrow", 0),
            ("shards/news-00000-000.arrow", -1),
            ("shards/news-00000-000.arrow", 10_000),
        ):
            with pytest.raises(DocumentUnknown):
                lineage.document_at(*place)
        assert lineage.documents_of_subject("forum", "nobody") == []


def test_a_look_up_opens_one_batch(run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    index = build_index(run.out, run.vault, Lineage(run.out, run.vault), NOW)
    assert index is not None
    opened: list[int] = []
    from governance.staged import StagedFile

    real = StagedFile.batch
    monkeypatch.setattr(StagedFile, "batch", lambda self, n: opened.append(n) or real(self, n))
    for key in list(run.ids)[:20]:
        opened.clear()
        assert index.document(run.ids[key]) is not None
        assert len(opened) == 1


def test_a_crash_before_the_keys_are_kept_is_made_good(run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    lineage = Lineage(run.out, run.vault)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(run.vault), "seal_dataset", crash)
    with pytest.raises(KeyboardInterrupt):
        build_index(run.out, run.vault, lineage, NOW)
    monkeypatch.undo()
    monkeypatch.setattr(trace_index, "ROWS_A_BATCH", 16)
    assert open_index(run.out, run.vault, lineage) is None
    assert build_index(run.out, run.vault, lineage, NOW) is not None
    (folder,) = (run.out / "index").iterdir()
    assert len(list(folder.glob("*.djf*"))) == 4


def test_a_destroyed_index_does_not_come_back(run: FakeRun) -> None:
    lineage = Lineage(run.out, run.vault)
    build_index(run.out, run.vault, lineage, NOW)
    run.vault.destroy_dataset(trace_index.index_name(lineage), "withdrawal", NOW)
    assert build_index(run.out, run.vault, lineage, NOW) is None
    assert Lineage(run.out, run.vault).story(next(iter(run.ids.values())).hex())


def test_a_record_is_found_by_its_key(run: FakeRun) -> None:
    told = Lineage(run.out, run.vault).document_of_record("forum", "글-1")
    assert told == hmac.new(run.vault.project_key, "doc\0forum\0글-1".encode(), hashlib.sha256).digest()[:16].hex()

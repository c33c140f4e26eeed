"""An answer to one person's access request: complete, logged, and silent about others."""

from __future__ import annotations

import csv
from pathlib import Path

import pypdfium2
import pytest

from governance import requests as rights
from governance.consent_import import COLUMNS
from governance.consents import import_consents
from governance.lineage import Lineage
from governance.report.pdf import render_pdf
from governance.report.render import render_subject
from governance.subject_report import SubjectReport, subject_report, to_text
from schemas.project import Project
from tests.fake_run import NOW, Doc, FakeRun

DOCS = [
    Doc("forum", "a", "00000-000", "kim"),
    Doc("forum", "b", "00000-000", "lee"),
    Doc("news", "c", "00001-000", "kim"),
]


@pytest.fixture
def run(tmp_path: Path) -> FakeRun:
    made = FakeRun(tmp_path, DOCS)
    made.write()
    made.ledger.record_pull(
        "corpus@1", cluster_id="c1", purpose="pretraining", receipt="{}", receipt_digest="1" * 64, at=NOW, now=NOW
    )
    with (tmp_path / "c.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for person in ("kim", "lee"):
            writer.writerow(
                ["forum", person, "pretraining", "consent", "ab" * 32, "web", "2026-01-01", "", "", "", "sensitive"]
            )
    import_consents(made.ledger, made.vault, tmp_path / "c.csv", NOW)
    return made


def project(root: Path) -> Project:
    source = {
        "provider": "제공자",
        "licence": {"id": "KOGL-1"},
        "ground": {"id": "consent"},
        "paths": ["x"],
        "format": "jsonl",
    }
    sources = [source | {"id": name} for name in ("forum", "news")]
    return Project.model_validate(
        {
            "damjang": 1,
            "name": "demo",
            "as_of": "2026-11-22",
            "release": {"name": "corpus"},
            "sources": sources,
            "root": root,
        }
    )


def report(run: FakeRun, person: str, **more: object) -> SubjectReport:
    return subject_report(
        run.ledger,
        run.vault,
        Lineage(run.out, run.vault),
        project(run.root),
        provider_id=person,
        now=NOW,
        who="staff-1",
        where="10.0.0.1",
        **more,
    )


def test_everything_about_one_person_and_nothing_about_another(run: FakeRun) -> None:
    rights.receive(
        run.ledger, run.vault, "access", NOW, received_at=NOW, channel="web", source_id="forum", provider_id="kim"
    )
    rights.receive(
        run.ledger, run.vault, "access", NOW, received_at=NOW, channel="web", source_id="forum", provider_id="lee"
    )
    answer = report(run, "kim")
    forum, news = answer.sources
    assert [d["document_id"] for d in forum.documents] == [run.ids["a"].hex()]
    assert [d["document_id"] for d in news.documents] == [run.ids["c"].hex()]
    assert (forum.consent_state, news.consent_state) == ("allowed", "none")
    assert forum.consents[0]["flags"] == ["sensitive", "ai_training"]
    assert [r["cluster"] for r in answer.recipients] == ["c1"]
    assert [r["kind"] for r in answer.requests] == ["access"]
    text = to_text(answer)
    assert run.ids["b"].hex() not in text
    assert "37①" in text
    assert "kim" not in text + repr(answer.to_json())


def test_every_look_is_an_access(run: FakeRun) -> None:
    report(run, "kim", sources=["forum"])
    report(run, "nobody")
    entries = run.vault.access_log.entries()
    assert [(e.who, e.where, e.task) for e in entries] == [
        ("staff-1", "10.0.0.1", "report:forum"), ("staff-1", "10.0.0.1", "report:forum"), ("staff-1", "10.0.0.1", "report:news"),
    ]  # fmt: skip
    assert [len(e.subject) for e in entries] == [32, 7, 7]


def test_somebody_unknown_gets_an_answer(run: FakeRun) -> None:
    answer = report(run, "<script>'; DROP TABLE source;--")
    assert [s.known for s in answer.sources] == [False, False]
    assert answer.recipients == answer.requests == []
    assert "보유한 개인정보가 없습니다" in to_text(answer)
    assert "script" not in to_text(answer)


def test_a_pseudonymised_release_is_not_searched(tmp_path: Path) -> None:
    made = FakeRun(tmp_path, DOCS, data_class="PSEUDO_28-2")
    made.write()
    made.ledger.record_pull(
        "corpus@1", cluster_id="c1", purpose="research", receipt="{}", receipt_digest="1" * 64, at=NOW, now=NOW
    )
    answer = report(made, "kim")
    assert answer.recipients == []
    assert [d["shard"] for s in answer.sources for d in s.documents] == ["", ""]
    assert "28-7" in answer.notes[0]


def test_the_answer_is_a_page_and_a_pdf_too(run: FakeRun) -> None:
    rights.receive(
        run.ledger, run.vault, "access", NOW, received_at=NOW, channel="web", source_id="forum", provider_id="kim"
    )
    page = render_subject(report(run, "kim"), "demo <&", NOW)
    assert "demo &lt;&amp;" in page
    assert run.ids["b"].hex() not in page
    data = render_pdf(page, NOW)
    document = pypdfium2.PdfDocument(data)
    text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in document)
    for said in ("개인정보열람결과", run.ids["a"].hex(), run.ids["c"].hex(), "ai_training", "c1", "access", "37①"):
        assert said in text, said
    assert render_pdf(render_subject(report(run, "nobody"), "demo", NOW), NOW).startswith(b"%PDF")

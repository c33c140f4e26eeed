"""The report of a real run: every number on the page is the manifests', no planted value is on it, altered records show.

One demo corpus goes through the whole road (Beam included) for all tests of this file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from damjang.cli import reporting
from damjang.cli.projects import run_to_summary
from damjang.demo.corpus import write_corpus
from damjang.demo.project import demo_project_yaml
from governance.errors import StageRecordAltered
from governance.founding import found_demo, found_keys, found_project
from governance.ledger import Ledger
from governance.report import ReportFacts, gather, render_html, to_json
from pipelines.dataset import Manifest
from schemas import policy as policies
from schemas.policy import entity_labels
from schemas.projectfile import load_project
from tests.demo_reading import gold, records
from tests.report_reading import Page, number, read

RELEASE = "demo-ko@1"
STAGES = ("ingest", "refine", "dedup", "anonymize")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project folder of a finished demo."""
    folder = tmp_path_factory.mktemp("demo")
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    write_corpus(folder / "corpus", 700, 3)
    found_project(folder, at, ledger="sqlite:///ledger.db", vault="vault/vault.db", vault_key="file:vault/vault.key")
    found_demo(folder, at)
    found_keys(folder, at, [])
    yaml = demo_project_yaml("corpus").replace("한빛이웃", "'<b>한빛</b> & \"이웃\"'")
    (folder / "project.yaml").write_text(yaml, encoding="utf-8")
    assert run_to_summary(folder / "project.yaml", quiet=True)["release"] == RELEASE
    return folder


@pytest.fixture
def copy(ran: Path, tmp_path: Path) -> Path:
    """A copy that a test may alter."""
    shutil.copytree(ran, tmp_path / "project")
    return tmp_path / "project"


def facts_of(folder: Path, now: dt.datetime | None = None) -> ReportFacts:
    project = load_project(folder / "project.yaml")
    ledger = Ledger.open(project.ledger, project.root, create=False)
    at = now or dt.datetime.now(dt.UTC).replace(microsecond=0)
    return gather(project, RELEASE, ledger, at)


def manifests(folder: Path) -> dict[str, Manifest]:
    latest = json.loads((folder / "out" / "runs" / "latest.json").read_bytes())
    return {
        name: Manifest.load(folder / "out" / "stages" / stage / "manifest.json")
        for name, stage in latest["folders"].items()
    }


@pytest.fixture(scope="module")
def page(ran: Path) -> Page:
    return read(render_html(facts_of(ran)))


def test_every_gate_and_the_decisions_are_recomputed_and_fit(ran: Path) -> None:
    facts = facts_of(ran)
    assert {gate.id: gate.recheck for gate in facts.gates} == dict.fromkeys((g.id for g in facts.gates), "match")
    assert facts.issue.decisions_recheck == "match"
    assert facts.disagreements == ()
    assert facts.standing.verdict == "valid"


def test_stage_numbers_on_the_page_are_the_manifests(ran: Path, page: Page) -> None:
    made = manifests(ran)
    expected = [
        [source, *(counts[name] for name in ("in", "kept", "changed", "dropped", "quarantined"))]
        for stage in STAGES
        for source, counts in made[stage].by_source().items()
        if counts["in"]
    ]
    shown = [[row[1], *map(number, row[2:])] for row in page.body("stages")]
    assert shown == expected
    assert all(row[1] == sum(row[2:]) for row in shown)


def test_exits_sources_and_drawing_add_up(ran: Path, page: Page) -> None:
    made = manifests(ran)
    reasons: Counter[str] = Counter()
    for stage in STAGES:
        for found in made[stage].reasons().values():
            reasons.update({f"{stage}:{key}": n for key, n in found.items() if key.startswith(("dropped", "quaran"))})
    *rows, total = page.body("exits")
    assert Counter(number(row[-1]) for row in rows) == Counter(reasons.values())
    assert all(number(row[-1]) == sum(number(part) for part in row[3].split("·")) for row in rows)
    entered = sum(counts["in"] for counts in made["ingest"].by_source().values())
    shipped = sum(shard["rows"] for shard in made["assemble"].facts["shards"])
    assert number(total[-1]) == sum(reasons.values()) == entered - shipped
    *sources, sums = [row for row in page.body("sources") if len(row) > 2]
    assert sum(number(row[4]) for row in sources) == number(sums[1]) == entered
    assert sum(number(row[5]) for row in sources) == number(sums[2]) == shipped
    assert sum(number(text) for kind, text in page.svg if kind == "g") == entered - shipped
    headings = [text for kind, text in page.svg if kind == "n" and "→" in text]
    assert headings[0].startswith(f"{entered:,} →")
    assert headings[-1].endswith(f"→ {shipped:,}")


def test_personal_information_is_counted_by_type_with_its_name_and_class(ran: Path, page: Page) -> None:
    made = manifests(ran)
    found = Counter(made["ingest"].facts["art24_removed"])
    for counts in made["anonymize"].facts["found"].values():
        found.update(counts)
    *rows, total = page.body("pii")
    shown = {row[0].split()[-1]: row for row in rows}
    assert {kind: number(row[-2]) for kind, row in shown.items()} == found
    assert number(total[-2]) == sum(found.values())
    for kind, row in shown.items():
        assert row[0].startswith(entity_labels()[kind]["ko"])
        assert row[2] == entity_labels()[kind]["article"].replace("PIPA", "법")
    classes = [row[1] for row in rows]
    assert classes == sorted(
        classes, key=["고유식별정보", "민감정보", "금융·암호화 대상", "그 밖의 개인정보", "개인정보 아님"].index
    )


def test_consent_dedup_and_the_refused_source(ran: Path, page: Page) -> None:
    made = manifests(ran)
    [row] = page.body("consents")
    refused = sum(number(part) for part in row[3].split("·"))
    assert number(row[1]) == number(row[2]) + refused + number(row[4])
    dedup = made["dedup"].facts
    *_, total = page.body("dedup")
    assert (number(total[2]), number(total[3])) == (dedup["exact_dropped"], dedup["near_dropped"])
    kogl4 = next(n for n, row in enumerate(page.body("sources")) if row[0].startswith("kogl4"))
    refusal = page.body("sources")[kogl4 + 1]
    assert "변경금지" in refusal[1]
    assert "저작권법 46" in refusal[1]


def test_no_planted_value_is_on_the_page(ran: Path, page: Page) -> None:
    texts = {key: text for key, text, _ in records(ran / "corpus")}
    planted = {
        texts[key][start:end]
        for row in gold(ran / "corpus", "pii")
        if (key := (row["source_id"], row["record_key"])) in texts
        for start, end, _ in row["spans"]
        if end - start >= 6
    }
    assert len(planted) > 50
    facts = facts_of(ran)
    html, plain = render_html(facts), json.dumps(to_json(facts), ensure_ascii=False)
    assert [value for value in planted if value in html or value in plain] == []
    keys = {key for _, key in texts if len(key) > 5}
    assert [key for key in keys if key in html] == []  # nor does a record's key


def test_markup_in_a_providers_name_stays_text_and_the_word_is_absent(ran: Path, page: Page) -> None:
    assert '<b>한빛</b> & "이웃"' in next(row[0] for row in page.body("sources") if row[0].startswith("forum"))
    html = render_html(facts_of(ran))
    assert "<b>한빛" not in html
    assert "인증" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_every_requirement_has_a_row_and_missing_evidence_is_said(page: Page) -> None:
    rows = page.body("evidence")
    states = Counter(row[3].split(" ", 1)[0] for row in rows)
    articles = " | ".join(row[1] for row in rows)
    expected = (
        "15, 17, 28-2", "16①", "15②, 17②, 22", "22-2", "23, 24, 24-2", "28-4", "가이드라인", "28-5", "58-2",
        "21, 36, 37", "20, 20-2", "26", "28-8", "29", "30, 31, 33", "34", "저작권법", "인공지능기본법", "32-2⑥",
    )  # fmt: skip
    assert [article for article in expected if article not in articles] == []
    assert states["증거"] >= 3  # 증거 없음
    assert states["충족"] >= 3
    assert all(row[1] for row in rows)


def test_personal_findings_in_a_source_called_impersonal_are_the_officers_first_concern(ran: Path) -> None:
    assert any("statutes" in said.ko and "개인정보 아님" in said.ko for said in facts_of(ran).cautions)


def test_a_manifest_with_another_fact_is_refused(copy: Path) -> None:
    path = next((copy / "out" / "stages").glob("validate-*")) / "manifest.json"
    value = json.loads(path.read_bytes())
    value["facts"]["residual_rows"] += 1
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(StageRecordAltered):
        facts_of(copy)


@pytest.mark.parametrize("field", ["counts", "reasons"])
def test_counts_altered_outside_the_digest_contradict_account_and_ledger(copy: Path, field: str) -> None:
    path = next((copy / "out" / "stages").glob("refine-*")) / "manifest.json"
    value = json.loads(path.read_bytes())
    part = next(part for part in value["parts"] if part[field])
    name = next(iter(part[field]))
    part[field][name] += 1
    path.write_text(json.dumps(value), encoding="utf-8")
    facts = facts_of(copy)
    assert facts.disagreements
    assert set(facts.disagreements) <= set(facts.cautions)


def test_a_release_whose_stages_were_destroyed_still_has_its_report(copy: Path) -> None:
    shutil.rmtree(copy / "out" / "stages")
    facts = facts_of(copy)
    assert facts.standing.verdict == "valid"
    assert facts.stages == ()
    assert read(render_html(facts)).body("certified")


def test_a_late_request_is_on_the_first_screen(copy: Path) -> None:
    from governance.requests import receive
    from governance.vault import Vault

    project = load_project(copy / "project.yaml")
    ledger = Ledger.open(project.ledger, project.root)
    vault = Vault.open(copy / "vault" / "vault.db", f"file:{copy / 'vault' / 'vault.key'}")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    receive(ledger, vault, "withdraw", now, received_at=now, channel="web", source_id="forum", provider_id="u<1>")
    later = facts_of(copy, now + dt.timedelta(days=12))
    assert [(r.kind, r.late) for r in later.requests_late] == [("withdraw", "act+answer")]
    page = read(render_html(later))
    assert "1건" in "".join(page.text).split("조치가 필요한 것")[0]
    assert "u<1>" not in "".join(page.text)
    [row] = page.body("late")
    assert "37①③" in row[2]


def test_the_command_writes_the_page_and_tells_scripts(
    ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAMJANG_STATE", str(tmp_path / "state"))
    app = _app()
    runner = CliRunner()
    project = str(ran / "project.yaml")
    done = runner.invoke(app, ["report", RELEASE, "--project", project, "--out", str(tmp_path / "r.html")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    done = runner.invoke(app, ["report", RELEASE, "--project", project, "--json"])
    assert json.loads(done.stdout)["issue"]["rows"] == facts_of(ran).issue.rows
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    assert reporting.write_report(ran / "project.yaml", RELEASE, None, at) == ran / f"out/reports/{RELEASE}.html"
    shard = next((ran / "out" / "releases" / RELEASE / "shards").iterdir())
    kept = shard.read_bytes()
    try:
        shard.chmod(0o644)
        shard.write_bytes(kept[:-1])
        done = runner.invoke(app, ["report", RELEASE, "--project", project, "--out", str(tmp_path / "bad.html")])
    finally:
        shard.write_bytes(kept)
    assert done.exit_code == 1
    assert "DigestMismatch" in done.output


def test_rows_removed_since_are_a_way_off_the_road_and_a_certificate_that_knows_nothing_of_it_disagrees(
    copy: Path,
) -> None:
    path = next((copy / "out" / "stages").glob("assemble-*")) / "manifest.json"
    made = Manifest.load(path)
    dataclasses.replace(made, facts={**made.facts, "removed": {"forum": 2}}).save(path)
    facts = facts_of(copy)
    page = read(render_html(facts))
    [row] = [row for row in page.body("exits")[:-1] if row[2].startswith("요구에 따라 삭제")]
    assert (row[3], number(row[-1])) == ("forum 2", 2)
    assert any("forum" in said.ko for said in facts.disagreements)


def test_the_card_says_what_the_certificate_says(ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAMJANG_STATE", str(tmp_path / "state"))
    done = CliRunner().invoke(
        _app(),
        ["report", RELEASE, "--project", str(ran / "project.yaml"), "--croissant", "--out", str(tmp_path / "c.json")],
    )
    assert done.exit_code == 0, done.output
    card = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert card["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    folder = ran / "out" / "releases" / RELEASE
    files = {f["contentUrl"]: f["sha256"] for f in card["distribution"] if f["@type"] == "cr:FileObject"}
    shards = folder / "shards"
    assert files == {f"shards/{p.name}": hashlib.sha256(p.read_bytes()).hexdigest() for p in shards.iterdir()}
    facts = facts_of(ran)
    assert facts.issue.certificate in card["citeAs"]
    assert len(card["rai:dataLimitations"]) == len(facts.unproven)
    told = [text.split(" found")[0] for text in card["rai:personalSensitiveInformation"] if " found" in text]
    assert sum(map(number, told)) == sum(row.total for row in facts.pii)
    assert "인증" not in json.dumps(card, ensure_ascii=False)


def test_the_reference_validator_accepts_the_card(ran: Path, tmp_path: Path) -> None:
    import mlcroissant as croissant

    from damjang.certificates.manifest import Manifest as ReleaseManifest
    from governance.report.croissant import card

    data = (ran / "out" / "releases" / RELEASE / "manifest.json").read_bytes()
    (tmp_path / "c.json").write_text(json.dumps(card(facts_of(ran), ReleaseManifest.from_bytes(data).shards)))
    assert not croissant.Dataset(tmp_path / "c.json").metadata.ctx.issues.errors


def test_one_persons_answer_is_logged_and_names_nobody(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from governance.vault import Vault

    author = next(fields["author"] for (source, _), _, fields in records(copy / "corpus") if source == "forum")
    project = str(copy / "project.yaml")
    done = CliRunner().invoke(
        _app(),
        ["report", "--subject", "-", "--staff", "officer-1", "--project", project, "--json"],
        input=f"{author}\n",
    )
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert {source["source_id"]: source["known"] for source in answer["sources"]}["forum"]
    assert author not in done.stdout
    vault = Vault.open(copy / "vault" / "vault.db", f"file:{copy / 'vault' / 'vault.key'}")
    assert {row.task for row in vault.access_log.entries()} >= {"report:forum"}
    assert {row.who for row in vault.access_log.entries()} == {"officer-1"}
    unlogged = CliRunner().invoke(_app(), ["report", "--subject", author, "--project", project])
    assert unlogged.exit_code == 2
    assert "--staff" in unlogged.output
    assert CliRunner().invoke(_app(), ["report", RELEASE, "--subject", author, "--project", project]).exit_code == 2


def _app() -> typer.Typer:
    app = typer.Typer()
    reporting.add_to(app)
    app.command("other")(lambda: None)
    return app


def test_a_run_that_a_gate_refused_has_a_page_that_names_gate_and_article(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.errors import GateFailed

    monkeypatch.setenv("DAMJANG_STATE", str(copy / "state"))
    shipped = (Path(policies.__file__).parent / "policies" / "pretraining-public.yaml").read_text(encoding="utf-8")
    strict = re.sub(r"residual_upper_ppm: \d+", "residual_upper_ppm: 1", shipped)
    strict = strict.replace("residual_sample_rows: 2000", "residual_sample_rows: 100")  # which no sample can show
    (copy / "strict.yaml").write_text(strict, encoding="utf-8")
    made = (copy / "project.yaml").read_text(encoding="utf-8")
    (copy / "project.yaml").write_text(re.sub(r"(?m)^policy: .*", "policy: strict.yaml", made), encoding="utf-8")
    with pytest.raises(GateFailed):
        run_to_summary(copy / "project.yaml", quiet=True)
    project = ["--project", str(copy / "project.yaml")]
    done = CliRunner().invoke(_app(), ["report", *project])
    assert done.exit_code == 1
    assert "가이드라인" in done.output
    page = read((copy / "out" / "reports" / "refused-run.html").read_text(encoding="utf-8"))
    first = "".join(page.text).split("조치가 필요한 것")[0]
    assert "발행 거부" in first
    assert "가명정보 처리 가이드라인" in first
    assert RELEASE in first  # the release that stands is untouched
    assert "확인서(자체 발행)" not in "".join(page.text)
    facts = facts_of(copy)
    assert facts.standing.verdict == "valid"
    assert sum(number(row[-1]) for row in page.body("exits")[:-1]) == sum(
        number(row[-1]) for row in read(render_html(facts)).body("exits")[:-1]
    )
    assert CliRunner().invoke(_app(), ["report", *project, "--pdf"]).exit_code == 1
    assert (copy / "out" / "reports" / "refused-run.pdf").read_bytes().startswith(b"%PDF")
    told = json.loads(CliRunner().invoke(_app(), ["report", *project, "--json"]).stdout)
    assert [gate["id"] for gate in told["gates"] if gate["verdict"] == "fail"] == ["residual"]
    assert all(len(gate["evidence_sha256"]) == 64 for gate in told["gates"])
    assert CliRunner().invoke(_app(), ["report", *project, "--croissant"]).exit_code == 2

"""Reports of releases in every standing, hostile text in every field, and the drawing. Real signatures, no Beam."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damjang.certificates.facts import Gate
from damjang.certificates.revocation import Revocation
from governance.errors import NothingToReport, ReleaseUnknown
from governance.ledger import Ledger
from governance.ledger.releases import ReleaseInfo
from governance.report import ReportFacts, gather, render_html, to_json
from governance.report.facts import PiiRow, StageRow
from governance.report.sankey import FOLD, exits, shorten, spread, svg
from governance.revocations import next_list, store_list
from schemas.project import Project
from tests.issuer_world import DAY, NOW, World, cluster, digest, make_root, signer
from tests.report_reading import number, read

RELEASE = "korean-public@1"


class Desk:
    """An organisation's project folder with a ledger, as an officer's report finds it."""

    def __init__(self, folder: Path, **world: object) -> None:
        self.world = World(folder, **world)  # type: ignore[arg-type]
        self.ledger = Ledger.open("sqlite:///ledger.db", folder)
        source = {
            "id": "press", "provider": "p", "licence": {"id": "KOGL-1"}, "ground": {"id": "not_personal"},
            "paths": ["x"], "format": "jsonl",
        }  # fmt: skip
        made = {"damjang": 1, "name": "p", "as_of": "2026-11-22", "release": {"name": "korean-public"}}
        self.project = Project.model_validate({**made, "sources": [source], "root": folder})

    def record(self, release: str = RELEASE) -> None:
        name, _, version = release.partition("@")
        info = ReleaseInfo(
            name, int(version), "assemble-0", digest(release), digest("root"), "PERSONAL", "pretraining", 24, 1, None,
            "proposed", "", "p",
        )  # fmt: skip
        self.ledger.record_release(info, [], NOW)

    def published(self, **facts: object) -> Path:
        self.record()
        return self.world.publish(**facts)  # type: ignore[arg-type]

    def report(self, release: str = RELEASE, now: dt.datetime = NOW, **more: object) -> ReportFacts:
        return gather(self.project, release, self.ledger, now, **more)  # type: ignore[arg-type]

    def relist(self, now: dt.datetime, *entries: Revocation) -> None:
        made = next_list(self.world.root, self.world.revocations, entries, [signer("officer-1")], now)
        store_list(made, self.world.office.revocations)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_valid_release_is_verified_while_the_report_is_made(desk: Desk) -> None:
    desk.published()
    facts = desk.report()
    assert facts.standing.verdict == "valid"
    assert facts.standing.shards_read == facts.issue.shards == 2
    assert [s.person for s in facts.signers if s.approved] == ["officer-1", "officer-2"]
    assert [s.person for s in facts.signers if s.proposed] == ["engineer-1"]
    page = read(render_html(facts))
    assert "유효" in "".join(page.text)
    assert "직무분리 미충족" not in "".join(page.text)


def test_without_stage_records_the_page_says_so_and_shows_the_certificates_counts(desk: Desk) -> None:
    desk.published()
    facts = desk.report()
    assert facts.stages == ()
    assert any("단계 기록" in said.ko for said in facts.unproven)
    assert facts.gates[0].recheck == "not_recomputed"
    [row] = read(render_html(facts)).body("certified")
    source = facts.sources[0]
    assert row == ["press", *(str(n) for n in (source.documents, source.shipped, source.dropped, source.quarantined))]


def test_a_proposed_release_is_marked_unpublished_and_tells_how_to_sign(desk: Desk) -> None:
    desk.record()
    desk.world.propose()
    facts = desk.report()
    assert facts.standing.verdict == "proposed"
    text = "".join(read(render_html(facts)).text)
    assert "미발행" in text
    assert f"damjang sign {RELEASE}" in text
    assert "유효" not in text.split("조치가 필요한 것")[0]
    assert [(e.state, e.requirement.en) for e in facts.evidence if e.requirement.en == "Integrity"] == [
        ("none", "Integrity")
    ]


def test_a_revoked_release_is_shown_with_reason_successor_and_the_clusters_that_still_hold_it(desk: Desk) -> None:
    desk.published()
    certificate = desk.report().issue.certificate
    desk.relist(NOW + DAY, Revocation(certificate, RELEASE, "withdrawal", NOW + DAY, "korean-public@2"))
    facts = desk.report(now=NOW + 2 * DAY)
    assert (facts.standing.verdict, facts.standing.error) == ("revoked", "Revoked")
    assert (facts.standing.revoked_reason, facts.standing.superseded_by) == ("withdrawal", "korean-public@2")
    text = "".join(read(render_html(facts)).text)
    assert "이 판을 이용해서는 안 됩니다" in text
    assert "동의 철회" in text
    assert "korean-public@2" in text


def test_a_revoked_release_stays_revoked_when_the_list_itself_has_expired(desk: Desk) -> None:
    desk.published()
    certificate = desk.report().issue.certificate
    desk.relist(NOW + DAY, Revocation(certificate, RELEASE, "error", NOW + DAY))
    facts = desk.report(now=NOW + 60 * DAY)
    assert (facts.standing.verdict, facts.standing.error) == ("revoked", "RevocationListStale")


def test_an_expired_release_says_so(desk: Desk) -> None:
    desk.published()
    later = NOW + 181 * DAY
    desk.relist(later)
    facts = desk.report(now=later)
    assert (facts.standing.verdict, facts.standing.error) == ("expired", "Expired")
    assert "기한 만료" in "".join(read(render_html(facts)).text)


def test_a_changed_shard_fails_by_name_and_integrity_with_it(desk: Desk) -> None:
    folder = desk.published()
    shard = next((folder / "shards").iterdir())
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(bytes(data))
    facts = desk.report()
    assert (facts.standing.verdict, facts.standing.error) == ("failed", "DigestMismatch")
    assert {e.state for e in facts.evidence if e.requirement.en == "Integrity"} == {"fails"}


def test_a_release_folder_that_is_gone_is_reported_from_the_ledgers_copy_or_not_at_all(desk: Desk) -> None:
    folder = desk.published()
    envelope = (folder / "certificate.dsse.json").read_text(encoding="utf-8")
    folder.rename(folder.parent.parent / "elsewhere")
    with pytest.raises(NothingToReport):
        desk.report()
    desk.ledger.record_certificate(RELEASE, digest("id"), envelope, NOW, NOW + DAY, NOW)
    assert desk.report().standing.error == "MissingFile"


def test_an_unknown_release_is_named(desk: Desk) -> None:
    with pytest.raises(ReleaseUnknown):
        desk.report("korean-public@9")


def test_a_demo_root_puts_its_banner_on_the_first_screen(tmp_path: Path) -> None:
    desk = Desk(tmp_path, root=make_root(demo=True))
    desk.published()
    text = "".join(read(render_html(desk.report())).text)
    assert text.index("직무분리 미충족") < text.index("데이터 구분")


def test_soon_to_expire_and_superseded_are_the_first_things_to_act_on(desk: Desk) -> None:
    desk.published()
    desk.record("korean-public@2")
    desk.ledger.record_release_event("korean-public@2", "published", NOW)
    desk.relist(NOW + 170 * DAY)
    facts = desk.report(now=NOW + 170 * DAY)
    assert facts.cautions[0].en == "Expires in 10 days."
    assert any("korean-public@2" in said.ko for said in facts.cautions)
    assert any("2027-03-09" in said.ko for said in facts.cautions)  # the law has changed since


def test_a_failed_gate_stands_on_the_first_screen_with_its_article(desk: Desk) -> None:
    desk.published()
    facts = desk.report()
    bad = dataclasses.replace(facts.gates[0], verdict="fail")
    text = "".join(read(render_html(dataclasses.replace(facts, gates=(bad,)))).text)
    first = text.split("조치가 필요한 것")[0]
    assert "1 / 1" in first
    assert facts.gates[0].article in first


def test_receipts_are_held_to_the_enrolment(desk: Desk, tmp_path: Path) -> None:
    from damjang.certificates.receipt import Receipt

    desk.published()
    issue = desk.report().issue
    place = tmp_path / "out" / "receipts"
    place.mkdir()
    made = Receipt(
        "pulled", RELEASE, issue.certificate, issue.root, issue.root_id, cluster(), "pretraining", (), NOW, 1,
        issue.rows, issue.size,
    )  # fmt: skip
    (place / "a.json").write_bytes(made.sign(signer("seoul-1")))
    (place / "b.json").write_bytes(b"{}")
    assert [(p.cluster, p.enrolled) for p in desk.report(clusters=[cluster()]).pulls] == [("seoul-1", True)]
    stranger = desk.report(clusters=[cluster(country="US")])
    assert [p.enrolled for p in stranger.pulls] == [False]
    assert any("seoul-1" in said.ko for said in stranger.cautions)


# --- what every page keeps --------------------------------------------------------------------------------------

HOSTILE = '<script src="https://x.invalid/">"\'><img src=x onerror=y>&amp;</style></svg>{{ 7*7 }}'


def hostile(value: object) -> object:
    """The same facts with hostile text in every string but the verdict, which chooses the page's branch."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(hostile(item) for item in value)
    if isinstance(value, dict):
        return {f"dropped:{HOSTILE}": item if isinstance(item, int) else hostile(item) for item in value.values()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **{k: v if k == "verdict" else hostile(v) for k, v in fields.items()})
    return value


@pytest.mark.parametrize("verdict", ["valid", "proposed", "failed"])
def test_hostile_text_in_every_field_stays_text(desk: Desk, verdict: str) -> None:
    desk.published()
    facts = desk.report()
    rows = (StageRow("ingest", "press", 31, 20, 4, 5, 2, {"dropped:too_short": 5, "quarantined:bad_encoding": 2}),)
    pii = (PiiRow("EMAIL", "전자우편주소", "other", "PIPA 2(1)", "mask", 0, {"press": 3}, 0),)
    full = dataclasses.replace(facts, stages=rows, pii=pii)
    full = dataclasses.replace(full, standing=dataclasses.replace(full.standing, verdict=verdict))  # type: ignore[arg-type]
    page = read(render_html(hostile(full)))  # type: ignore[arg-type]
    assert {"script", "img", "link", "iframe", "object"}.isdisjoint(tag for tag, _ in page.tags)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [name for _, attributes in page.tags for name in attributes if name in ("src", "href", "srcset")]
    assert "{{ 7*7 }}" in "".join(page.text)  # text is data, never a template
    ET.fromstring(svg(hostile(rows)))  # type: ignore[arg-type]


def test_the_page_asks_for_nothing_and_says_nothing_that_we_do_not_hold(desk: Desk) -> None:
    desk.published()
    facts = desk.report()
    html = render_html(facts)
    assert "인증" not in html
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html
    policies = [a["content"] for tag, a in read(html).tags if tag == "meta" and "http-equiv" in a]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert render_html(facts) == html
    assert to_json(facts)["standing"]["checked_at"] == NOW.isoformat()


def test_a_gate_whose_evidence_differs_is_never_called_holding(desk: Desk) -> None:
    from governance.report.recheck import gate_rows
    from governance.report.stagefolders import Records, StageRecord

    desk.published(gates=(Gate("rrn-zero", "PIPA 24-2", "pass", "0", digest("another")),))
    statement = _statement(desk)
    record = StageRecord("validate", "validate-0", "0", {}, {"art24": {}}, {}, {}, ())
    [row] = gate_rows(statement, Records({"validate": record}), None)
    assert row.recheck == "differs"


def _statement(desk: Desk):  # type: ignore[no-untyped-def]
    from governance.report.gather import places_of
    from governance.report.standing import read_release

    return read_release(places_of(desk.project), desk.ledger, RELEASE, NOW, None).statement


# --- the drawing ------------------------------------------------------------------------------------------------

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
REASONS = st.sampled_from(["too_short", "near_duplicate", "consent_none", "bad_encoding", "ground_rrn", "new_reason"])


@st.composite
def roads(draw: st.DrawFn) -> list[StageRow]:
    """Stage rows that add up, of up to a dozen sources and the four stages."""
    rows = []
    left = {name: draw(st.integers(0, 10**6)) for name in draw(st.lists(NAMES, min_size=1, max_size=12, unique=True))}
    for stage in ("ingest", "refine", "dedup", "anonymize"):
        for source, entered in list(left.items()):
            dropped = draw(st.integers(0, entered))
            quarantined = draw(st.integers(0, entered - dropped))
            reasons = {}
            if dropped:
                reasons[f"dropped:{draw(REASONS)}"] = draw(st.integers(1, dropped))  # some may have no reason
            if quarantined:
                reasons[f"quarantined:{draw(REASONS)}"] = quarantined
            left[source] = entered - dropped - quarantined
            rows.append(StageRow(stage, source, entered, left[source], 0, dropped, quarantined, reasons))
    return rows


@settings(max_examples=60, deadline=None)
@given(roads())
def test_the_drawing_loses_no_document_and_its_labels_never_collide(rows: list[StageRow]) -> None:
    entered = sum(row.entered for row in rows if row.stage == "ingest")
    shipped = sum(row.left for row in rows if row.stage == "anonymize")
    assert entered == shipped + sum(way.documents for way in exits(rows))
    drawn = svg(rows)
    if entered == 0:
        assert drawn == ""
        return
    root = ET.fromstring(drawn)
    texts = [("".join(t.itertext()), t) for t in root.iter("text")]
    assert sum(number(text) for text, t in texts if t.get("class") == "g") == entered - shipped
    height = float(root.get("viewBox", "").split()[3])
    for side in ("s", "s end"):
        places = [float(t.get("y", "0")) for _, t in texts if t.get("class") == side]
        assert all(b - a >= 30 for a, b in itertools.pairwise(places))
    assert all(float(t.get("y", "0")) <= height for _, t in texts)


def test_many_reasons_are_folded_into_one_row_that_counts_them() -> None:
    reasons = {f"dropped:reason_{n:02d}": n + 1 for n in range(FOLD + 6)}
    total = sum(reasons.values())
    drawn = svg([StageRow("ingest", "press", total, 0, 0, total, 0, reasons)])
    assert "그 밖 7가지" in drawn
    assert drawn.count('<path class="o"') == FOLD


def test_labels_are_spread_and_long_ids_cut_in_the_middle() -> None:
    assert spread([100.0, 101.0, 300.0], 35) == [100.0, 135.0, 300.0]
    assert shorten("a" * 20 + "tail", 12) == "aaaaaaa…tail"

"""The report as a PDF says what the page says, on paper that needs nothing from outside. Read back with PDFium."""

from __future__ import annotations

import dataclasses
import re

import pypdfium2
import pytest

from damjang.certificates.statement import TITLE
from governance.report import ReportFacts, render_html
from governance.report.facts import PiiRow, StageRow
from governance.report.pdf import render_pdf
from tests.issuer_world import NOW, make_root
from tests.report_reading import read
from tests.test_report import Desk, hostile


def paper(facts: ReportFacts) -> bytes:
    return render_pdf(render_html(facts), facts.generated_at)


def squeezed(text: str) -> str:
    """Without spaces: where lines break is the layout's affair."""
    return re.sub(r"[\s\u00a0\ufffe\x02-]+", "", text)


def text_of(data: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> ReportFacts:
    desk = Desk(tmp_path_factory.mktemp("desk"), root=make_root(demo=True))
    desk.published()
    rows = (
        StageRow("ingest", "press", 31, 20, 4, 5, 2, {"dropped:too_short": 5, "quarantined:bad_encoding": 2}),
        StageRow("refine", "press", 24, 24, 0, 0, 0, {}),
    )
    pii = tuple(PiiRow("EMAIL", "전자우편주소", "other", "PIPA 2(1)", "mask", 0, {"press": n}, 0) for n in range(90))
    return dataclasses.replace(desk.report(), stages=rows, pii=pii)


@pytest.fixture(scope="module")
def data(facts: ReportFacts) -> bytes:
    return paper(facts)


def test_every_cell_of_the_page_is_on_paper_and_the_drawing_with_it(facts: ReportFacts, data: bytes) -> None:
    page, told = read(render_html(facts)), squeezed(text_of(data))
    cells = [squeezed(cell) for name in page.tables for row in page.body(name) for cell in row]
    assert len(cells) > 300
    assert [cell for cell in cells if cell not in told] == []
    assert [text for _, text in page.svg if squeezed(text) not in told] == []
    first = squeezed(pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range())
    for said in (
        TITLE,
        "유효",
        "직무분리 미충족",
        "미충족 관문",
        "잔존 개인정보 상한",
        "증명되지 않은 것",
        "기한 지난 요구",
    ):
        assert squeezed(said) in first


def test_a_long_table_has_its_head_on_every_sheet_and_its_rows_once(data: bytes) -> None:
    told = [squeezed(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(data)]
    with_rows = [text for text in told if "전자우편주소" in text]
    assert len(with_rows) >= 2
    assert all("법적구분" in text for text in with_rows)
    assert sum(text.count("전자우편주소") for text in told) == 90


def test_the_paper_carries_its_font_and_asks_for_nothing(facts: ReportFacts, data: bytes) -> None:
    assert data == paper(facts)
    assert b"/FontFile" in data
    assert [word for word in (b"/JavaScript", b"/URI", b"/Launch", b"/EmbeddedFile") if word in data] == []
    assert len(data) < 400_000
    document = pypdfium2.PdfDocument(data)
    assert document.get_metadata_dict()["Title"].startswith(TITLE)
    assert document.get_metadata_dict()["CreationDate"].startswith(f"D:{NOW:%Y%m%d}")
    assert "인증" not in squeezed(text_of(data))


def test_hostile_and_endless_text_stays_on_the_sheet(facts: ReportFacts) -> None:
    long = dataclasses.replace(facts.issue, organisation="가" * 200, why="\U0001f600\x07 " + "ab" * 2000)
    data = paper(dataclasses.replace(hostile(facts), issue=long))  # type: ignore[arg-type, type-var]
    for page in pypdfium2.PdfDocument(data):
        wide, high = page.get_size()
        found = page.get_textpage()
        for n in range(found.count_rects()):
            left, low, right, top = found.get_rect(n)
            assert left >= 0
            assert right <= wide + 1
            assert low >= 0
            assert top <= high

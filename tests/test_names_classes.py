"""Person names by class: labels, lists, numbers behind, tables, old and rare names; words that only look like them."""

from __future__ import annotations

import pytest

from anonymizers import name_cells
from anonymizers.name_model import name_model
from anonymizers.names import NameRecognizer


def found(text: str) -> set[str]:
    """What is found, without Kiwi, at the score where policies act."""
    recognizer = NameRecognizer(kiwi_budget_ppm=0)
    return {
        text[f.start : f.end] for f in recognizer.find([text]) if f.type == "PERSON" and f.score_ppm >= 500_000
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # labels: with a colon, in markup, in English, spaced, with brackets between
        ("검토: 표온결 / 승인: 목서윤", {"표온결", "목서윤"}), ("<담당자>음하솔</담당자>", {"음하솔"}), ("<td>성명</td><td>좌나린</td>", {"좌나린"}),
        ("name: 견라임", {"견라임"}), ("Cc: 형보람\nSubject: 회의", {"형보람"}), ("신 청 인 : 국 도 현 (서명)", {"국 도 현"}), ("예금주(본인) : 방하늬", {"방하늬"}),
        ("수령인 계은솔", {"계은솔"}), ("GK 피은호, DF 빙서율", {"피은호", "빙서율"}), ("과학수사팀 음단비", {"음단비"}),
        # numbers, dates and mailboxes behind
        ("상담 변경 모가람 010-0000-0000", {"모가람"}), ("현은별\t900101-1000000", {"현은별"}), ("목다온 <m@example.org>", {"목다온"}),
        ("반두식, 1950. 3. 2., 서울", {"반두식"}), ("탁새봄(사번 0012)", {"탁새봄"}), ("여미르(☎000-0000)", {"여미르"}), ("제하람 학번 20240001", {"제하람"}),
        # lists: a weak member beside a strong one, members on lines
        ("참석: 김영수, 어나비, 박철수", {"김영수", "어나비", "박철수"}), ("금상 이순희, 은상 육돌쇠·김미경", {"이순희", "육돌쇠", "김미경"}),
        ("재단 임원\n김 영 수\n이 순 희", {"김 영 수", "이 순 희"}),
        # surnames and given names of every kind
        ("팽끝순 할머니", {"팽끝순"}), ("계하율은 웃었다", {"계하율"}), ("박하늘솔 씨", {"박하늘솔"}), ("남마리아 권사님", {"남마리아"}),
        ("제갈솔의 목소리", {"제갈솔"}), ("리은주 선생", {"리은주"}), ("필녀 고모가 왔다", {"필녀"}),
        # titles and what is said of persons only
        ("바둑 황보율 7단이 이겼다", {"황보율"}), ("좌은설 사부님께", {"좌은설"}), ("간미소 명의의 통장", {"간미소"}), ("현도담이라는 이름", {"현도담"}), ("빙서하만큼 빠르다", {"빙서하"}),
        ("두리온이라면 어떻게 했을까", {"두리온"}), ("노을씨는 책을 쓴다", {"노을"}), ("담당 곽두만, 접수 완료", {"곽두만"}), ("성명: 하소연\n주소", {"하소연"}), ("'방그린'으로 고쳐 주세요", {"방그린"}),
    ],
)  # fmt: skip
def test_names_of_every_class(text: str, names: set[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "한국철도는 어제 쉬었다", "연대보증인의 책임", "백화점 이외의 매장", "필요한 고객을 찾는다", "매수인에게 인도한다", "성희롱 사건", "임용령 등의 개정", "이 규정을 위반하면", "위 인정의 후유증",
        "초창기에는 힘들었다", "영상미가 좋다", "선수인 그가 웃었다", "지병인 당뇨로 입원했다", "모순임을 안다", "예상대로 이겼다", "서울대 교수에게 물었다", "마음씨가 곱다", "전기주임이 확인했다", "근현대 서양화가",
        "확인하고 승인한다", "제조사: 대한물산", "필터: 정규식", "사과, 배추, 이불", "그 영화가 나온 뒤", "시민들이 모였다", "한겨레에 따르면", "동호수를 적는다",
    ],
)  # fmt: skip
def test_words_of_every_class_are_quiet(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("계좌번호,예금주\n100-0,선봄\n200-0,추산하", {"선봄", "추산하"}), ("| 이름 | 담당 |\n|---|---|\n| 반달이 | 시안 |", {"반달이"}),
        ("name;age\n김영수;30\n노을빛;31", {"김영수", "노을빛"}), ("성명\t부서\n미정\t개발\n총무\t영업", {"미정"}), ("번호,성명\n1,\"여 름\"", {"여 름"}),
        ("이름, 주소와 전화\n그는 왔다, 갔다", set()), ("상품명,가격\n구두,100\n모자,200", set()), ("이름", set()), ("이름,수량\n고등어,3\n도루묵,5", set()),
    ],
)  # fmt: skip
def test_the_header_of_a_table_names_its_cells(text: str, names: set[str]) -> None:
    assert found(text) == names


def test_a_table_of_many_rows_is_read_in_one_go() -> None:
    rows = "".join(f"{number},선봄\n" for number in range(20_000))
    assert len(list(name_cells.find("번호,성명\n" + rows, name_model()))) == 20_000


def test_a_long_list_is_settled_piece_by_piece() -> None:
    names = ["김영수", "이순희", "박철수", "최미경", "정종수"] * 20
    text = ", ".join(names)
    recognizer = NameRecognizer(kiwi_budget_ppm=0)
    assert len([f for f in recognizer.find([text]) if f.score_ppm >= 500_000]) == len(names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("지훈: 출발함\n수아: 어디쯤?", {"지훈", "수아"}), ("하은: 준비물!\n엄마: 또?", {"하은"}), ("질문: 무엇\n정답: 하나", set()), ("은경: 한 줄뿐이다", set()),
        ("[은경] [오후 3:21] 왔어?\n[지훈] [오후 3:22] 아직", {"은경", "지훈"}), ("은경: 1:0\n수아:30\n", set()),
    ],
)  # fmt: skip
def test_given_names_that_speak_in_a_chat(text: str, names: set[str]) -> None:
    assert found(text) == names

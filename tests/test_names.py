"""Person names: the kernel equals its twin, planted names are found exactly, ordinary prose stays quiet."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizers.name_model import name_model
from anonymizers.names import NameRecognizer, score_ppm
from anonymizers.particles import agree
from anonymizers.sounds import final_sound
from bench.testset import names as testset
from ext.names import NameScanner, holding, is_odd, odd_ones
from ext.names_py import NameScanner as Twin
from ext.names_rules_py import is_odd as twin_is_odd

MODEL = name_model()
TABLES = (MODEL.surname, MODEL.given1, MODEL.given2, MODEL.words)
KERNEL, TWIN = NameScanner(*TABLES), Twin(*TABLES)
PIECES = [
    "홍길동", "김철수", "이영희", "남궁민수", "박", "지은", "민수", "영희", "정부", "이유", "하나", "선우", "허용하", "우수한", "신문사",
    "은", "는", "이", "가", "을", "과", "와", "에게", "으로", "입니다", "이라고", "씨", "님", "군", " 씨", " 교수", "교수님은", "과장", "형", " 누나",
    "담당자", "성명: ", "성 명 ", "저는 ", "판사 ", "말했다", "웃었다", "아", "야", ",", ", ", "·", "/", "\n", " ", " 길 동", "홍 ", ".", "!", "(34)", "(洪", "(인)", " 드림",
    " 5단", " 34세", "사부님", "사부님이", " 010-1", "\t900101-1", " 900101 ", ", 1990. 1", "<", "<td>", "</td>", ">", "성명", "☎", "hong@x",
    "name: ", "Cc", "신 청 인 ", "(본인)", ")", "하늘솔", "의 목소리", "철도", "연대보증인", "이", "—", "=", "명의",
    "○○", "A", "7", "😀", "한국", "가나다라마바사아자차카", "ㅋㅋ", "…",
]  # fmt: skip
SURNAMES = "김김김김이이이박박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노곽성차주우구민"
GIVEN = [
    "영수",
    "영호",
    "정호",
    "성호",
    "정숙",
    "영희",
    "미경",
    "은주",
    "현숙",
    "미영",
    "상철",
    "종수",
    "광수",
    "진호",
    "성민",
    "지훈",
    "현우",
    "준호",
    "민수",
    "유진",
    "민지",
    "수진",
    "혜진",
    "소영",
    "지현",
    "수민",
    "민준",
    "서연",
    "하준",
    "도윤",
    "지호",
    "예준",
    "지우",
    "하은",
    "서현",
    "하윤",
    "지민",
    "채원",
    "수아",
    "다은",
    "윤서",
    "소율",
    "예린",
    "승현",
    "태현",
    "재원",
    "형준",
    "기현",
    "병훈",
    "동욱",
    "세영",
]
TITLED = [
    "{n} 씨가 다녀갔다.", "{n}님, 안녕하세요.", "{n} 교수의 연구실이다.", "담당자 {n}", "성명: {n}", "{n} 과장에게 보고했다.", "판사 {n}",
    "고객 {n}님의 주문입니다.", "이름은 {n}입니다.", "예금주 {n}", "{n}씨는 갔다.", "{n} 선생님께 감사드립니다.", "환자 {n}은 퇴원했다.",
]  # fmt: skip
SIGNED = [
    "감사합니다. {n} 드림", "2024년 3월 2일 {n} (인)", "{n} 올림", "신청인: {n} (서명)", "참석자: {n}, {m}, {k}", "{n}, {m}, {k}가 모였다.",
    "{n}은 말했다.", "{n}가 고개를 끄덕였다.", "어제 {n}을 만났다.", "{n}에게 전화했다.", "{n}과 {m}은 친구다.", "{n}·{m}·{k}", "저는 {n}입니다.",
]  # fmt: skip
BARE = [
    "그날 {n}은 집에 있었다.", "나는 {n}을 좋아한다.", "이 책은 {n}의 작품이다.", "{n}과 함께 여행을 갔다.", "결국 {n}이 이겼다고 한다.",
    "사실 {n}의 집은 부산이다.", "나중에 {n}은 후회하게 된다.", "그래서 {n}이 그 일을 맡았다.",
]  # fmt: skip
ORDINARY = [
    "이유는 아무도 모른다.", "하나님을 믿습니다.", "이달에 언덕 시장 옆의 복지 31곳을 정비합니다.", "정부가 대책을 발표했다.", "한국인이 좋아하는 음식이다.", "조사 결과를 정리하면 다음과 같다.", "하지만 고민이 많다.",
    "전문가의 의견을 들었다.", "이영화는 정말 좋다.", "주민들이 반대했다.", "신용카드로 결제했다.", "자동차를 수리했다.", "최고의 선택이었다.",
    "우수한 인재를 찾는다.", "허용하는 범위에서 사용한다.", "유명한 배우가 나온다.", "임대인의 동의가 필요하다.", "구성원은 모두 다섯이다.",
    "이사회가 결정한다.", "정상화를 위한 방안이다.", "고양이가 잔다.", "강남구의 인구가 늘었다.", "서울은 넓다.", "여름은 덥다.", "안녕하세요, 고객님.",
    "선생님이 오셨다.", "사장님은 안 계신다.", "전기자동차가 늘었다.", "박물관에 갔다.", "문화재를 보호하자.", "오전에 회의가 있다.", "민주주의의 원칙이다.",
    "표현식은 값이 된다.", "정규식을 쓰면 된다.", "배경화면을 바꿨다.", "조용한 밤이다.", "심각한 문제다.", "원고는 피고에게 돈을 지급하라.", "이의를 신청한다.",
    "장애인을 위한 시설이다.", "지역 주민을 위한 강연회가 열린다.", "[이름]은 왔다.", "김○○은 왔다.", "[이름#kxwmpt] 씨는 왔다.",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14))
@settings(max_examples=600)
def test_the_kernel_equals_its_twin(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert KERNEL.scan(text, -1000) == TWIN.scan(text, -1000)


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=5), st.integers(-100, 150))
def test_a_batch_is_its_texts(texts: list[str], floor: int) -> None:
    expected = [(number, hits) for number, text in enumerate(texts) if (hits := TWIN.read(text, floor))]
    assert KERNEL.read_all(texts, floor) == TWIN.read_all(texts, floor) == expected
    assert odd_ones(texts) == [number for number, text in enumerate(texts) if twin_is_odd(text)]


@given(st.text(max_size=60))
def test_the_kernel_equals_its_twin_on_anything(text: str) -> None:
    assert KERNEL.scan(text, -1000) == TWIN.scan(text, -1000)
    assert is_odd(text) == twin_is_odd(text)


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.integers(-100, 200))
def test_candidates_are_disjoint_sorted_hangul_and_reach_the_floor(pieces: list[str], floor: int) -> None:
    text = "".join(pieces)
    end = 0
    for start, stop, total, _ in KERNEL.scan(text, floor):
        assert end <= start < stop <= len(text)
        assert all("가" <= char <= "힣" or char == " " for char in text[start:stop])
        assert 2 <= len(text[start:stop].replace(" ", "")) <= 4
        assert text[start:stop].strip() == text[start:stop]
        assert total >= floor
        end = stop


def planted(templates: list[str], count: int, seed: int) -> list[tuple[str, list[tuple[int, int]]]]:
    """`count` texts a template with names filled in, particles agreeing, and the spans of the names."""
    rng = random.Random(seed)
    out = []
    for template in templates:
        for _ in range(count):
            text, spans, rest = "", [], template
            while "{" in rest:
                head, _, tail = rest.partition("{")
                rest = tail[2:]
                name = rng.choice(SURNAMES) + rng.choice(GIVEN)
                taken, particle = agree(rest, final_sound(name), person=True)
                text += head
                spans.append((len(text), len(text) + len(name)))
                text, rest = text + name, particle + rest[taken:]
            out.append((text + rest, spans))
    return out


def found(text: str) -> set[tuple[int, int]]:
    recognizer = NameRecognizer(kiwi_budget_ppm=0)
    return {(f.start, f.end) for f in recognizer.find([text]) if f.type == "PERSON" and f.score_ppm >= 500_000}


@pytest.mark.parametrize(("register", "goal"), [("titled", 0.95), ("signed", 0.85), ("bare", 0.65)])
def test_planted_names_are_found_exactly(register: str, goal: float) -> None:
    cases = planted({"titled": TITLED, "signed": SIGNED, "bare": BARE}[register], 30, seed=20)
    planted_count = sum(len(spans) for _, spans in cases)
    hits = sum(len(found(text) & set(spans)) for text, spans in cases)
    assert hits / planted_count >= goal
    false = sum(len(found(text) - set(spans)) for text, spans in cases)
    assert false / planted_count < 0.01


@pytest.mark.parametrize(("group", "goal"), [("titled", 0.95), ("signed", 0.88), ("bare", 0.78)])
def test_names_of_every_register_are_found_without_kiwi(group: str, goal: float) -> None:
    assert len(testset.templates(group)) >= 60
    hits = wanted = false = 0
    for row in testset.examples(2, seed=11):
        if row["group"] == group:
            gold = {(start, end) for start, end, _ in row["spans"]}
            spans = found(row["text"])
            hits, wanted, false = hits + len(spans & gold), wanted + len(gold), false + len(spans - gold)
    assert hits / wanted >= goal
    assert false / wanted < 0.01


def test_a_strong_name_lifts_its_neighbours_in_a_list() -> None:
    weak = "염욱이 남았다."
    assert found(weak) == set()
    text = "변호사 김영수, 염욱"
    assert {text[start:end] for start, end in found(text)} == {"김영수", "염욱"}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_prose_is_quiet(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "age"),
    [("택시기사 표광수(61)는 갔다", "61"), ("변호사 도윤석(44·여)", "44"), ("지분은 표광수(61%)", None)],
)
def test_an_age_in_brackets_is_vouched_for_by_the_name(text: str, age: str | None) -> None:
    ages = [text[f.start : f.end] for f in NameRecognizer(kiwi_budget_ppm=0).find([text]) if f.type == "AGE"]
    assert ages == ([age] if age else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("민수야, 밥 먹자", "민수"), ("지영 씨는 갔다", "지영"), ("남궁민수 교수는 왔다", "남궁민수"), ("박서연(34)은 말했다", "박서연"),
        ("홍길동(洪吉童)은 왔다", "홍길동"), ("이순신 장군", "이순신"), ("김철수입니다", "김철수"), ("김철수이고", "김철수"), ("영희 누나가 왔다", "영희"), ("지영이가 웃었다", "지영"),
    ],
)  # fmt: skip
def test_forms_of_address(text: str, name: str) -> None:
    assert found(text) == {(0, len(name))}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("사랑하는 서연아, 밥 먹자", "서연"), ("그날 유진이한테 물었다", "유진"), ("국요한 한국은행 총재는 왔다", "국요한"), ("배새롬(본명 ○○)", "배새롬"), ("윤서준(033-000-0000)", "윤서준"),
        ("김도윤(1931~2009)", "김도윤"), ("최은솔(@handle)", "최은솔"), ("김영수는 “모른다”고 했다", "김영수"), ("진은비 씨는 왔다", "진은비"), ("| 1 | 주민서 | 남 |", "주민서"),
        ("원고 1. 김순금 2. ○○", "김순금"), ("김 다은 교수의 논문", "김 다은"), ("서문지아가 전했다", "서문지아"), ("(재판장) 양도연", "양도연"), ("최현은 고개를 숙였다", "최현"), ("윤가아 배우님 팬이에요", "윤가아"), ("정하준 군수는 왔다", "정하준"), ("이지영 상원의원이 방한했다", "이지영"),
        ("성 명 : 박  훈", "박  훈"), ("[윤다온] [오전 10:02] 네", "윤다온"), ("장유진: 감사합니다", "장유진"), ("은상 김서윤(6-1)", "김서윤"), ("득점 박강(후41)", "박강"), ("최예린 (M/62) 복통", "최예린"),
        ("한지수(가람대)는 우승했다", "한지수"), ("송미래(전 한빛은행 지점장)", "송미래"), ("민수야 밥 먹자", "민수"), ("하늘아, 밥 먹자", "하늘"), ("지민 과장님은 쉬십니다", "지민"), ("{\"성명\": \"윤서진\"}", "윤서진"), ("승인: 김별", "김별"),
        ("김민지 외 2인", "김민지"), ("배선영(2015)은 이를 달리 보았다", "배선영"), ("골키퍼 사공겸의 선방", "사공겸"), ("제갈혁은 답하지 않았다", "제갈혁"), ("물리치료사 마유정 배정", "마유정"), ("오세린 학예연구사가 맡았다", "오세린"),
    ],
)  # fmt: skip
def test_forms_met_in_the_wild(text: str, name: str) -> None:
    start = text.index(name)
    assert found(text) == {(start, start + len(name))}


@pytest.mark.parametrize(
    "text",
    [
        "3류영화는 싫다", "산들군은 사업을 한다", "입력 유효성 검사에 실패했다", "방정식을 푼다", "석수동 104에 있다", "미리 정해진 순서", "옆집에 사는 상인에게 물었다",
        "딸에 대한 아버지의 사랑", "누리 동호인 대회", "이 정상인 값", "박수칠 때 떠나라", "강원도지사가 왔다", "이 경우 항소할 수 있다", "요즘엔 왜 안해주나", "이길수 있다", "개콘 박대표같은 사람", "황선생도 왔다", "최소화하고 배우기 쉽다",
        "원안대로 가결한다", "양달동으로 이사했다", "29살 남성은 체포됐다", "영천시장에 갔다", "수석 부연구위원", "최대인 열다섯 명", "구성: 본체, 전원, 설명서", "이름: (한글) 연락처: 주소:", "○○건설 상무 장인상", "하는 김에 해 두자", "성원에 감사드린다",
    ],
)  # fmt: skip
def test_words_that_look_like_names_are_quiet(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize("shape", ["NFC", "NFD", "zero-width"])
@pytest.mark.parametrize("template", ["성명: {n}", "{n} 씨는 왔다", "어제 {n}을 만났다 😀"])
def test_spans_are_exact_in_the_text_as_given(shape: str, template: str) -> None:
    name = "홍길동"
    before, behind = template.split("{n}")
    if shape == "zero-width":
        name = "홍\u200b길\u200b동"
    elif shape == "NFD":
        before, name, behind = (unicodedata.normalize("NFD", part) for part in (before, name, behind))
    text = before + name + behind
    assert {text[start:end] for start, end in found(text)} == {name}


def test_a_firm_name_vouches_for_its_bare_repetitions() -> None:
    weak = "표라온의 집이다."
    assert found(weak) == set()
    text = "표라온 씨가 왔다. " + weak
    assert {text[start:end] for start, end in found(text)} == {"표라온"}
    assert len(found(text)) == 2


class Judge:
    """A tagger that answers as it is told and counts the questions."""

    def __init__(self, answer: bool | None) -> None:
        self.answer, self.asked = answer, 0

    def is_name(self, text: str, start: int, end: int) -> bool | None:
        self.asked += 1
        assert text[start:end]
        return self.answer


@pytest.mark.parametrize(("answer", "expected"), [(True, {500_000}), (False, set())])
def test_a_tagger_settles_ambiguous_names_within_its_budget(answer: bool, expected: set[int]) -> None:
    ambiguous = next(name for s in "표위국" for g in GIVEN if 45 <= dict_total(name := s + g) < 75)
    judge = Judge(answer)
    text = f"{ambiguous}의 집이다."
    scores = {f.score_ppm for f in NameRecognizer(kiwi_budget_ppm=1_000_000, tagger=judge).find([text] * 50)}
    assert scores == expected
    assert 0 < judge.asked <= 50
    unasked = Judge(answer)
    assert list(NameRecognizer(kiwi_budget_ppm=0, tagger=unasked).find([text]))
    assert unasked.asked == 0


def dict_total(name: str) -> int:
    return next((total for _, _, total, _ in KERNEL.scan(f"{name}의 집이다.", -1000)), -1000)


def test_scores_rise_with_evidence_and_stay_in_range() -> None:
    scores = [score_ppm(total) for total in range(-500, 500)]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1], score_ppm(75), score_ppm(45)) == (0, 990_000, 500_000, 400_000)


@pytest.mark.parametrize(
    "text", ["가" * 100_000, "김" * 100_000, "김철수" * 30_000, "김 " * 50_000, "이영희," * 20_000, "😀" * 50_000]
)
def test_bait_is_linear_and_harmless(text: str) -> None:
    assert len(KERNEL.scan(text, 80)) <= len(text) // 3


@pytest.mark.parametrize(
    "text",
    [
        "593명의 공예 [이름]이 혜택을 받을 것으로 보인다",  # the mask's particle
        "[이름] 가온대 도시공학과 교수는 “노후 승강기를 바꿔야 한다”고 말했다.",  # the mask's title
        "광주 남구에 [이름], 강원도 원주시에서 [이름]",  # the mask's word is no label
        "[이름]([전화번호]) [이름] [이름]",
    ],
)
def test_a_mask_lends_no_evidence(text: str) -> None:
    assert not [finding for finding in NameRecognizer(kiwi_budget_ppm=0).find([text]) if finding.score_ppm >= 500_000]


def test_a_name_beside_a_mask_is_still_found() -> None:
    text = "[이름] 씨와 김도현 씨가 만났다. [이름] 홍서윤 씨도 왔다."
    found = {text[f.start : f.end] for f in NameRecognizer(kiwi_budget_ppm=0).find([text])}
    assert found == {"김도현", "홍서윤"}


@given(st.lists(st.text(alphabet="가나[a 🎈", max_size=20), max_size=4), st.sampled_from(["[가", "가나", "a ", " a"]))
def test_texts_that_hold_two_letters(texts: list[str], pair: str) -> None:
    assert holding(texts, pair) == [number for number, text in enumerate(texts) if pair in text]


@given(st.lists(st.sampled_from([*PIECES, "표라온", "표라온 씨", "표라온의", "제갈라온 씨", "제갈라온"]), max_size=14))
def test_the_kernel_lifts_repetitions_as_its_twin_does(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert KERNEL.read(text, 45) == TWIN.read(text, 45)
    assert KERNEL.read_all([text, ""], 45) == TWIN.read_all([text, ""], 45)


def test_a_roster_of_a_thousand_firm_names_lifts_each() -> None:
    names = ["표" + a + b for a in "라하도서지민예은수유" for b in "온율윤빈호우린성진현"]
    text = "".join(f"{name} 씨가 왔다. " for name in names) + "".join(f"{name}의 집이다. " for name in names)
    assert KERNEL.read(text, 45) == TWIN.read(text, 45)
    assert len(KERNEL.read(text, 75)) > len(names)


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.integers(1000, 1030), st.sampled_from(["가", ".", "나 "]))
@settings(max_examples=150)
def test_the_kernel_equals_its_twin_where_its_blocks_meet(pieces: list[str], before: int, filler: str) -> None:
    text = (filler * before)[:before] + "".join(pieces) + (filler * 1024)[:1024] + "".join(pieces)
    assert KERNEL.scan(text, -1000) == TWIN.scan(text, -1000)

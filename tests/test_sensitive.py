"""Art. 23 sentences tied to a person, and child authors against mentions of children."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.children import child_signals
from anonymizers.normalize import View
from anonymizers.passages import passages, readable
from anonymizers.sensitive import SensitiveRecognizer, anchors, lexicon, sentence
from ext.names import is_odd

TIED = [
    ("HEALTH", "저는 우울증을 앓고 있습니다."), ("HEALTH", "이영희 씨는 HIV 양성 판정을 받았다."), ("HEALTH", "우리 엄마가 유방암 2기 진단을 받으셨어요."),
    ("HEALTH", "작년에 당뇨 진단을 받고 약을 먹고 있어요."), ("HEALTH", "김철수는 조현병으로 입원했다."), ("HEALTH", "환자 김○○은 고혈압으로 치료 중이다."),
    ("CREED", "나는 기독교 신자다."), ("CREED", "그는 국민의힘을 지지한다."), ("CREED", "제 남편은 독실한 불교 신자예요."),
    ("UNION", "그는 민주노총 조합원이다."), ("UNION", "저는 노조에 가입했습니다."), ("UNION", "박민수 과장은 정의당에 입당했다."),
    ("SEX_LIFE", "저는 동성애자입니다."), ("SEX_LIFE", "남자친구와 성관계를 했어요."),
    ("CRIMINAL_RECORD", "그는 사기죄로 징역 2년을 선고받은 전과가 있다."), ("CRIMINAL_RECORD", "저희 아버지는 교도소에 계십니다."), ("CRIMINAL_RECORD", "최영호 씨는 음주 운전으로 처벌받았다."),
    ("BIOMETRIC", "제 지문을 회사 시스템에 등록했어요."), ("BIOMETRIC", "환자의 유전자 검사 결과는 BRCA1 변이 양성이다."),
    ("HEALTH", "저희 아버지는 치매 때문에 요양원에 계세요."), ("HEALTH", "저희 어머니는 당뇨가 있으셔서 조심하세요."),
    ("UNION", "나는 노조는 가입했지만 활동은 안 해."), ("CREED", "저는 민주당은 지지하지 않습니다."),
    ("SEX_LIFE", "제가 게이라고 친구들에게 말했어요."), ("UNION", "박민수 씨는 철도노조 위원장이다."),
    ("ETHNICITY", "저희 어머니는 조선족입니다."), ("ETHNICITY", "그녀는 탈북민이다."),
]  # fmt: skip
GENERAL = [
    "우울증은 흔한 질병이다.", "당뇨 환자는 식이요법이 중요하다.", "지문을 등록하세요.", "기독교는 세계 종교이다.", "노동조합은 단체교섭을 할 수 있다.",
    "임신 중에는 약을 조심해야 한다.", "동성애자 인권을 다룬 영화다.", "조선족 거리를 걸었다.", "벌금은 국고에 귀속된다.", "날씨가 좋다.", "",
    "김철수 의원은 민주당 전당대회에서 연설하였다.", "이영희 의원이 참석한 가운데 노조는 파업을 알렸다.", "박민수 시장은 치매 지원센터를 열었다고 말했다.",
    "최영호 의원은 성범죄 근절특위 회의에서 대책을 발표했다.", "김철수 대표는 민주당 측과 만나 예산을 논의하였다.", "이영희 의원은 성적 지향 조항을 두고 토론하였다.",
    "박민수 대변인은 국민의힘 지도부가 모여 회의를 여는 자리였다고 설명하며 다음 주에 다시 만난다고 말했다.",
    "암에 걸린 주인공이 나오는 영화를 보았다.", "통계에 따르면 고혈압 환자가 늘었다.", "DNA는 유전 물질이다.", "민주당은 법안을 제출했다.",
]  # fmt: skip
AUTHORS = [
    "초3이에요 친구 구해요", "저는 12살 여자예요", "안녕하세요 초등학교 5학년 김민지입니다", "나는 열두 살이다", "중1인데 고민있어요", "저는 초6이고 피아노를 쳐요",
    "11살인데 같이 하실 분", "전 아홉살이야", "저 초4", "제가 중1인데 방과후에 봤어요", "올해 13살 된 남학생입니다",
]  # fmt: skip
MENTIONS = [
    "저는 12살 아들을 키워요", "우리 아이가 초3인데", "만 7세 아동은 무료", "제가 12살 때 일이다", "딸이 올해 9살이에요", "초3 담임입니다", "초1 엄마예요",
    "12세 관람가", "제 동생은 8살입니다", "저희 초5 아들이", "그는 11세에 왕이 되었다", "하나같이 초딩이야?", "이게 어떻게 12세야", "3살 차이", "지금 8살인 내 아이",
]  # fmt: skip
NEITHER = [
    "저는 34살입니다",
    "2살 연상",
    "초보예요",
    "중간에 나왔다",
    "세 살 버릇",
    "초 3분",
    "30살인데요",
    "15세 관람가",
    "",
    "초4급",
]


def tags(text: str, floor: int = 500_000) -> set[str]:
    return {f.type for f in SensitiveRecognizer().find([text]) if f.score_ppm >= floor}


@pytest.mark.parametrize(("type_", "text"), TIED)
def test_a_sentence_tied_to_a_person_is_tagged(type_: str, text: str) -> None:
    assert type_ in tags(text)


@pytest.mark.parametrize("text", GENERAL)
def test_people_in_general_are_nobody(text: str) -> None:
    assert tags(text) == set()


def test_a_party_of_an_anonymised_judgment_scores_below_the_threshold() -> None:
    text = "피고인은 절도죄로 징역 1년을 선고받고 출소하였다."
    assert tags(text) == set()
    assert tags(text, floor=300_000) == {"CRIMINAL_RECORD"}


@given(
    st.sampled_from(TIED),
    st.sampled_from(["날씨가 좋다. ", "첫 문장이다!\n", "뭐라고? ", ""]),
    st.sampled_from([" 끝.", "\n다음 줄", ""]),
)
def test_the_tag_covers_its_sentence_and_no_other(case: tuple[str, str], before: str, behind: str) -> None:
    type_, text = case
    whole = before + text + behind
    spans = {whole[f.start : f.end] for f in SensitiveRecognizer().find([whole]) if f.type == type_}
    assert spans == {text}


@given(st.text(st.sampled_from("가나 .!?\n\"'다요"), max_size=60), st.data())
def test_sentences_hold_their_word_and_no_inner_stop(text: str, data: st.DataObject) -> None:
    if not text.strip():
        return
    at = data.draw(st.sampled_from([i for i, char in enumerate(text) if not char.isspace()]))
    start, end = sentence(text, at, at + 1)
    assert start <= at < end
    assert text[start:end] == text[start:end].strip() or not text[start:end].strip()
    assert "\n" not in text[start:end]


def test_anchors_leave_the_particle() -> None:
    text = "저는 우울증을 앓고 있습니다."
    assert [text[a:b] for a, b in anchors(text, 0, len(text))] == ["저"]


def test_evidence_holds_codes_only() -> None:
    for finding in SensitiveRecognizer().find([text for _, text in TIED]):
        assert all(code.isascii() for code in finding.evidence)


def test_every_type_has_words() -> None:
    types = {use.rstrip("!") for uses in lexicon().terms.uses for use in uses}
    assert types == {"HEALTH", "CREED", "UNION", "SEX_LIFE", "CRIMINAL_RECORD", "BIOMETRIC", "ETHNICITY"}


def test_a_megabyte_without_a_stop_is_bounded() -> None:
    text = "우울증 진단 " * 60_000
    found = list(SensitiveRecognizer().find([text]))
    assert all(f.end - f.start <= 2_100 for f in found)


def kinds(text: str) -> set[str]:
    return {s.kind for s in child_signals([text]) if s.kind == "mention" or s.score_ppm >= 500_000}


@pytest.mark.parametrize("text", AUTHORS)
def test_child_authors(text: str) -> None:
    assert kinds(text) == {"author"}


@pytest.mark.parametrize("text", MENTIONS)
def test_mentions_of_children(text: str) -> None:
    assert "author" not in kinds(text)


@pytest.mark.parametrize("text", NEITHER)
def test_no_child_at_all(text: str) -> None:
    assert "author" not in kinds(text)


def test_either_side_of_fourteen_is_weak() -> None:
    assert [s.score_ppm for s in child_signals(["저는 중2입니다"])] == [400_000]


@pytest.mark.parametrize("mark", ["NFD", "\u200b"])
def test_decomposed_and_zero_width_text_is_read_as_written(mark: str) -> None:
    def shaped(text: str) -> str:
        return unicodedata.normalize("NFD", text) if mark == "NFD" else mark.join(text)

    text = shaped("저는 우울증을 앓고 있습니다.")
    whole = shaped("첫 문장. ") + text
    assert {whole[f.start : f.end] for f in SensitiveRecognizer().find([whole])} == {text}
    child = shaped("저는 12살이에요")
    assert [(s.kind, child[s.start : s.end]) for s in child_signals([child])] == [("author", shaped("12살"))]


@given(st.text(st.sampled_from("가나다각 .!?\n\u200b\u1112\u1161\u11ab12세살"), max_size=40))
def test_passages_are_the_text_and_lead_back_to_it(text: str) -> None:
    found = list(passages(text))
    ends = [*(passage.base for passage in found[1:]), len(text)]
    assert found[0].base == 0
    for passage, end in zip(found, ends, strict=True):
        piece = text[passage.base : end]
        assert (passage.view is not None) == is_odd(piece)
        assert passage.text == (View(piece).text if is_odd(piece) else piece)
        if passage.text:
            start, stop = passage.span(0, len(passage.text))
            assert passage.base <= start < stop <= end


@given(st.text(st.sampled_from("가나다각 .!?\n\u200b\u1112\u1161\u11ab12세살"), min_size=1, max_size=40), st.data())
def test_spans_of_a_folded_text_lead_back_to_what_was_folded(text: str, data: st.DataObject) -> None:
    read, folded = readable([text, "가나"])
    assert read[1] == "가나"
    assert (0 in folded) == is_odd(text)
    if 0 not in folded or not read[0]:
        return
    start = data.draw(st.integers(0, len(read[0]) - 1))
    end = data.draw(st.integers(start + 1, len(read[0])))
    back = folded[0].span(start, end)
    assert 0 <= back[0] < back[1] <= len(text)
    assert View(text[back[0] : back[1]]).text.replace("\u200b", "") == read[0][start:end]


def test_an_odd_character_elsewhere_changes_nothing() -> None:
    text = "저는 우울증을 앓고 있습니다. 아들이 12살이에요. 저는 11살이에요."
    for odd in ("\u200b 끝. ", "한\n", "저는\u200b 당뇨 진단을 받았어요. "):
        plain, mixed = SensitiveRecognizer().find([text]), SensitiveRecognizer().find([odd + text])
        assert [f.start for f in mixed][-1] == len(odd) + [f.start for f in plain][-1]
        moved = [(s.kind, s.start - len(odd), s.score_ppm) for s in child_signals([odd + text])]
        assert moved == [(s.kind, s.start, s.score_ppm) for s in child_signals([text])]

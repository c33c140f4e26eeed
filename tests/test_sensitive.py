"""Art. 23 sentences tied to a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.children import child_signals
from anonymizers.normalize import View
from anonymizers.passages import passages, readable
from anonymizers.sensitive import SensitiveRecognizer, anchors
from anonymizers.sensitive_lexicon import LABEL, PERSONAL, lexicon
from anonymizers.sensitive_words import entries, read, spellings
from bench.testset import sensitive as testset
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


def tags(text: str, floor: int = 500_000) -> set[str]:
    return {f.type for f in SensitiveRecognizer().find([text]) if f.score_ppm >= floor}


@pytest.mark.parametrize(("type_", "text"), TIED)
def test_a_sentence_tied_to_a_person_is_tagged(type_: str, text: str) -> None:
    assert type_ in tags(text)


@pytest.mark.parametrize("text", GENERAL)
def test_people_in_general_are_nobody(text: str) -> None:
    assert tags(text) == set()


@pytest.mark.parametrize("kind", sorted(testset.WHAT))
def test_the_test_set_is_found_type_by_type(kind: str) -> None:
    assert len(testset.templates(kind)) >= 60
    rows = [row for row in testset.examples(64, seed=7) if row["label"] == kind]
    assert sum(kind in tags(row["text"]) for row in rows) / len(rows) >= 0.95


def test_the_test_sets_general_sentences_are_nobodys() -> None:
    assert [row["text"] for row in testset.negatives() if tags(row["text"])] == []


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


def test_anchors_leave_the_particle() -> None:
    text = "저는 우울증을 앓고 있습니다."
    assert [text[a:b] for a, b in anchors(text, 0, len(text))] == ["저"]


def test_evidence_holds_codes_only() -> None:
    for finding in SensitiveRecognizer().find([text for _, text in TIED]):
        assert all(code.isascii() for code in finding.evidence)


def test_every_type_has_topics_personal_words_and_labels() -> None:
    uses = {use for row in lexicon().terms.uses for use in row}
    types = {"HEALTH", "CREED", "UNION", "SEX_LIFE", "CRIMINAL_RECORD", "BIOMETRIC", "ETHNICITY"}
    for wanted in (lambda group: group >= 0, lambda group: group == PERSONAL, lambda group: group == LABEL):
        assert {use.type for use in uses if wanted(use.group)} == types


def test_a_megabyte_without_a_stop_is_bounded() -> None:
    text = "우울증 진단 " * 60_000
    found = list(SensitiveRecognizer().find([text]))
    assert all(f.end - f.start <= 2_100 for f in found)


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


# By type: sentences of as many registers as people and offices write in, none with a person that exists.
CLASSES = {
    "HEALTH": [
        "검진에서 폐에 결절이 보인대서 조직검사 받았더니 선암이래요.", "자낙스 반 알 먹고 겨우 잤어요.", "친정엄마 무릎에 물이 차서 수술 날짜 잡았어요.", "문O수(M/63) HTN, DM 15년, 금일 흉통으로 내원.",
        "진단명: 재발성 주요우울장애 / 성명: 한○○", "총무팀 표서진 대리는 유산 후 병가 중입니다.", "휠체어로 출퇴근하는 저는 1층 자리가 필요합니다.", "시험관 네 번째인데 이번에도 착상 실패예요.",
        "큰아버지는 담낭을 떼어 내신 뒤로 소식하신다.", "손을 수십 번 씻어야 잠이 온다. 병원에서는 강박이란다.", "우리 막내가 계란 알레르기가 심해서 급식을 못 먹어요.", "그분 심장에 스텐트 세 개 넣으셨어요.",
        "상기인은 좌측 발목 골절로 6주간 안정가료를 요함.", "복용약: 리튬 900mg, 쿠에티아핀 100mg", "중증 난청이라 전화 대신 문자로 부탁드려요.", "산재 승인 나온 김 반장님 왼손 손가락 두 개 절단하셨어",
    ],
    "CREED": [
        "저는 모태신앙이고 주일마다 성가대에 섭니다.", "장모님이 절에 다니셔서 제사를 꼭 지내요.", "지난 총선에서 나는 3번을 찍었다.", "종교: 이슬람 (성명 아미나)", "사위가 여호와의 증인이라 수혈 동의를 안 한대요.",
        "우리 부장님 태극기 집회 매주 나가셔", "저 무신론자예요.", "삼촌은 평생 사회주의자로 살았다.", "병역을 거부하고 지금은 대체복무를 합니다, 제 양심 때문에요.", "룸메가 라마단이라 해 지고 나서 밥을 먹어요.",
    ],
    "UNION": [
        "저 이번에 지회 사무장 맡았어요.", "남편이 금속노조 대의원이라 파업 나갔어요.", "매달 당비 만 원씩 내는 당원입니다, 저는.", "조합원 번호: 4412 (표○○)", "그 형 노조 만들다가 해고됐잖아", "우리 고모가 정의당 책임당원이셔",
        "나 탈당계 냈다.", "간호사 명O희는 보건의료노조 대의원으로 활동함.",
    ],
    "SEX_LIFE": [
        "저희는 3년째 섹스리스 부부예요.", "나 여자 좋아해, 엄마는 몰라.", "남편이 안마방 다녀온 걸 알게 됐어요.", "동생이 커밍아웃을 했다.", "내담자는 성관계 시 통증을 호소하였고 질경련 진단을 받음.", "저 트랜스젠더예요, 호르몬 맞은 지 2년 됐어요.",
        "팀장 유부남인데 인턴이랑 모텔 갔대.", "콘돔 없이 해서 사후피임약 먹었어요.",
    ],
    "CRIMINAL_RECORD": [
        "저 집행유예 기간인데 해외 가도 되나요? 걱정돼서요.", "형부가 사기로 2년 살다 나왔어요.", "남궁○○, 절도 3범, 2022년 출소.", "앞집 아저씨 전자발찌 찬 사람이래요.", "음주로 면허 취소되고 벌금 700 냈습니다.", "아빠는 지금 교도소에 계신다.",
        "저는 소년원에 두 번 갔다 왔습니다.", "범죄경력: 상해 벌금 200만 원",
    ],
    "BIOMETRIC": [
        "회사에서 제 지문을 등록하라고 해요.", "저 BRCA2 변이가 나왔대요.", "감정 결과 꽁초의 DNA가 피의자 옥○○과 일치함.", "출입기에 내 얼굴이 등록돼 있다.", "친자확인 검사 결과 제 아이가 맞대요.", "직원 표서진의 홍채 정보를 단말기에 등록함.",
    ],
    "ETHNICITY": [
        "저는 조선족이고 연길에서 왔어요.", "사위가 몽골 사람이라 말이 서툴러요.", "우리 아빠는 흑인이고 엄마는 한국인이에요.", "그는 고려인 3세다.", "시어머니가 필리핀 분이세요.", "국적: 네팔 (직원 성명 카말)", "나는 탈북해서 하나원에 있었다.",
    ],
}  # fmt: skip
# Near misses: general knowledge, law, figures, research, goods, fiction, metaphors, work, places, other living things.
NEAR_MISSES = [
    "고지혈증은 혈액에 지질이 많은 상태를 말한다.", "당뇨병 환자 12,000명을 조사한 결과다.", "조현병의 원인은 아직 밝혀지지 않았다.", "독감 예방접종은 보건소에서 실시합니다.", "저는 정신과에서 일하는 간호사입니다.", "이모는 요양원에서 조리사로 일하신다.",
    "우리 고양이가 신부전이래요.", "컴퓨터가 바이러스에 감염됐어요.", "회의가 길어서 암 걸릴 것 같다.", "중고 휠체어 팝니다.", "의사가 주인공인 드라마에서 시한부 판정을 받는 장면", "임신 중에는 술을 피하세요.",
    "불교는 기원전 인도에서 시작되었다.", "성당에서 열린 음악회가 좋았다.", "교회 옆 빵집이 맛있어요.", "민주당은 논평을 냈다.", "여당 대표 경선이 치러진다.", "이 책은 공산주의의 역사를 다룬다.",
    "철도노조는 파업을 예고했다.", "노동조합법은 부당노동행위를 금지한다.", "성교육 예산이 늘었다.", "동성혼을 허용한 나라는 35개국이다.", "피임법을 알려 드립니다.", "불륜을 다룬 소설이다.",
    "형법 제329조는 절도죄를 정한다.", "교도소 과밀 문제가 심각하다.", "음주운전 처벌이 강화된다.", "지문 인식 도어락 추천해 주세요.", "얼굴 인식 기술이 발전했다.", "DNA는 이중 나선이다.",
    "베트남 쌀국수가 맛있는 집", "조선족 자치주는 지린성에 있다.", "다문화 가정 지원 예산이 늘었다.", "몽골 초원을 여행했다.", "민감정보에는 건강과 성생활에 관한 정보가 포함된다.", "종교: 없음",
]  # fmt: skip


@pytest.mark.parametrize(("type_", "text"), [(type_, text) for type_, texts in CLASSES.items() for text in texts])
def test_every_register_of_every_type(type_: str, text: str) -> None:
    assert type_ in tags(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_near_misses_are_nobody(text: str) -> None:
    assert tags(text) == set()


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("엄마가 전화를 안 받는다. ", "투석 받고 오면 기운이 없다."), ("고인은 제주에서 태어났다. ", "췌장암으로 눈을 감았다."),
        ("나는 그 얘기를 아무에게도 안 했다. ", "혼혈이라서 놀림받던 시절이었다."),
    ],
)  # fmt: skip
def test_the_sentences_around_say_whom(before: str, text: str) -> None:
    whole = before + text
    found = [f for f in SensitiveRecognizer().find([whole]) if f.score_ppm >= 500_000]
    assert {(whole[f.start : f.end], f.evidence[1]) for f in found} == {(text, "before")}


def test_a_judgment_tells_of_masked_names_only() -> None:
    head = (
        "【원고, 상고인】 원고 1 【피고, 피상고인】 피고 【주 문】 상고를 기각한다. 【이 유】 상고이유를 판단한다. 원심은 옳다. "
        * 9
    )
    text = head + "원고는 우울증 진단을 받았다. 증인 표○○은 우울증 진단을 받았다. 피고는 징역형을 복역 중이었다."
    found = {text[f.start : f.end]: f.score_ppm for f in SensitiveRecognizer().find([text])}
    assert {words for words, score in found.items() if score >= 500_000} == {"증인 표○○은 우울증 진단을 받았다."}
    assert found["피고는 징역형을 복역 중이었다."] == 400_000


@given(st.lists(st.sampled_from([text for _, text in TIED] + GENERAL), max_size=6), st.booleans())
def test_no_partition_of_a_batch_shows(texts: list[str], long: bool) -> None:
    texts = [
        text + (" 날씨가 좋다. 상고이유를 본다. 소송대리인이 왔다. 원심판결" * 40 if long else "") for text in texts
    ]
    whole = [(f.doc, f.start, f.type, f.score_ppm) for f in SensitiveRecognizer().find([*texts, "짧다"])]
    single = [
        (doc, f.start, f.type, f.score_ppm)
        for doc, text in enumerate(texts)
        for f in SensitiveRecognizer().find(["짧다"] * 9 + [text])
    ]
    assert sorted(whole) == sorted(single)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "bait",
    ["우울증 진단 ", "저는 우울증 ", "김○○ 당뇨 ", "종교: 불교 ", "(34) 34세 남 F/3 ", "!!!!!!!!우울증", "다.다.다.우울증 앓고 ", "엄마 " * 9 + "당뇨 ", "나 내 제 저 전 난 "],
)  # fmt: skip
def test_bait_is_linear(bait: str) -> None:
    list(SensitiveRecognizer().find([bait * (600_000 // len(bait))]))


def test_every_entry_of_the_lists_is_well_formed() -> None:
    lists = ("sets", "people", "limits", "health", "creed", "union", "sex_life", "criminal_record", "biometric")
    for name in (*lists, "ethnicity"):
        for listed in _texts(read(name)):
            for entry in entries(listed):
                assert spellings(entry), (name, entry)
                assert not set("()|") & set(re.sub(r"\([^()]*\)", "", entry)), (name, entry)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("혈압 약", ["혈압 약", "혈압약"]), ("(당뇨|혈압)약", ["당뇨약", "혈압약"]), ("앓고_있", ["앓고 있"]), ("섹스_?리스", ["섹스 리스", "섹스리스"]), ("^암(을|)", ["암을"]),
        ("(열)(한|두|세)_살", ["열한 살", "열두 살", "열세 살"]), ("가" * 17, []),
    ],
)  # fmt: skip
def test_the_notation(entry: str, words: list[str]) -> None:
    assert sorted(spellings(entry)) == sorted(words)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("장모님은 치매를 앓으신다.", ["장모님"]), ("우리 팀장이 당뇨래.", ["우리 팀장"]), ("고인은 폐암과 싸웠다.", ["고인"]), ("내담자는 자해를 반복했다.", ["내담자"]),
        ("저 우울증 약 먹어요.", ["저"]), ("시어머니가 파킨슨이세요.", ["시어머니"]),
    ],
)  # fmt: skip
def test_delinking_cuts_the_person_word(text: str, cut: list[str]) -> None:
    assert [text[a:b] for a, b in anchors(text, 0, len(text))] == cut

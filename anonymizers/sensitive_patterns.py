"""What tells the person of a sensitive sentence where no list of words can: masks, titles, endings, fields of forms.

Every pattern has bounded repetition only, so that it is read in linear time.
"""

from __future__ import annotations

import re
from typing import Final

SURNAMES: Final = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마"
    "길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부갈독좌두팽피야판뇌초옹궉화동묵순승"
)
MARKS: Final = "OXxㅇ○◯〇*●△□"
_TITLES: Final = (
    "과장|부장|대리|차장|사장|회장|팀장|실장|국장|소장|원장|점장|반장|주임|사원|이사|전무|상무|대표|교수|선생|강사|조교|코치|감독|선수|기사|기자|작가|화가|시인|목사|신부|스님|수녀|장로|권사|집사|전도사"
    "|간호사|의사|약사|변호사|학생|여사|하사|중사|상사|병장|상병|일병|이병|소위|중위|대위|소령|경위|경사|순경|주무관|사무관|계장|매니저|프로|선임|책임|수석|연구원|박사|어르신|할머니|할아버지|아저씨|아줌마"
    "|이모|여인|노인|셰프|배우|씨"
)
MASKED: Final = re.compile(  # 김○○, 강OO, 이*민
    rf"(?<![가-힣])[{SURNAMES}](?:[{MARKS}]{{1,2}}|[{MARKS}][가-힣])(?![가-힣]{{0,4}}[{MARKS}]|병원|의원|대학|회사)"
)
NAMED: Final = re.compile(
    rf"(?<![A-Za-z가-힣])[A-Z]\s?(?:모\s?)?(?:씨|양|군|님)(?![가-힣]{{3}})"
    rf"|(?<![가-힣])[가-힣]{{1,2}}\s?모\s?(?:씨|양|군|\(|,|[은는이가의]\s)"
    rf"|(?<![가-힣])[{SURNAMES}]씨(?=[은는이가의도]\s)"
    rf"|(?<![가-힣])(?!(?:날|글|솜|불|말|맵|마음|아저|아가)씨)[가-힣]{{2,5}}\s?씨(?=[은는이가의도를에와과랑,)(\s]|께|$)"
    rf"|(?<![가-힣])[{SURNAMES}][가-힣]{{1,2}}\s?님(?<!하나님|하느님|예수님|부처님|선생님|사장님|고객님)(?<!손님)(?<!장님)"
    r"(?=[은는이가의도를에와과랑,)(\s]|께|$)"
    rf"|(?<![가-힣])[{SURNAMES}]\s(?:{_TITLES})(?:님|께서)?(?:[은는이가의도랑]|한테|에게|께서|,|\s|\()"
    rf"|[가-힣]{{2,4}}\s(?:{_TITLES})\([^)]{{0,12}}\d\d"
    r"|(?<![A-Za-z])[FM]\s?/\s?\d{1,3}|\d{1,3}\s?/\s?[FM](?![A-Za-z])"
    r"|[(（]\s?(?:[남여]|[남여]성?[,·/ ]\s?)?(?:만\s?)?\d{1,2}\s?세?\s?(?:[,·/ ]\s?[가-힣]{1,4})?[)）]"
    r"|(?:성명|이름|환자명)\s?[:：]\s?[가-힣A-Z○]{2}|(?:환자|회원|조합원|접수|등록)\s?번호\s?[:：]?\s?\d|(?:사번|학번)\s?[:：]?\s?\d"
    r"|(?:^|[\s,])성명\s[가-힣]{2,4}(?![가-힣])"
    r"|(?:^|[\s,(])(?:남|여|남성|여성|남자|여자|[FM])[ ,/]\s?\d{2}(?!\d)|\d{2}세[ ,/]?(?:남|여)"
    r"|(?:^|[,.:]\s?)환자[는가의,]|(?<![가-힣])환자\s[가-힣○]{2,4}"
    # somebody the writer respects: 지도교수님, 조장님
    r"|[가-힣]{2}(?<!하나|하느|예수|부처|고객|손님|임금)(?<!주)(?<!손)님(?:[은의도]|이\s|께|,|\s)"
)
_CLAUSE: Final = r"(?:^|[^가-힣\s]\s{0,3})"
FIRST: Final = re.compile(
    rf"(?:{_CLAUSE}(?:난|전(?=\s[가-힣]{{2}})(?!\s(?:남|여|직장|남편|아내|와이프|애인|부인|세계|국민|직원|대통령|의원|장관|총리|대표|회장|사장|감독|선수|시장|원장|교수)))"
    rf"|(?:{_CLAUSE}|[는은에서면고데때도]\s)"
    r"(?:나(?!\s(?:자신|혼자만|라|온|는))|내(?!\s(?:외|부|지))|제(?!\s(?:\d|제|때|값|몫|기능|역할|시간|아무리|까짓))"
    r"|저(?!\s(?:[가-힣]{1,5}[은는이가을를]\s|사람|남자|여자|새끼|인간|놈|분\s|정도|멀리|위|아래|쪽|밑|앞|뒤|때))))\s"
)
_END: Final = r"[\s.!?~…ㅠㅜㅋㅎ;^\"'”’)\]]{0,20}$"
POLITE: Final = re.compile(rf"(?:[요죠쥬염용여]|니다|니까){_END}")
CASUAL: Final = re.compile(
    rf"(?:[어아지네래대냐니자군걸데라야음슴임함됨됐듯봐줘해와돼워져]|거든|잖아|더라|[ㅠㅜㅋㅎ]|중|완료|예정|상태|소견){_END}"
)
# Orders, and questions that tell nothing before they ask: said to anybody.
TO_ANYBODY: Final = re.compile(
    r"^(?!.{0,80}(?:데|더니|해서|아서|어서|지만|니까|고)\s)"
    rf".*(?:(?:하|보|주|말|마|두|켜|끄|누르|넣|고르|받으)세요|십시오|시오|바랍니다|합시다|봅시다|하라|지\s?말자|할\s?것|(?:나요|까요|가요|나|까)(?=\s?[?.])){_END}"
)
HONORED: Final = re.compile(r"셨|으셔서|으신\s|하신\s|시더니|시던|계신|계세|계십|드세|드셔|편찮|돌아가|께서")
_FIGURES: Final = re.compile(
    r"제\s?\d{1,4}조|\d[\d,]{2,12}\s?(?:만\s?)?명|\d\s?만\s?명"
    r"|\d(?:\.\d{1,3})?\s?%(?:\s?(?:가|이|는|은|를|로|의|p|포인트|증가|감소|이상|정도|늘|줄))"
)
WHEN: Final = re.compile(
    r"(?:^|\s)(?:어제|오늘|내일|지난|작년|재작년|올해|올봄|올여름|올가을|올겨울|내년|이번|요즘|요새|지금|그때|그날|그\s?후|그\s?뒤|이후"
    r"|겨우|또\s|혼자|몰래|문득|그냥|아무도|차마|도무지|어릴|어려서|젊|학창|고등학교|중학교|대학|군대|입대|결혼|출산|퇴사|입사|스무\s?살"
    r"|서른|마흔|처음|아직|벌써|이제|결국|매일|매주|평생|한때|예전|옛날|아침|새벽|밤|주말|월요일|현재|과거|당시|금일)"
    r"|(?:\d{1,4}|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|석|넉)\s?(?:년|개월|달|주|일|살|세|번|차|회|급|기)|\d{2,4}[.년]\s?\d{0,2}"
)
# A subject of its own: a noun with its particle that is neither time nor body, nor a verb's ending.
SUBJECT: Final = re.compile(
    r"(?:^|[\s,\"'“‘])(?!(?:지금|오늘|어제|이번|요즘|현재|처음|사실|실제|결국|원래|보통|평소|이제|아직|작년|올해|당시|하루|밤|낮|아침|저녁"
    r"|검사|진단|결과|증상|병원|의사|주치의|선생|보호자|숨|눈|귀|손|발|다리|허리|배|머리|몸|가슴|심장|수치|기운|말|잠|열|피|교정|시력|청력"
    r"|기억|혈압|혈당|생리|회사|학교|사람|저희)\S{0,3}\s)"
    r"[가-힣]{1,12}[가-힣](?<!에)(?<!에서)(?<!부터)(?<!까지)(?<![하있없되받먹보싶앓살같좋많])(?<!다니)(?<!지내)(?:은|는|이|가|께서)\s"
)
_FIELD: Final = re.compile(r"\s?[:：|=\t\"]\s?[:：]?\s{0,3}\"?(?P<value>[^\s|,\n\"][^|\n\"]{0,40})")
_EMPTY: Final = re.compile(
    r"(?:없음|없다|무(?![가-힣])|해당\s?(?:사항)?\s?없|N/?A|x\b|-|_|\(\s*\)|○\s|null|None|미상|미기재|\.{2,9})",
    re.IGNORECASE,
)


def is_figures(words: str) -> bool:
    """Whether a sentence counts people, gives shares, or an article of law."""
    return ("명" in words or "%" in words or "조" in words) and _FIGURES.search(words) is not None


def is_filled(words: str, at: int, to: int) -> bool:
    """Whether a label at [at, to), its mark included, is a field of a form with something in it."""
    if words[:at].endswith(" ") and ":" not in words[:at] and "가" <= words[:at].rstrip(" ")[-1:] <= "힣":
        return False  # in running text: 그의 종교: …
    match = _FIELD.match(words, to - 1)
    return match is not None and not _EMPTY.match(match["value"])

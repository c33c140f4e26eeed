# ruff: noqa: E501 - word lists read better on long lines
"""What the gate looks for: kinds of value (K_ bits), and the words near which a value of a kind may stand.

Each row is a kind, what the words need around them (see keyword() in ext/src/pii_scan.h), and the words. A single space inside
a word of the text is passed over (비밀 번호). `^` before a word: no syllable stands right before it (동대문 is no 대문).
A Latin word is a whole word unless `~` is behind it (akia~ begins a key).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

K_NUM: Final = 1  # seven digits or more that are neither a date nor money
K_ID: Final = 2  # twelve or more, or the layout of an old licence
K_PASSPORT: Final = 4
K_ADDRESS: Final = 8
K_PLATE: Final = 16
K_AGE: Final = 32
K_BIRTH: Final = 64
K_EMAIL: Final = 128
K_SHORT: Final = 256  # a short number that only its label tells: student, employee, military number, postcode …
K_SECRET: Final = 512
K_HANDLE: Final = 1024
K_NET: Final = 2048
K_GEO: Final = 4096
K_TABLE: Final = 8192  # the header of a table, or an SQL INSERT
ALL_KINDS: Final = 16383
ART24_KINDS: Final = K_ID | K_PASSPORT

(
    _ALWAYS, _DIGIT, _ASCII, _DIGIT_BEFORE, _TOKEN, _URL, _NUMBER, _SOON, _FIVE_BEFORE, _BORN, _AHEAD, _CELL, _ID, _HEX,
) = range(14)  # fmt: skip
NO_SYLLABLE_BEFORE: Final = 64
NO_LETTER_BEHIND: Final = 128

_TENS: Final = ("스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_COUNTED: Final = ("하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_ONES: Final = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")

_ROWS: Final[tuple[tuple[int, int, str], ...]] = (
    (
        K_BIRTH,
        _DIGIT,
        "born birth birth_date birth_day dateofbirth ^생일 아이생일 아기생일 자녀생일 본인생일 출생 출생일 탄생 태어났 태어난 태어나 birthday birthdate dob d.o.b 생년 생년월일",
    ),
    (K_BIRTH, _AHEAD, "생년월일 ^생일이 ^생일은 ^생일: ^생일천구 ^양력 ^음력"),
    (K_BIRTH, _NUMBER, "생년월일 ^생일 birth birthday birthdate dob d.o.b"),
    (K_BIRTH, _BORN, "생"),
    (K_NUM, _ALWAYS, "공하나공 영하나영 공하나영 영하나공"),
    (K_SHORT, _DIGIT, "사번 직번 교번 행번 사원번호 직원번호 사원증 임직원번호 교직원번호 공무원번호"),
    (
        K_SHORT,
        _NUMBER,
        "학번 군번 인식표 학생번호 학생증 우편번호 우편 증번호 (우) (우 〒 zip zipcode 보험증 건보번호 건보증 건강보험번호 의료보험번호 통관 학과 학부 명단 명부 출석부 전화 연락처 전번 폰번호 tel phone",
    ),
    (
        K_SHORT,
        _NUMBER,
        "studentid studentno studentnum student_id student_no student_num militaryno military_no militaryid military_id servicenumber serviceno "
        "service_no insurance_no insurance_card_no insuranceno postalcode postal_code postcode post_code",
    ),
    (
        K_SHORT,
        _DIGIT,
        "employeeid employeeno employeenum employeenumber employee_id employee_no employee_num empno empid emp_no emp_id staffid staff_id staffno staff_no",
    ),
    (K_PASSPORT, _NUMBER, "passport"),
    (K_PASSPORT, _DIGIT, "여권"),
    (K_ID, _NUMBER, "면허 license licence 주민 외국인 체류카드 체류번호 거소 앞자리 뒷자리 rrn ssn"),
    (K_NUM, _NUMBER, "카드번호 통관 통관부호 유니패스 pcc pccc 01ㅇ ㅇ1ㅇ ㅇ1o"),
    (K_NUM, _DIGIT, "01o o1o 0lo oio"),
    (K_AGE, _SOON, '나이 연령 연세 "age "나이'),
    (K_AGE, _ALWAYS, " ".join(f"나이{link}{tens}" for link in ("", "는", "가", ":") for tens in _TENS)),
    (K_AGE, _ALWAYS, " ".join(f"연세{link}{tens}" for link in ("", "는", "가") for tens in _TENS)),
    (K_AGE, _ALWAYS, " ".join(f"{who}{tens}" for who in ("올해", "올해로", "저는", "이제", "나는") for tens in _TENS)),
    (K_AGE, _ALWAYS, " ".join(f"{tens}{ones}살" for tens in ("열", "스무", *_TENS) for ones in _ONES)),
    (K_AGE, _ALWAYS, " ".join(f"십{one}세" for one in ("", *"일이삼사오육칠팔구"))),
    (K_AGE, _ALWAYS, "^한살 ^두살 ^세살 ^네살 ^다섯살 ^여섯살 ^일곱살 ^여덟살 ^아홉살"),
    (K_AGE, _SOON, "(m/ (f/ (남/ (여/ (남자/ (여자/"),
    (K_AGE, _DIGIT_BEFORE, "/m /f /남) /여)"),
    (
        K_SECRET,
        _TOKEN,
        "비밀번호 비번 패스워드 암호 패스코드 password passwd passcode pwd pw passphrase secret token apikey api_key api-key "
        "credential 인증번호 인증키 시크릿 토큰 api키 비밀키 접속키 보안코드 cvc cvv otp pin psk 핀번호 bearer 액세스키 accesskey",
    ),
    (
        K_SECRET,
        _TOKEN,
        "sk- ghp_ gho_ ghs_ github_pat_ akia~ asia~ aiza~ xoxb- xoxp- xoxa- eyj~ hf_ sk_live_ pk_live_ sk_test_ ya29. glpat- npm_ "
        "sg. _live_ _test_",
    ),
    (K_SECRET, _ASCII, "비밀번호 비번 패스워드 암호 pw pass= pass:"),
    (K_SECRET, _AHEAD, "씨브이씨 cvc cvv 인증코드 일회용코드"),
    (
        K_SECRET,
        _ALWAYS,
        " ".join(
            f"{word}{link}{one}" for word in ("비밀번호", "비번") for link in ("", "는", "은") for one in _COUNTED
        ),
    ),
    (K_SECRET, _SOON, "cvc cvv otp pin 보안코드 핀번호 핀이 핀은 앞두자리 앞2자리"),
    (K_SECRET, _NUMBER, "otp 인증번호 인증코드 백업코드 복구코드 확인번호 확인코드 인증문자 일회용 일회용번호"),
    (K_SECRET, _TOKEN, "현관 도어락 디지털락 출입문 번호키 열쇠함 사물함 택배함 ^대문"),
    (K_SECRET, _DIGIT_BEFORE, "#누르 #을 #입력 *누르 *을 *입력 #눌러 *눌러"),
    (K_SECRET, _ALWAYS, "-----begin"),
    (
        K_HANDLE,
        _ASCII,
        "아이디 ^아디 카톡 카카오톡 톡아이디 게임아이디 게임닉 게임닉네임 배틀태그 라이엇 인스타 인스타그램 텔레그램 ^텔레 라인아이디 라인계정 라인id 트위터 페이스북 페북 디스코드 위챗 스레드 계정 아뒤 닉넴 유저명 ㅋㅌ kakao kakaotalk "
        "instagram insta telegram discord wechat tiktok twitter ^ig 틱톡 디코 유튜브 닉네임 깃허브 스카이프 lineid wechatid",
    ),
    (
        K_HANDLE,
        _TOKEN,
        '톡 뱅킹id 로그인id 회원id 사이트id 포털id 접속id 계정id 서버id 은행id id/pw id/비번 id/password user= username= login= user_id login_id "id" "username"',
    ),
    (K_HANDLE, _ID, "id: id는 id가 loginid userid"),
    (
        K_HANDLE,
        _URL,
        "instagram.com/ facebook.com/ twitter.com/ /x.com/ t.me/ threads.net/ blog.naver.com/ tistory.com/ youtube.com/ "
        "tiktok.com/ velog.io/ github.com/ gitlab.com/ linkedin.com/in/ kakao.com/ twitch.tv/ steamcommunity.com/id/ behance.net/ soundcloud.com/ brunch.co.kr/ medium.com/",
    ),
    (K_NET, _HEX, "공유기 단말 장비 기기 랜카드 블루투스 무선랜 스위치 arp bssid hwaddr ether dev= ^맥"),
    (K_NET, _DIGIT, "mac 맥주소 맥어드레스 [dot (dot"),
    (K_NET, _TOKEN, "mac 맥주소 맥어드레스 물리주소 물리적주소 하드웨어주소 mac주소"),
    (K_EMAIL, _ALWAYS, "골뱅이 [@ (@ {@ (at [at {at <at 앳 닷컴 점컴 쩜컴 닷넷 (dot [dot dot"),
    (K_EMAIL, _ASCII, "naver gmail hanmail daum nate kakao hotmail outlook yahoo icloud 네이버 지메일 한메일 %40"),
    (K_GEO, _AHEAD, "^위도가 ^위도는 ^경도가 ^경도는"),
    (K_GEO, _SOON, "위치 위도 경도 좌표 gps lat lng latitude longitude 북위 동경"),
    (K_PLATE, _SOON, "차량번호 번호판 차번호 임판"),
    (K_PLATE, _DIGIT_BEFORE, "번호판 임시번호판 차량번호"),
    (K_PLATE, _NUMBER, "임시"),
    (
        K_TABLE,
        _CELL,
        "학번 학생번호 카드번호 사업자번호 사업자등록번호 차량번호 차번호 번호판 사번 사원번호 직원번호 임직원번호 행번 교번 생년월일 생일 출생일 출생일자 나이 연령 우편번호 군번 보험증번호 건강보험번호 건강보험증번호 증번호 계좌번호 입금계좌 "
        "환불계좌 급여계좌 계좌 전화번호 전화 연락처 유선 아이디 카톡아이디 비밀번호 비번 패스워드 법인번호 법인등록번호 studentid studentno student_id student_no empid empno emp_id emp_no "
        "employeeid employee_id employee_no birth birthdate birthday birth_date birth_day dob age zip zipcode zip_code postcode postal_code post_code account accountno account_no "
        "account_number tel userid user_id loginid login_id password passwd pw corp_no corp_reg_no card_no card_number",
    ),
    (K_TABLE, _ALWAYS, "insertinto replaceinto"),
    (K_ADDRESS, _ALWAYS, " ".join(f"{n}번{kind}" for n in "일이삼사오육칠팔구십백" for kind in "지길")),
    (K_ADDRESS, _ALWAYS, " ".join(f"{town}{n}백" for town in "로길동리" for n in "이삼사오육칠팔구")),
    (K_ADDRESS, _ALWAYS, " ".join(f"{town}백{n}" for town in "로길동리" for n in "일이삼사오육칠팔구")),
    (
        K_ADDRESS,
        _FIVE_BEFORE,
        "서울 부산 대구 인천 광주 대전 울산 세종 경기 강원 충북 충남 충청 전북 전남 전라 경북 경남 경상 제주",
    ),
)
PLATE_LETTERS: Final = "육해공국합임가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호"


def gate_words() -> Iterator[tuple[str, int, int]]:
    """(word, kind, need with its flags), for the tables of ext.pii_scan."""
    for one in (*_ONES[1:], "열", "스무"):  # a word of two letters is taken with its space only if it says so
        yield f"{one} 살", K_AGE, _ALWAYS | NO_SYLLABLE_BEFORE
    for kind, need, row in _ROWS:
        for word in row.split():
            flags = NO_SYLLABLE_BEFORE if word[0] == "^" else 0
            if word[-1] != "~" and word[-1].isascii() and word[-1].isalpha():
                flags |= NO_LETTER_BEHIND
            yield word.removeprefix("^").removesuffix("~"), kind, need | flags

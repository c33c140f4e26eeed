# ruff: noqa: E501 - word lists read better on long lines
"""The gate: one linear pass over a batch marks the windows that exact recognizers will see.

Criteria of the marks are in ext/src/pii_scan.h; the word lists are here. A window names the kinds of value it may hold
(K_ bits), so that a recognizer is asked only about windows of its kind. Everything is offline and deterministic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymizers.normalize import SPELLED, View, fold_table, gap_chars
from ext import pii_scan

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

_ALWAYS, _DIGIT, _ASCII, _DIGIT_BEFORE, _TOKEN, _AGE, _NUMBER, _SOON, _FIVE_BEFORE, _BORN, _AHEAD, _CELL = range(12)

_TENS: Final = ("스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")

_KEYWORDS: Final[tuple[tuple[int, int, str], ...]] = (
    (
        K_BIRTH,
        _DIGIT,
        "born birth birth_date birth_day dateofbirth 생일 출생 출생일 탄생 태어났 태어난 태어나 birthday birthdate dob 생년",
    ),
    (K_BIRTH, _AHEAD, "생년월일 생일 양력 음력"),
    (K_BIRTH, _NUMBER, "생년월일 생일 birth birthday birthdate dob"),
    (K_BIRTH, _BORN, "생"),
    (K_NUM, _ALWAYS, "공하나공 영하나영 공하나영 영하나공"),
    (K_SHORT, _DIGIT, "사번 교번 행번 사원번호 직원번호 사원증 임직원번호 교직원번호 공무원번호"),
    (
        K_SHORT,
        _NUMBER,
        "학번 군번 인식표 학생번호 학생증 우편번호 우편 증번호 (우) (우 〒 zip 건강보험 보험증 의료보험 건보번호 건보증 건보 통관 학과 학부 전화 연락처 전번 폰번호 tel phone",
    ),
    (
        K_SHORT,
        _NUMBER,
        "studentid studentno studentnum student_id student_no student_num militaryno military_no militaryid military_id servicenumber serviceno "
        "service_no insurance_no insuranceno postalcode postal_code postcode post_code",
    ),
    (
        K_SHORT,
        _DIGIT,
        "employeeid employeeno employeenum employeenumber employee_id employee_no employee_num empno empid emp_no emp_id staffid staff_id staffno staff_no",
    ),
    (K_PASSPORT, _NUMBER, "passport"),
    (K_PASSPORT, _DIGIT, "여권"),
    (K_ID, _NUMBER, "면허 license licence 주민 외국인 체류카드 체류번호 앞자리 뒷자리 rrn ssn"),
    (K_NUM, _NUMBER, "카드번호 통관 통관부호 pcc pccc 01o o1o 0lo oio 01ㅇ ㅇ1ㅇ ㅇ1o"),
    (K_AGE, _SOON, '나이 연령 연세 "age "나이'),
    (K_AGE, _ALWAYS, " ".join(f"나이{link}{tens}" for link in ("", "는", "가", ":") for tens in _TENS)),
    (K_AGE, _ALWAYS, " ".join(f"연세{link}{tens}" for link in ("", "는", "가") for tens in _TENS)),
    (K_AGE, _ALWAYS, " ".join(f"{who}{tens}" for who in ("올해", "올해로", "저는", "이제", "나는") for tens in _TENS)),
    (K_AGE, _ALWAYS, "네살 다섯살 여섯살 일곱살 여덟살 아홉살"),
    (K_AGE, _SOON, "(m/ (f/ (남/ (여/ (남자/ (여자/"),
    (K_AGE, _DIGIT_BEFORE, "/m /f /남) /여)"),
    (K_AGE, _AGE, "스물 스무 서른 마흔 쉰 예순 일흔 여든 아흔 열 열한 열두 열세 열네 열다섯"),
    (
        K_SECRET,
        _TOKEN,
        "비밀번호 비번 패스워드 암호 패스코드 password passwd passcode pwd pw passphrase secret token apikey api_key api-key "
        "credential 인증번호 인증키 시크릿 토큰 api키 비밀키 접속키 보안코드 cvc cvv otp pin psk 핀번호 bearer 액세스키 accesskey",
    ),
    (
        K_SECRET,
        _TOKEN,
        "sk- ghp_ gho_ ghs_ github_pat_ akia asia aiza xoxb- xoxp- xoxa- eyj hf_ sk_live_ pk_live_ sk_test_ ya29. glpat- npm_ "
        "sg. _live_ _test_",
    ),
    (K_SECRET, _ASCII, "비밀번호 비번 패스워드 암호 pw pass= pass:"),
    (K_SECRET, _AHEAD, "씨브이씨 인증코드"),
    (K_SECRET, _SOON, "cvc cvv otp pin 보안코드 핀번호 핀이 핀은 앞두자리 앞2자리"),
    (K_SECRET, _NUMBER, "otp 인증번호 인증코드 백업코드 복구코드 확인번호 확인코드 인증문자 일회용 일회용번호"),
    (K_SECRET, _TOKEN, "현관 도어락 디지털락 출입문 출입 대문 로비 자동문 번호키 열쇠함 사물함 락커 택배함"),
    (K_SECRET, _ALWAYS, "-----begin"),
    (
        K_HANDLE,
        _ASCII,
        "아이디 카톡 카카오톡 톡아이디 배틀태그 라이엇 인스타 인스타그램 텔레그램 텔레 라인 트위터 페이스북 페북 디스코드 위챗 스레드 계정 아뒤 닉넴 유저명 ㅋㅌ kakao kakaotalk "
        "instagram insta telegram discord wechat tiktok twitter loginid userid 틱톡 디코 유튜브 닉네임 깃허브 스카이프 lineid wechatid",
    ),
    (
        K_HANDLE,
        _TOKEN,
        '톡 뱅킹id 로그인id 회원id 사이트id 포털id 접속id 계정id 서버id 은행id id: id는 id가 id/pw id/비번 id/password user= username= login= user_id login_id "id" "username"',
    ),
    (
        K_HANDLE,
        _ASCII,
        "instagram.com/ facebook.com/ twitter.com/ /x.com/ t.me/ threads.net/ blog.naver.com/ tistory.com/ youtube.com/ "
        "tiktok.com/ velog.io/ github.com/ gitlab.com/ linkedin.com/in/ kakao.com/",
    ),
    (K_NET, _TOKEN, "공유기 단말 장비 기기 랜카드 블루투스"),
    (K_NET, _DIGIT, "mac 맥주소 맥어드레스"),
    (K_NET, _TOKEN, "mac 맥 맥주소 맥어드레스 물리주소 물리적주소 하드웨어주소 mac주소"),
    (K_EMAIL, _ALWAYS, "골뱅이 (at [at {at <at 앳 닷컴 점컴 쩜컴 닷넷 (dot [dot dot"),
    (K_EMAIL, _ASCII, "naver gmail hanmail daum nate kakao hotmail outlook yahoo icloud 네이버 지메일 한메일 %40"),
    (K_GEO, _AHEAD, "위도 경도"),
    (K_GEO, _SOON, "위치 위도 경도 좌표 gps lat lng latitude longitude 북위 동경"),
    (K_PLATE, _DIGIT, "차량번호 번호판 차번호"),
    (K_PLATE, _SOON, "임시 임판"),
    (
        K_TABLE,
        _CELL,
        "학번 학생번호 사번 사원번호 직원번호 임직원번호 행번 교번 생년월일 생일 출생일 출생일자 나이 연령 우편번호 군번 보험증번호 건강보험번호 건강보험증번호 증번호 계좌번호 입금계좌 "
        "환불계좌 급여계좌 계좌 전화번호 전화 연락처 유선 아이디 카톡아이디 비밀번호 비번 패스워드 법인번호 법인등록번호 studentid studentno student_id student_no empid empno emp_id emp_no "
        "employeeid employee_id employee_no birth birthdate birthday birth_date birth_day dob age zip zipcode zip_code postcode postal_code post_code account accountno account_no "
        "account_number tel userid user_id loginid login_id password passwd pw corp_no corp_reg_no",
    ),
    (K_TABLE, _ALWAYS, "insertinto replaceinto"),
    (
        K_ADDRESS,
        _FIVE_BEFORE,
        "서울 부산 대구 인천 광주 대전 울산 세종 경기 강원 충북 충남 충청 전북 전남 전라 경북 경남 경상 제주",
    ),
)
_PLATE_LETTERS: Final = "육해공국합임가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호"


@dataclass(frozen=True, slots=True)
class Tables:
    """What ext.pii_scan reads: see its stub for the types."""

    fold: npt.NDArray[np.uint16]
    cls: npt.NDArray[np.uint8]
    digit: npt.NDArray[np.uint8]
    kw_first: npt.NDArray[np.int32]
    kw_count: npt.NDArray[np.int32]
    kw_text: npt.NDArray[np.uint16]
    kw_off: npt.NDArray[np.int32]
    kw_kind: npt.NDArray[np.uint32]
    kw_need: npt.NDArray[np.uint8]
    pair: npt.NDArray[np.uint8]
    first: npt.NDArray[np.uint8]


@cache
def tables(mask: int = ALL_KINDS) -> Tables:
    """Class and keyword tables for the kinds in `mask`."""
    cls = np.zeros(65536, dtype=np.uint8)
    cls[ord("0") : ord("9") + 1] = 1
    for char in SPELLED:
        cls[ord(char)] = 2
    for char in gap_chars():
        cls[ord(char)] = 3
    cls[ord("\n")] = 4
    cls[ord("a") : ord("z") + 1] = 5
    cls[ord("A") : ord("Z") + 1] = 5
    for char in _PLATE_LETTERS if mask & K_PLATE else "":
        cls[ord(char)] |= 32
    for char in "@:-\u00b0" if mask & (K_EMAIL | K_HANDLE | K_NET | K_GEO) else "":
        cls[ord(char)] |= 64
    words = sorted(
        {(word[::-1], kind, need) for kind, need, row in _KEYWORDS if kind & mask for word in row.split()},
        key=lambda w: (w[0][0], -len(w[0]), w),
    )
    first = np.zeros(65536, dtype=np.int32)
    count = np.zeros(65536, dtype=np.int32)
    pair = np.zeros(65536, dtype=np.uint8)
    text: list[int] = []
    off = [0]
    for i, (word, _, _) in enumerate(words):
        end = ord(word[0])
        if not count[end]:
            first[end] = i
        count[end] += 1
        cls[end] |= 16
        if word[0].isascii() and word[0].isalpha():
            cls[ord(word[0].upper())] |= 16
        pair[((ord(word[1]) if len(word) > 1 else 0) * 40503 + end) & 0xFFFF] = 1  # pair_of() in ext/src/pii_scan.h
        text.extend(map(ord, word[1:]))
        off.append(len(text))
    cls[((cls & 15) == 1) | ((cls & 15) == 2) | ((cls & 80) != 0)] |= 128
    digit = np.zeros(65536, dtype=np.uint8)
    for char, value in SPELLED.items():
        digit[ord(char)] = int(value) + 1
    fold = fold_table()
    jamo = np.zeros(65536, dtype=bool)
    jamo[0x1100:0x1113] = True  # what conjoining may begin with
    given = np.arange(65536, dtype=np.uint16)
    return Tables(
        fold=fold,
        cls=cls,
        digit=digit,
        kw_first=first,
        kw_count=count,
        kw_text=np.array([*text, 0], dtype=np.uint16),
        kw_off=np.array(off, dtype=np.int32),
        kw_kind=np.array([kind for _, kind, _ in words] or [0], dtype=np.uint32),
        kw_need=np.array([need for _, _, need in words] or [0], dtype=np.uint8),
        pair=pair,
        first=(cls[fold] & 128)
        | ((fold != given) * np.uint8(2))
        | (fold == 0)
        | (jamo * np.uint8(4)),  # R_ bits of ext/src/pii_scan.h
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """UTF-8 of many texts in one buffer; `offsets` has one more entry than there are texts."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def piece(self, doc: int, start: int, end: int) -> str:
        """Bytes [start, end) of one text, decoded."""
        base = int(self.offsets[doc])
        return self.data[base + start : base + end].tobytes().decode("utf-8", "replace")


def batch_of(texts: Sequence[str] | Any) -> Batch:
    """Arrow string arrays by reference, Python strings by one join. Null is an empty text.

    A lone surrogate, which UTF-8 can't carry, is read as U+FFFD: it stays one code point, so offsets hold.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if isinstance(texts, pa.Array):
        if isinstance(texts, pa.ChunkedArray) or pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.string())
        if pa.types.is_string_view(texts.type):
            texts = texts.cast(pa.large_string())
        wide = pa.types.is_large_string(texts.type)
        if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
            raise TypeError(f"text column must be a string array, not {texts.type}")
        _, offsets_buffer, data_buffer = texts.buffers()
        if offsets_buffer is None or len(texts) == 0:
            return Batch(np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int64))
        raw = memoryview(offsets_buffer)
        every = np.frombuffer(raw, np.int64) if wide else np.frombuffer(raw, np.int32).astype(np.int64)
        offsets = every[texts.offset : texts.offset + len(texts) + 1]
        data = np.frombuffer(memoryview(data_buffer), np.uint8) if data_buffer is not None else np.zeros(0, np.uint8)
        return Batch(data, np.ascontiguousarray(offsets))
    encoded = [_encode(text) for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(piece) for piece in encoded], out=offsets[1:])
    return Batch(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)


def _encode(text: str | None) -> bytes:
    if text is None:
        return b""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Window:
    """A marked stretch of text `doc`: `kinds` are K_ bits, `view` its folded reading with context."""

    doc: int
    kinds: int
    view: View
    reach: tuple[int, int]  # code points of the window with its context


def windows(batch: Batch, mask: int = ALL_KINDS) -> Iterator[Window]:
    """The windows of a batch that hold one of the kinds in `mask`, in text order."""
    marks, _ = pii_scan.scan(batch.data, batch.offsets, tables(mask), mask)
    for doc, kinds, core_start, core_end, byte_start, byte_end, base in marks.tolist():
        text = batch.piece(doc, byte_start, byte_end)
        yield Window(doc, kinds, View(text, base, (core_start, core_end)), (base, base + len(text)))


def tabbed(batch: Batch) -> list[int]:
    """Texts with tabs between words, two or more: they may hold tables whose marks folding hides."""
    data = batch.data[batch.offsets[0] : batch.offsets[-1]] if len(batch) else batch.data[:0]
    if len(data) < 2:
        return []
    at = np.flatnonzero((data[1:] == 9) & (data[:-1] > 32)) + 1 + batch.offsets[0]
    docs, counts = np.unique(np.searchsorted(batch.offsets, at, side="right") - 1, return_counts=True)
    found: list[int] = docs[counts >= 2].tolist()
    return found

"""Part of the twin ext/names_py.py: the constants of the sum, and what can be said of a character or a word alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

NONE: Final = -32768
SYLLABLES: Final = 11172
FIRST, LAST = 0xAC00, 0xAC00 + SYLLABLES - 1

# Classes of a tail (low four bits of its value; then three bits of what it needs; then the weight).
PARTICLE, PERSON_PARTICLE, PLACE, COPULA, HONORIFIC, TITLE, SIGNATURE, VOCATIVE, KIN = range(1, 10)
NEED_ANY, NEED_CONSONANT, NEED_VOWEL, NEED_EU, NEED_RO, NEED_SPACE = range(6)

# Evidence flags.
F_HONORIFIC, F_TITLE, F_CUE, F_VERB, F_LIST, F_SIGNATURE = 1, 2, 4, 8, 16, 32
F_HANJA, F_AGE, F_PARTICLE, F_LEXICON, F_VOCATIVE, F_GIVEN_ONLY = 64, 128, 256, 512, 1024, 2048
F_LINE: Final = 4096
F_ADDRESSED: Final = F_HONORIFIC | F_TITLE | F_CUE | F_SIGNATURE
F_ADDRESS: Final = F_HONORIFIC | F_SIGNATURE | F_HANJA | F_AGE
F_SURE_CONTEXT: Final = F_ADDRESSED | F_HANJA | F_AGE

# Totals that decide.
SURE: Final = 75  # a name
VOUCHES: Final = 110  # a name that vouches for weak candidates of its spelling
VOUCHES_ADDRESSED: Final = 90  # the same for one with an honorific, signature, Hanja or age
REPEATED: Final = 70  # what such a candidate gains

# Constants of the sum.
MAX_BASE: Final = 150
NO_PAIR: Final = -10
ONE_SYLLABLE: Final = -32
ONE_AFTER_TWO: Final = -15  # 남궁솔
GIVEN_ONLY: Final = 8
BARE: Final = -15
LINE: Final = 25
ENCLOSED: Final = 5  # '홍길동', <td>홍길동</td>
SPEAKER: Final = 35
LEXICON: Final = (0, -60, -120, -300)
GIVEN_LEXICON: Final = (0, -5, -100, -300)
GIVEN_ADDRESSED: Final = -45  # 하늘 씨
PAIR_FLOOR: Final = 10
SURE_PAIR: Final = 20
SPLIT: Final = (0, -25, -45, -45)
PARTED: Final = (0, -25, -80, -80)  # the last letter is a particle: 남성은
VERBAL: Final = (0, -60, -120, -120)
HANJA: Final = 70
AGE: Final = 60
LISTED: Final = 35
JOINED: Final = 20
STRONG: Final = 95
NEIGHBOUR: Final = 35
LIST_BASE: Final = 30
LIST_WEAK: Final = 5  # beside a strong name
LIFT_BASE: Final = -60  # least base of a name that its place in a list of names makes one
LIFTED: Final = 80
CHAIN: Final = 16
SHORTER: Final = 40  # what a shorter reading with a particle must be better by, where no word follows: 담당 김나은,
MAX_TAIL: Final = 8
MAX_CUE: Final = 6
VERB_RUNS: Final = 4
VERB_REACH: Final = 40
SPACED: Final = -25
SPACED_TWO: Final = -50  # 홍 길동
SPACED_LEAST: Final = 50
MAX_SPACES: Final = 3
APART: Final = 30
STRONG_HONORIFIC: Final = 60
ASIDE: Final = 40
ASIDE_NEAR: Final = 50
ASIDE_RUNS: Final = 3
COLON: Final = 20
MAX_SKIP: Final = 4  # `성명": "`
MAX_TAG: Final = 24  # `<td class="name">`
MAX_TAGS: Final = 3
MAX_LATIN: Final = 10
LABEL: Final = 20  # any word and a colon
LABEL_ONLY: Final = 1000  # added to the weight of a cue word that counts as a label only
AFTER_DIGIT: Final = -100
CALLED: Final = -60
LOT: Final = -60
DISTRICT: Final = -30  # 양달동으로, when no given name ends so
LEXICON_ADDRESSED: Final = -30
LEXICON_LABELLED: Final = -60  # 성명: 하소연
LABELLED: Final = 80  # weight of a cue with a colon that makes a word a name
TITLED_SHORT: Final = 15
CLEAN: Final = 20  # a whole name with a title, signature or firm cue, when no list knows it as a word
FIRM_CUE: Final = 50
NAMING_CUE: Final = 75  # behind it no part of a name is a word: 성명 진서라
PARTICLE_LIKE_DOUBLE: Final = -40  # 제갈혁은
SHORT_SURE: Final = 45  # the same for a name of two letters that no list knows as a word
SHORT_SAID: Final = 25  # such a name before a particle of persons or a verb
SURNAME_FLOOR: Final = 3  # what a surname may cost before a sure given name
RARE: Final = -80  # a surname so rare that no given name makes up for it, and none of one letter follows it
GIVEN_LEAST: Final = 24  # weight of a given name that may stand without surname, title and honorific
GIVEN_TITLE: Final = -25  # 지민 과장님
PLAIN_TITLE: Final = 70  # a title glued to a given name weighs so much at least: 지민과장님, not 영선시장
GLUED_TITLE: Final = -25  # 전기직사원
WEAK_TITLE: Final = 40  # 양, 군, 형: not behind a word (기동형)
CALL_RUNS_ON: Final = -15  # 민수야 밥 먹자
PARTICLE_LIKE: Final = -25
SPEECH: Final = 25
NAMED: Final = 40  # 홍길동이라는 이름
TELEPHONE: Final = 60
NUMBERED: Final = 50  # 홍길동 010-0000-0000
YEAR: Final = 40
CLASS: Final = 40  # (6-1), (후41)
CITED: Final = 30  # (2015)
HANDLE: Final = 40
RANK: Final = 50
POLITE: Final = 60  # 홍길동 사부님
DESCRIBED: Final = 40  # (전 한빛은행 지점장), (한빛대)
MAX_DESCRIPTION: Final = 24
MAX_BRACKET: Final = 6
MAX_WORD: Final = 5
MAX_COMPOUND: Final = 6
MAX_GAP: Final = 5
MAX_ASIDE: Final = 5
DIGITS: Final = "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

MARKS: Final = "[▲△▶▷◆◇■□●○◎*-"
SKIP_BEFORE: Final = " :：·-—'\"‘“’”(<[「『,\n\t|/=*)]】>"
SEPARATORS: Final = ",·ㆍ、/‧・;|\t-–→↔&+•" + "0123456789"
JOINTS: Final = " \n.)"
BEFORE_NUMBER: Final = " ,\t/|:：;·'\"<"
MAX_MARKS: Final = 5
MAX_MAILBOX: Final = 24
ENCLOSERS: Final = ",;|\t'\"‘’“”()[]<>=·:/♥"
FIELD: Final = ":：=|\t>"  # a label ends so
OPENS_LIST: Final = ":：,·ㆍ、/|;\t\n([=▲△▶>"


def odd_ones(texts: Iterable[str]) -> list[int]:
    """Numbers of the texts that are odd."""
    return [number for number, text in enumerate(texts) if is_odd(text)]


def holding(texts: Iterable[str], pair: str) -> list[int]:
    """Numbers of the texts that hold two letters side by side."""
    return [number for number, text in enumerate(texts) if pair in text]


def vouches(hit: tuple[int, int, int, int]) -> bool:
    """A whole name of three letters or more that stands firmly, or is addressed as a person."""
    start, end, total, flags = hit
    return end - start >= 3 and total >= (VOUCHES_ADDRESSED if flags & F_ADDRESS else VOUCHES)


def lifted(total: int) -> int:
    """What a reading weighs that is spelled like a firm name of the same text."""
    return total if total >= SURE else max(total + REPEATED, SURE)


def is_odd(text: str) -> bool:
    """Whether `text` holds conjoining jamo, zero-width characters or variation selectors: fold it before scanning."""
    return any(
        0x1100 <= c < 0x1200
        or 0x200B <= c < 0x2010
        or 0x2060 <= c < 0x2065
        or c in (0xFEFF, 0xAD, 0x3164, 0x34F)
        or 0xFE00 <= c < 0xFE10
        for c in map(ord, text)
    )


def is_hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3"


def title(value: int, is_given_only: bool) -> tuple[int, int]:
    """(weight, flag) of a title behind a name; behind a given name alone a title weighs less, a signature nothing."""
    kind = value & 15
    if kind == HONORIFIC:
        return value >> 8, F_HONORIFIC
    if kind in (KIN, TITLE):
        return (value >> 8) + (GIVEN_TITLE if is_given_only and kind == TITLE else 0), F_TITLE
    if kind == SIGNATURE and not is_given_only:
        return value >> 8, F_SIGNATURE
    return 0, 0


def agrees(char: str, need: int) -> bool:
    """Whether a tail that needs such an ending may stand behind `char`."""
    final = (ord(char) - FIRST) % 28
    if need == NEED_CONSONANT:
        return final != 0
    if need == NEED_VOWEL:
        return final == 0
    if need == NEED_EU:
        return final not in (0, 8)
    if need == NEED_RO:
        return final in (0, 8)
    return need != NEED_SPACE


def ends_call(text: str, end: int) -> bool:
    return end >= len(text) or text[end] in ",.!?~\n…;"


def opens_call(text: str, start: int) -> bool:
    """Whether a sentence begins here, or `야 ` stands before."""
    if start > 1 and text[start - 1] == " ":
        if text[start - 2] in ".!?~…,\n":
            return True
        return text[start - 2] == "야" and (start == 2 or not is_hangul(text[start - 3]))
    return start == 0 or text[start - 1] in '\n"“'


def is_call(text: str, start: int, end: int) -> bool:
    """Whether somebody is called: punctuation behind, or the name opens a sentence that runs on."""
    return ends_call(text, end) or (text[end] == " " and opens_call(text, start))


def skip_spaces(text: str, at: int) -> int:
    """Past at most MAX_SPACES spaces."""
    stop = at
    while stop < len(text) and stop - at < MAX_SPACES and text[stop] == " ":
        stop += 1
    return stop


def run_end(text: str, at: int) -> int:
    """Where the run of syllables that holds `at` ends."""
    while at < len(text) and is_hangul(text[at]):
        at += 1
    return at


def opens_cell(text: str, start: int) -> bool:
    """Whether a line or a table's cell begins here, also behind a mark (`[`, `▲`) or a time (`2:11, `)."""
    at = start - 1 if start > 0 and text[start - 1] == " " else start
    if at > 0 and text[at - 1] in MARKS:
        at -= 1
    if at > 1 and text[at - 1] == "," and text[at - 2] in DIGITS[:10]:
        return True
    return at == 0 or text[at - 1] in "\n\t|"


def closes_cell(text: str, end: int) -> bool:
    """Whether a line or a table's cell ends here."""
    at = end + 1 if end < len(text) and text[end] == " " else end
    return at >= len(text) or text[at] in "\n\r\t|"


def is_enclosed(text: str, start: int, end: int) -> bool:
    """Whether marks, no spaces, stand right before and right behind: a value in quotes, a cell."""
    return start > 0 and end < len(text) and text[start - 1] in ENCLOSERS and text[end] in ENCLOSERS


def closes_speaker(text: str, end: int) -> bool:
    """Whether a speaker's mark follows: `홍길동: …`, `[홍길동] …`, `▲홍길동=…`."""
    at = end + 1 if end < len(text) and text[end] == " " else end
    return at < len(text) and (text[at] in ":：=—" or (text[at] == "]" and at == end))


def precedes_word(text: str, end: int) -> bool:
    """Whether a space and a syllable follow."""
    return end + 1 < len(text) and text[end] == " " and is_hangul(text[end + 1])


def precedes_number(text: str, end: int) -> bool:
    """Whether a number follows: a lot, behind the name of a quarter."""
    at = end + 1 if end < len(text) and text[end] == " " else end
    return at < len(text) and text[at] in DIGITS[:10]

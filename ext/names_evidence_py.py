"""Part of the twin ext/names_py.py: the evidence around a stem: titles, brackets, cues, verbs, nouns of persons."""

from __future__ import annotations

from collections.abc import Mapping

from ext.names_rules_py import (
    AGE,
    APART,
    ASIDE,
    ASIDE_NEAR,
    ASIDE_RUNS,
    BEFORE_NUMBER,
    CITED,
    CLASS,
    COLON,
    COPULA,
    DESCRIBED,
    DIGITS,
    F_AGE,
    F_HANJA,
    F_HONORIFIC,
    F_SIGNATURE,
    F_TITLE,
    FIELD,
    HANDLE,
    HANJA,
    HONORIFIC,
    KIN,
    LABEL,
    LABEL_ONLY,
    MAX_ASIDE,
    MAX_BRACKET,
    MAX_CUE,
    MAX_DESCRIPTION,
    MAX_LATIN,
    MAX_MAILBOX,
    MAX_MARKS,
    MAX_SKIP,
    MAX_TAG,
    MAX_TAGS,
    MAX_TAIL,
    NUMBERED,
    POLITE,
    RANK,
    SKIP_BEFORE,
    SPEECH,
    STRONG_HONORIFIC,
    TELEPHONE,
    TITLE,
    VERB_REACH,
    VERB_RUNS,
    YEAR,
    is_hangul,
    run_end,
    title,
)


def titled(words: Mapping[str, int], text: str, start: int, end: int) -> int | None:
    """The longest title that opens text[start:end] and leaves a particle."""
    for cut in range(min(end - 1, start + 5), start, -1):
        head = words.get("t" + text[start:cut])
        if head is not None and head & 15 in (HONORIFIC, TITLE, KIN):
            rest = words.get("t" + text[cut:end])
            if rest is not None and rest & 15 <= COPULA:
                return head
    return None


def behind(words: Mapping[str, int], text: str, end: int, is_given_only: bool) -> tuple[int, int]:
    """(weight, flag) of what follows a stem without a tail: a title, a rank, a signature, a number, brackets."""
    if end + 1 >= len(text):
        return 0, 0
    at = end
    if text[at] == " ":
        at += 1
    if at >= len(text):
        return 0, 0
    if text[at] == "(":
        return bracket(words, text, at + 1)
    if not is_hangul(text[at]):
        if is_given_only:
            return 0, 0
        rank = ranked(text, at) if at > end else (0, 0)
        return rank if rank[0] else (NUMBERED, F_AGE) if numbered(text, end) else (0, 0)
    if at == end:
        return 0, 0
    stop = run_end(text, at)
    if stop - at <= MAX_TAIL:
        found = words.get("t" + text[at:stop])
        if found is None:
            found = titled(words, text, at, stop)
        weight, flag = title(found or 0, is_given_only)
        if weight:
            is_sure = flag == F_HONORIFIC and weight >= STRONG_HONORIFIC
            return weight + APART if is_sure else weight, flag
        if not is_given_only and is_polite(words, text, at, stop):
            return POLITE, F_TITLE
    return 0, 0


def is_polite(words: Mapping[str, int], text: str, start: int, stop: int) -> bool:
    """홍길동 사부님이: some word with 님 and perhaps a particle."""
    at = text.find("님", start + 1, stop)
    if at < 0:
        return False
    rest = words.get("t" + text[at + 1 : stop], 0)
    return at + 1 == stop or (rest > 0 and rest & 15 <= COPULA)


def ranked(text: str, at: int) -> tuple[int, int]:
    """홍길동 5단, 홍길동 34세."""
    stop = at
    while stop < len(text) and stop - at < 2 and text[stop] in DIGITS[:10]:
        stop += 1
    if stop == at or stop >= len(text):
        return 0, 0
    return (RANK, F_TITLE) if text[stop] == "단" else (RANK, F_AGE) if text[stop] == "세" else (0, 0)


def numbered(text: str, end: int) -> bool:
    """Whether a person's number, date or mailbox follows: 홍길동 010-, 홍길동\t900101-1, 홍길동 <hong@."""
    at = end
    while at < len(text) and at - end < MAX_MARKS and text[at] in BEFORE_NUMBER:
        at += 1
    if at == end or at >= len(text):
        return False
    if text[at] in DIGITS[10:]:
        return is_mailbox(text, at)
    digits = at
    while digits < len(text) and digits - at <= 6 and text[digits] in DIGITS[:10]:
        digits += 1
    if digits == at or digits + 1 >= len(text):
        return False
    if text[at : at + 2] == "01" and digits - at == 3 and text[digits] in "-. ":
        return text[digits + 1] in DIGITS[:10]
    if digits - at == 4 and text[at] in "12" and text[digits] in ".-/년":
        behind = digits + 2 if text[digits + 1] == " " else digits + 1
        return behind < len(text) and text[behind] in DIGITS[:10]
    if digits - at != 6:
        return False
    if text[digits] in "-\u2010\u2011":
        return text[digits + 1] in "12345678"
    return "01" <= text[at + 2 : at + 4] <= "12" and "01" <= text[at + 4 : at + 6] <= "31"


def is_mailbox(text: str, at: int) -> bool:
    """Whether the name of a mailbox and an @ stand here."""
    stop = at
    while stop < len(text) and stop - at < MAX_MAILBOX and (text[stop] in DIGITS or text[stop] in "._-+"):
        stop += 1
    return stop < len(text) and text[stop] == "@"


def aside(words: Mapping[str, int], text: str, at: int) -> tuple[int, int]:
    """홍길동 서울시장은, 홍길동 한국은행 총재는: a title at the end of one of the next words."""
    if at + 1 >= len(text) or text[at] != " " or not is_hangul(text[at + 1]):
        return 0, 0
    at += 1
    for number in range(ASIDE_RUNS):
        stop = run_end(text, at)
        for begin in range(max(at, stop - MAX_ASIDE), stop - 1):
            found = words.get("t" + text[begin:stop])
            if found is None:
                found = titled(words, text, begin, stop)
            is_whole = begin == at or begin > at + 1 or stop - begin > 2  # 서울시장, not 수명인
            if found is not None and found & 15 == TITLE and begin + 1 < stop and is_whole:
                return ASIDE if number else ASIDE_NEAR, F_TITLE
        if stop + 1 >= len(text) or text[stop] != " " or not is_hangul(text[stop + 1]):
            break
        at = stop + 1
    return 0, 0


def cue(words: Mapping[str, int], text: str, start: int) -> int:
    """Weight of the cue word or label that ends up to four separators before `start`; markup is passed over."""
    at, bonus, is_label = start, 0, False
    for _ in range(MAX_TAGS):
        first = at
        while at > 0 and first - at < MAX_SKIP and text[at - 1] in SKIP_BEFORE:
            at -= 1
            is_label |= text[at] in FIELD
            if text[at] in ":：":
                bonus = COLON
        if at == first or at == 0:
            return 0
        best = latin_cue(words, text, at) if not is_hangul(text[at - 1]) else hangul_cue(words, text, at, is_label)
        if best:
            return best + bonus
        mark = "<" if text[at] == ">" else "(" if text[at] == ")" else ""
        opens = text.rfind(mark, max(0, at - MAX_TAG), at) if mark else -1
        if opens < 0:  # no `<td>`, no `(본인)` to pass over
            break
        at = opens
    return LABEL if bonus and (is_hangul(text[at - 1]) or text[at - 1] in DIGITS[10:]) else 0


def hangul_cue(words: Mapping[str, int], text: str, at: int, is_label: bool) -> int:
    """Weight of the cue word of syllables that ends before `at`."""
    best = 0
    for size in range(1, MAX_CUE + 1):
        if size > at or not is_hangul(text[at - size]):
            break
        if size >= 2 or at - size == 0 or not is_hangul(text[at - size - 1]):
            best = max(best, _cue_weight(words.get("c" + text[at - size : at], 0), is_label))
    if at >= 3 and text[at - 2] == " " and is_hangul(text[at - 3]) and (at == 3 or not is_hangul(text[at - 4])):
        best = max(best, _cue_weight(words.get("c" + text[at - 3] + text[at - 1], 0), is_label))  # 성 명 : 홍길동
        if at >= 5 and text[at - 4] == " " and is_hangul(text[at - 5]) and (at == 5 or not is_hangul(text[at - 6])):
            best = max(best, _cue_weight(words.get("c" + text[at - 5 : at : 2], 0), is_label))  # 신 청 인
    return best


def _cue_weight(value: int, is_label: bool) -> int:
    return value if value < LABEL_ONLY else value - LABEL_ONLY if is_label else 0


def latin_cue(words: Mapping[str, int], text: str, at: int) -> int:
    """Weight of the cue word in letters (`name`, `Cc`, `GK`) that ends before `at`."""
    first = at
    while first > 0 and at - first <= MAX_LATIN and text[first - 1] in DIGITS[10:]:
        first -= 1
    return words.get("c" + text[first:at].lower(), 0) if 2 <= at - first <= MAX_LATIN else 0


def verb(words: Mapping[str, int], text: str, end: int) -> int:
    """Weight of a person's verb among the next words of the sentence; numbers and quotes are passed over."""
    at, limit, runs = end, min(len(text), end + VERB_REACH), 0
    while at < limit and runs < VERB_RUNS:
        if not is_hangul(text[at]):
            if text[at] in '“"' and text[at - 1] == " " and text[at - 2] in "은는이가":
                return SPEECH
            if text[at] == "\n" or (text[at] in ".!?" and is_hangul(text[at - 1])):
                return 0
            at += 1
            continue
        for size in (2, 3):
            weight = words.get("v" + text[at : at + size], 0)
            if weight:
                return weight
        at = run_end(text, at)
        runs += 1
    return 0


def near(words: Mapping[str, int], text: str, end: int) -> int:
    """Weight of a noun that persons have, as the next word behind a bare name or 의: 홍길동의 목소리, 홍길동 명의."""
    if end + 2 >= len(text) or text[end] != " ":
        return 0
    return max(words.get("n" + text[end + 1 : end + 1 + size], 0) for size in (2, 3))


def bracket(words: Mapping[str, int], text: str, at: int) -> tuple[int, int]:
    """(weight, flag) of what stands in the brackets behind a name."""
    if at >= len(text):
        return 0, 0
    if "\u4e00" <= text[at] <= "\u9fff":
        return HANJA, F_HANJA
    if text[at] in "MFmf" and at + 1 < len(text) and text[at + 1] in "/),":
        return AGE, F_AGE
    if text[at] == "@":
        return HANDLE, F_AGE
    if text[at] == "☎":
        return TELEPHONE, F_AGE
    if text[at] in "전후" and at + 1 < len(text) and text[at + 1] in DIGITS[:10]:
        return CLASS, F_AGE
    if text[at] in "인남여" and at + 1 < len(text) and text[at + 1] in "),/·":
        return AGE, F_SIGNATURE if text[at] == "인" else F_AGE
    if is_hangul(text[at]):
        stop = run_end(text, at)
        weight = words.get("b" + text[at:stop], 0) if stop - at <= MAX_BRACKET else 0
        if not weight:
            weight = described(words, text, at)
        return weight, F_AGE if weight else 0
    if text[at] in DIGITS[10:] and is_mailbox(text, at):
        return HANDLE, F_AGE
    digits = at
    while digits < len(text) and text[digits] in DIGITS[:10]:
        digits += 1
    if 1 <= digits - at <= 2 and digits < len(text) and text[digits] in "),·세":
        return AGE, F_AGE
    if 1 <= digits - at <= 2 and digits < len(text) and text[digits] in "년:":
        return CLASS, F_AGE
    if digits - at >= 2 and text[at] == "0" and digits < len(text) and text[digits] in "-)":
        return TELEPHONE, F_AGE
    if digits - at == 4 and text[at] in "12" and digits < len(text) and text[digits] in ".~-년–":
        return YEAR, F_AGE
    if 1 <= digits - at <= 2 and digits + 1 < len(text) and text[digits] == "-" and text[digits + 1] in DIGITS[:10]:
        return CLASS, F_AGE
    if digits - at == 4 and text[at] in "12" and digits < len(text) and text[digits] in "),:":
        return CITED, F_AGE
    return 0, 0


def described(words: Mapping[str, int], text: str, at: int) -> int:
    """(전 한빛은행 지점장): weight of the last word in the brackets, or of its end: a title, a school."""
    stop = at
    while stop < len(text) and stop - at < MAX_DESCRIPTION and (is_hangul(text[stop]) or text[stop] == " "):
        stop += 1
    if stop >= len(text) or text[stop] not in "),·" or text[stop - 1] == " ":
        return 0
    for size in range(1, min(MAX_ASIDE, stop - at) + 1):
        if text[stop - size] == " ":
            break
        found = words.get("t" + text[stop - size : stop], 0)
        if size > 1 and found & 15 in (TITLE, KIN):
            return DESCRIBED
        if stop - size > at and "k" + text[stop - size : stop] in words:
            return DESCRIBED
    return 0

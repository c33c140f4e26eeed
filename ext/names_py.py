"""Person names in Korean text, the plain-Python twin that defines ext/names.pyx.

One pass over the maximal runs of Hangul syllables. A candidate stands at the start of a run: a surname (one or two
syllables) and a given name (one or two), or a given name alone where the context must carry it. What is left of the run
must be a known tail (particle, copula, honorific, title, signature) that agrees with the last sound. Evidence is a sum
of small integers (tenths of a bit): the syllable model, the tail, the word behind, the word before, verbs that only
persons do, neighbours in a list; the exclusion lexicon subtracts. What reaches `floor` is reported.

The kernel knows arrays and a dictionary, no Korean: every word comes from the model it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

NONE: Final = -32768
SYLLABLES: Final = 11172
FIRST, LAST = 0xAC00, 0xAC00 + SYLLABLES - 1

# Classes of a tail (low four bits of its value; then three bits of what it needs; then the weight).
PARTICLE, PERSON_PARTICLE, PLACE, COPULA, HONORIFIC, TITLE, SIGNATURE, VOCATIVE, KIN = range(1, 10)
NEED_ANY, NEED_CONSONANT, NEED_VOWEL, NEED_EU, NEED_RO = range(5)

# Evidence flags.
F_HONORIFIC, F_TITLE, F_CUE, F_VERB, F_LIST, F_SIGNATURE = 1, 2, 4, 8, 16, 32
F_HANJA, F_AGE, F_PARTICLE, F_LEXICON, F_VOCATIVE, F_GIVEN_ONLY = 64, 128, 256, 512, 1024, 2048
F_LINE: Final = 4096

# Constants of the sum.
MAX_BASE: Final = 150
NO_PAIR: Final = -10
ONE_SYLLABLE: Final = -40
GIVEN_ONLY: Final = 15
BARE: Final = -15
LINE: Final = 15
LEXICON: Final = (0, -60, -120)
GIVEN_LEXICON: Final = (0, -20, -60)
PAIR_FLOOR: Final = 10
SURE_PAIR: Final = 20
SPLIT: Final = (0, -25, -45)
VERBAL: Final = (0, -60, -120)
HANJA: Final = 70
AGE: Final = 60
LISTED: Final = 35
JOINED: Final = 20
LIST_BASE: Final = 30
MAX_TAIL: Final = 8
MAX_CUE: Final = 6
VERB_RUNS: Final = 4
SPACED: Final = -50
SPACED_LEAST: Final = 30

_SKIP_BEFORE: Final = " :：·-—'\"‘“’”(<[「『,\n\t|/=*"
_SEPARATORS: Final = ",·ㆍ、/‧・;|"


class NameScanner:
    """`surname`, `given1`, `given2` are int16[11172] by syllable (NONE: never); `words` maps kind + string to int.

    Kinds: s double surname, p given pair, x ordinary word (level 1, 2), h syllable that makes a noun a verb (하, 한),
    t tail (packed), c cue before, v verb prefix.
    """

    def __init__(
        self, surname: npt.ArrayLike, given1: npt.ArrayLike, given2: npt.ArrayLike, words: Mapping[str, int]
    ) -> None:
        self.surname: list[int] = np.asarray(surname).tolist()
        self.given1: list[int] = np.asarray(given1).tolist()
        self.given2: list[int] = np.asarray(given2).tolist()
        self.words = dict(words)

    def scan_all(self, texts: Iterable[str], floor: int) -> list[tuple[int, list[tuple[int, int, int, int]]]]:
        """`[(number of the text, its candidates)]` of the texts that have any."""
        return [(number, hits) for number, text in enumerate(texts) if (hits := self.scan(text, floor))]

    def scan(self, text: str, floor: int) -> list[tuple[int, int, int, int]]:
        """`(start, end, total, flags)` of candidates whose total reaches `floor`, by start. Code points."""
        out: list[list[int]] = []
        pending: list[int] | None = None  # [start, end, total, flags, base, run_end, is_tail_empty]
        at, length = 0, len(text)
        while at < length:
            if not is_hangul(text[at]):
                at += 1
                continue
            end = at + 1
            while end < length and is_hangul(text[end]):
                end += 1
            best = self._best(text, at, end) if end - at > 1 else self._spaced(text, at)
            if best is not None:
                end = best[5]
                if pending is not None:
                    link(text, pending, best)
                    if pending[2] >= floor:
                        out.append(pending)
                pending = best
            at = end
        if pending is not None and pending[2] >= floor:
            out.append(pending)
        return [(c[0], c[1], c[2], c[3]) for c in out]

    def _best(self, text: str, start: int, end: int) -> list[int] | None:
        """The best candidate of the run [start, end), or None."""
        best: list[int] | None = None
        for surnames, givens in ((1, 2), (2, 2), (1, 1), (2, 1), (0, 2)):
            stop = start + surnames + givens
            if stop > end or end - stop > MAX_TAIL:
                continue
            base = self._base(text, start, surnames, givens)
            if base == NONE:
                continue
            tail = self._tail(text, stop, end)
            if tail is None:
                continue
            found = self._total(text, start, stop, end, base, tail, surnames, givens)
            if found is not None and (best is None or found[2] > best[2]):
                best = found
        return best

    def _spaced(self, text: str, start: int) -> list[int] | None:
        """`홍 길 동 (인)`, `홍 길동 씨`: a lone surname, then the given name in one or two pieces; only with a cue, an
        honorific or a signature."""
        first, length = start + 2, len(text)
        if first >= length or text[first - 1] != " " or not is_hangul(text[first]):
            return None
        second = first + 1
        if second < length and text[second] == " ":
            second += 1
        if second >= length or not is_hangul(text[second]):
            return None
        end = second + 1
        while end < length and is_hangul(text[end]):
            end += 1
        letters = text[start] + text[first] + text[second]
        base = self._base(letters, 0, 1, 2)
        tail = None if base == NONE or end - second - 1 > MAX_TAIL else self._tail(text, second + 1, end)
        if tail is None or tail[0] == VOCATIVE:
            return None
        total, flags = base + SPACED + tail[1] + self._lexicon(letters, 0, 3, 3, 1, 2), 0
        if tail[0] == 0:
            behind, flags = self._behind(text, end, False)
            total += behind
        elif tail[0] == HONORIFIC:
            flags = F_HONORIFIC
        elif tail[0] == SIGNATURE:
            flags = F_SIGNATURE
        cue = self._cue(text, start)
        if cue:
            total, flags = total + cue, flags | F_CUE
        if total < SPACED_LEAST or not flags & (F_CUE | F_HONORIFIC | F_SIGNATURE):
            return None
        return [start, second + 1, total, flags, NONE, end]

    def _base(self, text: str, start: int, surnames: int, givens: int) -> int:
        if surnames == 0:
            pair = self.words.get("p" + text[start : start + 2], 0)
            return pair + GIVEN_ONLY if pair >= SURE_PAIR else NONE
        if surnames == 1:
            base = self.surname[ord(text[start]) - FIRST]
        else:
            base = self.words.get("s" + text[start : start + 2], NONE)
        if base == NONE:
            return NONE
        at = start + surnames
        last = self.given2[ord(text[at + givens - 1]) - FIRST]
        if givens == 1:
            return NONE if last == NONE else min(MAX_BASE, base + last) + ONE_SYLLABLE
        first = self.given1[ord(text[at]) - FIRST]
        pair = self.words.get("p" + text[at : at + 2], NO_PAIR)
        if pair >= SURE_PAIR:
            first, last = max(first, PAIR_FLOOR), max(last, PAIR_FLOOR)
        elif NONE in (first, last):
            return NONE
        return min(MAX_BASE, base + first + last + pair)

    def _tail(self, text: str, stop: int, end: int) -> tuple[int, int] | None:
        """(class, weight) of text[stop:end] behind text[stop - 1]; (0, 0) when empty, None when it is no tail."""
        if stop == end:
            return 0, 0
        whole = self.words.get("t" + text[stop:end])
        if whole is not None:
            return (whole & 15, whole >> 8) if agrees(text[stop - 1], whole >> 4 & 7) else None
        for cut in range(min(end - 1, stop + 5), stop, -1):
            head = self.words.get("t" + text[stop:cut])
            if head is not None and head & 15 in (HONORIFIC, TITLE, KIN):
                rest = self.words.get("t" + text[cut:end])
                if rest is not None and rest & 15 <= COPULA:
                    return head & 15, head >> 8
        return None

    def _total(
        self, text: str, start: int, stop: int, end: int, base: int, tail: tuple[int, int], surnames: int, givens: int
    ) -> list[int] | None:
        kind, weight = tail
        total, flags = base + weight, 0
        if kind == HONORIFIC:
            flags |= F_HONORIFIC
        elif kind in (TITLE, KIN):
            if surnames == 0 and kind == TITLE:
                return None
            flags |= F_TITLE
        elif kind == SIGNATURE:
            flags |= F_SIGNATURE
        elif kind == VOCATIVE:
            if surnames or not ends_call(text, end):
                return None
            flags |= F_VOCATIVE
        elif kind:
            flags |= F_PARTICLE
        if kind == 0:
            behind, flag = self._behind(text, end, surnames == 0)
            total, flags = total + behind, flags | flag
        cue = self._cue(text, start)
        if cue:
            total, flags = total + cue, flags | F_CUE
        if kind in (0, PARTICLE, PERSON_PARTICLE):
            verb = self._verb(text, end)
            if verb:
                total, flags = total + verb, flags | F_VERB
        if surnames == 0 and kind != PERSON_PARTICLE and not flags & (F_HONORIFIC | F_TITLE | F_VOCATIVE):
            return None
        level = self._lexicon(text, start, stop, end, surnames, givens)
        if level:
            total, flags = total + level, flags | F_LEXICON
        if surnames == 0:
            flags |= F_GIVEN_ONLY
        if kind == 0 and not flags & ~F_LEXICON:
            alone = (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] in "\n\r")
            total += LINE if alone else BARE
            flags |= F_LINE if alone else 0
        listable = base + level if kind == 0 or kind == PARTICLE else NONE
        return [start, stop, total, flags, listable, end]

    def _lexicon(self, text: str, start: int, stop: int, end: int, surnames: int, givens: int) -> int:
        """What the exclusion lexicon takes: the stem or the whole run is a word, or the stem is word and particle."""
        level = self.words.get("x" + text[start:stop], 0)
        if end > stop and end - start <= 4:
            level = max(level, self.words.get("x" + text[start:end], 0))
        if surnames == 0:
            return GIVEN_LEXICON[level]
        loss = LEXICON[level]
        if level < 2 and surnames + givens == 3:
            last = self.words.get("t" + text[stop - 1], 0)
            is_particle = last & 15 in (PARTICLE, COPULA) and agrees(text[stop - 2], last >> 4 & 7)
            is_verbal = "h" + text[stop - 1] in self.words
            if is_particle or is_verbal:
                inner = self.words.get("x" + text[start : stop - 1], 0)
                loss = min(loss, VERBAL[inner] if is_verbal else SPLIT[inner])
        return loss

    def _behind(self, text: str, end: int, is_given_only: bool) -> tuple[int, int]:
        """(weight, flag) of what follows a stem without a tail: a title, a signature, Hanja or an age in brackets."""
        if end + 1 >= len(text):
            return 0, 0
        at = end
        if text[at] == " ":
            at += 1
        if at >= len(text):
            return 0, 0
        if text[at] == "(":
            return self._bracket(text, at + 1)
        if at == end or not is_hangul(text[at]):
            return 0, 0
        stop = at
        while stop < len(text) and is_hangul(text[stop]) and stop - at < MAX_TAIL + 1:
            stop += 1
        if stop - at > MAX_TAIL:
            return 0, 0
        whole = self.words.get("t" + text[at:stop])
        if whole is not None:
            return title(whole, is_given_only)
        for cut in range(min(stop - 1, at + 5), at, -1):
            head = self.words.get("t" + text[at:cut])
            if head is not None and head & 15 in (HONORIFIC, TITLE, KIN):
                rest = self.words.get("t" + text[cut:stop])
                if rest is not None and rest & 15 <= COPULA:
                    return title(head, is_given_only)
        return 0, 0

    def _bracket(self, text: str, at: int) -> tuple[int, int]:
        if at >= len(text):
            return 0, 0
        if "\u4e00" <= text[at] <= "\u9fff":
            return HANJA, F_HANJA
        if text[at] in "인남여" and at + 1 < len(text) and text[at + 1] in "),":
            return AGE, F_SIGNATURE if text[at] == "인" else F_AGE
        digits = at
        while digits < len(text) and text[digits] in "0123456789":
            digits += 1
        if 1 <= digits - at <= 2 and digits < len(text) and text[digits] in "),·세":
            return AGE, F_AGE
        return 0, 0

    def _cue(self, text: str, start: int) -> int:
        """Weight of the cue word that ends up to three separators before `start`."""
        at = start
        while at > 0 and start - at < 3 and text[at - 1] in _SKIP_BEFORE:
            at -= 1
        if at == start or at == 0 or not is_hangul(text[at - 1]):
            return 0
        best = 0
        for size in range(1, MAX_CUE + 1):
            if size > at or not is_hangul(text[at - size]):
                break
            weight = self.words.get("c" + text[at - size : at], 0)
            if weight and (size >= 2 or at - size == 0 or not is_hangul(text[at - size - 1])):
                best = max(best, weight)
        if at >= 3 and text[at - 2] == " " and is_hangul(text[at - 3]) and (at == 3 or not is_hangul(text[at - 4])):
            best = max(best, self.words.get("c" + text[at - 3] + text[at - 1], 0))  # 성 명 : 홍길동
        return best

    def _verb(self, text: str, end: int) -> int:
        """Weight of a person's verb among the next words of the sentence."""
        at = end
        for _ in range(VERB_RUNS):
            if at + 1 >= len(text) or text[at] != " " or not is_hangul(text[at + 1]):
                return 0
            at += 1
            for size in (2, 3):
                weight = self.words.get("v" + text[at : at + size], 0)
                if weight:
                    return weight
            while at < len(text) and is_hangul(text[at]):
                at += 1
            if at < len(text) and text[at] == ",":
                at += 1
        return 0


def odd_ones(texts: Iterable[str]) -> list[int]:
    """Numbers of the texts that are odd."""
    return [number for number, text in enumerate(texts) if is_odd(text)]


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
    """(weight, flag) of a title behind a name; behind a given name alone only honorifics and kin count."""
    kind = value & 15
    if kind == HONORIFIC:
        return value >> 8, F_HONORIFIC
    if kind == KIN or (kind == TITLE and not is_given_only):
        return value >> 8, F_TITLE
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
    return True


def ends_call(text: str, end: int) -> bool:
    return end >= len(text) or text[end] in ",.!?~\n…;"


def link(text: str, left: list[int], right: list[int]) -> None:
    """Neighbours in a list strengthen each other, once each: `가나다, 라마바` and `가나다와 라마바`."""
    gap = right[0] - left[5]
    if gap < 1 or gap > 3 or left[4] < LIST_BASE or right[4] < LIST_BASE:
        return
    between = text[left[5] : right[0]]
    if any(char not in _SEPARATORS and char not in " \n" for char in between):
        return
    is_separated = any(char in _SEPARATORS for char in between)
    is_joined = left[5] > left[1] and text[left[5] - 1] in "와과랑고"
    is_empty = left[5] == left[1]
    bonus = LISTED if is_empty and is_separated else JOINED if is_joined or is_empty else 0
    for candidate in (left, right):
        if bonus and not candidate[3] & F_LIST:
            candidate[2] += bonus
            candidate[3] |= F_LIST

"""Person names in Korean text, the plain-Python twin that defines ext/names.pyx.

One pass over the maximal runs of Hangul syllables. A candidate stands at the start of a run: a surname (one or two
syllables) and a given name (one or two), or a given name alone where the context must carry it. What is left of the run
must be a known tail (particle, copula, honorific, title, signature) that agrees with the last sound. Evidence is a sum
of small integers (tenths of a bit): the syllable model, the tail, the words behind, the word before, verbs that only
persons do, neighbours in a list; the exclusion lexicon subtracts. What reaches `floor` is reported.

The kernel knows arrays and a dictionary, no Korean but a few letters: every word comes from the model it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from ext import names_rules_py as r
from ext.names_rules_py import FIRST, NONE, is_hangul


class NameScanner:
    """`surname`, `given1`, `given2` are int16[11172] by syllable (NONE: never); `words` maps kind + string to int.

    Kinds: s double surname, p given pair, x ordinary word (level 1, 2, 3: never a name), h syllable that makes a noun a
    verb (하, 한), d syllable that makes a noun another noun (성, 화), t tail (packed), c cue before, b word in brackets
    behind, v verb prefix.
    """

    def __init__(
        self, surname: npt.ArrayLike, given1: npt.ArrayLike, given2: npt.ArrayLike, words: Mapping[str, int]
    ) -> None:
        self.surname: list[int] = np.asarray(surname).tolist()
        self.given1: list[int] = np.asarray(given1).tolist()
        self.given2: list[int] = np.asarray(given2).tolist()
        self.words = dict(words)

    def read_all(self, texts: Iterable[str], floor: int) -> list[tuple[int, list[tuple[int, int, int, int]]]]:
        """`[(number of the text, read(text, floor))]` of the texts that have any candidate."""
        return [(number, hits) for number, text in enumerate(texts) if (hits := self.read(text, floor))]

    def read(self, text: str, floor: int) -> list[tuple[int, int, int, int]]:
        """The candidates; a name that stands firmly once lifts weak candidates of its spelling in the same text."""
        found = self.scan(text, floor)
        firm = {text[hit[0] : hit[1]] for hit in found if r.vouches(hit)}
        sure = [text[start:end] for start, end, total, _ in found if total >= r.SURE]
        if all(text.count(name) <= sure.count(name) for name in firm):
            return found
        lifted = []
        for start, end, total, flags in self.scan(text, floor - r.REPEATED):
            if total < r.SURE and text[start:end] in firm:
                total = max(total + r.REPEATED, r.SURE)
            if total >= floor:
                lifted.append((start, end, total, flags))
        return lifted

    def scan(self, text: str, floor: int) -> list[tuple[int, int, int, int]]:
        """`(start, end, total, flags)` of candidates whose total reaches `floor`, by start. Code points."""
        out: list[list[int]] = []
        pending: list[int] | None = None  # [start, end, total, flags, base, run_end]
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
                    r.link(text, pending, best)
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
            if stop > end or end - stop > r.MAX_TAIL:
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
        """`홍 길 동 (인)`, `홍  길동 씨`, `성명: 박  훈`: a lone surname, then the given name in one or two pieces.

        Only with a cue, an honorific, a title or a signature."""
        first = r.skip_spaces(text, start + 1)
        if first == start + 1 or first >= len(text) or not is_hangul(text[first]):
            return None
        if start > 0 and text[start - 1] in r.DIGITS:
            return None
        second = r.skip_spaces(text, first + 1)
        if second < len(text) and is_hangul(text[second]):
            found = self._pieces(text, start, text[start] + text[first] + text[second], second + 1)
            if found is not None:
                return found
        if first + 1 < len(text) and is_hangul(text[first + 1]):
            return None
        return self._pieces(text, start, text[start] + text[first], first + 1)

    def _pieces(self, text: str, start: int, letters: str, stop: int) -> list[int] | None:
        """The candidate of a surname and a given name in pieces that end at `stop`."""
        end, givens = r.run_end(text, stop), len(letters) - 1
        base = self._base(letters, 0, 1, givens)
        tail = None if base == NONE or end - stop > r.MAX_TAIL else self._tail(text, stop, end)
        if tail is None or tail[0] == r.VOCATIVE or (tail[0] == r.SIGNATURE and end == stop + 1):
            return None
        level = self._lexicon(letters, 0, givens + 1, givens + 1, 1, givens)
        total, flags = base + r.SPACED + tail[1] + level, 0
        if tail[0] == 0:
            behind, flags = self._behind(text, end, False)
            if not flags and givens == 2:
                behind, flags = self._aside(text, end)
            total += behind
        elif tail[0] == r.HONORIFIC:
            flags = r.F_HONORIFIC
        elif tail[0] == r.SIGNATURE:
            flags = r.F_SIGNATURE
        cue = self._cue(text, start)
        if cue:
            total, flags = total + cue, flags | (r.F_CUE if cue > r.LABEL else 0)
        if givens == 1:
            if level or not (flags & r.F_SIGNATURE or (flags & r.F_CUE and text[start + 2] == " ")):
                return None
            total += r.SHORT_SURE
        if total < r.SPACED_LEAST or not flags & r.F_ADDRESSED:
            return None
        return [start, stop, total, flags, NONE, end]

    def _base(self, text: str, start: int, surnames: int, givens: int) -> int:
        if surnames == 0:
            pair = self.words.get("p" + text[start : start + 2], 0)
            return pair + r.GIVEN_ONLY if pair >= r.SURE_PAIR else NONE
        if surnames == 1:
            base = self.surname[ord(text[start]) - FIRST]
        else:
            base = self.words.get("s" + text[start : start + 2], NONE)
        if base == NONE:
            return NONE
        at = start + surnames
        last = self.given2[ord(text[at + givens - 1]) - FIRST]
        if givens == 1:
            return NONE if last == NONE else min(r.MAX_BASE, base + last) + r.ONE_SYLLABLE
        first = self.given1[ord(text[at]) - FIRST]
        pair = self.words.get("p" + text[at : at + 2], r.NO_PAIR)
        if pair >= r.SURE_PAIR:
            first, last = max(first, r.PAIR_FLOOR), max(last, r.PAIR_FLOOR)
            base = max(base, r.SURNAME_FLOOR)
        elif NONE in (first, last):
            return NONE
        return min(r.MAX_BASE, base + first + last + pair)

    def _tail(self, text: str, stop: int, end: int) -> tuple[int, int] | None:
        """(class, weight) of text[stop:end] behind text[stop - 1]; (0, 0) when empty, None when it is no tail."""
        if stop == end:
            return 0, 0
        whole = self.words.get("t" + text[stop:end])
        if whole is not None:
            return (whole & 15, whole >> 8) if r.agrees(text[stop - 1], whole >> 4 & 7) else None
        head = self._titled(text, stop, end)
        return None if head is None else (head & 15, head >> 8)

    def _titled(self, text: str, start: int, end: int) -> int | None:
        """The longest title that opens text[start:end] and leaves a particle."""
        for cut in range(min(end - 1, start + 5), start, -1):
            head = self.words.get("t" + text[start:cut])
            if head is not None and head & 15 in (r.HONORIFIC, r.TITLE, r.KIN):
                rest = self.words.get("t" + text[cut:end])
                if rest is not None and rest & 15 <= r.COPULA:
                    return head
        return None

    def _total(
        self, text: str, start: int, stop: int, end: int, base: int, tail: tuple[int, int], surnames: int, givens: int
    ) -> list[int] | None:
        kind, weight = tail
        total, flags, flag = base + weight, 0, 0
        if kind == r.HONORIFIC:
            flags |= r.F_HONORIFIC
        elif kind in (r.TITLE, r.KIN):
            if surnames + givens == 2 and surnames and end == stop + 1:
                return None  # 김복형: no elder brother of one called 김복
            flags |= r.F_TITLE
            total += r.GIVEN_TITLE if surnames == 0 and kind == r.TITLE else 0
        elif kind == r.SIGNATURE and end > stop + 1:
            flags |= r.F_SIGNATURE
        elif kind == r.SIGNATURE:  # 홍길동인: the copula
            total, kind = total - weight, r.COPULA
        elif kind == r.VOCATIVE:
            if surnames or not r.is_call(text, start, end):
                return None
            total += 0 if r.ends_call(text, end) else r.CALL_RUNS_ON
            flags |= r.F_VOCATIVE
        elif kind:
            flags |= r.F_PARTICLE
        if kind == 0:
            behind, flag = self._behind(text, end, surnames == 0)
            total, flags = total + behind, flags | flag
        cue = self._cue(text, start)
        if cue:
            total, flags = total + cue, flags | (r.F_CUE if cue > r.LABEL else 0)
        if kind in (0, r.PARTICLE, r.PERSON_PARTICLE):
            verb = self._verb(text, end)
            if verb:
                total, flags = total + verb, flags | r.F_VERB
        level = self._lexicon(text, start, stop, end, surnames, givens)
        if level == r.GIVEN_LEXICON[2] and surnames == 0:
            if kind == r.VOCATIVE and end == stop + 1 and text[stop] == "아":  # 하늘아
                level = r.GIVEN_LEXICON[1]
            elif flags & r.F_HONORIFIC:
                level = r.GIVEN_ADDRESSED
        if surnames == 0 and not self._stands_alone(kind, flags, level):
            return None
        if level == r.LEXICON[1] and surnames and kind in (0, r.PARTICLE, r.HONORIFIC) and flags & r.F_ADDRESSED:
            level = r.LEXICON_ADDRESSED
        if level:
            total, flags = total + level, flags | r.F_LEXICON
        if start > 0 and text[start - 1] in r.DIGITS:
            total += r.AFTER_DIGIT
        if surnames == 1 and givens == 1:
            total += self._short(kind, flags, level, cue == r.LABEL)
        if surnames and givens == 2:
            if not level and (cue >= r.FIRM_CUE or flags & (r.F_ADDRESSED & ~r.F_CUE)):
                total += r.CLEAN
            if surnames == 1:
                total += self._misread(text, start, kind, end)
            elif not kind and self._ends_in_particle(text, stop):
                total += r.PARTICLE_LIKE_DOUBLE
        if kind == 0 and flag == 0 and surnames:
            later, flag = self._aside(text, end)
            total, flags = total + later, flags | flag
        if surnames == 0:
            flags |= r.F_GIVEN_ONLY
        if kind == 0 and not flags & ~r.F_LEXICON:
            opens = r.opens_cell(text, start)
            speaks = opens and r.closes_speaker(text, end)
            alone = speaks or (opens and r.closes_cell(text, end))
            total += r.SPEAKER if speaks else r.LINE if alone else r.BARE
            if speaks and surnames + givens == 2 and surnames and not level:
                total += r.SHORT_SURE
            flags |= r.F_LINE if alone else 0
        listable = base + level if kind == 0 or kind == r.PARTICLE else NONE
        if listable < r.LIST_BASE and not r.touches_list(text, start, end):
            listable = NONE
        return [start, stop, total, flags, listable, end]

    @staticmethod
    def _short(kind: int, flags: int, level: int, is_labelled: bool) -> int:
        """What a surname and one letter gain by a context that only persons have."""
        if flags & r.F_SURE_CONTEXT:
            return r.TITLED_SHORT if level else r.SHORT_SURE
        is_said = kind == r.PERSON_PARTICLE or flags & r.F_VERB or (is_labelled and kind == 0)
        return r.SHORT_SAID if is_said and not level else 0

    @staticmethod
    def _stands_alone(kind: int, flags: int, level: int) -> bool:
        """Whether the context carries a given name without a surname."""
        if kind == r.PERSON_PARTICLE or flags & (r.F_HONORIFIC | r.F_TITLE | r.F_VOCATIVE):
            return True
        least = r.GIVEN_LEXICON[1] if flags & r.F_VERB else 0
        return kind in (r.PARTICLE, r.COPULA) and level >= least and bool(flags & (r.F_CUE | r.F_VERB))

    def _misread(self, text: str, start: int, kind: int, end: int) -> int:
        """What a surname and two letters lose when the third is a suffix: 민정아!, 민정이랑, 최현은; 석수동 104."""
        last, is_closed = text[start + 2], (ord(text[start + 1]) - FIRST) % 28 != 0
        is_given = self.words.get("p" + text[start : start + 2], 0) >= r.SURE_PAIR
        if is_given and (
            (last == "이" and is_closed)
            if kind
            else (last == ("아" if is_closed else "야") and r.is_call(text, start, end))
        ):
            return r.CALLED
        is_sure = self.words.get("p" + text[start + 1 : start + 3], 0) >= r.SURE_PAIR
        if last == "동" and not is_sure and kind in (0, r.PARTICLE, r.PLACE):
            return r.LOT if not kind and r.precedes_number(text, end) else r.DISTRICT
        if kind:
            return 0
        if last in "동리" and r.precedes_number(text, end):
            return r.LOT
        return r.PARTICLE_LIKE if self._ends_in_particle(text, start + 3) else 0

    def _ends_in_particle(self, text: str, stop: int) -> bool:
        """Whether the last letter may be a particle of the one before: no list has the two as a given name."""
        particle = self.words.get("t" + text[stop - 1], 0)
        agrees = particle & 15 == r.PARTICLE and r.agrees(text[stop - 2], particle >> 4 & 7)
        return agrees and self.words.get("p" + text[stop - 2 : stop], 0) < r.SURE_PAIR

    def _lexicon(self, text: str, start: int, stop: int, end: int, surnames: int, givens: int) -> int:
        """What the exclusion lexicon takes: the stem or the whole run is a word, or the stem is word and suffix."""
        level = self.words.get("x" + text[start:stop], 0)
        if end > stop and end - start <= r.MAX_WORD:
            level = max(level, self.words.get("x" + text[start:end], 0))
        if 0 < end - stop <= 2 and self.words.get("x" + text[stop - 1 : end], 0) == 2:
            kind = self.words.get("t" + text[stop:end], 0) & 15
            level = 2 if kind == r.PLACE else level  # 무성영+화
        if surnames == 0:
            return r.GIVEN_LEXICON[level]
        loss = r.LEXICON[level]
        if level < 2 and surnames + givens == 3:
            last = self.words.get("t" + text[stop - 1], 0)
            is_particle = last & 15 in (r.PARTICLE, r.COPULA) and r.agrees(text[stop - 2], last >> 4 & 7)
            is_verbal = "h" + text[stop - 1] in self.words
            if is_particle or is_verbal or "d" + text[stop - 1] in self.words:
                inner = self.words.get("x" + text[start : stop - 1], 0)
                loss = min(loss, (r.VERBAL if is_verbal else r.PARTED if is_particle else r.SPLIT)[inner])
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
            return r.bracket(self.words, text, at + 1)
        if at == end or not is_hangul(text[at]):
            return 0, 0
        stop = r.run_end(text, at)
        if stop - at <= r.MAX_TAIL:
            found = self.words.get("t" + text[at:stop])
            if found is None:
                found = self._titled(text, at, stop)
            weight, flag = r.title(found or 0, is_given_only)
            if weight:
                is_sure = flag == r.F_HONORIFIC and weight >= r.STRONG_HONORIFIC
                return weight + r.APART if is_sure else weight, flag
        return 0, 0

    def _aside(self, text: str, at: int) -> tuple[int, int]:
        """홍길동 서울시장은, 홍길동 한국은행 총재는: a title at the end of one of the next words."""
        if at + 1 >= len(text) or text[at] != " " or not is_hangul(text[at + 1]):
            return 0, 0
        at += 1
        for number in range(r.ASIDE_RUNS):
            stop = r.run_end(text, at)
            for begin in range(max(at, stop - r.MAX_ASIDE), stop - 1):
                found = self.words.get("t" + text[begin:stop])
                if found is None:
                    found = self._titled(text, begin, stop)
                if found is not None and found & 15 == r.TITLE and begin + 1 < stop:
                    return r.ASIDE if number else r.ASIDE_NEAR, r.F_TITLE
            if stop + 1 >= len(text) or text[stop] != " " or not is_hangul(text[stop + 1]):
                break
            at = stop + 1
        return 0, 0

    def _cue(self, text: str, start: int) -> int:
        """Weight of the cue word, or of the label, that ends up to four separators before `start`."""
        at, bonus = start, 0
        while at > 0 and start - at < r.MAX_SKIP and text[at - 1] in r.SKIP_BEFORE:
            at -= 1
            if text[at] in ":：":
                bonus = r.COLON
        if at == start or at == 0:
            return 0
        if not is_hangul(text[at - 1]):
            return r.LABEL if bonus and text[at - 1] in r.DIGITS[10:] else 0
        best = 0
        for size in range(1, r.MAX_CUE + 1):
            if size > at or not is_hangul(text[at - size]):
                break
            weight = self.words.get("c" + text[at - size : at], 0)
            if weight and (size >= 2 or at - size == 0 or not is_hangul(text[at - size - 1])):
                best = max(best, weight)
        if at >= 3 and text[at - 2] == " " and is_hangul(text[at - 3]) and (at == 3 or not is_hangul(text[at - 4])):
            best = max(best, self.words.get("c" + text[at - 3] + text[at - 1], 0))  # 성 명 : 홍길동
        return best + bonus if best else r.LABEL if bonus else 0

    def _verb(self, text: str, end: int) -> int:
        """Weight of a person's verb among the next words of the sentence; numbers and quotes are passed over."""
        at, limit, runs = end, min(len(text), end + r.VERB_REACH), 0
        while at < limit and runs < r.VERB_RUNS:
            if not is_hangul(text[at]):
                if text[at] in '“"' and text[at - 1] == " " and text[at - 2] in "은는이가":
                    return r.SPEECH
                if text[at] == "\n" or (text[at] in ".!?" and is_hangul(text[at - 1])):
                    return 0
                at += 1
                continue
            for size in (2, 3):
                weight = self.words.get("v" + text[at : at + size], 0)
                if weight:
                    return weight
            at = r.run_end(text, at)
            runs += 1
        return 0

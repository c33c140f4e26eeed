"""Person names in Korean text, the plain-Python twin that defines ext/names.pyx.

One pass over the maximal runs of Hangul syllables. A candidate stands at the start of a run: a surname (one or two
syllables) and a given name (one or two, three of a list), or a given name alone where the context must carry it. What
is left of the run must be a known tail (particle, copula, honorific, title, signature) that agrees with the last sound.
Evidence is a sum of small integers (tenths of a bit): the syllable model, the tail, the words behind, the word before,
verbs that only persons do, neighbours in a list; the exclusion lexicon subtracts. What reaches `floor` is reported.

The kernel knows arrays and a dictionary, no Korean but a few letters: every word comes from the model it is given.
names_rules_py.py holds the constants, names_evidence_py.py the context, names_lists_py.py what neighbours lend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from ext import names_evidence_py as evidence
from ext import names_rules_py as r
from ext.names_lists_py import APART, Candidate, follows, settle, touches_list
from ext.names_rules_py import FIRST, NONE, is_hangul

READINGS = ((1, 2), (2, 2), (1, 3), (1, 1), (2, 1), (0, 2))  # letters of the surname, of the given name


class NameScanner:
    """`surname`, `given1`, `given2` are int16[11172] by syllable (NONE: never); `words` maps kind + string to int.

    Kinds: s double surname, p given name of two or three letters, x ordinary word (level 1, 2, 3: never a name), y the
    second half of a compound, h syllable that makes a noun a verb (하, 한), d syllable that makes a noun another noun
    (성, 화), t tail (packed), c cue before, b word in brackets behind, k its end, v verb prefix, n prefix of a noun.
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
        """The candidates; a name that stands firmly once lifts weak readings of its spelling in the same text."""
        found = self.scan(text, floor)
        firm = {text[hit[0] : hit[1]] for hit in found if r.vouches(hit)}
        if not firm:
            return found
        lifted = [
            (hit[0], hit[1], r.lifted(hit[2]) if text[hit[0] : hit[1]] in firm else hit[2], hit[3]) for hit in found
        ]
        at = 0
        while at < len(text):
            end = r.run_end(text, at)
            is_covered = any(start <= at < stop for start, stop, _, _ in found)
            if not is_covered and any(text.startswith(name, at, end) for name in firm):
                best = self._best(text, at, end)
                if best is not None and best.total >= floor - r.REPEATED and text[best.start : best.stop] in firm:
                    lifted.append((best.start, best.stop, r.lifted(best.total), best.flags))
            at = max(end, at + 1)
        return sorted(lifted)

    def scan(self, text: str, floor: int) -> list[tuple[int, int, int, int]]:
        """`(start, end, total, flags)` of candidates whose total reaches `floor`, by start. Code points."""
        out: list[Candidate] = []
        chain: list[Candidate] = []
        links: list[int] = []
        at, length = 0, len(text)
        while at < length:
            if not is_hangul(text[at]):
                at += 1
                continue
            end = r.run_end(text, at)
            best = self._best(text, at, end) if end - at > 1 else self._spaced(text, at)
            if best is not None:
                end = best.end
                how = follows(text, chain[-1], best) if chain and len(chain) < r.CHAIN else APART
                if chain and how == APART:
                    settle(text, chain, links)
                    out += chain
                    chain, links = [], []
                chain.append(best)
                links.append(how)
            at = end
        settle(text, chain, links)
        return [(c.start, c.stop, c.total, c.flags) for c in out + chain if c.total >= floor]

    def _best(self, text: str, start: int, end: int) -> Candidate | None:
        """The best candidate of the run [start, end), or None."""
        best: Candidate | None = None
        for surnames, givens in READINGS:
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
            least = 0  # 담당 김나은, has no 김나 unless it is better by far
            if best is not None and givens == 1 and best.end == best.stop and best.total >= r.SURE:
                least = 0 if r.precedes_word(text, end) else r.SHORTER
            if found is not None and (best is None or found.total > best.total + least):
                best = found
        return best

    def _spaced(self, text: str, start: int) -> Candidate | None:
        """`홍 길 동 (인)`, `홍  길동 씨`, `성명: 박  훈`: a lone surname, then the given name in one or two pieces.

        Only with a cue, an honorific, a title, a signature or a line of its own."""
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

    def _pieces(self, text: str, start: int, letters: str, stop: int) -> Candidate | None:
        """The candidate of a surname and a given name in pieces that end at `stop`."""
        end, givens = r.run_end(text, stop), len(letters) - 1
        base = self._base(letters, 0, 1, givens)
        if text[stop - 2] != " " and self.words.get("x" + letters[1:], 0) > 1:
            return None  # 이 규정을
        tail = None if base == NONE or end - stop > r.MAX_TAIL else self._tail(text, stop, end)
        if tail is None or tail[0] == r.VOCATIVE or (tail[0] == r.SIGNATURE and end == stop + 1):
            return None
        level = self._lexicon(letters, 0, givens + 1, givens + 1, 1, givens)
        total, flags = base + (r.SPACED if text[stop - 2] == " " else r.SPACED_TWO) + tail[1] + level, 0
        if tail[0] == 0:
            behind, flags = evidence.behind(self.words, text, end, False)
            if not flags and givens == 2:
                behind, flags = evidence.aside(self.words, text, end)
            total += behind
        elif tail[0] == r.HONORIFIC:
            flags = r.F_HONORIFIC
        elif tail[0] == r.SIGNATURE:
            flags = r.F_SIGNATURE
        cue = evidence.cue(self.words, text, start)
        if cue:
            total, flags = total + cue, flags | (r.F_CUE if cue > r.LABEL else 0)
        if givens == 1:
            if level or not (flags & r.F_SIGNATURE or (flags & r.F_CUE and text[start + 2] == " ")):
                return None
            total += r.SHORT_SURE
        elif not flags and end == stop and r.opens_cell(text, start) and r.closes_cell(text, end):
            total, flags = total + r.LINE, r.F_LINE
        if total < r.SPACED_LEAST or not flags & (r.F_SURE_CONTEXT | r.F_LINE):
            return None
        return Candidate(start, stop, end, total, flags)

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
        if givens == 3:
            return min(r.MAX_BASE, base + self.words.get("p" + text[at : at + 3], NONE))
        last = self.given2[ord(text[at + givens - 1]) - FIRST]
        if givens == 1:
            one = r.ONE_SYLLABLE if surnames == 1 else r.ONE_AFTER_TWO
            return NONE if last == NONE or base <= r.RARE else min(r.MAX_BASE, base + last) + one
        first = self.given1[ord(text[at]) - FIRST]
        pair = self.words.get("p" + text[at : at + 2], r.NO_PAIR)
        if pair >= r.SURE_PAIR:
            first, last = max(first, r.PAIR_FLOOR), max(last, r.PAIR_FLOOR)
            base = max(base, r.SURNAME_FLOOR) if base > r.RARE else base
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
        head = evidence.titled(self.words, text, stop, end)
        return None if head is None or head >> 4 & 7 == r.NEED_SPACE else (head & 15, head >> 8)

    def _total(
        self, text: str, start: int, stop: int, end: int, base: int, tail: tuple[int, int], surnames: int, givens: int
    ) -> Candidate | None:
        kind, weight = tail
        total, flags, flag = base + weight, 0, 0
        if kind == r.HONORIFIC:
            flags |= r.F_HONORIFIC
        elif kind in (r.TITLE, r.KIN):
            if surnames + givens == 2 and surnames and end == stop + 1:
                return None  # 김복형: no elder brother of one called 김복
            if kind == r.TITLE and weight < r.PLAIN_TITLE:
                if surnames == 0 or self.words.get("x" + text[start:stop], 0) > 1:
                    return None  # 영선시장, 강원도지사
                if surnames == 1 and givens == 2 and self.words.get("p" + text[start + 1 : stop], 0) < r.SURE_PAIR:
                    total += r.GLUED_TITLE
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
            behind, flag = evidence.behind(self.words, text, end, surnames == 0)
            total, flags = total + behind, flags | flag
        cue = evidence.cue(self.words, text, start)
        if cue:
            total, flags = total + cue, flags | (r.F_CUE if cue > r.LABEL else 0)
        if kind == r.COPULA and text[end - 2 : end] == "라는" and text[end : end + 3] == " 이름":
            total += r.NAMED
        if kind in (0, r.PARTICLE, r.PERSON_PARTICLE):
            verb = evidence.verb(self.words, text, end)
            if surnames and kind in (0, r.PARTICLE):
                is_owner = kind == 0 or (end == stop + 1 and text[stop] == "의")
                verb = max(verb, evidence.near(self.words, text, end) if is_owner else 0)
            if verb:
                total, flags = total + verb, flags | r.F_VERB
        level = self._lexicon(text, start, stop, end, surnames, givens)
        if level == r.GIVEN_LEXICON[2] and surnames == 0:
            if kind == r.VOCATIVE and end == stop + 1 and text[stop] == "아":  # 하늘아
                level = r.GIVEN_LEXICON[1]
            elif flags & r.F_HONORIFIC:
                level = r.GIVEN_ADDRESSED
        if surnames == 0 and not self._stands_alone(base, kind, flags, level):
            return None
        if surnames == 0 and level and kind in (r.HONORIFIC, r.KIN) and weight <= r.WEAK_TITLE:
            return None
        if level == r.LEXICON[1] and surnames and kind in (0, r.PARTICLE, r.HONORIFIC) and flags & r.F_ADDRESSED:
            level = r.LEXICON_ADDRESSED
        elif level and surnames and givens == 2 and kind == 0:
            is_closed = text[end : end + 1] != " " and "x" + text[start:stop] not in self.words
            if cue >= r.NAMING_CUE and is_closed:
                level = 0
            elif level == r.LEXICON[2] and cue >= r.LABELLED:
                level = r.LEXICON_LABELLED
        if level:
            total, flags = total + level, flags | r.F_LEXICON
        if start > 0 and text[start - 1] in r.DIGITS:
            total += r.AFTER_DIGIT
        if surnames == 1 and givens == 1:
            total += self._short(kind, flags, level, cue == r.LABEL)
        if surnames and givens >= 2:
            if not level and (cue >= r.FIRM_CUE or flags & (r.F_ADDRESSED & ~r.F_CUE)):
                total += r.CLEAN
            if surnames == 1 and givens == 2:
                total += self._misread(text, start, kind, end)
            elif surnames == 2 and not kind and self._ends_in_particle(text, stop, r.GIVEN_LEAST):
                total += r.PARTICLE_LIKE_DOUBLE
        if kind == 0 and flag == 0 and surnames:
            later, flag = evidence.aside(self.words, text, end)
            total, flags = total + later, flags | flag
        if surnames == 0:
            flags |= r.F_GIVEN_ONLY
        if kind == 0 and not flags & ~r.F_LEXICON:
            opens = r.opens_cell(text, start)
            speaks = opens and r.closes_speaker(text, end)
            alone = speaks or (opens and r.closes_cell(text, end))
            bare = r.ENCLOSED if r.is_enclosed(text, start, end) and not level else r.BARE if surnames < 2 else 0
            total += r.SPEAKER if speaks else r.LINE if alone else bare
            if speaks and surnames + givens == 2 and surnames and not level:
                total += r.SHORT_SURE
            flags |= r.F_LINE if alone else 0
        found = Candidate(start, stop, end, total, flags)
        if kind in (0, r.PARTICLE):
            self._list(text, found, base, level, surnames + givens)
        return found

    def _list(self, text: str, found: Candidate, base: int, level: int, letters: int) -> None:
        """Says whether a candidate may stand in a list, and whether its place in one of names makes it one."""
        touches = touches_list(text, found.start, found.end)
        word = self.words.get("x" + text[found.start : found.stop], 0)
        if touches and letters > 2 and not word and base >= r.LIFT_BASE:
            found.listable, found.is_liftable = base + level, True
        elif base + level >= (r.LIST_WEAK if touches else r.LIST_BASE):
            found.listable = base + level

    @staticmethod
    def _short(kind: int, flags: int, level: int, is_labelled: bool) -> int:
        """What a surname and one letter gain by a context that only persons have."""
        if flags & r.F_SURE_CONTEXT:
            return r.TITLED_SHORT if level else r.SHORT_SURE
        is_said = kind == r.PERSON_PARTICLE or flags & r.F_VERB or (is_labelled and kind == 0)
        return r.SHORT_SAID if is_said and not level else 0

    @staticmethod
    def _stands_alone(base: int, kind: int, flags: int, level: int) -> bool:
        """Whether the context carries a given name without a surname."""
        if base < r.GIVEN_LEAST + r.GIVEN_ONLY and not flags & (r.F_HONORIFIC | r.F_TITLE):
            return False
        if kind == r.PERSON_PARTICLE or flags & (r.F_HONORIFIC | r.F_TITLE | r.F_VOCATIVE):
            return True
        return kind in (r.PARTICLE, r.COPULA) and level == 0 and bool(flags & (r.F_CUE | r.F_VERB))

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
        return r.PARTICLE_LIKE if self._ends_in_particle(text, start + 3, r.SURE_PAIR) else 0

    def _ends_in_particle(self, text: str, stop: int, least: int) -> bool:
        """Whether the last letter may be a particle of the one before: the two are no given name of such a weight."""
        particle = self.words.get("t" + text[stop - 1], 0)
        agrees = particle & 15 == r.PARTICLE and r.agrees(text[stop - 2], particle >> 4 & 7)
        return agrees and self.words.get("p" + text[stop - 2 : stop], 0) < least

    def _lexicon(self, text: str, start: int, stop: int, end: int, surnames: int, givens: int) -> int:
        """What the exclusion lexicon takes: the stem or the whole run is a word, or the stem is word and suffix."""
        level = self.words.get("x" + text[start:stop], 0)
        if end > stop and end - start <= r.MAX_WORD:
            level = max(level, self.words.get("x" + text[start:end], 0))
        if 0 < end - stop <= 2 and self.words.get("x" + text[stop - 1 : end], 0) == 2:
            kind = self.words.get("t" + text[stop:end], 0) & 15
            level = 2 if kind == r.PLACE else level  # 무성영+화
        if surnames == 0:
            whole = self.words.get("x" + text[start : stop + 1], 0) if end > stop else 0  # 하나님을
            return r.GIVEN_LEXICON[max(level, whole)]
        if surnames == 1 and givens == 2 and end > stop and self._is_compound(text, start, end):
            level = max(level, 2)
        loss = r.LEXICON[level]
        if level < 2 and surnames + givens == 3:
            last = self.words.get("t" + text[stop - 1], 0)
            is_particle = last & 15 in (r.PARTICLE, r.COPULA, r.SIGNATURE) and r.agrees(text[stop - 2], last >> 4 & 7)
            is_verbal = "h" + text[stop - 1] in self.words
            if is_particle or is_verbal or "d" + text[stop - 1] in self.words:
                inner = self.words.get("x" + text[start : stop - 1], 0)
                loss = min(loss, (r.VERBAL if is_verbal else r.PARTED if is_particle else r.SPLIT)[inner])
        return loss

    def _is_compound(self, text: str, start: int, end: int) -> bool:
        """Whether a run of four to six syllables is two words: 한국철도, 연대보증인; not 박호동이: 호동 is a name."""
        if end - start > r.MAX_COMPOUND or self.words.get("x" + text[start : start + 2], 0) == 0:
            return False
        rest = text[start + 2 : end]
        if end - start == 4:
            return "y" + rest in self.words and self.words.get("p" + text[start + 1 : start + 3], 0) < r.SURE_PAIR
        return "y" + rest in self.words or self.words.get("x" + rest, 0) > 0

"""Plants duplicates of known exact similarity: families of documents made from one by edits that still read well.

| kind | what it is |
|---|---|
| exact | the same text under another key |
| normalized | the same text in Unicode NFD: exact once refine has made it NFC |
| near | a few edits within one source, Jaccard .80 to .97 |
| reprint | a press release carried by a newspaper: near, across sources |
| below | more edits, Jaccard .55 to .78: alike to a reader, and must not be dropped |
| chain | each link is at least .80 like the one before, the ends are not alike: transitive closure would eat it |

Jaccard is over the set of 5-code-point windows of the text as written; refine leaves the texts here alone (NFC,
single spaces, no control characters), and they hold no Art. 24 identifier, so it is also the Jaccard of dedup's input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from damjang.demo.dice import Dice
from damjang.demo.frames import Piece
from damjang.demo.text import Document, jaccard, overlap, windows

THRESHOLD = 0.8
_TARGETS = (0.97, 0.95, 0.93, 0.90, 0.88, 0.86, 0.84, 0.82)
_LINK_TARGETS = (0.90, 0.88, 0.86)
_BELOW = (0.77, 0.72, 0.66, 0.60)
_LINKS = {  # what an editor puts in front of a sentence; statutes have no such words
    "forum": ("또 ", "그리고 ", "참고로 ", "아무튼 ", "사실 "),
    "press": ("또한 ", "아울러 ", "이와 함께 ", "더불어 ", "한편 "),
    "news": ("또 ", "한편 ", "이와 관련해 ", "실제로 ", "특히 "),
    "statutes": (),
}
_LINKED = (
    *(link for links in _LINKS.values() for link in links),
    *("다만", "근데", "그래도", "대신", "반면", "무엇보다", "이 ", "이날"),
)
_NUMBER = re.compile(r"(?<![\d.])\d{2,}(?![\d년월일시조항호:.])(?! ?\.)")  # no dates, times or article numbers
MIN_CHARS = 160


@dataclass(frozen=True, slots=True)
class Family:
    """Documents made from `members[0]`; neighbours in a chain are neighbours in the list."""

    kind: str
    members: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members with the exact size of the intersection and union of their window sets."""

    kind: str
    a: Document
    b: Document
    shared: int
    union: int

    @property
    def jaccard(self) -> float:
        """shared / union."""
        return self.shared / self.union


def copy_of(document: Document, source_id: str | None = None) -> Document:
    """A document with the same pieces, without key."""
    return Document(
        source_id or document.source_id, [list(p) for p in document.paragraphs], dict(document.fields), document.gap,
        tags={"duplicate"},
    )  # fmt: skip


def edited(document: Document, dice: Dice, target: float, donors: Sequence[Piece]) -> Document:
    """A copy edited until its Jaccard with `document` is at most `target` (and above 0); large edits first."""
    base = windows(document.text())
    copy = copy_of(document)
    similar = 1.0
    for _ in range(40):
        if similar - target > 0.12:
            _large_edit(copy, dice, donors)
        wanted = max(
            1, int((similar - target) * len(base) / 14)
        )  # a small edit costs about seven windows on either side
        done = 0
        for _ in range(6 * wanted):
            done += _small_edit(copy, dice)
            if done == wanted:
                break
        if not done:  # a short text has little to change
            _large_edit(copy, dice, donors)
        copy._text = None
        shared, union = overlap(base, windows(copy.text()))
        similar = shared / union
        if similar <= target:
            break
    return copy


def _small_edit(document: Document, dice: Dice) -> bool:
    """Another number, or a connective in front of a sentence; False where the drawn sentence has neither."""
    row = dice.pick([p for p in document.paragraphs if p])
    column = dice.below(len(row))
    piece = row[column]
    if piece.spans:
        return False
    numbers = list(_NUMBER.finditer(piece.text))
    if numbers and dice.chance(0.7):
        hit = dice.pick(numbers)
        row[column] = Piece(piece.text[: hit.start()] + _other_number(hit[0], dice) + piece.text[hit.end() :])
        return True
    links = _LINKS[document.source_id]
    if not links or not _is_sentence(piece) or piece.text.startswith(_LINKED) or row is document.paragraphs[0]:
        return False
    row[column] = Piece(dice.pick(links) + piece.text)
    return True


def _is_sentence(piece: Piece) -> bool:
    """Not a title, a heading or a licence line."""
    return len(piece.text) > 20 and piece.text.endswith(".") and not piece.spans


def _large_edit(document: Document, dice: Dice, donors: Sequence[Piece]) -> None:
    """A sentence less, one more, or another one."""
    places = [(row, at) for row in document.paragraphs for at, piece in enumerate(row) if _is_sentence(piece)]
    if not places:
        document.paragraphs[-1].append(dice.pick(donors))
        return
    row, column = dice.pick(places)
    form = dice.below(3)
    if form == 0 and len(row) > 1:
        del row[column]
    elif form == 1:
        row.insert(column + 1, dice.pick(donors))
    else:
        row[column] = dice.pick(donors)


def _other_number(digits: str, dice: Dice) -> str:
    """Another number of as many digits, with the same last digit, so that the particle behind it still agrees."""
    return str(dice.between(1, 9)) + (dice.digits(len(digits) - 2) if len(digits) > 2 else "") + digits[-1]


def plant(
    seed: int, bases: Mapping[str, Sequence[Document]], budgets: Mapping[str, int]
) -> tuple[dict[str, list[Document]], list[Family]]:
    """`budgets[source]` new documents for each source, and the families that they make with documents of `bases`.

    Each base is used once. Documents with an Art. 24 identifier, a child's signal or under MIN_CHARS are left alone.
    """
    made: dict[str, list[Document]] = {source: [] for source in budgets}
    families: list[Family] = []
    pools = {source: [d for d in documents if _usable(d)] for source, documents in bases.items()}
    donors = {
        source: [p for d in pool[-60:] for _, _, p in d.pieces() if _is_sentence(p)] for source, pool in pools.items()
    }
    for source, budget in budgets.items():
        dice = Dice(seed, "duplicates", source)
        dice.shuffle(pools[source])
        order = 0
        if source == "forum" and budget > 40:
            families.append(_exact(pools[source].pop(), min(60, budget // 5)))
            made[source] += families[-1].members[1:]
        while len(made[source]) < budget and pools[source]:
            room = budget - len(made[source])
            kind = _ORDER[order % len(_ORDER)]
            order += 1
            if kind == "reprint" and (source != "news" or not pools.get("press")):
                kind = "near"
            if kind == "chain" and room < 5:
                kind = "near"
            if kind == "normalized" and source not in ("forum", "statutes"):
                kind = "exact"
            pool = pools["press" if kind == "reprint" else source]
            base = pool.pop()
            while kind == "normalized" and base.spans() and pool:  # NFD would move the spans of a text that has some
                base = pool.pop()
            family = _family(kind, base, dice, donors["press" if kind == "reprint" else source], room, source)
            families.append(family)
            made[source] += family.members[1:]
    return made, families


_ORDER = (
    *("near", "normalized", "reprint", "below", "exact", "chain", "near"),
    *("near", "exact", "reprint", "near", "below", "near", "exact"),
)


def _usable(document: Document) -> bool:
    return (
        not document.tags & {"unique_id", "child_author", "child_mention", "foreign", "short"}
        and len(document.text()) >= MIN_CHARS
    )


def _exact(base: Document, copies: int) -> Family:
    base.tags.add("duplicate")
    return Family("exact", (base, *(copy_of(base) for _ in range(copies))))


def _family(kind: str, base: Document, dice: Dice, donors: Sequence[Piece], room: int, source: str) -> Family:
    base.tags.add("duplicate")
    if kind == "exact":
        return _exact(base, min(room, dice.pick((1, 1, 1, 2, 3))))
    if kind == "normalized":
        copy = copy_of(base)
        copy.tags.add("nfd")
        return Family(kind, (base, copy))
    if kind == "chain":
        return Family(kind, tuple(_chain(base, dice, donors, room)))
    if kind == "below":
        copy = edited(base, dice, dice.pick(_BELOW), donors)
        return Family("below" if jaccard(base.text(), copy.text()) < THRESHOLD else "near", (base, copy))
    count = min(room, dice.pick((1, 1, 2, 3)))
    members = [base]
    for _ in range(count):
        copy = _alike(base, dice, _TARGETS, donors)
        if kind == "reprint":
            copy = _as_news(copy, base)
        members.append(copy)
    return Family(kind, tuple(members))


def _alike(document: Document, dice: Dice, targets: Sequence[float], donors: Sequence[Piece]) -> Document:
    """An edited copy that is not below the threshold; an edit may overshoot, then it is tried again."""
    base = windows(document.text())
    for _ in range(12):
        copy = edited(document, dice, dice.pick(targets), donors)
        shared, union = overlap(base, windows(copy.text()))
        if shared / union >= THRESHOLD:
            return copy
    return copy_of(document)


def _chain(base: Document, dice: Dice, donors: Sequence[Piece], room: int) -> list[Document]:
    """Links until the ends are clearly unlike, at most eight."""
    links = [base]
    first = windows(base.text())
    while len(links) < min(9, room + 1):
        link = _alike(links[-1], dice, _LINK_TARGETS, donors)
        links.append(link)
        shared, union = overlap(first, windows(link.text()))
        if shared / union < 0.6:
            break
    return links


def _as_news(document: Document, base: Document) -> Document:
    """A press release as a newspaper prints it."""
    document.source_id = "news"
    document.fields = {
        "title": base.fields["title"],
        "press": "가온경제",
        "published": base.fields["date"],
        "section": "보도자료",
    }
    return document


def pairs(families: Sequence[Family]) -> list[Pair]:
    """Every pair of every family with its exact Jaccard; of a large exact family, the pairs with its first member."""
    found = []
    for family in families:
        sets = [windows(member.text()) for member in family.members]
        for i, a in enumerate(family.members):
            if family.kind == "exact" and i > 0 and len(family.members) > 8:
                break
            for j in range(i + 1, len(family.members)):
                found.append(Pair(family.kind, a, family.members[j], *overlap(sets[i], sets[j])))
    return found

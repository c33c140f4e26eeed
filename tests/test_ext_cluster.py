"""ext.cluster: the rule of design.md against a naive oracle, and what must hold whatever the oracle says."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from ext import bands, cluster, contenthash, jaccard_py, minhash, survivors, survivors_py, unionfind
from ext.cluster import EXACT, KEPT, NEAR, Settings
from ext.errors import InputError, OptionError

LETTERS = "가나다라마바사아자차카타파하 거너더러머버서어"
SETTINGS = Settings()


def similarity(a: str, b: str) -> int:
    inter, union = jaccard_py.pairs([a, b], [0], [1])
    return int(jaccard_py.ppm(inter, union)[0])


def oracle(texts: list[str], order: list[int], settings: Settings) -> tuple[list[int], list[int], int]:
    """(survivor, millionths, unresolved) by the rule read aloud: dictionaries, sets, and no kernel but signatures."""
    rank = {row: r for r, row in enumerate(order)}
    own = {}  # text -> its least row
    for row in order:
        own.setdefault(texts[row], row)
    distinct = [row for row in order if texts[row] and own[texts[row]] == row]
    sig = minhash.signatures(texts, num_perm=settings.bands * settings.rows, seed=settings.seed)
    edges: dict[tuple[int, int], int] = {}
    waiting: set[int] = set()
    for b in range(settings.bands):
        buckets = defaultdict(list)
        for row in distinct:
            buckets[sig[row, b * settings.rows : (b + 1) * settings.rows].tobytes()].append(row)
        for rows in buckets.values():
            for _ in range(settings.rounds):
                if len(rows) > 1:
                    near = {m: similarity(texts[rows[0]], texts[m]) for m in rows[1:]}
                    edges |= {(rows[0], m): s for m, s in near.items() if s >= settings.threshold_ppm}
                    rows = [m for m, s in near.items() if s < settings.threshold_ppm]
            if len(rows) > 1:
                waiting |= set(rows)
    survivor = {row: row for row in distinct}
    ppm = dict.fromkeys(distinct, 1_000_000)
    for row in distinct:
        found = [a for a, b in edges if b == row and survivor[a] == a]
        if found:
            survivor[row] = min(found, key=rank.__getitem__)
            ppm[row] = edges[survivor[row], row]
    rows = range(len(texts))
    home = [own[texts[r]] if texts[r] else r for r in rows]
    return [survivor.get(h, h) for h in home], [ppm.get(h, 1_000_000) for h in home], len(waiting)


def corpus(rng: random.Random, families: int) -> list[str]:
    """Originals, edits of every strength, exact copies, drifting chains, brief and empty texts."""
    texts = ["", "가", "가", "나", ""]
    for _ in range(families):
        base = "".join(rng.choices(LETTERS, k=rng.choice([3, 8, 30, 80, 200])))
        texts.append(base)
        for _ in range(rng.randrange(4)):
            texts.append(edit(rng, base, rng.choice([0, 1, 1, 2, 5])))
        if rng.random() < 0.3:
            for _ in range(6):
                base = edit(rng, base, 1)
                texts.append(base)
    rng.shuffle(texts)
    return texts


def edit(rng: random.Random, text: str, edits: int) -> str:
    points = list(text)
    for _ in range(edits):
        at = rng.randrange(max(1, len(points)))
        points[at : at + rng.randrange(3)] = rng.choices(LETTERS, k=rng.randrange(1, 4))
    return "".join(points)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "settings",
    [SETTINGS, Settings(bands=12, rows=1, rounds=1), Settings(bands=6, rows=1, rounds=3, threshold_ppm=500_000)],
)
def test_cluster_follows_the_rule(seed: int, settings: Settings) -> None:
    """Bands of one row make many false candidates, hot buckets and unfinished rounds."""
    rng = random.Random(seed)
    texts = corpus(rng, 14)
    order = list(range(len(texts)))
    rng.shuffle(order)
    found = cluster.cluster(texts, order, settings)
    survivor, ppm, unresolved = oracle(texts, order, settings)
    assert found.survivor.tolist() == survivor
    assert found.jaccard_ppm.tolist() == ppm
    assert found.counts.unresolved == unresolved


@pytest.mark.parametrize("seed", range(8))
def test_every_drop_recomputes_and_every_survivor_is_kept(seed: int) -> None:
    texts = corpus(random.Random(100 + seed), 60)
    found = cluster.cluster(texts)
    for row, (survivor, ppm, kind) in enumerate(zip(found.survivor, found.jaccard_ppm, found.kind, strict=True)):
        assert found.survivor[survivor] == survivor
        assert found.kind[survivor] == KEPT
        if kind == KEPT:
            assert survivor == row
            continue
        assert survivor < row
        assert similarity(texts[row], texts[survivor]) == ppm >= SETTINGS.threshold_ppm
        assert (kind == EXACT) == (texts[row] == texts[survivor])
        assert texts[row]
    counts = found.counts
    assert counts.documents == len(texts) == counts.kept + counts.exact + counts.near
    assert (counts.exact, counts.near) == ((found.kind == EXACT).sum(), (found.kind == NEAR).sum())
    assert counts.empty == texts.count("")


def test_the_answer_does_not_depend_on_the_order_of_rows_or_their_storage() -> None:
    rng = random.Random(7)
    texts = corpus(rng, 80)
    order = list(range(len(texts)))
    rng.shuffle(order)
    first = cluster.cluster(texts, order)
    for _ in range(4):
        moved = list(range(len(texts)))  # new row -> old row
        rng.shuffle(moved)
        place = {old: new for new, old in enumerate(moved)}
        again = cluster.cluster(pa.array([texts[old] for old in moved]), [place[old] for old in order])
        assert [moved[s] for s in again.survivor[[place[i] for i in range(len(texts))]]] == first.survivor.tolist()
        assert again.counts == first.counts


def by_pieces(texts: list[str], units: int, ranges: int, settings: Settings) -> tuple[dict[int, tuple[int, int]], int]:
    """What a Beam stage does with the pieces: units of rows, hash ranges, rounds with a barrier, components."""
    digests = contenthash.keyed(texts, contenthash.KEY)
    empty = np.array([not t for t in texts])
    least, member = cluster.exact_groups(digests)
    dropped = {int(m): (int(p), 1_000_000) for p, m in zip(least, member, strict=True) if not empty[m]}
    docs = np.array([i for i in range(len(texts)) if i not in dropped])
    entries = [[] for _ in range(ranges)]  # type: ignore[var-annotated]
    for unit in np.array_split(docs, units):
        hashes, ids = cluster.band_entries([texts[i] for i in unit], unit, settings)
        cut = np.searchsorted(hashes, np.array([i * 2**64 // ranges for i in range(1, ranges)], dtype=np.uint64))
        for part, h, d in zip(entries, np.split(hashes, cut), np.split(ids, cut), strict=True):
            part.append((h, d))
    state = [bands.sort_entries(*(np.concatenate(x) for x in zip(*part, strict=True))) for part in entries]
    verified: dict[tuple[int, int], int] = {}
    for _ in range(settings.rounds):
        for number, (hashes, ids) in enumerate(state):
            pivot, other, at = cluster.bucket_pairs(hashes, ids)
            pairs = sorted(set(zip(pivot.tolist(), other.tolist(), strict=True)) - verified.keys())
            if pairs:
                left, right = zip(*pairs, strict=True)
                verified |= dict(zip(pairs, cluster.verify(texts, left, right, settings).tolist(), strict=True))
            matched = np.array([verified[p, o] > 0 for p, o in zip(pivot, other, strict=True)], dtype=bool)
            state[number] = cluster.next_entries(hashes, ids, at, matched)
    waiting = set()
    for hashes, ids in state:
        pivot, other, _ = cluster.bucket_pairs(hashes, ids)
        waiting |= {*pivot.tolist(), *other.tolist()}
    edges = [(a, b, s) for (a, b), s in verified.items() if s]
    if edges:
        a, b, s = (np.array(x) for x in zip(*edges, strict=True))
        ids, component = unionfind.components(a, b)
        of_edge = component[np.searchsorted(ids, a.astype(np.uint64))]
        for c in set(of_edge.tolist()):
            one = of_edge == c
            found = cluster.walk(a[one], b[one], s[one])
            dropped |= {int(d): (int(v), int(j)) for d, v, j in zip(*found, strict=True)}
    for p, m in zip(least.tolist(), member.tolist(), strict=True):
        if p in dropped and m in dropped:
            dropped[m] = dropped[p]
    return dropped, len(waiting)


@pytest.mark.parametrize(("units", "ranges"), [(1, 1), (5, 3), (17, 16)])
@pytest.mark.parametrize("settings", [SETTINGS, Settings(bands=6, rows=1, rounds=2)])
def test_the_pieces_give_what_one_call_gives_under_any_partition(units: int, ranges: int, settings: Settings) -> None:
    texts = corpus(random.Random(3), 60)
    whole = cluster.cluster(texts, settings=settings)
    dropped, waiting = by_pieces(texts, units, ranges, settings)
    rows = np.flatnonzero(whole.kind != KEPT)
    assert dropped == {int(r): (int(whole.survivor[r]), int(whole.jaccard_ppm[r])) for r in rows}
    assert waiting == whole.counts.unresolved


def test_thousands_of_small_graphs() -> None:
    """The kernel's walk is the naive one, drops no document without an edge to its survivor, keeps no edge whole."""
    rng = random.Random(5)
    for _ in range(3000):
        count = rng.randrange(1, 9)
        edges = [(a, b) for a in range(count) for b in range(a) if rng.random() < rng.choice([0.1, 0.3, 0.6])]
        rng.shuffle(edges)
        left, right = [e[0] for e in edges], [e[1] for e in edges]
        survivor, edge = (x.tolist() for x in survivors.greedy(count, left, right))
        naive = [x.tolist() for x in survivors_py.greedy(count, left, right)]
        assert [survivor, edge] == naive
        assert all({d, s} == set(edges[e]) for d, (s, e) in enumerate(zip(survivor, edge, strict=True)) if e >= 0)
        assert all(survivor[survivor[d]] == survivor[d] for d in range(count))
        assert not any(survivor[a] == a and survivor[b] == b for a, b in edges)


def test_drifting_chains_drop_no_unlike_document_and_keep_few_pairs_whole() -> None:
    """Transitive closure would drop whole chains for their first link; recall counts pairs with J >= .8 not both kept."""
    rng = random.Random(11)
    texts = []
    for _ in range(60):
        link = "".join(rng.choices(LETTERS, k=250))
        for _ in range(15):
            texts.append(link)
            link = edit(rng, link, rng.choice([1, 2, 5]))
    rng.shuffle(texts)
    found = cluster.cluster(texts)
    sets = [jaccard_py.windows(t) for t in texts]
    true = missed = 0
    inverted = defaultdict(set)
    for row, windows in enumerate(sets):
        others = {o for w in windows for o in inverted[w]}
        for other in others:
            common = len(windows & sets[other])
            if common * 5 >= 4 * len(windows | sets[other]):
                true += 1
                missed += found.kind[row] == KEPT and found.kind[other] == KEPT
        for w in windows:
            inverted[w].add(row)
    assert true > 1000
    assert missed <= 0.01 * true
    assert found.counts.kept > 60 * 2  # the chains drifted


def test_a_hundred_percent_duplicates() -> None:
    found = cluster.cluster(["같은 글이 백 번 나온다."] * 5000)
    assert found.counts.kept == 1
    assert found.counts.exact == 4999
    assert (found.survivor == 0).all()
    assert found.counts.candidates == 0


def test_a_hot_bucket_is_linear_in_comparisons() -> None:
    """A thousand near-copies share their buckets: one comparison each, not half a million."""
    rng = random.Random(2)
    base = "".join(rng.choices(LETTERS, k=2000))
    texts = [base + "끝" + chr(0x4E00 + i) for i in range(1000)]
    found = cluster.cluster(texts)
    assert found.counts.kept == 1
    assert found.counts.candidates == 999


def test_empty_null_and_brief_texts() -> None:
    found = cluster.cluster(pa.array(["", None, "가", "가", "나", "", "😀", "😀"]))
    assert found.survivor.tolist() == [0, 1, 2, 2, 4, 5, 6, 6]
    assert found.kind.tolist() == [KEPT, KEPT, KEPT, EXACT, KEPT, KEPT, KEPT, EXACT]
    assert found.counts.empty == 3


def test_one_character_texts_are_one_window_whatever_their_length() -> None:
    """Sets, not bags: ㅋ five times and ㅋ fifty times are the same set of windows, so near, not exact, duplicates."""
    found = cluster.cluster(["ㅋ" * 5, "ㅋ" * 50, "ㅋ" * 50, "ㅋ" * 4])
    assert found.survivor.tolist() == [0, 0, 0, 3]
    assert found.kind.tolist() == [KEPT, NEAR, NEAR, KEPT]


def test_surrogates_and_texts_beyond_the_bmp() -> None:
    rng = random.Random(9)
    base = "".join(rng.choices("가나다라😀漢𠀀\ud800마바사", k=300))
    found = cluster.cluster([base, base + "!", base + "\udfff", base.replace("\ud800", "")])
    assert found.survivor.tolist()[:3] == [0, 0, 0]
    assert found.kind.tolist()[:3] == [KEPT, NEAR, NEAR]


def test_no_texts() -> None:
    found = cluster.cluster([])
    assert found.survivor.tolist() == []
    assert found.counts.documents == 0


def test_bad_orders_and_settings_are_named() -> None:
    for order in ([0], [0, 0], [1, 2], [[0, 1]]):
        with pytest.raises(InputError):
            cluster.cluster(["a", "b"], order)
    for wrong in ({"threshold_ppm": 0}, {"threshold_ppm": 1_000_001}, {"rounds": 0}, {"bands": 0}):
        with pytest.raises(OptionError):
            replace(SETTINGS, **wrong)

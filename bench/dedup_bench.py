"""Dedup beside its peers and its limits: one process, one core, the same shingles, the same run, one table.

    python -m bench.dedup_bench                           generated Korean-like text
    python -m bench.dedup_bench --text FILE --column text   real text, twice: whole documents and 100-byte pieces
    python -m bench.dedup_bench --growth 100000 1600000   also time and memory a document as they grow (minutes, 2 GB)

Times are CPU seconds of this process, the best of several passes, so that a neighbour on the machine costs us and the
peers alike as little as possible. MB is 10**6 bytes of UTF-8.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# Before numpy and the peers are imported: their thread pools read these once.
for _threads in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402

from bench import dedup_limits, dedup_peers  # noqa: E402
from bench.dedup_corpus import Generator, exact_truth, megabytes, quality, read_texts  # noqa: E402
from bench.table import head, row, section  # noqa: E402
from ext import bands, cluster, contenthash, minhash  # noqa: E402
from ext.textviews import simd_levels, views_of  # noqa: E402

PASSES = 7


def seconds(work: Callable[[], object], passes: int = PASSES) -> float:
    """CPU seconds of the best pass."""
    best = float("inf")
    for _ in range(passes):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def rate(texts: list[str], spent: float) -> str:
    """MB/s and documents/s."""
    return f"{megabytes(texts) / spent:,.0f} MB/s {len(texts) / spent / 1000:>6,.0f}k/s"


def signatures(title: str, texts: list[str], peers: list[dedup_peers.Peer]) -> None:
    """Ours on every level and storage, the C loops, the peers."""
    each = megabytes(texts) * 1e6 / len(texts)
    section(f"signatures, k=128: {title}, {len(texts):,} documents of {each:,.0f} bytes")
    arrow = pa.array(texts)
    ours = seconds(lambda: minhash.signatures(texts))
    for stored, given in (("list of str", texts), ("Arrow", arrow)):
        for level in reversed(simd_levels()):
            spent = seconds(partial(minhash.signatures, given, simd=level))
            row(f"ours, {stored}, {level}", rate(texts, spent))
    for name, binning in (("hash and bins", True), ("hash alone", False)):
        loop = dedup_limits.arithmetic_loop(texts, binning=binning)
        if loop:
            spent = seconds(loop)
            row(
                f"limit: bare C loop, {name}, -march=native", rate(texts, spent), f"ours reach {spent / ours:.0%} of it"
            )
    best = None
    for peer in peers:
        some = texts[:: peer.sample]
        spent = seconds(lambda peer=peer, some=some: peer.signatures(some), 3 if peer.sample == 1 else 1)  # type: ignore[misc]
        per_byte = spent / megabytes(some)
        best = min(best or per_byte, per_byte)
        row(peer.name, rate(some, spent), f"ours is {per_byte / (ours / megabytes(texts)):,.1f} times as fast")
    if best:
        row("ours beside the best peer", f"{best / (ours / megabytes(texts)):,.1f} times")


def end_to_end(title: str, texts: list[str], peers: list[dedup_peers.Peer], truth_rows: int) -> None:
    """Text in memory to verified survivors, with recall and precision against an exhaustive join of the first rows."""
    some = texts[:truth_rows]
    truth = exact_truth(some)
    size = f"{len(texts):,} documents, {megabytes(texts):,.0f} MB"
    section(f"text to verified survivors, 32 bands of 4, J >= .8: {title}, {size}")
    row("truth: exhaustive join of the first documents", f"{len(some):,}", f"{len(truth.left):,} pairs")
    ours = seconds(lambda: cluster.cluster(texts), 4)
    found = cluster.cluster(texts).counts
    recall, precision = quality(truth, cluster.cluster(some).kind == cluster.KEPT)
    row("ours, list of str", rate(texts, ours), f"recall {recall:.4f}, precision {precision:.4f}")
    arrow = pa.array(texts)
    row("ours, Arrow", rate(texts, seconds(lambda: cluster.cluster(arrow), 3)))
    row("  pairs compared / verified / unresolved", f"{found.candidates:,} / {found.verified:,} / {found.unresolved:,}")
    views, settings = views_of(texts), cluster.Settings()
    parts = {
        "hashes for exact duplicates": seconds(lambda: contenthash.outline(views), 3),
        "signatures and band hashes": seconds(lambda: cluster.band_table(views, settings), 3),
    }
    table = cluster.band_table(views, settings)
    parts["buckets"] = seconds(lambda: bands.groups(table), 3)
    parts["rounds, exact Jaccard, walk (the rest)"] = max(0.0, ours - sum(parts.values()))
    for name, spent in parts.items():
        row(f"  of which {name}", f"{spent / ours:.0%}")
    for peer in peers:
        if peer.flags is None:
            continue
        flags = peer.flags
        spent = seconds(lambda flags=flags: flags(texts), 3 if peer.sample == 1 else 1)  # type: ignore[misc]
        theirs = quality(truth, flags(some))
        row(
            f"{peer.name}, its own bands, no check" if peer.own_end else f"{peer.name} + numpy bands + own estimate",
            rate(texts, spent),
            f"recall {theirs[0]:.4f}, precision {theirs[1]:.4f}; ours is {spent / ours:,.1f} times as fast",
        )


def hot() -> None:
    """One band hash shared by all documents: comparisons and time per document must not grow."""
    section("hot buckets: near-copies that share their bands")
    base = Generator(4).text(300)
    for count in (10_000, 100_000, 1_000_000):
        texts = [f"{base}{chr(0xAC00 + i % 11_000)}{i}" for i in range(count)]
        start = time.process_time()
        found = cluster.cluster(texts).counts
        spent = time.process_time() - start
        row(
            f"{count:,} documents, {found.candidates:,} compared",
            f"{spent / count * 1e6:,.2f} us a document",
            f"{found.candidates / count:.2f} pairs a document",
        )


SHELF = 100_000


def growth(sizes: tuple[int, ...]) -> None:
    """Time and memory per document; on two kinds of corpus. Each pass is the first of a process of its own, the better of
    two: a second pass in one process finds its memory mapped at 100,000 documents and not at 1,600,000."""
    kinds = {
        "shelves": "every 100,000 with words of their own, texts in memory as a reader leaves them",
        "scattered": "one vocabulary, so look-alikes grow denser, and texts scattered over the heap",
    }
    for kind, meaning in kinds.items():
        section(f"growth: generated documents of about 300 bytes, a tenth edited copies; {meaning}")
        first = None
        for size in sizes:
            command = [sys.executable, "-c", f"from bench.dedup_bench import one_size; one_size({size}, {kind!r})"]
            passes = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)]
            spent, memory, compared = min(tuple(float(x) for x in out.split()) for out in passes)
            first = first or spent / size
            row(
                f"{size:,} documents",
                f"{spent / size * 1e6:,.2f} us a document",
                f"{spent / size / first:.2f} of the first; {memory:,.0f} bytes of memory a document beyond its text, "
                f"{compared:.3f} pairs a document",
            )


def one_size(size: int, kind: str) -> None:
    """For growth(): print CPU seconds, bytes a document and pairs a document."""
    texts: list[str] = []
    shelf = SHELF if kind == "shelves" else size
    for start in range(0, size, shelf):
        made = Generator(6 + start)
        own: list[str] = []
        # Every original is new: a pool of repeated beginnings would make look-alikes denser as the corpus grows.
        for count in range(1, min(shelf, size - start) * 9 // 10 + 1):
            own += made.texts(1, 110)
            texts.append(own[-1])
            if count % 9 == 0:
                texts.append(made.edited(own[made.rng.randrange(count)], 0.01))
    if kind == "scattered":
        made.rng.shuffle(texts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cluster.cluster(texts[:1000])  # imports and tables
    started = time.process_time()
    counts = cluster.cluster(texts).counts
    spent = time.process_time() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(spent, (after - before) * 1024 / size, counts.candidates / size)


def main(argv: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.dedup_bench", description=__doc__)
    parser.add_argument("--text", type=Path, help="a file of real text (JSONL, Parquet, CSV)")
    parser.add_argument("--column", default="text")
    parser.add_argument("--mb", type=float, default=24, help="how much text to generate or to take (default 24 MB)")
    parser.add_argument("--truth", type=int, default=6000, help="documents in the exhaustive join")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--growth", type=int, nargs="*", help="numbers of documents, the first is the measure")
    options = parser.parse_args(argv)
    peers, missing = ([], []) if options.no_peers else dedup_peers.installed()
    made = Generator(1)
    if options.text:
        real = read_texts(options.text, options.column)
        size = max(1, round(megabytes(real) / options.mb))
        long = real[::size]
        short = [text[i : i + 40] for text in long for i in range(0, len(text), 40)][: len(long) * 12]
        name = "real text"
    else:
        long = made.texts(round(options.mb * 1e6 / 2600), 1000)
        short = made.texts(round(options.mb * 1e6 / 4 / 100), 40)
        name = "generated"
    levels = ", ".join(simd_levels())
    section(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, levels {levels}")
    row("peers not asked for" if options.no_peers else "peers not installed", ", ".join(missing) or "none")
    read, size_mb = dedup_limits.memory_read()
    row("limit: memory read, one core", f"{size_mb / seconds(read):,.0f} MB/s")
    row("limit: CPython's UTF-8 decoder", f"{megabytes(long) / seconds(dedup_limits.decode(long), 3):,.0f} MB/s")
    signatures(f"{name}, long", long, peers)
    signatures(f"{name}, short", short, [p for p in peers if p.sample == 1])
    end_to_end(f"{name}, long", made.planted(long, 0.2), peers, options.truth)
    end_to_end(f"{name}, short", made.planted(short, 0.2), [], options.truth)
    hot()
    if options.growth:
        growth(tuple(options.growth))


if __name__ == "__main__":
    head()
    main()

"""Structured detection: ours, ko-pii, rust-pii-transformer, maskingtape and Presidio on the same text in the same run.

    python -m bench.anonymize_bench [--texts FILE.jsonl …] [--peer-python PYTHON] [--seed 31] [--sample-mb 0.3]

Recall and precision are by overlap of places, labels aside, on the generated test set (all notations; hard negatives
count against precision). MB/s is processor time of one core: on the test set, dense with values, and on ordinary text
of `--texts` (files of {"text"} lines) or generated. A peer that is not installed is left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from anonymizers.art24 import redact
from anonymizers.detection import detect
from anonymizers.pipeline import anonymize_batch, default_recognizers
from bench.table import head, row, section
from bench.testset import generate
from damjang.demo.press import report
from damjang.demo.statutes import ordinance
from schemas.policy import load_policy

PEERS = ("ko_pii", "rust_pii_transformer", "maskingtape", "presidio")
Places = list[list[tuple[int, int]]]


def ours(texts: Sequence[str]) -> tuple[float, Places]:
    """Seconds of processor time, and places with a score of at least .5."""
    array = pa.array(texts, pa.large_string())
    detect(["준비 010-0000-0000"])
    begun = time.process_time()
    found = detect(array)
    seconds = time.process_time() - begun
    places: Places = [[] for _ in texts]
    for f in found:
        if f.score_ppm >= 500_000:
            places[f.doc].append((f.start, f.end))
    return seconds, places


def peer(name: str, texts: Sequence[str], python: str) -> tuple[float, Places] | None:
    """The same from a peer's process; None if it is not installed there."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "texts.json", Path(folder) / "out.json"
        source.write_text(json.dumps(list(texts), ensure_ascii=False), encoding="utf-8")
        script = Path(__file__).with_name("anonymize_peers.py")
        run = [sys.executable if name == "presidio" else python, str(script), name, str(source), str(out)]
        done = subprocess.run(run, check=False, capture_output=True, timeout=900)
        if done.returncode:
            return None
        seconds, spans = json.loads(out.read_text(encoding="utf-8"))
    return seconds, [[(a, b) for a, b in row] for row in spans]


def megabytes(texts: Sequence[str]) -> float:
    """UTF-8, in millions of bytes."""
    return sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6


def scores(gold: Places, found: Places) -> tuple[float, float]:
    """(recall, precision) by overlap."""
    hit = sum(any(a < e and s < b for a, b in row) for want, row in zip(gold, found, strict=True) for s, e in want)
    good = sum(any(a < e and s < b for s, e in want) for want, row in zip(gold, found, strict=True) for a, b in row)
    wanted, given = sum(map(len, gold)), sum(map(len, found))
    return hit / max(wanted, 1), good / max(given, 1)


def stage(texts: Sequence[str]) -> float:
    """Seconds of processor time for finding, deciding and rewriting, as the stage does it."""
    policy = load_policy("pretraining-public", Path())
    recognizers, keys = default_recognizers(policy), [str(n).encode() for n in range(len(texts))]
    best = float("inf")
    for _ in range(2):  # models and Kiwi load at their first question
        begun = time.process_time()
        anonymize_batch(texts, policy=policy, recognizers=recognizers, pseudonym_key=bytes(32), doc_keys=keys)
        best = min(best, time.process_time() - begun)
    return best


def main(argv: list[str] | None = None) -> None:
    """Prints its part of the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--sample-mb", type=float, default=0.3, help="ordinary text given to the peers, which are slow")
    args = parser.parse_args(argv)
    rows = [*generate.examples(64, args.seed), *generate.negatives(600, args.seed)]
    dense = [row["text"] for row in rows]
    gold: Places = [[(s, e) for s, e, _ in row["spans"]] for row in rows]
    ordinary = [
        json.loads(line)["text"] for path in args.texts for line in path.read_text(encoding="utf-8").splitlines()
    ] or [made(args.seed, n).text() for n in range(600) for made in (ordinance, report)]
    kind = "given text" if args.texts else "ordinances and reports of the demo's generator"
    few = ordinary[: max(1, round(len(ordinary) * args.sample_mb / megabytes(ordinary)))]
    section(
        f"structured types: the generated test set ({megabytes(dense):.1f} MB, dense) and {kind} ({megabytes(ordinary):.0f} MB)"
    )
    mine: dict[str, float] = {}
    for name in ("ours", *PEERS):
        for title, texts in (("dense", dense), ("ordinary", ordinary if name == "ours" else few)):
            run = ours(texts) if name == "ours" else peer(name, texts, args.peer_python)
            if run is None:
                row(name, "not installed")
                break
            rate = megabytes(texts) / run[0]
            mine.setdefault(title, rate)
            beside = [] if name == "ours" else [f"ours is {mine[title] / rate:,.1f} times as fast"]
            if title == "dense":
                beside.append("recall {:.3f}, precision {:.3f}".format(*scores(gold, run[1])))
            else:
                beside.append(f"{sum(map(len, run[1])) / megabytes(texts):.1f} hits a MB")
            row(f"{name}, {title}", f"{rate:,.2f} MB/s", "; ".join(beside))
    every = [
        text for n, text in enumerate(ordinary) for text in ((text, dense[n % len(dense)]) if n % 3 == 0 else (text,))
    ]
    row("ours, ordinary with about 1 % of sentences holding PII", f"{megabytes(every) / ours(every)[0]:,.2f} MB/s")
    row("ours, whole stage (names, Art. 23, rewriting), ordinary", f"{megabytes(ordinary) / stage(ordinary):,.2f} MB/s")
    array = pa.array(ordinary, pa.large_string())
    begun = time.process_time()
    redact(array)
    row("ours, Art. 24 deletion at ingest", f"{megabytes(ordinary) / (time.process_time() - begun):,.0f} MB/s")


if __name__ == "__main__":
    head()
    main()

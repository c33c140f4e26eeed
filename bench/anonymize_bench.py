"""Structured detection: ours, ko-pii, rust-pii-transformer, maskingtape and Presidio on the same text in the same run.

    python -m bench.anonymize_bench [--texts FILE.jsonl …] [--peer-python PYTHON] [--seed 31] [--sample-mb 0.3]

Recall and precision are by overlap of places, labels aside, on the generated test set (all notations; hard negatives
count against precision). MB/s is processor time of one core: on the test set, dense with values, and on ordinary text
where `--texts` names files of {"text"} lines. A peer that is not installed is left out.
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

from anonymizers.analyze import analyze
from anonymizers.art24 import redact
from bench.testset import generate

PEERS = ("ko_pii", "rust_pii_transformer", "maskingtape", "presidio")
Places = list[list[tuple[int, int]]]


def ours(texts: Sequence[str]) -> tuple[float, Places]:
    """Seconds of processor time, and places with a score of at least .5."""
    array = pa.array(texts, pa.large_string())
    analyze(["준비 010-0000-0000"])
    begun = time.process_time()
    found = analyze(array)
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


def main() -> int:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--sample-mb", type=float, default=0.3, help="ordinary text given to the peers, which are slow")
    args = parser.parse_args()
    rows = [*generate.examples(64, args.seed), *generate.negatives(600, args.seed)]
    dense = [row["text"] for row in rows]
    gold: Places = [[(s, e) for s, e, _ in row["spans"]] for row in rows]
    ordinary = [
        json.loads(line)["text"] for path in args.texts for line in path.read_text(encoding="utf-8").splitlines()
    ]
    few: list[str] = []
    for text in ordinary:
        few.append(text)
        if megabytes(few) >= args.sample_mb:
            break
    print(f"{'':22}{'recall':>8}{'precision':>11}{'dense MB/s':>12}{'ordinary MB/s':>15}{'hits a MB':>11}")
    for name in ("ours", *PEERS):
        run = ours(dense) if name == "ours" else peer(name, dense, args.peer_python)
        if run is None:
            print(f"{name:22}{'not installed':>19}")
            continue
        recall, precision = scores(gold, run[1])
        line = f"{name:22}{recall:8.3f}{precision:11.3f}{megabytes(dense) / run[0]:12.2f}"
        if ordinary:
            texts = ordinary if name == "ours" else few
            plain = ours(texts) if name == "ours" else peer(name, texts, args.peer_python)
            if plain is not None:
                line += f"{megabytes(texts) / plain[0]:15.2f}{sum(map(len, plain[1])) / megabytes(texts):11.1f}"
        print(line, flush=True)
    if ordinary:
        array = pa.array(ordinary, pa.large_string())
        begun = time.process_time()
        redact(array)
        print(f"Art. 24 deletion at ingest: {megabytes(ordinary) / (time.process_time() - begun):.0f} MB/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

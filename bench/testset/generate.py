"""Writes gold JSONL ({"text", "spans"}) of generated values in templates, and hard negatives without spans.

python -m bench.testset.generate --per-type 200 --seed 7 --out gold.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.testset.notations import NOTATIONS
from bench.testset.templates import CORES, FRAMES, NEGATIVES
from bench.testset.values import MAKERS, digits


def templates(label: str) -> list[str]:
    """Every template of a type, each with one {v}."""
    return [frame.replace("{c}", core) for core in CORES[label] for frame in FRAMES]


def examples(per_type: int, seed: int) -> Iterator[dict[str, Any]]:
    """`per_type` examples of every type, templates in turn, values and notations drawn."""
    for label in sorted(CORES):
        rng = random.Random(f"{seed}:{label}")
        shapes = templates(label)
        rng.shuffle(shapes)
        for i in range(per_type):
            shape = shapes[i % len(shapes)]
            value = MAKERS[label](rng)
            notation = rng.choice(NOTATIONS[label])
            written = notation(rng, value)
            before, after = shape.split("{v}")
            if notation.__name__ == "decomposed":
                before, after = unicodedata.normalize("NFD", before), unicodedata.normalize("NFD", after)
            start = len(before)
            yield {
                "text": before + written + after,
                "spans": [[start, start + len(written), label]],
                "notation": notation.__name__,
                "label": label,
            }


def negatives(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Hard negatives in frames: texts without personal information."""
    rng = random.Random(f"{seed}:negative")
    for i in range(count):
        shape = NEGATIVES[i % len(NEGATIVES)]
        text = re.sub(r"\{(\d+)\}", lambda m: digits(rng, int(m[1])), shape)
        yield {"text": rng.choice(FRAMES).replace("{c}", text), "spans": [], "notation": "negative", "label": ""}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-type", type=int, default=200)
    parser.add_argument("--negatives", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8") as file:
        for row in (*examples(args.per_type, args.seed), *negatives(args.negatives, args.seed)):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

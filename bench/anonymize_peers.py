"""One peer over one file of texts, in a process of its own: `python anonymize_peers.py NAME TEXTS.json OUT.json`.

Standalone on purpose, so that another environment's Python can run it. OUT holds [seconds, [[[start, end], …], …]]: labels
differ between peers, so only places are compared. Loading is not timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Find = Callable[[str], "list[tuple[int, int]]"]


def ko_pii() -> Find:
    """ko-pii, all detectors."""
    import ko_pii as peer  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return lambda text: [(found.start, found.end) for found in peer.detect_all(text)]


def rust_pii_transformer() -> Find:
    """rust-pii-transformer, default configuration."""
    import rust_pii_transformer as peer  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return lambda text: [(f.source.char_start, f.source.char_end) for f in peer.detect(text).findings]


def maskingtape() -> Find:
    """maskingtape, its default detectors (rules, no language model)."""
    import maskingtape as peer  # type: ignore[import-not-found,import-untyped,unused-ignore]

    pipeline = peer.Pipeline()
    return lambda text: [(found.start, found.end) for found in pipeline.scan(text)]


def presidio() -> Find:
    """Presidio's own Korean recognizers and its e-mail, card, IP and phone ones, registered for Korean; no NLP model."""
    import presidio_analyzer.predefined_recognizers as known

    names = (
        "KrRrnRecognizer", "KrFrnRecognizer", "KrPassportRecognizer", "KrDriverLicenseRecognizer", "KrBrnRecognizer",
        "EmailRecognizer", "CreditCardRecognizer", "IpRecognizer", "PhoneRecognizer",
    )  # fmt: skip
    classes = [getattr(known, name) for name in names if hasattr(known, name)]
    made = [c(supported_language="ko") for c in classes]

    def find(text: str) -> list[tuple[int, int]]:
        found = []
        for recognizer in made:
            for result in recognizer.analyze(text, recognizer.supported_entities, None) or ():
                found.append((result.start, result.end))
        return found

    return find


def main() -> int:
    """Times one pass over all texts."""
    name, source, out = sys.argv[1:4]
    peers = {f.__name__: f for f in (ko_pii, rust_pii_transformer, maskingtape, presidio)}
    try:
        find = peers[name]()
    except ImportError:
        return 3
    texts = json.loads(Path(source).read_text(encoding="utf-8"))
    find("준비 010-0000-0000")
    begun = time.process_time()
    spans = [find(text) for text in texts]
    seconds = time.process_time() - begun
    Path(out).write_text(json.dumps([seconds, spans]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Korean recognizers, operators and span-exact rewriting.

import anonymizers
for text, findings in zip(texts, anonymizers.analyze(texts)):
    for f in findings: print(f.start, f.end, f.type, f.score_ppm)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anonymizers.findings import Finding, Recognized


def analyze(
    batch: Iterable[str | None] | Any,
    *,
    column: str = "text",
    min_score_ppm: int = 500_000,
    recognizers: Iterable[Recognized] = (),
    kiwi_least: int = 0,
    kiwi_budget_ppm: int = 0,
    gated: bool = True,
) -> list[list[Finding]]:
    """Personal information in each text of `batch`: structured types, person names, sensitive sentences (Art. 23).

    `batch`: strings (a generator of them too), an Arrow string array, or a RecordBatch or Table, of which `column` is
    read; null is an empty text, and a lone string a batch of one. Anything else is NotTexts (anonymizers.errors), a
    TypeError. The answer has one list a text, in order, sorted by (start, end, type), collisions settled; offsets are
    code points of the text as given, end exclusive. `min_score_ppm` leaves out what scores below it. `recognizers` are
    asked besides ours (`anonymizers.onnx_model.OnnxRecognizer`). `kiwi_least`: code
    points that Kiwi may read to settle doubtful names, however small the batch is (20,000 take a third of a second);
    `kiwi_budget_ppm`: the same as a share of the batch. Without either Kiwi is not loaded (three seconds, once), and
    doubtful names keep the kernel's score. `gated=False` is the slow road of the residual check: no gate, every
    recognizer on all of every text.
    """
    from anonymizers.detection import detect
    from anonymizers.names import NameRecognizer
    from anonymizers.sensitive import SensitiveRecognizer
    from anonymizers.texts import as_texts

    texts = as_texts(batch, column)
    ours: list[Recognized] = [
        NameRecognizer(kiwi_budget_ppm=kiwi_budget_ppm, kiwi_least=kiwi_least),
        SensitiveRecognizer(),
    ]
    found: list[list[Finding]] = [[] for _ in range(len(texts))]
    for finding in detect(texts, [*ours, *recognizers], gated=gated):
        if finding.score_ppm >= min_score_ppm:
            found[finding.doc].append(finding)
    return found

"""A model folder named on the command line, as one more recognizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from anonymizers.findings import Recognized

Model = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Ask this ONNX token-classification model too: model.onnx, config.json, tokenizer."
    ),
]
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="YAML from the model's labels to ours, such as PER: PERSON (by default those alike).",
    ),
]
Gated = Annotated[
    bool, typer.Option("--model-gated", help="Show the model only what the gate marks, not all of every text.")
]


def named_models(folder: Path | None, labels: Path | None, gated: bool, min_score_ppm: int) -> Sequence[Recognized]:
    """None or one. Raises ModelFolderError, FileInputError (the map)."""
    if folder is None:
        if labels is not None or gated:
            raise typer.BadParameter("--labels and --model-gated go with --model")
        return ()
    from anonymizers.onnx_model import OnnxRecognizer
    from damjang.cli.label_map import single_labels

    means = single_labels(labels) if labels else None
    return (OnnxRecognizer(folder, means, gated=gated, min_score_ppm=min_score_ppm),)

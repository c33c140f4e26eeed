"""A token-classification model as a recognizer, with a tiny model made here: each token's logits are a row of a table."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from anonymizers.detection import detect
from anonymizers.errors import ModelFolderError
from anonymizers.onnx_model import OnnxRecognizer

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "홍",
    "##길",
    "##동",
    "##은",
    "김",
    "##철",
    "##수",
    "서울",
    "010",
    "-",
    "1234",
    "5678",
]
LABELS = ["O", "B-PS", "I-PS", "B-LC"]
TABLE = {"홍": 1, "##길": 2, "##동": 2, "김": 1, "##철": 2, "##수": 2, "서울": 3}


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: int | bytes | str) -> bytes:
    """One protobuf field: an integer, or bytes and messages by length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def value_info(name: str, kind: int, dims: list[str | int]) -> bytes:
    shape = b"".join(field(1, field(2, d) if isinstance(d, str) else field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def model(path: Path) -> None:
    """logits = Gather(table, input_ids): onnx.proto3 written by hand, since nothing else here needs the onnx package."""
    rows = []
    for word in VOCABULARY:
        row = [0.0] * len(LABELS)
        row[TABLE.get(word, 0)] = 6.0
        rows += row
    table = (
        field(1, len(VOCABULARY))
        + field(1, len(LABELS))
        + field(2, 1)
        + field(8, "table")
        + field(9, struct.pack(f"<{len(rows)}f", *rows))
    )
    node = field(1, "table") + field(1, "input_ids") + field(2, "logits") + field(4, "Gather")
    graph = (
        field(1, node) + field(2, "tiny") + field(5, table) + field(11, value_info("input_ids", 7, ["batch", "length"]))
        + field(12, value_info("logits", 1, ["batch", "length", len(LABELS)]))
    )  # fmt: skip
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model(tmp_path / "model.onnx")
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {str(i): name for i, name in enumerate(LABELS)}}))
    (tmp_path / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    return tmp_path


def names(text: str, recognizer: OnnxRecognizer) -> list[str]:
    return [text[f.start : f.end] for f in recognizer.find([text])]


def test_names_with_exact_offsets(folder: Path) -> None:
    recognizer = OnnxRecognizer(folder, {"PS": "PERSON"})
    texts = ["😀 홍길동은 서울 사람", "없음", "김철수, 홍길동"]
    found = list(recognizer.find(texts))
    assert [(f.doc, texts[f.doc][f.start : f.end], f.type) for f in found] == [
        (0, "홍길동", "PERSON"), (2, "김철수", "PERSON"), (2, "홍길동", "PERSON"),
    ]  # fmt: skip
    assert all(f.score_ppm > 900_000 for f in found)


def test_long_texts_are_cut_with_overlap(folder: Path) -> None:
    recognizer = OnnxRecognizer(folder, {"PS": "PERSON"}, max_pieces=16, overlap=4, batch_size=3)
    text = "서울 홍길동은 " * 50 + "김철수"
    assert names(text, recognizer) == ["홍길동"] * 50 + ["김철수"]


def test_gated_looks_at_windows_only(folder: Path) -> None:
    recognizer = OnnxRecognizer(folder, {"PS": "PERSON"}, gated=True)
    text = "홍길동 010-1234-5678" + "가 나 다 " * 100 + "김철수"
    assert names(text, recognizer) == ["홍길동"]


def test_as_one_more_recognizer(folder: Path) -> None:
    found = detect(["홍길동은 010-1234-5678"], [OnnxRecognizer(folder, {"PS": "PERSON"})])
    assert [f.type for f in found] == ["PERSON", "MOBILE"]


def test_tokenizer_json(folder: Path) -> None:
    (folder / "vocab.txt").unlink()
    vocabulary = {word: i for i, word in enumerate(VOCABULARY)}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "WordPiece", "vocab": vocabulary}}))
    assert names("홍길동은", OnnxRecognizer(folder, {"PS": "PERSON"})) == ["홍길동"]


def test_errors_say_what_is_missing(folder: Path) -> None:
    with pytest.raises(ModelFolderError, match="no such label"):
        OnnxRecognizer(folder, {"PS": "NAME"})
    (folder / "vocab.txt").unlink()
    with pytest.raises(ModelFolderError, match="vocab"):
        OnnxRecognizer(folder, {"PS": "PERSON"})
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelFolderError, match=r"model\.onnx"):
        OnnxRecognizer(folder, {"PS": "PERSON"})

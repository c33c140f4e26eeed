"""A token-classification model as a recognizer, with a tiny model made here: each token's logits are a row of a table."""

from __future__ import annotations

import json
import struct
import sys
import types
import unicodedata
from pathlib import Path

import pytest
import yaml
from cli_kit import call

import anonymizers
from anonymizers.detection import detect
from anonymizers.errors import ModelFolderError, ModelOptionError
from anonymizers.model_folder import folder_digest
from anonymizers.onnx_model import OnnxRecognizer
from pipelines.detectors import detectors
from schemas.errors import ConfigError
from schemas.policy import Policy, load_policy

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
    made = tmp_path / "ner"
    made.mkdir()
    model(made / "model.onnx")
    (made / "config.json").write_text(json.dumps({"id2label": {str(i): name for i, name in enumerate(LABELS)}}))
    (made / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    return made


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


@pytest.mark.parametrize(
    ("file", "content", "labels", "says"),
    [
        ("config.json", None, {"PS": "PERSON"}, "does not say what its labels mean"),
        ("config.json", "{}", {"PS": "PERSON"}, "does not say what its labels mean"),
        ("config.json", '{"id2label": 3}', {"PS": "PERSON"}, "does not say what its labels mean"),
        ("config.json", "{bad", {"PS": "PERSON"}, r"config\.json is not JSON"),
        ("config.json", "[1]", {"PS": "PERSON"}, r"config\.json is not a JSON object"),
        (
            "config.json",
            '{"id2label": ["O", "B-PS"]}',
            {"PS": "PERSON"},
            r"gives 4 scores a piece, config\.json names 2",
        ),
        ("model.onnx", "no model", {"PS": "PERSON"}, r"model\.onnx can't be loaded"),
        ("vocab.txt", "[PAD]", {"PS": "PERSON"}, r"the vocabulary lacks \[UNK\]"),
        ("tokenizer.json", "{bad", {"PS": "PERSON"}, r"tokenizer\.json is not JSON"),
        ("tokenizer.json", '{"model": {"type": "WordPiece"}}', {"PS": "PERSON"}, "the tokenizer has no vocabulary"),
        ("tokenizer.json", '{"model": 3}', {"PS": "PERSON"}, "holds a None tokenizer"),
        ("other", "", {"PER": "PERSON"}, r"no label of the model is one of PER\n.*it has O, B-PS, I-PS, B-LC"),
        ("other", "", {}, "no label of the model is one of none"),
    ],
)
def test_what_would_find_nothing_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: str | None, labels: dict[str, str], says: str
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    (folder / file).write_text(content) if content is not None else (folder / file).unlink()
    with pytest.raises(ModelFolderError, match=says) as caught:
        OnnxRecognizer(folder, labels)
    assert caught.value.exit_code == 3


def test_options_out_of_range(folder: Path) -> None:
    for wrong in ({"batch_size": 0}, {"max_pieces": 0}, {"overlap": -1}):
        with pytest.raises(ModelOptionError, match=next(iter(wrong))):
            OnnxRecognizer(folder, **wrong)  # type: ignore[arg-type]


def test_a_path_as_text_and_labels_that_need_no_map(folder: Path) -> None:
    assert names("홍길동은 서울", OnnxRecognizer(str(folder))) == ["홍길동"]
    (folder / "config.json").write_text(json.dumps({"id2label": LABELS}))
    assert names("홍길동은 서울", OnnxRecognizer(folder)) == ["홍길동"]
    (folder / "config.json").write_text(json.dumps({"id2label": ["O", "B-XX", "I-XX", "ADDRESS"]}))
    assert names("홍길동은 서울", OnnxRecognizer(folder)) == ["서울"]


@pytest.mark.parametrize("change", [lambda t: unicodedata.normalize("NFD", t), lambda t: t.replace("길", "\u200b길")])
@pytest.mark.parametrize("gated", [False, True])
def test_spans_are_of_the_text_as_given(folder: Path, change: object, gated: bool) -> None:
    value = change("홍길동")  # type: ignore[operator]
    text = "010-1234-5678 " + value + "은 서울. 😀 김철수"
    assert names(text, OnnxRecognizer(folder, {"PS": "PERSON"}, gated=gated)) == [value, "김철수"]
    [found] = anonymizers.analyze([text], recognizers=[OnnxRecognizer(folder)])
    assert (found[1].type, text[found[1].start : found[1].end]) == ("PERSON", value)


def test_a_model_has_as_many_positions_as_it_says(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text()) | {"max_position_embeddings": 12}
    (folder / "config.json").write_text(json.dumps(config))
    assert names("서울 홍길동은 " * 9, OnnxRecognizer(folder)) == ["홍길동"] * 9


class Coded:
    """What the `tokenizers` package gives for a text, and a tokenizer that would cut after three pieces."""

    def __init__(self) -> None:
        self.cut: int | None = 3

    @classmethod
    def from_file(cls, path: str) -> Coded:
        return cls()

    def no_truncation(self) -> None:
        self.cut = None

    def no_padding(self) -> None:
        pass

    def token_to_id(self, name: str) -> int | None:
        return VOCABULARY.index(name) if name in VOCABULARY else None

    def encode(self, text: str, add_special_tokens: bool) -> object:
        at, ids, spans = 0, [], []
        for word in text.split(" ")[: self.cut]:
            ids.append(VOCABULARY.index("홍") if word == "홍" else 1)
            spans.append((max(at - 1, 0), at + len(word)))  # a piece takes the space before it
            at += len(word) + 1
        return types.SimpleNamespace(ids=ids, offsets=spans)


def test_other_tokenizers_cut_nothing_and_spans_hold_no_space(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", types.SimpleNamespace(Tokenizer=Coded))
    (folder / "tokenizer.json").write_text('{"model": {"type": "Unigram"}}')
    text = "가 나 다 라 홍 마"
    assert [(f.start, f.end) for f in OnnxRecognizer(folder).find([text])] == [(8, 9)]


def policy_with(folder: Path, **rule: object) -> Path:
    shipped = Path(__file__).parent.parent / "schemas" / "policies" / "pretraining-public.yaml"
    loaded = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    digest = folder_digest(folder)
    loaded["anonymize"]["model"] = {"folder": folder.name, "sha256": digest, "labels": {"LC": "ADDRESS"}} | rule
    path = folder.parent / "policy.yaml"
    path.write_text(yaml.safe_dump(loaded, allow_unicode=True), encoding="utf-8")
    return path


def test_a_policy_pins_its_model(folder: Path) -> None:
    """The digest is part of the policy, so another model is another stage folder, and another folder is refused."""
    path = policy_with(folder)
    policy = load_policy(path.name, path.parent)
    assert policy.part_digest("anonymize") != load_policy("pretraining-public", path.parent).part_digest("anonymize")
    for road, gated in (("stage", [True]), ("residual", [False])):
        rule = {"gated": True}
        loaded = load_policy(policy_with(folder, **rule).name, path.parent).model_dump(mode="json")
        read, recognizers = detectors(loaded, road, str(path.parent))  # type: ignore[arg-type]
        assert isinstance(read, Policy)
        models = [r for r in recognizers if isinstance(r, OnnxRecognizer)]
        assert [r._gated for r in models] == gated, "the residual check sees all of every text"
        assert [r.version for r in models] == [policy.anonymize.model.sha256]  # type: ignore[union-attr]
    with (folder / "vocab.txt").open("a") as file:
        file.write("\n새")
    with pytest.raises(
        ConfigError, match="is not the folder that the policy pins\nif the change is meant, write sha256"
    ):
        detectors(policy.model_dump(mode="json"), "stage", str(path.parent))


def test_a_policy_names_its_model_in_full(folder: Path) -> None:
    for wrong, says in (({"labels": {"PS": "HEALTH"}}, "unknown HEALTH"), ({"labels": {}}, "labels"), ({"sha256": "0"}, "sha256"),
                        ({"path": "x"}, "valid fields: folder, sha256, labels, gated")):  # fmt: skip
        path = policy_with(folder, **wrong)
        with pytest.raises(ConfigError, match=says):
            load_policy(path.name, path.parent)


def test_a_model_at_the_doors(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out, labels = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "labels.yaml"
    source.write_text(
        '{"text": "서울 홍길동은 왔다", "spans": [[0, 2, "ADDRESS"], [3, 6, "PERSON"]]}\n', encoding="utf-8"
    )
    labels.write_text("LC: ADDRESS\nPS: null\n")
    asked = ("--model", folder, "--labels", labels)
    said = call(capsys, "detect", source, "--out", out, "--no-kiwi", *asked)
    assert said.code == 0, said.err
    assert [span[:3] for span in json.loads(out.read_bytes())["spans"]] == [[0, 2, "ADDRESS"], [3, 6, "PERSON"]]
    rows = json.loads(call(capsys, "evaluate", source, *asked, "--json").out)
    assert {row["label"]: row["recall"] for row in rows} == {"*": 1.0, "ADDRESS": 1.0, "PERSON": 1.0}
    for how in (asked, ("--policy", policy_with(folder))):
        said = call(capsys, "anonymize", source, "--out", out, *how, "--json")
        assert said.code == 0, said.err
        assert json.loads(said.out)["found"] == {"ADDRESS": 1, "PERSON": 1}
    labels.write_text("LC: [ADDRESS, POSTCODE]\n")
    assert "LC means more than one label" in call(capsys, "detect", source, "--out", out, *asked).one_error()
    assert "no model.onnx" in call(capsys, "detect", source, "--out", out, "--model", tmp_path / "none").one_error()
    assert call(capsys, "detect", source, "--out", out, "--labels", labels).code == 2

"""A wrong project file: the message names the line, the field and what would be valid, in one or two lines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli_kit import call
from hypothesis import given, settings
from hypothesis import strategies as st

from damjang.cli.template import TEMPLATE
from schemas.errors import ConfigError
from schemas.project import GROUNDS, LICENCES, Project
from schemas.projectfile import load_project

GOOD = TEMPLATE.format(name="p", as_of="2026-11-22")


def wrong(tmp_path: Path, text: str | bytes) -> ConfigError:
    path = tmp_path / "project.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_project(path)
    assert "\n" not in caught.value.message
    assert "\n" not in caught.value.remedy
    assert caught.value.remedy
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_what_init_writes_is_valid(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(GOOD, encoding="utf-8")
    assert isinstance(load_project(tmp_path / "project.yaml"), Project)
    assert isinstance(load_project(tmp_path), Project), "the folder will do"


@pytest.mark.parametrize(
    ("old", "new", "says", "remedy"),
    [
        ("custody: ours", "custodian: ours", "sources.0.custodian: unknown field", "custody"),
        ("workers: 1", "worker: 1", "worker: unknown field", "workers"),
        ("workers: 1", "workers: many", "workers", ""),
        ("workers: 1", "workers: 0", "workers", ""),
        ("workers: 1", "workers: [1]", "workers", ""),
        ("id: KOGL-1 ", "id: KOGL-9 ", "sources.0.licence.id: not a valid value", LICENCES[0]),
        ("id: statute", "id: statut", "sources.0.ground.id: not a valid value", GROUNDS[0]),
        ("format: jsonl", "format: xml", "sources.0.format: not a valid value", "parquet"),
        ("purpose: pretraining", "purpose: profit", "purpose: not a valid value", "fine-tuning"),
        ("damjang: 1", "damjang: 2", "damjang: not a valid value", "1"),
        ("name: p\n", "name: 한글\n", "name: not a valid name", "a-z"),
        ("as_of: 2026-11-22", "as_of: 2026-02-31", "as_of", ""),
        ("as_of: 2026-11-22", "as_of: gestern", "as_of", ""),
        ("unit_bytes: 4MiB", "unit_bytes: 4 parsecs", "unit_bytes", ""),
        ("unit_bytes: 4MiB", "unit_bytes: -1", "unit_bytes", ""),
        ("valid_days: 180", "valid_days: 4000", "release.valid_days", ""),
        ('paths: ["data/*.jsonl"]', "paths: []", "sources.0.paths", ""),
        ('paths: ["data/*.jsonl"]', "paths: data", "sources.0.paths", ""),
        ("    provider: 예시기관", "    text2: 예시기관", "sources.0", ""),
        ("output: out", "output: out\noutput: aus", "output stands twice", "keep one"),
        ("    custody: ours", "    custody: ours\n    custody: ours", "custody stands twice", "keep one"),
        ("jurisdictions: [KR]", "jurisdictions: KR", "jurisdictions", ""),
    ],
)
def test_a_wrong_field(old: str, new: str, says: str, remedy: str, tmp_path: Path) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    error = wrong(tmp_path, text)
    assert says in error.message
    assert remedy in error.remedy
    number = int(error.message.split("line ")[1].split(":")[0])
    marked = new.split("\n")[-1].strip().split(":")[0]
    assert marked in text.splitlines()[number - 1] or "missing" in error.message, error.message


def test_a_missing_field(tmp_path: Path) -> None:
    error = wrong(tmp_path, GOOD.replace("    provider: 예시기관", "    #", 1))
    assert "sources.0.provider: missing" in error.message
    assert f"line {line_of(GOOD, '- id: example')}" in error.message


def test_the_same_source_twice(tmp_path: Path) -> None:
    block = GOOD[GOOD.index("  - id: example") : GOOD.index("# consents")]
    error = wrong(tmp_path, GOOD.replace("# consents", block + "# consents", 1))
    assert "example stands twice" in error.message


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"# only a comment\n",
        b"just words\n",
        b"- a\n- list\n",
        b"damjang: 1\n\tname: x\n",
        b"damjang: [1\n",
        b"\xff\xfedamjang: 1\n",
        "damjang: 1\nname: 한글\n".encode("cp949"),
        b"damjang: 1\x00\n",
        b"? [a, b]\n: 1\n",
        b"a: &a [*a]\n",
        b"&a a: *a\n",
        b"damjang: !!python/object/apply:os.system ['true']\n",
        b"{" * 5000,
        b"1: 2\n3: 4\n",
        b"---\na: 1\n---\nb: 2\n",
    ],
)
def test_what_is_no_project_file_at_all(text: bytes, tmp_path: Path) -> None:
    assert "project.yaml" in wrong(tmp_path, text).message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(ConfigError):
        load_project(path)


def test_the_command_prints_it_in_two_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "project.yaml").write_text(GOOD.replace("workers", "wrokers"), encoding="utf-8")
    said = call(capsys, "run", tmp_path / "project.yaml")
    assert said.code == 3
    error = said.one_error()
    assert f"line {line_of(GOOD, 'workers: 1')}: wrokers: unknown field" in error


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(GOOD) - 1),
    st.sampled_from(["", "\t", ":", "[", "{", "'", '"', "&", "*", "!", "- ", "\x00", "가"]),
)
def test_any_slip_of_the_pen_is_valid_or_named(tmp_path_factory: pytest.TempPathFactory, at: int, typed: str) -> None:
    """One character replaced anywhere: either still a project file, or a named error; never anything else."""
    path = tmp_path_factory.getbasetemp() / "slip.yaml"
    path.write_text(GOOD[:at] + typed + GOOD[at + 1 :], encoding="utf-8")
    try:
        load_project(path)
    except ConfigError as error:
        assert "slip.yaml" in error.message  # noqa: PT017

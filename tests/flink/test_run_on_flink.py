"""The demo on Flink: `damjang run --runner flink` gives the shards of `damjang run`, byte for byte, and its counts."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from small_project import damjang, found

from damjang.demo.project import demo_project_yaml

COMMAND = Path(sys.executable).parent / "damjang"
JAR = Path(__file__).parent.parent.parent / ".cache" / "flink-job-server.jar"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def found_demo(folder: Path) -> Path:
    """The demo's project with a smaller corpus and smaller units, so that every step has several."""
    made = damjang(COMMAND, "init", str(folder), "--demo", "--name", "demo")
    assert made.returncode == 0, made.stdout + made.stderr
    corpus = damjang(COMMAND, "demo-corpus", "--out", str(folder / "corpus"), "--docs", "2000")
    assert corpus.returncode == 0, corpus.stdout + corpus.stderr
    text = demo_project_yaml("corpus", threshold=1)
    assert "unit_bytes: 4MiB" in text
    (folder / "project.yaml").write_text(text.replace("unit_bytes: 4MiB", "unit_bytes: 128KiB"), encoding="utf-8")
    return folder / "project.yaml"


def shards(project: Path) -> dict[str, bytes]:
    folder = project.parent / "out" / "releases"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.arrow"))}


def run(project: Path, *more: str) -> dict[str, object]:
    done = damjang(COMMAND, "run", str(project), "--json", *more, timeout=1200)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


def test_the_demo_on_flink_gives_the_same_shards(tmp_path: Path) -> None:
    project = found_demo(tmp_path / "direct")
    shutil.copytree(project.parent, tmp_path / "flink")  # the same project key: ids, and so bytes, come from it
    flinked = tmp_path / "flink" / "project.yaml"
    log = tmp_path / "flink" / "out" / "runs" / "flink" / "job-server.log"
    direct = run(project)
    flink = run(flinked, "--runner", "flink", "--workers", "2", "--flink-jar", str(JAR))
    assert log.is_file()  # it was Flink indeed
    assert len(shards(project)) > 1
    assert shards(flinked) == shards(project)
    assert flink["counts"] == direct["counts"]
    # a finished project answers from its manifests: no job server is started for it
    before = log.stat()
    again = run(flinked, "--runner", "flink", "--flink-jar", str(JAR))
    assert again["release"] == flink["release"]
    assert (log.stat().st_mtime_ns, log.stat().st_size) == (before.st_mtime_ns, before.st_size)


def test_a_missing_jar_is_a_configuration_error(tmp_path: Path) -> None:
    project = found(COMMAND, tmp_path / "p", documents=30)
    none = damjang(COMMAND, "run", str(project), "--runner", "flink", "--flink-jar", str(tmp_path / "none.jar"))
    assert none.returncode == 3
    assert "make .cache/flink-job-server.jar" in none.stderr

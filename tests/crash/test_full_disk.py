"""A disk that fills up is named by its error, and the same command goes on when there is room again."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import road_kit
from small_project import sentence
from test_bad_input import line, make

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A 24 MiB file system of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small tmpfs is not permitted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_named_and_the_same_command_goes_on(small_disk: Path, tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        dice = random.Random(3)
        texts = (" ".join(sentence(dice, 0) for _ in range(40)) for _ in range(400))
        lines = [line(id=f"w{n}", text=text) for n, text in enumerate(texts)]
        (folder / "a.jsonl").write_bytes(b"\n".join(lines))

    project = make(small_disk / "p", [("words", write, {})])
    shutil.copytree(small_disk / "p", tmp_path / "roomy")
    road_kit.run(tmp_path / "roomy" / "project.yaml")
    ballast = small_disk / "ballast"
    for spare in (400 << 10, 2500 << 10):  # ingest does not fit; a later stage does not
        ballast.unlink(missing_ok=True)
        free = shutil.disk_usage(small_disk).free
        with ballast.open("wb") as out:
            out.write(b"\0" * (free - spare))
        made = road_kit.command("run", str(project), "--json")
        assert made.returncode == 5, made.stdout + made.stderr
        assert made.stderr.startswith("error: no space left"), made.stderr
        assert len(made.stderr.strip().splitlines()) <= 2, made.stderr
    ballast.unlink()
    road_kit.run(project)
    assert road_kit.shards(project) == road_kit.shards(tmp_path / "roomy" / "project.yaml")

"""The job server's jars fail closed: one byte, one file or one version off, and there is no job server."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent
FETCH = HERE / "deploy" / "flink" / "fetch.py"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with two jars, pins for them, and a stand-in for mvn that brings a third."""
    lib = tmp_path / "cache" / "flink-lib"
    lib.mkdir(parents=True)
    names = {"a-1.jar": b"first", "b-2.jar": b"second"}
    for name, data in names.items():
        (lib / name).write_bytes(data)
    pins = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in names.items())
    (tmp_path / "jars.sha256").write_text(pins)
    mvn = tmp_path / "bin" / "mvn"
    mvn.parent.mkdir()
    mvn.write_text(
        "#!/bin/sh\nfor word; do case $word in -DoutputDirectory=*) to=${word#*=};; esac; done\n"
        'mkdir -p "$to"; printf first > "$to/a-1.jar"; printf other > "$to/b-2.jar"\n'
    )
    mvn.chmod(0o755)
    return tmp_path / "cache"


def fetch(cache: Path, *more: str, lock: Path = HERE / "requirements" / "lock-py311.txt") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(FETCH), str(cache), "--pins", str(cache.parent / "jars.sha256"), "--lock", str(lock), *more],
        capture_output=True, text=True, check=False,
        env={"PATH": f"{cache.parent / 'bin'}:/usr/bin:/bin"},
    )  # fmt: skip
    return done.returncode, done.stderr


def test_pinned_jars_make_a_job_server(cache: Path) -> None:
    assert fetch(cache) == (0, "")
    assert fetch(cache, "--check") == (0, "")
    with zipfile.ZipFile(cache / "flink-job-server.jar") as jar:
        manifest = jar.read("META-INF/MANIFEST.MF").decode()
    assert "Class-Path: flink-lib/a-1.jar flink-lib/b-2.jar\r\n" in manifest
    assert "Main-Class: org.apache.beam.runners.flink.FlinkJobServerDriver\r\n" in manifest
    assert all(len(line) <= 72 for line in manifest.split("\r\n"))


def test_another_byte_from_maven_leaves_nothing_to_run(cache: Path) -> None:
    (cache / "flink-lib" / "b-2.jar").write_bytes(b"tampered")  # so it is fetched again, and is wrong again
    (cache / "flink-job-server.jar").write_bytes(b"old")
    code, said = fetch(cache)
    assert code == 1
    assert "b-2.jar is not the file that was pinned" in said
    assert not (cache / "flink-job-server.jar").exists()
    assert not (cache / "flink-lib").exists()


@pytest.mark.parametrize(("name", "says"), [("c-3.jar", "c-3.jar is not pinned"), (None, "a-1.jar is missing")])
def test_a_file_more_or_less_fails_the_check(cache: Path, name: str | None, says: str) -> None:
    assert fetch(cache)[0] == 0
    if name:
        (cache / "flink-lib" / name).write_bytes(b"extra")
    else:
        (cache / "flink-lib" / "a-1.jar").unlink()
    code, said = fetch(cache, "--check")
    assert code == 1
    assert says in said


def test_a_changed_job_server_fails_the_check(cache: Path) -> None:
    assert fetch(cache)[0] == 0
    (cache / "flink-job-server.jar").write_bytes(b"another main class")
    assert fetch(cache, "--check")[0] == 1


def test_another_locked_beam_asks_for_a_new_proof(cache: Path, tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("apache-beam==9.9.9 \\\n    --hash=sha256:00\n")
    code, said = fetch(cache, lock=lock)
    assert code == 1
    assert "9.9.9" in said


def test_the_committed_pins_are_whole() -> None:
    lines = (HERE / "deploy" / "flink" / "jars.sha256").read_text().splitlines()
    names = [line.split()[1] for line in lines]
    assert names == sorted(set(names))
    assert all(len(line.split()[0]) == 64 for line in lines)
    assert any(name.startswith("beam-runners-flink-") for name in names)

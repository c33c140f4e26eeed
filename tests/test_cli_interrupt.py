"""Ctrl-C (or a scheduler's SIGTERM) in the middle of a run: it ends at once, says so, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from cli_kit import command, run

from damjang.demo import statutes

DOCUMENTS = 400


def made(tmp_path: Path) -> Path:
    """A project of many small units, so that two worker processes are started."""
    assert run("init", "p", "--demo", cwd=tmp_path).code == 0
    lines = [{"id": f"L-{n}", "text": statutes.ordinance(3, n).text()} for n in range(DOCUMENTS)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (tmp_path / "p" / "data" / "laws.jsonl").write_text(text, encoding="utf-8")
    path = tmp_path / "p" / "project.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("unit_bytes: 4MiB", "unit_bytes: 16KiB"), encoding="utf-8")
    return path


def wait_for_workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """All descendants, once a Beam worker is among them."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the run ended before it could be interrupted"
        found = psutil.Process(process.pid).children(recursive=True)
        for child in found:
            try:
                if any("sdk_worker_main" in word for word in child.cmdline()):
                    return found
            except psutil.Error:
                continue
        time.sleep(0.05)
    raise AssertionError("no worker process was started")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_behind(sent: signal.Signals, tmp_path: Path) -> None:
    project = made(tmp_path)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    process = subprocess.Popen(
        command("run", project, "--workers", "2"), env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        children = wait_for_workers(process)
        process.send_signal(sent)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive, "a process outlived the command"
    assert "Traceback" not in err
    assert process.returncode == 128 + sent
    assert "nothing is lost" in err

"""One kill of a driver on 500 documents. Twelve more, of hosts and workers too, in tests/crash (`make test-crash`)."""

from __future__ import annotations

from pathlib import Path

import crash_kit
import pytest


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> crash_kit.Baseline:
    return crash_kit.baseline(tmp_path_factory.mktemp("crash"), docs=500)


@pytest.mark.parametrize(("victim", "seed"), [("driver", 1)])
def test_killed_run_ends_and_the_next_finishes_the_job(
    start: crash_kit.Baseline, tmp_path: Path, victim: str, seed: int
) -> None:
    crash_kit.kill_and_rerun(start, tmp_path / "copy", victim, seed, share=0.4)  # the later moments are in tests/crash

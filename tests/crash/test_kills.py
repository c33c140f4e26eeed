"""`make test-crash`: twelve kills -9 of drivers, hosts and workers at seeded moments, each followed by a rerun."""

from __future__ import annotations

from pathlib import Path

import crash_kit
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
KILLS = [("driver", seed) for seed in (11, 12, 13, 14)] + [("host", 15), ("host", 16)]
KILLS += [("worker", seed) for seed in (17, 18, 19, 20)]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> crash_kit.Baseline:
    return crash_kit.baseline(tmp_path_factory.mktemp("crash"), docs=500)


@pytest.mark.parametrize(("victim", "seed"), KILLS)
def test_killed_run_ends_and_the_next_finishes_the_job(
    start: crash_kit.Baseline, tmp_path: Path, victim: str, seed: int
) -> None:
    crash_kit.kill_and_rerun(start, tmp_path / "copy", victim, seed)


@pytest.mark.parametrize(("victim", "seed"), [("host", 2), ("worker", 3)])
def test_an_early_kill(start: crash_kit.Baseline, tmp_path: Path, victim: str, seed: int) -> None:
    crash_kit.kill_and_rerun(start, tmp_path / "copy", victim, seed, share=0.4)

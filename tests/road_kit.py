"""Small founded projects for tests that run the whole road, and what they read of a finished one.

The gates stay on; only the bound on residual findings is set to what a few hundred rows can show.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

ROOT = Path(__file__).resolve().parent.parent
DAMJANG = (sys.executable, "-m", "damjang.cli.main")
POLICIES = ROOT / "schemas" / "policies"


def found(folder: Path, ledger: str = "sqlite:///ledger.db") -> Path:
    """Vault, ledger, keys and a demo root of trust; the folder still lacks its project file."""
    from governance.founding import found_demo, found_project

    folder.mkdir(parents=True, exist_ok=True)
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    found_project(folder, at, ledger=ledger, vault="vault/vault.db", vault_key="file:vault/vault.key")
    found_demo(folder, at)
    write_policy(folder)
    return folder


def demo_project(folder: Path, docs: int = 300, *, seed: int = 1, ledger: str = "sqlite:///ledger.db") -> Path:
    """A founded project over a small demo corpus; returns its project file."""
    from damjang.demo.corpus import write_corpus
    from damjang.demo.project import demo_project_yaml

    write_corpus(folder / "corpus", docs, seed)
    found(folder, ledger)
    text = demo_project_yaml("corpus", policy="policy.yaml").replace("sqlite:///ledger.db", ledger)
    assert "unit_bytes: 4MiB" in text
    text = text.replace("unit_bytes: 4MiB", "unit_bytes: 16KiB").replace("shard_bytes: 64MiB", "shard_bytes: 128KiB")
    (folder / "project.yaml").write_text(text, encoding="utf-8")
    return folder / "project.yaml"


def write_policy(folder: Path, **sections: Mapping[str, Any]) -> None:
    """policy.yaml: the public pretraining policy with some values of some sections replaced."""
    policy = yaml.safe_load((POLICIES / "pretraining-public.yaml").read_text(encoding="utf-8"))
    policy["gates"] |= {"residual_upper_ppm": 100_000}
    for name, values in sections.items():
        policy[name] |= values
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True, sort_keys=False), encoding="utf-8")


def command(*arguments: str, timeout: float = 250, **options: Any) -> subprocess.CompletedProcess[str]:
    """`damjang …` as a user would, in a process of its own."""
    return subprocess.run(
        [*DAMJANG, *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False, cwd=ROOT, **options,
    )  # fmt: skip


def python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python script with our rooms on its path, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip


def run(project: Path, *arguments: str) -> dict[str, Any]:
    """`damjang run PROJECT --json` and what it says."""
    made = command("run", str(project), "--json", *arguments)
    assert made.returncode == 0, made.stdout + made.stderr
    return json.loads(made.stdout)


def folders(project: Path) -> dict[str, Path]:
    """{stage: its folder} of the latest run."""
    out = project.parent / "out"
    latest = json.loads((out / "runs" / "latest.json").read_bytes())["folders"]
    return {stage: out / "stages" / name for stage, name in latest.items()}


def manifest(project: Path, stage: str) -> dict[str, Any]:
    return json.loads((folders(project)[stage] / "manifest.json").read_bytes())


def shards(project: Path) -> dict[str, str]:
    """{path: sha256} of the newest published release's shards."""
    releases = sorted((project.parent / "out" / "releases").glob("*@*"), key=lambda path: int(path.name.split("@")[1]))
    found = sorted(releases[-1].glob("shards/*.arrow"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def released_rows(project: Path, release: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(shard path, row, values) of a release."""
    folder = project.parent / "out" / "releases" / release
    for path in sorted(folder.glob("shards/*.arrow")):
        with pa.memory_map(str(path)) as source:
            for row, values in enumerate(pa.ipc.open_file(source).read_all().to_pylist()):
                yield f"shards/{path.name}", row, values


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """{path: (mtime, sha256)} of every file below a folder."""
    files = (Path(base) / name for base, _, names in os.walk(folder) for name in names)
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in files
    }


def gold(project: Path, name: str) -> list[dict[str, Any]]:
    """Rows of one gold file of a demo corpus."""
    text = (project.parent / "corpus" / "gold" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def stage_runs(project: Path) -> list[str]:
    """Folders in the ledger, in order, repeats included."""
    import sqlite3

    with sqlite3.connect(project.parent / "ledger.db") as ledger:
        return [row[0] for row in ledger.execute("SELECT folder FROM stage_run ORDER BY id")]

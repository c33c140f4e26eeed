"""Peak memory of a whole run, by process, for two sizes of input: it must not grow with the corpus.

`python bench/memory.py --dir DIR --mb 60 --mb 600 FILE.jsonl…` repeats the documents of the given files with edits
until each size is reached, runs the road on each and prints the peak resident set of driver, host and workers.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import zstandard

ROOT = Path(__file__).resolve().parent.parent
PROJECT = """\
damjang: 1
name: memory
demo: true
as_of: 2026-11-22
policy: pretraining-public
release: {name: memory}
signing: {threshold: 1}
sources:
  - {id: text, provider: bench, licence: {id: PUBLIC-WORK}, ground: {id: statute, evidence: bench},
     paths: ["data/*.jsonl"], format: jsonl, record_key: id}
"""


def texts(files: list[Path]) -> list[str]:
    """The `text` of every JSON line; .zst files are unpacked."""
    found = []
    for path in files:
        data = path.read_bytes()
        if path.suffix == ".zst":
            data = zstandard.ZstdDecompressor().stream_reader(data).read()
        found += [json.loads(line)["text"] for line in data.splitlines() if line.strip()]
    return [text for text in found if text]


def edited(source: list[str], size: int) -> Iterator[bytes]:
    """JSON lines of about `size` bytes: rounds over the texts, every later round with a third of its words moved."""
    dice = random.Random(1)
    made = number = 0
    while made < size:
        words = source[number % len(source)].split(" ")
        if number >= len(source):
            for _ in range(len(words) // 3):
                one, other = dice.randrange(len(words)), dice.randrange(len(words))
                words[one], words[other] = words[other], words[one]
        line = json.dumps({"id": f"m{number}", "text": " ".join(words)}, ensure_ascii=False).encode() + b"\n"
        made += len(line)
        number += 1
        yield line


def found(folder: Path, source: list[str], megabytes: int) -> Path:
    """A founded project with `megabytes` of input in files of about 50 MB."""
    from governance.founding import found_demo, found_project

    (folder / "data").mkdir(parents=True)
    out, held, part = None, 0, 0
    for line in edited(source, megabytes * 1_000_000):
        if out is None or held > 50_000_000:
            if out is not None:
                out.close()
            out, held, part = (folder / "data" / f"{part:03d}.jsonl").open("wb"), 0, part + 1
        out.write(line)
        held += len(line)
    if out is not None:
        out.close()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    found_project(folder, now, ledger="sqlite:///ledger.db", vault="vault/vault.db", vault_key="file:vault/vault.key")
    found_demo(folder, now)
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    return folder / "project.yaml"


def role(process: psutil.Process, driver: int) -> str:
    """driver, host, worker or other."""
    if process.pid == driver:
        return "driver"
    line = " ".join(process.cmdline())
    return "worker" if "sdk_worker_main" in line else "host" if "pipelines.host" in line else "other"


def measure(project: Path, workers: int) -> tuple[int, float, dict[str, int], int]:
    """(exit code, seconds, peak bytes of the largest process by role, peak bytes of the tree), sampled at 10 Hz."""
    started = time.monotonic()
    run = subprocess.Popen(
        [sys.executable, "-m", "damjang.cli.main", "run", str(project), "--json", "--workers", str(workers)],
        cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    driver = psutil.Process(run.pid)
    peak: dict[str, int] = {}
    whole = 0
    while run.poll() is None:
        total = 0
        try:
            family = [driver, *driver.children(recursive=True)]
        except psutil.Error:
            break
        for process in family:
            try:
                held, name = process.memory_info().rss, role(process, driver.pid)
            except psutil.Error:
                continue
            total += held
            peak[name] = max(peak.get(name, 0), held)
        whole = max(whole, total)
        time.sleep(0.1)
    return run.wait(), time.monotonic() - started, peak, whole


def main() -> None:
    """Measure each size."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--dir", type=Path, required=True, help="where the projects go; must not exist")
    options.add_argument("--mb", type=int, action="append", help="input sizes; 60 and 600 by default")
    options.add_argument("--workers", type=int, default=1)
    given = options.parse_args()
    source = texts(given.files)
    for megabytes in given.mb or [60, 600]:
        code, seconds, peak, whole = measure(found(given.dir / str(megabytes), source, megabytes), given.workers)
        held = ", ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in sorted(peak.items()))
        print(f"{megabytes} MB: {held}; tree {whole / 1e6:,.0f} MB; {seconds:,.0f} s; exit code {code}", flush=True)


if __name__ == "__main__":
    main()

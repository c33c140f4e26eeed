"""One person withdraws from a million documents that the pipeline itself made: dry run, execution, proof, verification.

    python -m bench.withdrawal_million DIR [DOCUMENTS] [SHARDS]     user CPU seconds of one fresh process each

DIR must not exist. The corpus is short forum posts of seeded words, ten a person, each person's all over the files,
with everybody's consent; the run is `damjang run`, the withdrawal `damjang withdraw --execute`. Two runs of different
sizes and the same shard size show that the cost is the touched shards', not the corpus's.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from damjang.demo.lexicon.forum_topics import all_boards
from governance.consent_import import COLUMNS
from governance.founding import found_demo, found_project

POSTS, FILES, PERSON = 10, 10, "user-42"  # posts a person; input files; who withdraws
CONSENT = {"source_id": "forum", "purpose": "pretraining", "ground": "consent", "notice_sha256": "ab" * 32,
           "method": "web", "given_at": "2026-01-01T00:00:00+09:00", "flags": "ai_training"}  # fmt: skip
PROJECT = """\
damjang: 1
name: million
demo: true
purpose: pretraining
as_of: 2026-11-20
policy: pretraining-public
release: {{name: million, valid_days: 180}}
sources:
  - id: forum
    provider: bench
    licence: {{id: PUBLIC-WORK}}
    ground: {{id: consent, evidence: notice.txt}}
    paths: ["data/*.jsonl"]
    format: jsonl
    record_key: id
    subjects: [author]
consents: [consents.csv]
signing: {{threshold: 1}}
unit_bytes: {unit}
shard_bytes: {shard}
"""


def words() -> list[str]:
    """The words of the demo's boards: none is anybody's name."""
    found: set[str] = set()
    for board in all_boards():
        for phrases in (board.items, board.others, board.wheres, board.good, board.bad, board.plain):
            for phrase in phrases:
                found |= {word for word in phrase.split() if all("가" <= letter <= "힣" for letter in word)}
    return sorted(word for word in found if len(word) > 1)


def write_corpus(folder: Path, documents: int, shards: int) -> Path:
    """A founded project over the corpus; returns its project file."""
    dice, pool = random.Random(1), words()
    people = max(1, documents // POSTS)
    (folder / "data").mkdir(parents=True)
    for part in range(FILES):
        with (folder / "data" / f"{part}.jsonl").open("w", encoding="utf-8") as file:
            for number in range(part, documents, FILES):
                text = " ".join(dice.choices(pool, k=17)) + " 좋았습니다."
                author = (number * 7919 + number // people) % people  # a person's posts lie all over the files
                post = {"id": f"p{number}", "author": f"user-{author}", "text": text}
                file.write(json.dumps(post, ensure_ascii=False) + "\n")
    with (folder / "consents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(CONSENT | {"subject": f"user-{number}"} for number in range(people))
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    found_project(folder, now, ledger="sqlite:///ledger.db", vault="vault/vault.db", vault_key="file:vault/vault.key")
    found_demo(folder, now)
    (folder / "notice.txt").write_text("동의 고지문\n", encoding="utf-8")
    whole = sum(path.stat().st_size for path in (folder / "data").iterdir())
    (folder / "project.yaml").write_text(
        PROJECT.format(unit=-(-whole // shards), shard=whole // shards // 2), encoding="utf-8"
    )
    return folder / "project.yaml"


def damjang(*arguments: str) -> tuple[float, float, dict[str, Any]]:
    """(user CPU seconds, seconds, what it says) of one command in a fresh process."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.monotonic()
    made = subprocess.run(
        [sys.executable, "-m", "damjang.cli.main", *arguments], capture_output=True, text=True, check=False
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if made.returncode:
        raise SystemExit(made.stdout + made.stderr)
    told = json.loads(made.stdout) if made.stdout.startswith("{") else {}
    return used, time.monotonic() - started, told


def main(folder: Path, documents: int, shards: int) -> None:
    """Prints what each step took."""
    project = write_corpus(folder, documents, shards)
    cpu, wall, _ = damjang("run", str(project), "--json")
    print(f"run: {cpu:,.0f} s CPU, {wall:,.0f} s; documents {documents:,}", flush=True)
    withdraw_one(project)


def withdraw_one(project: Path, person: str = PERSON) -> None:
    """Dry run, execution and verification of one person's withdrawal."""
    asked = ("withdraw", "--project", str(project), "--subject", person, "--source", "forum", "--json")
    cpu, wall, told = damjang(*asked)
    [plan] = told["plans"]
    print(f"dry run: {cpu:.2f} s CPU, {wall:.2f} s; " + ", ".join(
        f"{name} {plan[name]:,}" for name in ("documents", "rows", "shards", "shard_bytes", "staged_files", "staged_bytes")
    ), flush=True)  # fmt: skip
    cpu, wall, told = damjang(*asked, "--execute", "--verified-by", "id_card", "--actor", "staff-7")
    proof = Path(told["done"][0]["proof"])
    print(f"execute: {cpu:.2f} s CPU, {wall:.2f} s; proof {proof.stat().st_size / 1e3:,.0f} kB", flush=True)
    trust = project.parent / "trust" / "root.json"
    cpu, wall, _ = damjang("verify-difference", str(proof), "--trust", str(trust))
    print(f"verified: {cpu:.2f} s CPU, {wall:.2f} s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(number) for number in sys.argv[2:] or ("1000000", "200")))

"""A project small enough for a slow runner and large enough for the gates. Standard library only: Airflow's environment
uses it too, and calls nothing of ours but the command."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

NOUNS = "도서관 공원 도로 학교 축제 예산 조례 시설 교육 환경 안전 문화 복지 교통 하천 시장 박물관 체육관 보건소 농장".split()  # noqa: SIM905
PLACES = "동쪽 서쪽 남쪽 북쪽 가운데 언덕 강변 들판 골목 광장".split()  # noqa: SIM905
VERBS = "넓힙니다 고칩니다 새로 엽니다 알립니다 점검합니다 늘립니다 정비합니다 안내합니다 준비합니다 마칩니다".split()  # noqa: SIM905
TIMES = "봄부터 여름까지 가을에 겨울마다 아침에 저녁에 주말마다 내년부터 이달에 다음 달에".split()  # noqa: SIM905

PROJECT = """\
damjang: 1
name: {name}
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: pretraining-public
release: {{name: {name}, valid_days: 180}}
sources:
  - id: notices
    provider: 담장시
    licence: {{id: KOGL-1}}
    ground: {{id: statute, evidence: 공공데이터법 제17조}}
    paths: ["data/*.jsonl"]
    format: jsonl
    record_key: id
signing: {{threshold: 1}}
unit_bytes: 64KiB
shard_bytes: 128KiB
"""


def damjang(command: Path, *arguments: str, timeout: float = 280) -> subprocess.CompletedProcess[str]:
    """Run the command line; its output is kept for the assertion."""
    return subprocess.run(
        [str(command), *arguments], capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False
    )


def found(command: Path, folder: Path, name: str = "notices", documents: int = 1200) -> Path:
    """A founded demo project with a seeded corpus in three files; returns its project file."""
    made = damjang(command, "init", str(folder), "--demo", "--name", name)
    assert made.returncode == 0, made.stdout + made.stderr
    write_corpus(folder / "data", documents)
    (folder / "project.yaml").write_text(PROJECT.format(name=name), encoding="utf-8")
    return folder / "project.yaml"


def write_corpus(folder: Path, documents: int) -> None:
    """Seeded Korean notices of some 700 bytes, a tenth of them near copies of an earlier one."""
    dice = random.Random(7)
    folder.mkdir(exist_ok=True)
    texts: list[list[str]] = []
    for number in range(documents):
        if texts and number % 10 == 9:
            sentences = list(dice.choice(texts))
            sentences[-1] = sentence(dice, number)
        else:
            sentences = [sentence(dice, number) for _ in range(9)]
        texts.append(sentences)
    for part in range(3):
        lines = (
            json.dumps({"id": f"n{number}", "text": " ".join(sentences)}, ensure_ascii=False)
            for number, sentences in enumerate(texts)
            if number % 3 == part
        )
        (folder / f"{part}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def sentence(dice: random.Random, number: int) -> str:
    def pick(words: Sequence[str]) -> str:
        return dice.choice(words)

    return (
        f"{pick(TIMES)} {pick(PLACES)} {pick(NOUNS)} 옆의 {pick(NOUNS)} {dice.randint(2, 99)}곳을 "
        f"주민과 함께 {pick(VERBS)}."
    )

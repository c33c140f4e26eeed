"""Forum users and their consents (PIPA 15①1, 22, 22-2, 37), and the state that each post should be found in.

| state | the consent file says | the post is |
|---|---|---|
| given | consent to pretraining in force on the as-of date (some renewed, some wider) | kept |
| withdrawn | withdrawn before the as-of date | dropped |
| expired | valid until a day before it | dropped |
| missing | nothing about this user | dropped |
| other_purpose | consent to evaluation only, or to a purpose too vague to rest on | dropped |
| child_with_guardian | flagged child, with a guardian's verified consent | kept |
| child_without_guardian | flagged child, nobody consented for it | quarantined |
| child_undeclared | an ordinary consent; only the text says that its author is under 14 | quarantined |
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from damjang.demo.dice import Dice
from damjang.demo.text import Document

COLUMNS = (
    "source_id", "subject", "purpose", "ground", "notice_sha256", "method", "given_at", "valid_until", "withdrawn_at",
    "guardian_ref", "flags",
)  # fmt: skip
EXPECTED = {
    "given": "kept", "withdrawn": "dropped", "expired": "dropped", "missing": "dropped", "other_purpose": "dropped",
    "child_with_guardian": "kept", "child_without_guardian": "quarantined", "child_undeclared": "quarantined",
}  # fmt: skip
_REFUSED = ("withdrawn", "expired", "missing", "other_purpose")
_CHILD = ("child_with_guardian", "child_without_guardian", "child_undeclared")
_POSTS_A_USER = 3
NOTICE = """한빛이웃 게시글의 인공지능 학습 이용 동의서 (2025년 1월 판)

1. 이용 목적: 한국어 대규모 언어 모델의 사전학습
2. 이용 항목: 회원이 공개 게시판에 쓴 글과 그 글에 적힌 정보
3. 보유 기간: 동의한 날부터 3년, 또는 동의를 철회할 때까지
4. 동의를 거부할 권리가 있으며, 거부하더라도 게시판 이용에는 제한이 없습니다.
5. 동의는 언제든지 마이페이지에서 철회할 수 있고, 철회하면 지체 없이 파기합니다.
6. 만 14세 미만 회원은 법정대리인의 동의가 있어야 합니다.
"""
"""The exact notice; its SHA-256 over UTF-8 stands in every consent."""


@dataclass(frozen=True, slots=True)
class Consents:
    """The file's rows, the state of every post (by identity of the document), and how many users there are."""

    rows: tuple[tuple[str, ...], ...]
    subject_of: dict[int, str]  # id(document) -> provider's user id
    state_of: dict[int, str]  # id(document) -> state
    users: int


def notice_sha256() -> str:
    """The digest that consents carry."""
    return hashlib.sha256(NOTICE.encode()).hexdigest()


def assign(seed: int, posts: Sequence[Document]) -> Consents:
    """Give every post an author, and every author a consent or a lack of one.

    Posts with planted personal information or duplicates belong to users whose consent is in force: what is planted in
    them has to reach the stage that should find it.
    """
    dice = Dice(seed, "consents")
    numbers = iter(_user_numbers(dice, len(posts) * 2 + 64))
    pools: dict[str, list[str]] = {}
    rows: list[tuple[str, ...]] = []
    subject_of: dict[int, str] = {}
    state_of: dict[int, str] = {}
    known: set[str] = set()
    plain = children = 0
    for post in posts:
        if "author" in post.fields:  # written already
            if post.fields["author"] not in known:
                known.add(post.fields["author"])
                rows += _rows("given", post.fields["author"], dice)
            subject_of[id(post)], state_of[id(post)] = post.fields["author"], "given"
            continue
        if "child_author" in post.tags:
            state = _CHILD[children % 3]
            children += 1
        elif post.tags & {"pii", "duplicate", "child_mention", "foreign", "short"}:
            state = "given"
        else:
            plain += 1
            state = _REFUSED[plain // 2 % 4] if plain in (2, 4, 6, 8) or dice.chance(0.09) else "given"
        pool = pools.setdefault(state, [])
        if state in _CHILD or not pool or dice.chance(1 / _POSTS_A_USER):
            pool.append(f"hb-{next(numbers)}")
            rows += _rows(state, pool[-1], dice)
            subject = pool[-1]
        else:
            subject = dice.pick(pool)
        subject_of[id(post)], state_of[id(post)] = subject, state
    rows.sort(key=lambda row: (row[1], row[6]))
    return Consents(tuple(rows), subject_of, state_of, sum(map(len, pools.values())) + len(known))


def _user_numbers(dice: Dice, count: int) -> list[int]:
    numbers = list(range(100_000, 100_000 + count))
    dice.shuffle(numbers)
    return numbers


def _time(dice: Dice, years: tuple[int, int], months: tuple[int, int] = (1, 12)) -> str:
    year, month, day = dice.between(*years), dice.between(*months), dice.between(1, 28)
    return f"{year}-{month:02d}-{day:02d}T{dice.between(8, 22):02d}:{dice.between(0, 59):02d}:00+09:00"


def _rows(state: str, subject: str, dice: Dice) -> list[tuple[str, ...]]:
    if state == "missing":
        return []
    method = dice.pick(("web", "web", "web", "email", "phone_web", "paper"))
    purpose, given, until, withdrawn, guardian, flags = (
        "pretraining",
        _time(dice, (2025, 2025)),
        "",
        "",
        "",
        "ai_training",
    )
    if dice.chance(0.6):
        until = _time(dice, (2027, 2028))
    if state == "withdrawn":
        withdrawn = _time(dice, (2026, 2026), (1, 10))
    elif state == "expired":
        until = _time(dice, (2026, 2026), (1, 10))
    elif state == "other_purpose":
        purpose, flags = dice.pick(("evaluation", "서비스 개선")), ""
    elif state == "child_with_guardian":
        guardian, flags = f"guardian-{subject}", "ai_training;child;guardian"
    elif state == "child_without_guardian":
        flags = "ai_training;child"
    elif dice.chance(0.05):
        flags = "ai_training;third_party"

    def row(given: str, until: str, withdrawn: str) -> tuple[str, ...]:
        return ("forum", subject, purpose, "consent", notice_sha256(), method, given, until, withdrawn, guardian, flags)

    if state == "given" and dice.chance(0.02):  # lapsed once, given again: the later one counts
        return [
            row(_time(dice, (2024, 2024)), _time(dice, (2025, 2025), (1, 2)), ""),
            row(_time(dice, (2025, 2025), (4, 12)), until, ""),
        ]
    return [row(given, until, withdrawn)]


def to_csv(consents: Consents) -> bytes:
    """The consent file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(consents.rows)
    return out.getvalue().encode()

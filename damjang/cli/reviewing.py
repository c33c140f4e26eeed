"""review: what the detectors were unsure of, for an officer to decide. Values are masked here as everywhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say
from damjang.cli.stores import checked_source, log_access, open_ledger, open_vault

if TYPE_CHECKING:
    from governance.vault import Vault
    from pipelines.reviewing import Given, Waiting

CODES: Final = {
    "personal": "personal",
    "p": "personal",
    "개인정보": "personal",
    "not": "not",
    "n": "not",
    "아님": "not",
}
WHAT: Final = {"personal": "개인정보 (personal)", "not": "개인정보 아님 (not personal)"}
ROLES: Final = ("officer", "reviewer")
MAX_REASON: Final = 200
_ID: Final = re.compile(r"[0-9a-f]{32}")


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("review", rich_help_panel=OFFICER)(review)


def _known_type(label: str | None) -> str | None:
    if label is None:
        return None
    from schemas.policy import ruled_types

    if label not in ruled_types():
        raise typer.BadParameter(f"one of {', '.join(ruled_types())}")
    return label


def review(
    by: Annotated[
        str | None, typer.Option(callback=coded, help="Who looks: a code such as officer-1. Looking is logged.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="Who answers: an officer's or reviewer's key, file:PATH or env:NAME."),
    ] = None,
    answer: Annotated[list[str] | None, typer.Option(help="ID=personal or ID=not; repeat.")] = None,
    answers: Annotated[
        Path | None, typer.Option(help="A CSV file of answers: id,answer,reason.", exists=True, dir_okay=False)
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for every --answer; no personal data in it.")] = "",
    change: Annotated[bool, typer.Option("--change", help="Answer anew what was answered otherwise.")] = False,
    of_type: Annotated[
        str | None, typer.Option("--type", callback=_known_type, help="Only this type, such as PERSON.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many items.")] = 20,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Spans between two thresholds: how many wait, what stands around them, and what an officer says they are.

    Until answered a value is masked. The next run obeys: `personal` gets the policy's operator, `not` stays as it is.
    Example: damjang review --key file:officer-1.key --project project.yaml
    """
    if (answer or answers) and key is None:
        raise typer.BadParameter("an answer goes with --key: it is on record who gave it")
    if answer and answers:
        raise typer.BadParameter("give --answer or --answers, not both")
    if key is not None:
        _answer(project, key, _asked(answer, answers, reason), change, of_type, source, limit, json)
    else:
        _look(project, by, of_type, source, limit, json)


def _look(project_file: Path, by: str | None, of_type: str | None, source: str | None, limit: int, json: bool) -> None:
    """Counts for anyone; contexts for somebody who is named, and logged first (안전성 확보조치 기준 8)."""
    from pipelines.reviewing import queue, summary

    project, ledger = open_ledger(project_file)
    if source is not None:
        checked_source(project, source)
    vault = open_vault(project)
    items = queue(project, ledger, vault)
    shown = _some(items, of_type, source, limit)
    if by is not None:
        _log_look(vault, by, shown)
    if json:
        emit_json(summary(items) | {"items": [_row(item, by is not None) for item in shown]})
        return
    _tell(summary(items))
    if by is None:
        if items:
            say("  문맥을 보려면 (to see contexts): damjang review --by CODE; 답하려면 (to answer): --key URI")
        return
    for item in shown:
        _show(item)


def _answer(
    project_file: Path,
    key: str,
    asked: Mapping[str, Given] | None,
    change: bool,
    of_type: str | None,
    source: str | None,
    limit: int,
    json: bool,
) -> None:
    """One batch, whole or not at all; with nothing asked for, item by item at the terminal."""
    from damjang.certificates.reader import load_root
    from damjang.certificates.signers import signer_from_uri
    from pipelines.driver import output_lock
    from pipelines.office import office_of, person_with
    from pipelines.reviewing import check, queue, record, standing_answers, summary

    project, ledger = open_ledger(project_file)
    if source is not None:
        checked_source(project, source)
    vault = open_vault(project)
    office = office_of(project, ledger, log_key=False)
    who = person_with(load_root(office.trust), signer_from_uri(key).public.keyid, ROLES)
    if asked is None:  # before the lock: nobody's run waits for a person who thinks
        shown = _some(queue(project, ledger, vault), of_type, source, limit)
        _log_look(vault, who, shown)
        asked = _ask(shown)
    with output_lock(project.root / project.output):
        items = queue(project, ledger, vault)
        _refuse_personal([said.reason for said in asked.values()])
        standing = {found.review_id: str(found.answer) for found in standing_answers(project, ledger, vault)}
        new = check(asked, items, standing, change=change)
        made = record(project, ledger, vault, office.log, new, items, by=who, now=now())
        items = queue(project, ledger, vault)
    if json:
        emit_json(summary(items) | {"recorded": len(new), "batch": made.folder if made else ""})
        return
    say(f"{len(new):,}건 기록함 (recorded), {who}" + (f": {made.folder}" if made else ""))
    _tell(summary(items))
    if made:
        say(f"  다음 실행부터 반영됩니다 (the next run obeys): damjang run {project_file}")


def _log_look(vault: Vault, who: str, items: Sequence[Waiting]) -> None:
    for document in sorted({item.document_id for item in items}):
        log_access(vault, who, document, "review")


def _some(items: Sequence[Waiting], of_type: str | None, source: str | None, limit: int) -> list[Waiting]:
    """The first of those that wait; what was answered comes after them."""
    chosen = [i for i in items if of_type in (None, i.type) and source in (None, i.source_id)]
    return sorted(chosen, key=lambda item: bool(item.answer))[:limit]


def _asked(answer: list[str] | None, answers: Path | None, reason: str) -> dict[str, Given] | None:
    """{id: what is said of it}; None when nothing is. An id with two different answers is a mistake, not a choice."""
    from pipelines.errors import AnswerRefused, ReviewUnknown
    from pipelines.reviewing import Given

    if not answer and answers is None:
        return None
    said: dict[str, Given] = {}
    for name, code, why in _rows(answers) if answers else [(*_pair(text), reason) for text in answer or ()]:
        if not _ID.fullmatch(name):  # never echoed: whoever mixed up the columns may have put a value there
            raise ReviewUnknown("an id is 32 hexadecimal digits", "`damjang review --json` lists the ids")
        if code not in CODES:
            raise AnswerRefused(f"{name}: the answer is neither personal nor not", "valid values: personal, not")
        if len(why) > MAX_REASON:
            raise AnswerRefused(f"{name}: the reason is too long", f"at most {MAX_REASON} characters")
        given = Given("not" if CODES[code] == "not" else "personal", why)
        if said.setdefault(name, given).answer != given.answer:
            raise AnswerRefused(f"{name} is answered twice, in two ways", "keep one of the two")
    return said


def _pair(text: str) -> tuple[str, str]:
    name, _, code = text.partition("=")
    return name.strip().lower(), code.strip().lower()


def _rows(path: Path) -> list[tuple[str, str, str]]:
    from pipelines.errors import AnswerRefused

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            missing = {"id", "answer"} - set(table.fieldnames or ())
            if missing:
                raise AnswerRefused(f"{path.name}: no column {min(missing)}", "columns: id, answer, reason")
            rows = [[(row.get(name) or "").strip() for name in ("id", "answer", "reason")] for row in table]
            return [(name.lower(), code.lower(), why) for name, code, why in rows]
    except (UnicodeDecodeError, csv.Error):
        raise AnswerRefused(f"{path.name} is no CSV file in UTF-8", "columns: id, answer, reason") from None


def _refuse_personal(reasons: Sequence[str]) -> None:
    """A reason stays on record as it is: no personal value may ride in on it (promise 2)."""
    from anonymizers.pipeline import default_recognizers
    from pipelines.errors import AnswerRefused
    from schemas.policy import load_policy

    texts = sorted({text for text in reasons if text})
    if not texts:
        return
    policy = load_policy("pretraining-public", Path())
    for recognizer in default_recognizers(policy):
        for found in recognizer.find(texts):
            rule = policy.anonymize.entities.get(found.type)
            if rule is not None and rule.operator != "keep" and found.score_ppm >= rule.review_ppm:
                raise AnswerRefused(
                    f"the reason holds what looks like personal data ({found.type})", "say it without the value"
                )


def _ask(items: Sequence[Waiting]) -> dict[str, Given]:
    """Item by item: [p]ersonal, [n]ot, [s]kip, [q]uit. What was said before a quit counts."""
    from pipelines.reviewing import Given

    said: dict[str, Given] = {}
    for item in (item for item in items if not item.answer):
        _show(item)
        code = ""
        while code not in (*CODES, "s", "q"):
            code = typer.prompt("  개인정보입니까? [p] 예  [n] 아니요  [s] 건너뜀  [q] 끝 (p/n/s/q)").strip().lower()
        if code == "q":
            break
        if code == "s":
            continue
        if CODES[code] == "personal":
            said[item.review_id] = Given("personal", "")
        else:
            said[item.review_id] = Given("not", typer.prompt("  이유 (why)").strip()[:MAX_REASON])
    return said


def _row(item: Waiting, named: bool) -> dict[str, Any]:
    row = asdict(item)
    if not named:
        del row["context"]
    return row


def _show(item: Waiting) -> None:
    from rich.markup import escape

    from schemas.policy import entity_labels

    label = entity_labels()[item.type]
    told = f", {WHAT[item.answer]}" if item.answer else ""
    say(f"{item.review_id}  {item.source_id}  {label['ko']} ({item.type}), {item.score_ppm / 1e6:.2f}{told}")
    say("  " + escape(" ".join(item.context.split())))


def _tell(found: Mapping[str, Any]) -> None:
    say(f"검토 대기 (waiting) {found['waits']:,}, 답함 (answered) "
        f"{found['answered']['personal']:,} personal / {found['answered']['not']:,} not, "
        f"다음 실행에 반영될 것 (for the next run) {found['next_run']:,}")  # fmt: skip
    for source, by_type in found["waiting"].items():
        say(f"  {source}: " + ", ".join(f"{kind} {number:,}" for kind, number in by_type.items()))

"""The review queue: what anonymize was unsure of, what officers answered, and where the answers are kept.

The queue is the `review` side files of the latest anonymize stage. Answers come in batches: a sealed decision file each
(who, when, why, by review id), its manifest, a row among the ledger's stage runs with counts by source, and a salted
commitment in the audit log. The newest answer to an id stands; the next run reads them all and obeys.

A batch is numbered. One that the ledger knows and the disk has not, or has otherwise, stops the run: an answer that got
lost would quietly mask or keep something else.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa

from damjang.certificates.logproof import commitment
from governance.lineage import Lineage
from governance.staged import StagedFile, StagedWriter, bounded_batches
from pipelines.dataset import FileRef, Manifest, Part
from pipelines.errors import AnswerRefused, AnswersMissing, ReviewUnknown
from schemas.arrow import ID
from schemas.project import Project

if TYPE_CHECKING:
    from governance.audit import AuditLog
    from governance.ledger import Ledger
    from governance.vault import Vault

STAGE: Final = "review"
AnswerCode = Literal["personal", "not"]
_NAMES: Final = (
    ("review_id", ID), ("document_id", ID), ("source_id", pa.string()), ("type", pa.string()), ("answer", pa.string()),
    ("by", pa.string()), ("reason", pa.string()), ("at", pa.string()),
)  # fmt: skip
ANSWERED: Final = pa.schema([pa.field(name, kind, nullable=False) for name, kind in _NAMES])


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item of the queue. `obeyed` is the answer that the stage already followed, `answer` the one that stands."""

    review_id: str
    document_id: str
    source_id: str
    type: str
    score_ppm: int
    obeyed: str
    answer: str
    context: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on record: to which item, what, by whom (a code), why, when (UTC, ISO 8601)."""

    review_id: str
    document_id: str
    source_id: str
    type: str
    answer: AnswerCode
    by: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer says of one item."""

    answer: AnswerCode
    reason: str


def queue(project: Project, ledger: Ledger, vault: Vault) -> list[Waiting]:
    """Every item of the latest run, by source, type and id; the answered ones too. Raises NothingRun."""
    lineage = Lineage(project.root / project.output, vault)
    standing = {found.review_id: found.answer for found in standing_answers(project, ledger, vault)}
    items = []
    for part in lineage.manifest("anonymize").get("parts", ()):
        if "review" not in part["files"] or not lineage.has("anonymize", part["files"]["review"]):
            continue
        with lineage.open("anonymize", part["files"]["review"]) as file:
            for row in file.table().to_pylist():
                name = row["review_id"].hex()
                items.append(
                    Waiting(
                        name, row["document_id"].hex(), part["source_id"], row["type"], row["score_ppm"], row["answer"],
                        standing.get(name, ""), row["context"],
                    )
                )  # fmt: skip
    return sorted(items, key=lambda item: (item.source_id, item.type, item.review_id))


def standing_answers(project: Project, ledger: Ledger, vault: Vault) -> list[Answered]:
    """The newest answer to each item, by id. Raises AnswersMissing."""
    newest: dict[str, Answered] = {}
    for folder in _batches(project, ledger, vault):
        for found in _read(folder, vault):
            newest[found.review_id] = found
    return [newest[name] for name in sorted(newest)]


def check(
    given: Mapping[str, Given], items: Sequence[Waiting], standing: Mapping[str, str], *, change: bool
) -> dict[str, Given]:
    """The answers that are new. The same answer again is no answer; another one needs `change`.

    Raises ReviewUnknown for an id that is neither in the queue nor answered before, AnswerRefused.
    """
    known = {item.review_id for item in items} | set(standing)
    new = {}
    for name, said in given.items():
        if name not in known:
            raise ReviewUnknown(f"no item {name} in the queue", "`damjang review --json` lists the ids")
        before = standing.get(name, "")
        if said.answer == "not" and not said.reason:
            raise AnswerRefused(f"{name}: why is it not personal?", "give --reason, or the column reason")
        if before and before != said.answer and not change:
            raise AnswerRefused(f"{name} was answered {before} before", "add --change to answer it anew")
        if before != said.answer:
            new[name] = said
    return new


def record(
    project: Project,
    ledger: Ledger,
    vault: Vault,
    log: AuditLog,
    given: Mapping[str, Given],
    items: Sequence[Waiting],
    *,
    by: str,
    now: dt.datetime,
) -> Manifest | None:
    """Keeps one batch of answers that `check` passed; None when there is none. The caller holds the output's lock."""
    before = _batches(project, ledger, vault)
    made = None
    if given:
        about: dict[str, Waiting | Answered] = {a.review_id: a for a in standing_answers(project, ledger, vault)}
        about |= {item.review_id: item for item in items}
        at = now.isoformat()
        rows = [
            Answered(name, about[name].document_id, about[name].source_id, about[name].type, said.answer, by,
                     said.reason, at)
            for name, said in sorted(given.items())
        ]  # fmt: skip
        made = _write(project, vault, rows, len(before) + 1, now)
        ledger.record_stage(
            stage=STAGE, folder=made.folder, manifest_digest=made.digest, counts=made.by_source(), policy_digest="",
            recorded_at=now, project=project.name, reasons=made.reasons(),
        )  # fmt: skip
    _log(log, vault, [*(Manifest.load(folder / "manifest.json") for folder in before), *([made] if made else [])])
    return made


def _log(log: AuditLog, vault: Vault, batches: Sequence[Manifest]) -> None:
    """Every batch's commitment, so that one that a crash kept out of the log gets in with the next."""
    from governance.audit import Entry

    log.append(
        [
            Entry(
                STAGE, dt.datetime.fromisoformat(batch.facts["at"]),
                commitment(vault.release_salt(f"log/{batch.folder}"), bytes.fromhex(batch.digest)),
            )
            for batch in batches
        ]
    )  # fmt: skip


def _batches(project: Project, ledger: Ledger, vault: Vault) -> list[Path]:
    """This project's recorded batches in order. A ledger may serve several projects: the vault says which are ours."""
    stages = project.root / project.output / "stages"
    found = []
    for stage in ledger.stages():
        if stage.stage != STAGE or vault.dataset_state(stage.folder) not in ("sealed", "destroyed"):
            continue
        path = stages / stage.folder / "manifest.json"
        if not path.exists() or Manifest.load(path).digest != stage.manifest_digest:
            raise AnswersMissing(
                f"the answers in {stage.folder} are not on disk as they were recorded",
                "restore out/stages/review-* from a backup: without them a run would decide otherwise",
            )
        found.append(path.parent)
    return found


def _read(folder: Path, vault: Vault) -> Iterator[Answered]:
    keys = vault.file_keys(folder.name)
    for part in Manifest.load(folder / "manifest.json").parts:
        ref = part.files["decisions"]
        with StagedFile(folder / ref.path, file_key=keys[ref.file_id]) as file:
            for row in file.table().to_pylist():
                yield Answered(**row | {name: row[name].hex() for name in ("review_id", "document_id")})


def _write(project: Project, vault: Vault, rows: Sequence[Answered], number: int, now: dt.datetime) -> Manifest:
    """One part a source; keys into the vault before the manifest counts for anything."""
    stages = project.root / project.output / "stages"
    name = f"{STAGE}-{number:06d}-{os.urandom(4).hex()}"
    for stale in stages.glob(f"{STAGE}-{number:06d}-*"):  # a crash before the ledger heard of it
        shutil.rmtree(stale)
    folder = stages / name
    (folder / "decisions").mkdir(parents=True)
    keys: dict[str, bytes] = {}
    parts = []
    for source in sorted({row.source_id for row in rows}):
        mine = [row for row in rows if row.source_id == source]
        parts.append(_part(folder, f"{number:06d}-{source}", source, mine, vault, keys))
    facts = {"number": number, "at": rows[0].at, "answers": len(rows)}
    made = Manifest(STAGE, "1", name, {}, tuple(parts), {}, facts)
    made.save(folder / "manifest.json")
    vault.seal_dataset(name, keys, now)
    return made


def _part(folder: Path, name: str, source: str, rows: Sequence[Answered], vault: Vault, keys: dict[str, bytes]) -> Part:
    columns: list[Any] = []
    for column, kind in _NAMES:
        values = [getattr(row, column) for row in rows]
        columns.append(pa.array([bytes.fromhex(value) for value in values] if kind == ID else values, kind))
    file_id, key = os.urandom(16), os.urandom(32)
    path = f"decisions/{name}-{file_id.hex()[:8]}.djf"
    writer = StagedWriter(folder / path, ANSWERED, file_id=file_id, file_key=key, digest_key=vault.project_key)
    for batch in bounded_batches(pa.table(columns, schema=ANSWERED), max_rows=4096):
        writer.write(batch)
    written = writer.close()
    keys[written.file_id] = key
    ref = FileRef(path, written.file_id, written.rows, written.bytes, written.digest)
    personal = sum(row.answer == "personal" for row in rows)
    counts = {"in": len(rows), "kept": len(rows) - personal, "changed": personal, "dropped": 0, "quarantined": 0}
    reasons = {"changed:reviewed_personal": personal, "kept:reviewed_not_personal": len(rows) - personal}
    return Part(name, source, 0, {"decisions": ref}, counts, {k: n for k, n in reasons.items() if n})


def summary(items: Sequence[Waiting]) -> dict[str, Any]:
    """Counts that may be shown to anyone: waiting by source and type, answered, and answered since the last run."""
    waiting: dict[str, dict[str, int]] = {}
    for item in items:
        if not item.answer:
            row = waiting.setdefault(item.source_id, {})
            row[item.type] = row.get(item.type, 0) + 1
    answered = {code: sum(item.answer == code for item in items) for code in ("personal", "not")}
    return {
        "waiting": {source: dict(sorted(row.items())) for source, row in sorted(waiting.items())},
        "waits": sum(sum(row.values()) for row in waiting.values()),
        "answered": answered,
        "next_run": sum(item.answer != item.obeyed for item in items),
    }

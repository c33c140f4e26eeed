"""One document's whole story, from the decision files: which stage did what and why, and in which row it ships.

Decision files are the record (design.md, Contracts); the ledger holds their digests. Stage folders are read through
their manifests, as JSON, so that this room needs nothing of the pipelines.
"""

from __future__ import annotations

import functools
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from governance.errors import DocumentUnknown, KeyDestroyed, NothingRun
from governance.staged import StagedFile
from governance.trace_index import Place, TraceIndex, id_array, open_index
from governance.vault import Vault
from governance.vault.tombstones import HELD
from schemas.arrow import TAGS

if TYPE_CHECKING:
    from governance.ledger import Ledger, ReleaseInfo

STAGES = ("ingest", "refine", "dedup", "anonymize")
EDGED = ("dedup", "anonymize")
"""Stages that drop a document for another: of this run, or of a release that this one builds on (ADR 40)."""
REWRITES = "rewrites.json"
"""Beside a stage's manifest: which datasets hold the keys of files that a withdrawal rewrote in it."""


@dataclass(frozen=True)
class Event:
    """What one stage did: `scores` in ppm, thresholds beside them; -1 where none applies."""

    stage: str
    action: str
    reason: str
    score_ppm: int
    threshold_ppm: int
    policy_digest: str


@dataclass(frozen=True)
class Story:
    """Everything that is known of a document. No text of it, ever."""

    document_id: str
    source_id: str
    part: str
    events: tuple[Event, ...]
    survivor_id: str = ""  # the document that stayed in its place
    jaccard_ppm: int = -1
    removed: Mapping[str, int] | None = None  # personal information rewritten, by type
    where: str = ""  # path:offset of a quarantined record
    shard: str = ""
    row: int = -1
    row_id: str = ""
    tags: tuple[str, ...] = ()  # what a shipped row carries (schemas.arrow.TAGS): child_mention, child_author
    destroyed: str = ""  # why and when its text was destroyed, as the tombstone says

    @property
    def fate(self) -> str:
        """`shipped`, `destroyed`, `dropped` or `quarantined`."""
        if self.shard:
            return "shipped"
        if self.destroyed:
            return "destroyed"
        last = self.events[-1].action
        return last if last in ("dropped", "quarantined") else "unfinished"


class Lineage:
    """Reads the stage folders of the latest run of a project."""

    def __init__(self, out: Path, vault: Vault, folders: Mapping[str, str] | None = None) -> None:
        """`folders` ({stage: folder}): another run than the latest, such as an older release's (`release_folders`)."""
        try:
            found = {"folders": folders} if folders else json.loads((out / "runs" / "latest.json").read_bytes())
        except FileNotFoundError:
            raise NothingRun("nothing has run in this project yet", "damjang run project.yaml") from None
        self._latest: dict[str, Any] = found
        self._out = out
        self._stages = out / "stages"
        self._vault = vault
        self._manifests: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, bytes] = {}
        self._moved: dict[str, str] = {}

    @property
    def latest(self) -> Mapping[str, Any]:
        return self._latest

    def manifest(self, stage: str) -> dict[str, Any]:
        """The stage's manifest as JSON; {} when the latest run has none."""
        if stage not in self._manifests:
            folder = self._latest["folders"].get(stage)
            if folder is None:
                return {}
            self._manifests[stage] = json.loads((self._stages / folder / "manifest.json").read_bytes())
            self._keys.update(self._vault.file_keys(folder))
            for dataset in key_datasets(self._stages / folder):
                moved = self._vault.file_keys(dataset)
                self._keys.update(moved)
                self._moved.update(dict.fromkeys(moved, dataset))
        return self._manifests[stage]

    def open(self, stage: str, ref: Mapping[str, Any]) -> StagedFile:
        """A staged file of a stage."""
        folder = self._latest["folders"][stage]
        key = self._keys.get(ref["file_id"])
        if key is None:
            raise KeyDestroyed(f"a file of {stage} was destroyed", "the destruction register says when and why")
        return StagedFile(self._stages / folder / ref["path"], file_key=key)

    def datasets(self, stage: str) -> list[str]:
        """The vault's datasets of withdrawals that rewrote files of a stage."""
        folder = self._latest["folders"].get(stage)
        return [] if folder is None else key_datasets(self._stages / folder)

    def has(self, stage: str, ref: Mapping[str, Any]) -> bool:
        """Whether a file's key still exists."""
        self.manifest(stage)
        return ref["file_id"] in self._keys

    def dataset_of(self, stage: str, ref: Mapping[str, Any]) -> str:
        """The vault's dataset that holds a file's key: the stage folder's, or a rewrite's."""
        self.manifest(stage)
        return self._moved.get(ref["file_id"], str(self._latest["folders"][stage]))

    def rows(
        self, stage: str, kind: str, ids: pa.Array, part: str | None = None
    ) -> Iterator[tuple[dict[str, Any], pa.Table]]:
        """(part, rows whose document_id is among `ids`) of every part that has such rows."""
        for made in self.manifest(stage).get("parts", ()):
            if kind not in made["files"] or (part is not None and made["name"].rstrip("s") != part):
                continue
            with self.open(stage, made["files"][kind]) as file:
                table = file.table()
                found = table.filter(pc.is_in(table["document_id"], ids))
            if found.num_rows:
                yield made, found

    def story(self, document_id: str) -> Story:
        """One document. Raises DocumentUnknown."""
        try:
            raw = bytes.fromhex(document_id)
        except ValueError:
            raw = b""
        if len(raw) != 16:
            raise DocumentUnknown("this is no document id", "an id is 32 hexadecimal digits")
        ids = id_array(raw)
        place = self.index.document(raw) if self.index else None
        entered = next(self.rows("ingest", "decisions", ids, self._part(place)), None)
        if entered is None:
            raise DocumentUnknown(
                f"document {document_id} never entered this run", "`--release NAME@V` looks into another's run"
            )
        part = entered[0]["name"].rstrip("s")
        events = list(_events(entered[1]))
        for stage in STAGES[1:]:
            for _, found in self.rows(stage, "decisions", ids, part):
                events += _events(found)
        return Story(
            document_id=document_id,
            source_id=entered[0]["source_id"],
            part=part,
            events=tuple(events),
            **self._survivor(ids, part),
            removed=self._removed(ids, part),
            where=self._where(ids, part),
            destroyed=self._destroyed(raw, entered[0]["source_id"]),
            **(self._placed(place) if place else self._shipped(raw, entered[0]["source_id"])),
        )

    def document_of_record(self, source_id: str, record_key: str) -> str:
        """The document id (hex) of a source's record (docs/adr: document identity)."""
        message = f"doc\0{source_id}\0{record_key}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._vault.project_key, message, "sha256")[:16].hex()

    def documents_of_subject(self, source_id: str, provider_id: str) -> list[str]:
        """The documents (hex) of a person, by the id the source knows them by. Write an access-log row for each use."""
        tokens = self._vault.subject_tokens(source_id, provider_id)
        if self.index:
            return sorted(document.hex() for token in tokens for document in self.index.subject(token))
        found: set[bytes] = set()
        for part in self.manifest("ingest").get("parts", ()):
            if "subjects" in part["files"]:
                with self.open("ingest", part["files"]["subjects"]) as file:
                    table = file.table()
                mine = pc.is_in(table["subject_token"], id_array(b"".join(tokens)))
                found |= set(table.filter(mine)["document_id"].to_pylist())
        return sorted(document.hex() for document in found)

    def document_at(self, shard: str, row: int) -> str:
        """The document (hex) in a row of a shard (`shards/NAME.arrow`). Raises DocumentUnknown."""
        assembled = self.manifest("assemble")
        for made, ref in zip(assembled["facts"]["shards"], assembled["side"]["rows"], strict=True):
            if made["path"] == shard and 0 <= row < made["rows"]:
                with self.open("assemble", ref) as file:
                    for number, rows in enumerate(file.batch_rows):
                        if row < rows:
                            return str(file.batch(number)["document_id"][row].as_py().hex())
                        row -= rows
        raise DocumentUnknown(
            "no such row is shipped", "numbered as in the manifest, from 0; `--release NAME@V` looks into another"
        )

    def document_of_row(self, row_id: str) -> str:
        """The document (hex) behind a row id. Raises DocumentUnknown."""
        try:
            raw = bytes.fromhex(row_id)
        except ValueError:
            raw = b""
        found = self.index.row(raw) if self.index and len(raw) == 16 else None
        if found is None and len(raw) == 16 and not self.index:
            for ref in self.manifest("assemble").get("side", {}).get("rows", ()):
                with self.open("assemble", ref) as file:
                    table = file.table()
                at = pc.index(table["row_id"], pa.scalar(raw, pa.binary(16))).as_py()
                if at >= 0:
                    found = table["document_id"][at].as_py()
        if found is None:
            raise DocumentUnknown("no such row is shipped", "a row id is the 32 hexadecimal digits of a shard's row_id")
        return found.hex()

    @functools.cached_property
    def index(self) -> TraceIndex | None:
        """The trace index of this run, when it was built: look-ups then read one batch instead of everything."""
        return open_index(self._out, self._vault, self)

    def _part(self, place: Place | None) -> str | None:
        return None if place is None else str(self.manifest("ingest")["parts"][place.part]["name"].rstrip("s"))

    def _placed(self, place: Place) -> dict[str, Any]:
        if place.shard < 0:
            return {}
        assembled = self.manifest("assemble")
        shard = assembled["facts"]["shards"][place.shard]
        if not self.has("assemble", assembled["side"]["rows"][place.shard]):
            return {}
        with self.open("assemble", assembled["side"]["rows"][place.shard]) as file:
            row = place.row
            for number, rows in enumerate(file.batch_rows):
                if row < rows:
                    return _row_of(file.batch(number), row) | {"shard": shard["path"], "row": place.row}
                row -= rows
        return {}

    def _survivor(self, ids: pa.Array, part: str) -> dict[str, Any]:
        told = (found for stage in EDGED for _, found in self.rows(stage, "edges", ids, part))
        for found in told:
            row = found.to_pylist()[0]
            return {"survivor_id": row["survivor_id"].hex(), "jaccard_ppm": row["jaccard_ppm"]}
        return {}

    def _destroyed(self, raw: bytes, source: str) -> str:
        """A tombstone of the document or its source; one that is only held back for an officer still exists."""
        marks = self._vault.tombstones
        told = marks.told("document", raw) or marks.told("source", source.encode())
        return "" if told is None or told[0] == HELD else f"{told[0]} {told[1]}"

    def _removed(self, ids: pa.Array, part: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for _, found in self.rows("anonymize", "spans", ids, part):
            for kind in found["type"].to_pylist():
                counts[kind] = counts.get(kind, 0) + 1
        return dict(sorted(counts.items()))

    def _where(self, ids: pa.Array, part: str) -> str:
        for _, found in self.rows("ingest", "quarantine", ids, part):
            row = found.to_pylist()[0]
            return f"{row['path']}:{row['offset']}+{row['length']}"
        return ""

    def _shipped(self, raw: bytes, source: str) -> dict[str, Any]:
        assembled = self.manifest("assemble")
        shards = assembled.get("facts", {}).get("shards", ())
        for shard, ref in zip(shards, assembled.get("side", {}).get("rows", ()), strict=True):
            if shard["source_id"] != source or not self.has("assemble", ref):
                continue
            with self.open("assemble", ref) as file:
                table = file.table()
            at = pc.index(table["document_id"], pa.scalar(raw, pa.binary(16))).as_py()
            if at >= 0:
                return _row_of(table, at) | {"shard": shard["path"], "row": at}
        return {}

    def any_shipped(self) -> str:
        """The id of some shipped document, "" where nothing ships."""
        for ref in self.manifest("assemble").get("side", {}).get("rows", ()):
            if not self.has("assemble", ref):
                continue
            with self.open("assemble", ref) as file:
                for batch in file:
                    if batch.num_rows:
                        return str(batch["document_id"][0].as_py().hex())
        return ""


def release_folders(out: Path, ledger: Ledger, release: ReleaseInfo) -> dict[str, str]:
    """{stage: folder} of the run that made a release: the ledger knows each input manifest's folder by its digest."""
    by_digest = {info.manifest_digest: info.folder for info in ledger.stages()}
    try:
        made = json.loads((out / "stages" / release.folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        return {}
    folders = {stage: by_digest[digest] for stage, digest in made["inputs"].items() if digest in by_digest}
    return folders | {"assemble": release.folder}


def key_datasets(folder: Path) -> list[str]:
    """The vault's datasets, beside the folder's own, that hold keys of a stage folder's files."""
    try:
        return list(json.loads((folder / REWRITES).read_bytes())["datasets"])
    except FileNotFoundError:
        return []


def _row_of(rows: pa.Table | pa.RecordBatch, number: int) -> dict[str, Any]:
    """The row id and tags of a line of a shard's rows file."""
    flags = rows["flags"][number].as_py()
    tags = tuple(name for flag, name in TAGS.items() if flags & flag)
    return {"row_id": rows["row_id"][number].as_py().hex(), "tags": tags}


def _events(rows: pa.Table) -> Sequence[Event]:
    names = ("stage", "action", "reason", "score_ppm", "threshold_ppm", "policy_digest")
    return [Event(*(row[name] for name in names)) for row in rows.to_pylist()]

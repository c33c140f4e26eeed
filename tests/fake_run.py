"""A finished run without the pipeline: stage folders as the driver leaves them, in a real vault and a real ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from damjang.certificates.manifest import Manifest, Shard, row_leaf
from damjang.certificates.merkle import root_of
from governance.ledger import Ledger, ReleaseInfo, ShardInfo
from governance.staged import StagedWriter
from governance.vault import Vault
from schemas.arrow import DECISIONS, EDGES, ID, SUBJECTS

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
ROWS = pa.schema([("document_id", ID), ("row_id", ID), ("flags", pa.int32())])
TEXTS = pa.schema([("document_id", ID), ("text", pa.string())])


@dataclass(frozen=True)
class Doc:
    """One document: its person, and if it was dropped as a duplicate, of which key."""

    source: str
    key: str
    part: str
    person: str = ""
    duplicate_of: str = ""
    text: str = "글"


@dataclass
class FakeRun:
    """Writes one run of `documents`; `ids` maps keys to document ids."""

    root: Path
    documents: Sequence[Doc]
    data_class: str = "PERSONAL"
    vault: Vault = field(init=False)
    ledger: Ledger = field(init=False)
    ids: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault.create(self.root / "vault.db", f"file:{self.root}/vault.key", NOW)
        self.ledger = Ledger.open(self.root / "ledger.db")
        self.ids = {doc.key: hashlib.sha256(doc.key.encode()).digest()[:16] for doc in self.documents}
        self.manifests: dict[str, str] = {}
        self.release: Manifest | None = None

    @property
    def out(self) -> Path:
        return self.root / "out"

    def write(self, version: int = 1) -> Manifest:
        """All stages and the release `corpus@version`."""
        folders = {}
        for stage in ("ingest", "refine", "dedup", "anonymize"):
            folders[stage] = self._stage(stage, version)
        manifest = self._assemble(version)
        folders["assemble"] = f"assemble-{version:016d}"
        (self.out / "runs").mkdir(parents=True, exist_ok=True)
        (self.out / "runs" / "latest.json").write_text(json.dumps({"folders": folders}))
        return manifest

    def shipped(self) -> dict[tuple[str, str], list[Doc]]:
        found: dict[tuple[str, str], list[Doc]] = {}
        for doc in self.documents:
            if not doc.duplicate_of:
                found.setdefault((doc.source, doc.part), []).append(doc)
        return found

    def leaves(self, docs: Sequence[Doc]) -> list[bytes]:
        salt = self.vault.release_salt("corpus")
        return [row_leaf(salt, self._row(doc), doc.source, doc.text) for doc in docs]

    def _row(self, doc: Doc) -> bytes:
        return hashlib.sha256(b"row" + self.ids[doc.key]).digest()[:16]

    def _stage(self, stage: str, version: int) -> str:
        name = f"{stage}-{version:016d}"
        folder = self.out / "stages" / name
        parts: dict[str, list[Doc]] = {}
        for doc in self.documents:
            parts.setdefault(doc.part, []).append(doc)
        keys: dict[str, bytes] = {}
        made = []
        for part, docs in sorted(parts.items()):
            files = {"decisions": self._decisions(stage, docs), "data": pa.table(
                [pa.array([self.ids[d.key] for d in docs], ID), pa.array([d.text for d in docs])], schema=TEXTS)}  # fmt: skip
            if stage == "ingest":
                rows = [(self.ids[d.key], self.vault.subject_token(d.source, d.person)) for d in docs if d.person]
                files["subjects"] = pa.table(
                    [pa.array(c, ID) for c in (list(zip(*rows, strict=True)) or [[], []])], schema=SUBJECTS
                )
            if stage == "dedup":
                rows2 = [(self.ids[d.key], self.ids[d.duplicate_of]) for d in docs if d.duplicate_of]
                columns = [pa.array([r[i] for r in rows2], ID) for i in (0, 1)]
                files["edges"] = pa.table(
                    [*columns, pa.array([900_000] * len(rows2), pa.int32()), pa.array(["near"] * len(rows2))],
                    schema=EDGES,
                )
            if stage == "anonymize":  # what waits for review stands in its context: text of the document, values masked
                files["review"] = pa.table([pa.array([self.ids[d.key] for d in docs], ID)], names=["document_id"])
            refs = {kind: self._file(folder, f"{kind}/{part}.djf", table, keys) for kind, table in files.items()}
            counts = {"in": len(docs), "kept": len(docs), "changed": 0, "dropped": 0, "quarantined": 0}
            made.append(
                {
                    "name": part,
                    "source_id": docs[0].source,
                    "raw_bytes": 1,
                    "files": refs,
                    "counts": counts,
                    "reasons": {},
                    "facts": {},
                }
            )
        self._finish(stage, name, {"parts": made, "side": {}, "facts": {}, "inputs": {}}, keys)
        return name

    def _decisions(self, stage: str, docs: Sequence[Doc]) -> pa.Table:
        rows = [
            {"document_id": self.ids[d.key], "stage": stage, "action": "kept", "reason": "", "score_ppm": -1, "threshold_ppm": -1, "policy_digest": "p"}
            for d in docs
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, DECISIONS)

    def _assemble(self, version: int) -> Manifest:
        name = f"assemble-{version:016d}"
        folder = self.out / "stages" / name
        keys: dict[str, bytes] = {}
        shards, refs = [], []
        for (source, part), docs in sorted(self.shipped().items()):
            ids = [self.ids[d.key] for d in docs]
            table = pa.table(
                [pa.array(ids, ID), pa.array([self._row(d) for d in docs], ID), pa.array([0] * len(docs), pa.int32())],
                schema=ROWS,
            )
            refs.append(self._file(folder, f"rows/{source}-{part}.djf", table, keys))
            root = root_of(self.leaves(docs)).hex()
            digest = hashlib.sha256(root.encode()).hexdigest()
            shards.append(
                {
                    "path": f"shards/{source}-{part}.arrow",
                    "source_id": source,
                    "rows": len(docs),
                    "size": 100 * len(docs),
                    "sha256": digest,
                    "rows_root": root,
                }
            )
        inputs = dict(self.manifests)
        body = {"parts": [], "side": {"rows": refs, "shards": []}, "facts": {"shards": shards}, "inputs": inputs}
        self._finish("assemble", name, body, keys)
        manifest = Manifest(
            f"corpus@{version}",
            tuple(Shard(s["path"], s["size"], s["sha256"], s["rows"], "0" * 64, s["rows_root"]) for s in shards),
        )
        info = ReleaseInfo(
            "corpus", version, name, f"{version:064d}", manifest.root(), self.data_class, "pretraining", manifest.rows,
            manifest.size, version - 1 or None, "", "", "demo",
        )  # fmt: skip
        self.ledger.record_release(
            info, [ShardInfo(s["path"], s["source_id"], s["sha256"], s["rows"], s["size"]) for s in shards], NOW
        )
        return manifest

    def _file(self, folder: Path, path: str, table: pa.Table, keys: dict[str, bytes]) -> dict[str, Any]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        file_id, key = os.urandom(16), os.urandom(32)
        writer = StagedWriter(
            folder / path, table.schema, file_id=file_id, file_key=key, digest_key=self.vault.project_key
        )
        for batch in table.to_batches():
            writer.write(batch)
        written = writer.close()
        keys[written.file_id] = key
        return {
            "path": path,
            "file_id": written.file_id,
            "rows": written.rows,
            "bytes": written.bytes,
            "digest": written.digest,
        }

    def _finish(self, stage: str, name: str, body: Mapping[str, Any], keys: Mapping[str, bytes]) -> None:
        text = json.dumps({"stage": stage, "version": "1", "folder": name, **body})
        (self.out / "stages" / name / "manifest.json").write_text(text)
        self.vault.seal_dataset(name, keys, NOW)
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.manifests[stage] = digest
        self.ledger.record_stage(
            stage=stage, folder=name, manifest_digest=digest, counts={}, policy_digest="p", recorded_at=NOW
        )

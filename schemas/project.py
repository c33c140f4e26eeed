"""The project file as typed, frozen values. `load_project` (projectfile.py) reads YAML into these.

Paths in the file are relative to the folder that holds it; `Project.root` is that folder.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schemas.units import parse_bytes

Bytes = Annotated[int, BeforeValidator(parse_bytes), Field(gt=0)]
ClusterId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
SourceId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]

GROUNDS = (
    "consent", "statute", "public_task", "contract", "legitimate_interest", "compatible_use",
    "pseudonymised_28-2", "ai_28-12", "not_personal",
)  # fmt: skip
LICENCES = (
    "KOGL-0", "KOGL-1", "KOGL-2", "KOGL-3", "KOGL-4", "KOGL-1-AI", "KOGL-2-AI", "KOGL-3-AI", "KOGL-4-AI",
    "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-NC-ND-4.0",
    "CC-BY-2.5", "CONTRACT", "PUBLIC-WORK", "UNKNOWN",
)  # fmt: skip
FORMATS = ("jsonl", "parquet", "csv", "text")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Licence(_Model):
    """What the licensor allows. `expires` and `terms` (a snapshot file, digested at register) are the evidence.

    `recipients`: the clusters that the terms allow, by id; none named means every enrolled one.
    """

    id: Literal[LICENCES]  # type: ignore[valid-type]
    terms: str | None = None
    expires: dt.date | None = None
    url: str | None = None
    recipients: tuple[ClusterId, ...] = ()


class Ground(_Model):
    """The legal basis (PIPA 15, 17, 28-2, 28-12, 영14-2) and the document that proves it."""

    id: Literal[GROUNDS]  # type: ignore[valid-type]
    evidence: str | None = None  # balancing test, statute, contract, checklist: a file or a reference
    pipc_resolution: str | None = None


class Source(_Model):
    """A registered origin of text."""

    id: SourceId
    provider: str
    licence: Licence
    ground: Ground
    jurisdiction: str = "KR"
    custody: Literal["ours", "provider"] = "ours"
    retention_until: dt.date | None = None
    destroy_by: dt.date | None = None
    paths: tuple[str, ...] = Field(min_length=1)
    format: Literal[FORMATS]  # type: ignore[valid-type]
    encoding: Literal["utf-8", "cp949"] = "utf-8"
    record_key: str | None = None
    text: str = "text"
    subjects: tuple[str, ...] = ()
    child_directed: bool = False
    accessibility: Literal["public", "restricted", "private"] = "public"  # 15①6 rests on public information only
    mydata: bool = False  # received by a data subject's transfer request (PIPA 35-2)
    cross_controller: bool = False  # joined with another controller's, not by a designated agency (PIPA 28-3)


class EvaluationSet(_Model):
    """Benchmark items that no training document may contain: JSONL files and the field that holds an item's text."""

    id: SourceId
    paths: tuple[str, ...] = Field(min_length=1)
    text: str = "text"


class Release(_Model):
    """`builds_on`: an earlier release (`name@version`) of this project; what is in it already is dropped (ADR 40)."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    valid_days: Annotated[int, Field(gt=0, le=1095)] = 180
    builds_on: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}@[1-9][0-9]{0,5}$")] | None = None


class Signing(_Model):
    """`trust` is the root of trust: who may sign, and how many persons must. The others are key URIs.

    `engineer` proposes and `log` signs checkpoints during a run; `officer` is used by a run in a demo root only.
    """

    trust: str = "trust/root.json"
    threshold: Annotated[int, Field(ge=1, le=10)] = 2
    engineer: str = "file:keys/engineer.key"
    officer: str = "file:keys/officer.key"
    log: str = "file:keys/log.key"


class Project(_Model):
    """A whole project file, version 1."""

    damjang: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    demo: bool = False
    purpose: Literal["pretraining", "fine-tuning", "evaluation", "research"] = "pretraining"
    jurisdictions: tuple[str, ...] = ("KR",)
    as_of: dt.date
    policy: str = "pretraining-public"
    release: Release
    sources: tuple[Source, ...] = Field(min_length=1)
    consents: tuple[str, ...] = ()
    evaluation_sets: tuple[EvaluationSet, ...] = ()
    output: str = "out"
    ledger: str = "sqlite:///ledger.db"
    vault: str = "vault/vault.db"
    vault_key: str = "file:vault/vault.key"
    clusters: str = "clusters.yaml"
    openlineage: Annotated[str, Field(pattern=r"^https?://[^\s@?#]+$")] | None = None
    signing: Signing = Signing()
    unit_bytes: Bytes = 4 << 20
    shard_bytes: Bytes = 64 << 20
    max_record_bytes: Bytes = 16 << 20
    workers: Annotated[int, Field(ge=1, le=1024)] = 1
    stages: tuple[Literal["ingest", "refine", "dedup", "anonymize", "assemble", "validate", "certify"], ...] = (
        "ingest", "refine", "dedup", "anonymize", "assemble", "validate", "certify",
    )  # fmt: skip
    root: Path = Path()

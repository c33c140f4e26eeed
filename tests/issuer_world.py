"""A small organisation to test against: keys, a root of trust, a log, shards, and releases made through the public doors.

Everything is real (files, SQLite, signatures); the clock and the salts are given.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from damjang.certificates.facts import Claim, DataClass, Facts, Gate, Obligation, SourceCounts
from damjang.certificates.manifest import Manifest, Shard, row_leaf
from damjang.certificates.merkle import root_of
from damjang.certificates.receipt import Cluster
from damjang.certificates.signers import SoftwareSigner
from damjang.certificates.trust import Person, Root
from damjang.certificates.verify import REVOCATIONS
from governance.audit import AuditLog, create_tables
from governance.database import database_url, open_engine
from governance.issuing import Office, propose, sign
from governance.revocations import first_list, store_list
from schemas.arrow import SHARD

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SENTENCES = (
    "바다는 넓고 하늘은 높다.",
    "봄이 오면 꽃이 핀다.",
    "오늘은 비가 옵니다.",
    "도서관은 저녁 여섯 시에 닫는다.",
)


def signer(name: str) -> SoftwareSigner:
    """The same key for the same name, always."""
    return SoftwareSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_root(**changes: object) -> Root:
    """An engineer and three officers, two of whom must sign."""
    persons = [Person("engineer-1", ("engineer",), (signer("engineer-1").public,))]
    persons += [Person(f"officer-{n}", ("officer",), (signer(f"officer-{n}").public,)) for n in (1, 2, 3)]
    root = Root(
        id=digest("world")[:32],
        version=1,
        organisation="테스트 기관",
        demo=False,
        expires=NOW + 800 * DAY,
        threshold=2,
        revocation_threshold=1,
        persons=tuple(persons),
        log_origin="damjang/world",
        log_key=signer("log").public,
    )
    return replace(root, **changes)  # type: ignore[arg-type]


def cluster(**changes: object) -> Cluster:
    made = Cluster("seoul-1", "테스트 운영자", "KR", signer("seoul-1").public)
    return replace(made, **changes)  # type: ignore[arg-type]


def make_facts(rows: int, **changes: object) -> Facts:
    facts = Facts(
        purposes=("pretraining", "research"),
        jurisdictions=("KR",),
        recipients=("*",),
        obligations=(Obligation("attribution", ("press",), "공공누리 제1유형"),),
        data_class=DataClass("PERSONAL", "consent", "가명처리 적정성 검토 전"),
        law_version="2026-09-11",
        gates=(Gate("rrn-zero", "개인정보 보호법 제24조의2", "pass", f"0 / {rows}", digest("scan")),),
        consent_root=digest("consents"),
        decisions_root=digest("decisions"),
        policy_digest=digest("policy"),
        suite_digest=digest("suite"),
        sources=(SourceCounts("press", "KOGL-1", "not_personal", "KR", "ours", None, rows + 7, rows - 1, 1, 5, 2),),
        claims=(Claim("training-site", "학습은 국내에서 한다", "attested", "운영자"),),
        expires=NOW + 180 * DAY,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def write_shards(folder: Path, release: str, shards: int = 2, batches: int = 3, rows: int = 4) -> Manifest:
    """Arrow shards of a few Korean sentences, and their manifest."""
    (folder / "shards").mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(shards):
        path, leaves = folder / "shards" / f"press-{number:05d}.arrow", []
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, SHARD) as writer:
            for batch in range(batches):
                ids = [hashlib.sha256(f"{number}/{batch}/{row}".encode()).digest()[:16] for row in range(rows)]
                texts = [f"{number}-{batch}-{row} {SENTENCES[row % len(SENTENCES)]}" for row in range(rows)]
                writer.write_batch(pa.record_batch([ids, ["press"] * rows, texts], schema=SHARD))
                leaves += [row_leaf(bytes(32), ident, "press", text) for ident, text in zip(ids, texts, strict=True)]
        data = path.read_bytes()
        schema = hashlib.sha256(SHARD.serialize().to_pybytes()).hexdigest()
        sha = hashlib.sha256(data).hexdigest()
        made.append(Shard(f"shards/{path.name}", len(data), sha, batches * rows, schema, root_of(leaves).hex()))
    return Manifest(release, tuple(made))


@dataclass
class World:
    """A project folder of that organisation."""

    folder: Path
    root: Root = field(default_factory=make_root)
    listers: tuple[str, ...] = ("officer-1",)
    rows: int = 4  # a batch

    def __post_init__(self) -> None:
        engine = open_engine(database_url(self.folder / "audit.db"))
        create_tables(engine)
        self.office = Office.of(self.folder, AuditLog(engine, self.root.log_origin, signer("log")))
        self.office.trust.parent.mkdir(parents=True, exist_ok=True)
        self.office.trust.write_bytes(self.root.to_bytes())
        if not self.office.revocations.exists():
            first = first_list(self.root, [signer(name) for name in self.listers], NOW)
            store_list(first, self.office.revocations, self.office.releases / REVOCATIONS)

    def propose(self, release: str = "korean-public@1", now: dt.datetime = NOW, **facts: object) -> str:
        """Returns the certificate's digest."""
        stage = self.folder / "stage" / release
        manifest = write_shards(stage, release, rows=self.rows)
        salt = hashlib.sha256(release.encode()).digest()
        made = make_facts(manifest.rows, **facts)
        return propose(self.office, release, manifest, made, stage, signer("engineer-1"), now, salt).certificate

    def publish(self, release: str = "korean-public@1", now: dt.datetime = NOW, **facts: object) -> Path:
        """Proposed, signed by two officers, published."""
        self.propose(release, now, **facts)
        sign(self.office, release, signer("officer-1"), now)
        done = sign(self.office, release, signer("officer-2"), now)
        assert done.published is not None
        return done.published

    @property
    def revocations(self) -> bytes:
        return self.office.revocations.read_bytes()

"""The certificate's statement: in-toto Statement v1 about a release, with our predicate.

    {"_type": "https://in-toto.io/Statement/v1",
     "subject": [{"name": "korean-public@1", "digest": {"rfc9162_sha256": "<Merkle root over the manifest>"}}],
     "predicateType": "urn:damjang:processing-certificate:v1",
     "predicate": {
       "title": "학습데이터 처리 확인서(자체 발행)", "demo": false, "proposed_by": "engineer-1",
       "issued": "2026-11-22T01:02:03Z", "expires": "2027-05-21T01:02:03Z", "supersedes": null,
       "shards": 12, "rows": 12034, "size": 41943040, "root_id": "<32 hex>",
       "log_origin": "damjang/korean-public", "min_revocation_version": 3,
       "purposes": ["pretraining"], "jurisdictions": ["KR"], "recipients": ["*"],
       "obligations": [{"id": "attribution", "sources": ["press"], "detail": "공공누리 제1유형"}],
       "data_class": {"id": "PERSONAL", "ground": "consent", "why": "…"}, "law_version": "2026-09-11",
       "gates": [{"id": "rrn-zero", "article": "개인정보 보호법 제24조의2", "verdict": "pass", "detail": "0 / 12034",
                  "evidence_sha256": "<hex>"}],
       "consent_root": "<hex>", "decisions_root": "<hex>", "policy_digest": "<hex>", "suite_digest": "<hex>",
       "sources": [{"source_id": "press", "licence": "KOGL-1", "ground": "not_personal", "jurisdiction": "KR",
                    "custody": "ours", "destroy_by": null,
                    "documents": 13000, "kept": 9000, "changed": 3034, "dropped": 900, "quarantined": 66}],
       "claims": [{"id": "training-site", "statement": "…", "mark": "attested", "evidence": "cluster operator"}]}}

The title never says 인증: showing a certification that one does not hold is an offence (PIPA Art. 32-2⑥).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import canonical, format_time, parse
from damjang.certificates.errors import Malformed
from damjang.certificates.facts import Facts
from damjang.certificates.fields import NAME, RELEASE, Fields, split_release
from damjang.certificates.note import ORIGIN

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "urn:damjang:processing-certificate:v1"
DIGEST: Final = "rfc9162_sha256"
TITLE: Final = "학습데이터 처리 확인서(자체 발행)"
TITLE_EN: Final = "Training-data processing confirmation (self-issued)"
LONGEST: Final = dt.timedelta(days=3 * 366)
_WHAT: Final = "certificate"


@dataclass(frozen=True)
class Statement:
    """A certificate's content. Consistency within is checked on construction (raises Malformed)."""

    release: str
    root: str
    shards: int
    rows: int
    size: int
    facts: Facts
    issued: dt.datetime
    proposed_by: str
    demo: bool
    root_id: str
    min_revocation_version: int
    log_origin: str

    def __post_init__(self) -> None:
        name, version = split_release(self.release)
        if not dt.timedelta() < self.facts.expires - self.issued <= LONGEST:
            raise Malformed(f"{_WHAT}: expires must be after issued, by three years at most")
        if self.facts.supersedes is not None:
            old_name, old_version = split_release(self.facts.supersedes)
            if old_name != name or old_version >= version:
                raise Malformed(f"{_WHAT}: {self.release} cannot supersede {self.facts.supersedes}")
        if sum(source.shipped for source in self.facts.sources) != self.rows:
            raise Malformed(f"{_WHAT}: the sources' kept and changed documents are not the release's {self.rows} rows")
        if len({source.source_id for source in self.facts.sources}) != len(self.facts.sources):
            raise Malformed(f"{_WHAT}: a source stands twice")

    def to_bytes(self) -> bytes:
        """The DSSE payload: canonical JSON."""
        predicate = self.facts.to_json() | {
            "title": TITLE,
            "demo": self.demo,
            "root_id": self.root_id,
            "proposed_by": self.proposed_by,
            "issued": format_time(self.issued),
            "shards": self.shards,
            "rows": self.rows,
            "size": self.size,
            "log_origin": self.log_origin,
            "min_revocation_version": self.min_revocation_version,
        }
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [{"name": self.release, "digest": {DIGEST: self.root}}],
                "predicateType": PREDICATE_TYPE,
                "predicate": predicate,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Statement:
        """Reads a DSSE payload; raises Malformed for an unknown type, field, value or spelling."""
        outer = Fields(parse(data, _WHAT), _WHAT)
        if outer.text("_type") != STATEMENT_TYPE or outer.text("predicateType") != PREDICATE_TYPE:
            raise Malformed(f"{_WHAT}: not a {PREDICATE_TYPE}")
        subjects = outer.objects("subject")
        if len(subjects) != 1:
            raise Malformed(f"{_WHAT}: exactly one subject")
        release, digests = subjects[0].text("name", RELEASE), subjects[0].object("digest")
        root = digests.digest(DIGEST)
        digests.end()
        subjects[0].end()
        predicate = outer.object("predicate")
        outer.end()
        if predicate.text("title") != TITLE:
            raise Malformed(f"{_WHAT}: the title is not {TITLE}")
        statement = cls(
            release=release,
            root=root,
            shards=predicate.integer("shards"),
            rows=predicate.integer("rows"),
            size=predicate.integer("size"),
            facts=Facts.read(predicate),
            issued=predicate.time("issued"),
            proposed_by=predicate.text("proposed_by", NAME),
            demo=predicate.boolean("demo"),
            root_id=predicate.text("root_id"),
            min_revocation_version=predicate.integer("min_revocation_version", 1),
            log_origin=predicate.text("log_origin", ORIGIN),
        )
        predicate.end()
        return statement

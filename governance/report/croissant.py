"""A release as a Croissant 1.1 card (mlcommons.org/croissant/1.1) with the fields of Croissant RAI 1.0. Pure.

The card says what the certificate says and carries its digest; it is no second statement, and it is not signed. Shards
are FileObjects with their certified SHA-256; the release has no public address, so its `url` is a URN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from damjang.certificates.manifest import Shard
from governance.report.facts import ReportFacts
from governance.report.sankey import exits
from governance.report.words import reason_text, word

CROISSANT: Final = "http://mlcommons.org/croissant/1.1"
RAI: Final = "http://mlcommons.org/croissant/RAI/1.0"
ARROW: Final = "application/vnd.apache.arrow.file"
FIELDS: Final = (
    ("row_id", "sc:Text", "16 bytes, keyed by release name; the same in superseding versions"),
    ("source_id", "sc:Text", "which of the sources the row comes from"),
    ("text", "sc:Text", "the document, anonymized"),
)
LICENCE_URLS: Final = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-2.5": "https://creativecommons.org/licenses/by/2.5/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
}
CONTEXT: Final[dict[str, Any]] = {
    # the context that the specification recommends (1.1, appendix 1), and PROV-O for where the rows come from
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def card(facts: ReportFacts, shards: Sequence[Shard]) -> dict[str, Any]:
    """The JSON-LD of a published release; `shards` as its manifest names them."""
    name, _, version = facts.release.partition("@")
    issue = facts.issue
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [CROISSANT, RAI],
        "name": name,
        "version": f"{version}.0.0",  # rows may be gone from one version to the next: always a major change
        "description": _description(facts),
        "url": f"urn:damjang:{issue.root_id}:{facts.release}",
        "license": _licences(facts),
        "creator": {"@type": "Organization", "name": issue.organisation},
        "datePublished": issue.issued.date().isoformat(),
        "inLanguage": "ko",
        "isLiveDataset": False,
        "citeAs": f"{issue.organisation}, {facts.release}, certificate sha256:{issue.certificate}",
        "prov:wasDerivedFrom": [
            {"@id": f"urn:damjang:{issue.root_id}:source:{source.source_id}", "prov:label": source.provider}
            for source in facts.sources
            if source.shipped
        ],
        **_responsible(facts),
        "distribution": [*map(_file, shards), _shards(shards)],
        "recordSet": [_rows()],
    }


def _description(facts: ReportFacts) -> str:
    issue = facts.issue
    return (
        f"Korean text, {issue.rows:,} rows in {issue.shards} Arrow shards, {issue.size:,} bytes, from"
        f" {sum(1 for s in facts.sources if s.shipped)} sources. Class {issue.data_class}, ground {issue.ground}."
        f" Certificate (self-issued) sha256:{issue.certificate}, Merkle root {issue.root}."
        + (" Demo: duties are not separated (직무분리 미충족)." if issue.demo else "")
    )


def _licences(facts: ReportFacts) -> list[str]:
    used = dict.fromkeys(source.licence for source in facts.sources if source.shipped)
    return [LICENCE_URLS.get(code) or f"{code}: {word('licences', code).en or code}" for code in used]


def _file(shard: Shard) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": shard.path,
        "name": shard.path.rpartition("/")[2],
        "contentUrl": shard.path,
        "contentSize": f"{shard.size} B",
        "encodingFormat": ARROW,
        "sha256": shard.sha256,
    }


def _shards(shards: Sequence[Shard]) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": "shards",
        "name": "shards",
        "description": f"The {len(shards)} shards of the release, each also named with its digest.",
        "encodingFormat": ARROW,
        "includes": "shards/*.arrow",
    }


def _rows() -> dict[str, Any]:
    """The columns, which every shard has alike."""
    return {
        "@type": "cr:RecordSet",
        "@id": "rows",
        "name": "rows",
        "description": "One row a document.",
        "key": {"@id": "rows/row_id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"rows/{name}",
                "name": name,
                "description": text,
                "dataType": kind,
                "source": {"fileSet": {"@id": "shards"}, "extract": {"column": name}},
            }
            for name, kind, text in FIELDS
        ],
    }


def _responsible(facts: ReportFacts) -> dict[str, Any]:
    """The RAI vocabulary, filled from what was measured; nothing is filled that no record shows."""
    issue = facts.issue
    left = exits(facts.stages)
    found = [row for row in facts.pii if row.total]
    return {
        "rai:dataCollection": "; ".join(
            f"{s.source_id} ({s.provider or 'provider not recorded'}): {s.documents:,} documents, ground {s.ground},"
            f" licence {s.licence}, jurisdiction {s.jurisdiction}"
            for s in facts.sources
        ),
        "rai:dataCollectionMissingData": "; ".join(
            f"{way.documents:,} {way.action} at {way.stage}: {reason_text(way.reason).en}" for way in left
        )
        or "none recorded",
        "rai:dataPreprocessingProtocol": [
            f"{stage}: " + ", ".join(f"{n:,} {what}" for what, n in counts.items() if n)
            for stage, counts in _stage_totals(facts).items()
        ],
        "rai:dataUseCases": [
            f"purposes: {', '.join(issue.purposes)}",
            f"jurisdictions: {', '.join(issue.jurisdictions)}",
            f"recipients: {'any enrolled cluster' if issue.recipients == ('*',) else ', '.join(issue.recipients)}",
            *(f"obligation: {o.id} ({', '.join(o.sources)})" for o in facts.obligations),
        ],
        "rai:dataLimitations": [said.en or said.ko for said in facts.unproven],
        "rai:dataBiases": [
            f"{s.source_id} is {100 * s.shipped / issue.rows:.1f} % of the rows" for s in facts.sources if s.shipped
        ],
        "rai:personalSensitiveInformation": [
            f"class {issue.data_class}: {issue.why}",
            *(f"{row.type}: {row.total:,} found, {row.operator or 'deleted'}" for row in found),
            *(
                [f"residual upper bound: {facts.residual.upper_ppm} ppm of rows"]
                if facts.residual and facts.residual.upper_ppm is not None
                else []
            ),
        ],
        "rai:dataReleaseMaintenancePlan": (
            f"valid until {issue.expires.isoformat()}; check the signed revocation list before use;"
            f" withdrawals lead to a superseding version with the same row ids"
        ),
    }


def _stage_totals(facts: ReportFacts) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for row in facts.stages:
        counts = totals.setdefault(row.stage, dict.fromkeys(("in", "kept", "changed", "dropped", "quarantined"), 0))
        numbers = (row.entered, row.kept, row.changed, row.dropped, row.quarantined)
        for name, number in zip(counts, numbers, strict=True):
            counts[name] += number
    return totals

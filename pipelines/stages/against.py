"""anonymize's last steps in a release that builds on an earlier one: new documents against the released text.

`sign` (entries of the new documents, as an index of a release has them), `join` (candidates by hash range: new and
released documents that share a band, or a document id), `against` (candidates verified by exact Jaccard on the text as
it would be released; a decision that names the released document) and `found` (recall, by exact search in a bounded
sample). Without `release.builds_on` none of them has a unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ext import jaccard
from governance.staged import bounded_batches
from pipelines.dataset import FileRef, Part
from pipelines.entries import U64, ranges_for, read_own, write_grouped
from pipelines.recall import cut_alike, like, merged
from pipelines.released import INDEX, RANGES, ReleasedAccess, bases, entries_of, index_batches, sample_of, shape_of
from pipelines.stage import Planned, Receipts, Run
from pipelines.textaccess import TextAccess
from pipelines.work import UnitContext
from schemas.arrow import DECISIONS, EDGES, TEXT

STEPS = ("sign", "join", "against", "found")
MILLION = 1_000_000
CHUNK = 4096  # pairs verified at once
REASONS = {"same": "already_released", "exact": "released_exact_duplicate", "near": "released_near_duplicate"}

CANDIDATE = pa.schema([pa.field("doc", pa.uint64(), nullable=False), pa.field("released", pa.uint64(), nullable=False)])


# --- for the driver ------------------------------------------------------------------------------------------


def reads(run: Run) -> dict[str, Any]:
    """What the steps depend on; nothing when the release stands alone."""
    found = bases(run)
    if not found:
        return {}
    digests = {base.label: base.manifest.digest for base in found}
    return {"released": digests, "dedup": run.policy.part_digest("dedup"), "index": shape_of(run.policy.dedup)}


def others(run: Run) -> dict[str, str]:
    """{label: assemble folder} of the releases whose shards the workers may open."""
    return {base.label: base.folder for base in bases(run)}


def plan(step: str, run: Run, receipts: Receipts) -> Planned:
    """The units of one of STEPS."""
    process = f"pipelines.stages.against:{step}"
    found = bases(run)
    if not found:
        return Planned(step, process, [], {})
    parts = [part for receipt in receipts["anonymize"] for part in receipt.parts]
    shards = [shard for base in found for shard in base.shards()]
    policy = run.policy.dedup
    config: dict[str, Any] = {
        "policy": policy.model_dump(mode="json"),
        "policy_digest": run.policy.part_digest("dedup"),
        "index": shape_of(policy),
        "released": shards,
        "groups": min(len(parts), 256),
        "parts": len(parts),
    }

    def side(kind: str) -> list[Any]:
        return [asdict(ref) for made in receipts.values() for r in made for ref in r.side.get(kind, ())]

    units: list[dict[str, Any]] = [{"index": n, "part": asdict(part)} for n, part in enumerate(parts)]
    if step == "join":
        documents = sum(part.files["data"].rows for part in parts) + sum(shard["rows"]["rows"] for shard in shards)
        ranges = min(RANGES, ranges_for(documents, policy.bands + 1))
        config["signatures"] = side("signatures")
        width = RANGES // ranges
        units = [{"index": n, "first": n * width, "last": (n + 1) * width} for n in range(ranges)]
    elif step == "against":
        config["candidates"] = side("candidates")
    elif step == "found":
        made = [part for receipt in receipts["against"] for part in receipt.parts]
        config |= {"signatures": side("signatures"), "data": [asdict(part) for part in parts]}
        config["edges"] = [asdict(part.files["edges"]) for part in made if "edges" in part.files]
        units = [{"index": 0}] if policy.near else []
    return Planned(step, process, units, config)


def finish(run: Run, receipts: Receipts) -> tuple[list[Part], dict[str, Any]]:
    """(parts, facts) where the release builds on another; ([], {}) where it stands alone."""
    found = bases(run)
    if not found:
        return [], {}
    parts = [part for receipt in receipts["against"] for part in receipt.parts]
    kinds = {kind: sum(receipt.facts[kind] for receipt in receipts["against"]) for kind in REASONS}
    facts = {
        "against": [base.label for base in found],
        **kinds,
        "verified": sum(receipt.facts["verified"] for receipt in receipts["against"]),
        "unresolved": sum(receipt.facts["unresolved"] for receipt in receipts["join"]),
        "recall": dict(receipts["found"][0].facts) if receipts["found"] else {},
    }
    return parts, {"released": facts}


# --- unit functions ------------------------------------------------------------------------------------------


def sign(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: its index, of the same form as a shard's."""
    part = Part.from_json(unit["part"])
    out = context.writer("signatures", part.name, INDEX)
    with context.open(None, part.files["data"]) as file:
        rows = ((batch["text"], batch["document_id"]) for batch in file)
        for batch in index_batches(rows, context.config["index"], context.keyring.project):
            out.write(batch)
    context.add_side("signatures", out.close())
    context.done()


def join(unit: Mapping[str, Any], context: UnitContext) -> None:
    """Some hash ranges: (new, released) documents with an entry in common. A new document meets at most `rounds`
    released ones of a bucket, the least by place, so that a hot bucket costs linear work; the rest are counted."""
    ranges = range(unit["first"], unit["last"])
    new = _ranged(context, [(None, ref) for ref in context.config["signatures"]], ranges)
    old = _ranged(context, [(shard["stage"], shard["signatures"]) for shard in context.config["released"]], ranges)
    first, last = (np.searchsorted(old[0], new[0], side) for side in ("left", "right"))
    met = np.minimum(last - first, context.config["policy"]["rounds"])
    start = np.repeat(first - np.concatenate(([0], np.cumsum(met)[:-1])), met) if len(met) else first
    pairs = np.stack([np.repeat(new[1], met), old[1][start + np.arange(int(met.sum()))]], axis=1)
    pairs = np.unique(pairs, axis=0)
    batch = pa.record_batch([pa.array(pairs[:, 0].copy()), pa.array(pairs[:, 1].copy())], schema=CANDIDATE)
    context.add_side("candidates", write_grouped(context, "candidates", batch, pairs[:, 0]))
    context.done(unresolved=int((last - first - met).sum()))


def _ranged(
    context: UnitContext, files: Iterable[tuple[str | None, Mapping[str, Any]]], ranges: range
) -> tuple[U64, U64]:
    held: list[tuple[U64, U64]] = [(np.zeros(0, np.uint64), np.zeros(0, np.uint64))]
    for ordinal, (stage, ref) in enumerate(files):
        with context.open(stage, FileRef(**ref)) as file:
            held.append(entries_of(file, ranges, ordinal))
    hashes, docs = (np.concatenate([pair[n] for pair in held]) for n in (0, 1))
    order = np.lexsort((docs, hashes))
    return hashes[order], docs[order]


@dataclass(frozen=True)
class Match:
    """Why a new document is dropped. `ppm`: exact Jaccard with the released document, whose id is `survivor`."""

    kind: str  # same | exact | near
    ppm: int
    survivor: bytes


def against(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: verifies its candidates, drops what is released already; a part that loses nothing stays as it is."""
    part = Part.from_json(unit["part"])
    refs = [FileRef(**ref) for ref in context.config["candidates"]]
    table = read_own(context, refs, unit["index"], CANDIDATE)
    pairs = np.unique(np.stack([table["doc"].to_numpy(), table["released"].to_numpy()], axis=1), axis=0)
    with context.open(None, part.files["data"]) as file:
        batches = list(file)
    new = pa.Table.from_batches(batches, TEXT)
    matches: dict[int, tuple[tuple[bool, int], Match]] = {}
    access = ReleasedAccess(context, context.config["released"])
    for at in range(0, len(pairs), CHUNK):
        rows = (pairs[at : at + CHUNK, 0] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        for row, match in _verified(new, rows, pairs[at : at + CHUNK, 1], access, context.config["policy"]):
            rank = (match.kind == "same", match.ppm)
            if row not in matches or rank > matches[row][0]:  # of equals the first by place in the release
                matches[row] = rank, match
    found = {row: match for row, (_, match) in matches.items()}
    context.add_part(_without(part, new, found, context) if found else part)
    kinds = [match.kind for match in found.values()]
    context.done(verified=len(pairs), **{kind: kinds.count(kind) for kind in REASONS})


def _verified(
    new: pa.Table, rows: NDArray[np.int64], docs: U64, access: ReleasedAccess, policy: Mapping[str, Any]
) -> Iterable[tuple[int, Match]]:
    """(row, match) of each pair that is one: the same document, the same text, or text that is alike."""
    wanted, place = np.unique(docs, return_inverse=True)
    texts, ids = access.fetch(wanted)
    mine, left = np.unique(rows, return_inverse=True)
    taken = new.take(pa.array(mine)).combine_chunks()
    both = pa.concat_arrays([*taken["text"].chunks, texts])
    right = place + len(mine)
    same = _equal(taken["document_id"], left, ids, place)
    ppm = np.full(len(rows), -1, np.int64)
    for chosen, floor in ((same, 0), (~same, policy["threshold_ppm"] if policy["near"] else MILLION)):
        shared, union = jaccard.pairs(both, left[chosen], right[chosen], ngram=policy["ngram"], floor_ppm=floor)
        ppm[chosen] = np.where(union > 0, shared * MILLION // np.maximum(union, 1), -1)
    equal = (ppm == MILLION) & _equal(taken["text"], left, texts, place) & policy["exact"]
    for at in np.flatnonzero(same | equal | ((ppm >= policy["threshold_ppm"]) & policy["near"])).tolist():
        kind = "same" if same[at] else "exact" if equal[at] else "near"
        yield int(rows[at]), Match(kind, int(ppm[at]), ids[int(place[at])].as_py())


def _equal(one: pa.ChunkedArray, left: NDArray[Any], other: pa.Array, right: NDArray[Any]) -> NDArray[np.bool_]:
    pair = one.take(pa.array(left)).combine_chunks(), other.take(pa.array(right))
    found: NDArray[np.bool_] = pc.equal(*pair).to_numpy(zero_copy_only=False).astype(bool)
    return found


def _without(part: Part, new: pa.Table, found: Mapping[int, Match], context: UnitContext) -> Part:
    """The part without what is released already. Decisions of the others stay as anonymize made them."""
    gone = {new["document_id"][row].as_py(): match for row, match in found.items()}
    keep = np.ones(new.num_rows, dtype=bool)
    keep[list(found)] = False
    out = context.writer("data", part.name, TEXT)
    for batch in bounded_batches(new.filter(pa.array(keep))):
        out.write(batch)
    with context.open(None, part.files["decisions"]) as file:
        decisions = file.table().to_pylist()
    threshold = context.config["policy"]["threshold_ppm"]
    for row in decisions:
        match = gone.get(row["document_id"])
        if match is not None:
            limit = {"same": -1, "exact": MILLION, "near": threshold}[match.kind]
            row |= {"action": "dropped", "reason": REASONS[match.kind], "score_ppm": match.ppm, "threshold_ppm": limit}
            row["policy_digest"] = context.config["policy_digest"]
    edges = [
        {"document_id": document, "survivor_id": match.survivor, "jaccard_ppm": match.ppm, "kind": match.kind}
        for document, match in sorted(gone.items())
    ]
    data = out.close()
    files = {
        **part.files,
        "data": data,
        "decisions": context.write("decisions", part.name, pa.Table.from_pylist(decisions, DECISIONS)),
        "edges": context.write("edges", part.name, pa.Table.from_pylist(edges, EDGES)),
    }
    counts, reasons = _counted(decisions)
    facts = {**part.facts, "text_bytes": data.bytes}
    return Part(part.name, part.source_id, part.raw_bytes, files, counts, reasons, facts)


def _counted(decisions: Sequence[Mapping[str, Any]]) -> tuple[dict[str, int], dict[str, int]]:
    """(counts, reasons) as pipelines.decisions makes them."""
    counts = {"in": len(decisions), "kept": 0, "changed": 0, "dropped": 0, "quarantined": 0}
    reasons: dict[str, int] = {}
    for row in decisions:
        counts[row["action"]] += 1
        if row["reason"]:
            name = f"{row['action']}:{row['reason']}"
            reasons[name] = reasons.get(name, 0) + 1
    return counts, dict(sorted(reasons.items()))


def found(unit: Mapping[str, Any], context: UnitContext) -> None:
    """Recall: of the sample's pairs (new, released) that are alike, how many new ones were dropped."""
    config = context.config
    new = _sampled(context, [(None, ref) for ref in config["signatures"]])
    old = _sampled(context, [(shard["stage"], shard["signatures"]) for shard in config["released"]])
    mine, theirs = (np.sort(docs) for docs in cut_alike(new, old))
    access = TextAccess(context, None, [Part.from_json(value) for value in config["data"]])
    texts, ids = access.fetch(mine)
    access.close()
    released, _ = ReleasedAccess(context, config["released"]).fetch(theirs)
    left = np.repeat(np.arange(len(mine)), len(theirs))
    right = np.tile(np.arange(len(theirs)), len(mine)) + len(mine)
    policy = config["policy"]
    alike = like(pa.concat_arrays([texts, released]), left, right, policy["ngram"], policy["threshold_ppm"])
    gone: set[bytes] = set()
    for ref in config["edges"]:
        with context.open(None, FileRef(**ref)) as file:
            column = file.table()["document_id"]
            gone |= set(column.filter(pc.is_in(column, ids)).to_pylist())
    dropped = np.array([identifier in gone for identifier in ids.to_pylist()], dtype=bool)
    hits = alike & dropped[left]
    context.done(documents=len(mine), released=len(theirs), pairs=int(alike.sum()), found=int(hits.sum()))


def _sampled(context: UnitContext, files: Iterable[tuple[str | None, Mapping[str, Any]]]) -> tuple[U64, U64]:
    def each() -> Iterable[tuple[U64, U64]]:
        for ordinal, (stage, ref) in enumerate(files):
            with context.open(stage, FileRef(**ref)) as file:
                yield sample_of(file, ordinal)

    return merged(each())

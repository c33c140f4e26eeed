"""dedup's unit functions: each reads ranges or parts, calls a kernel of ext/, and writes sorted files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ext import bands, contenthash, jaccard, minhash, survivors
from ext.cluster import followers
from governance.staged import bounded_batches
from pipelines.dataset import FileRef, Part
from pipelines.decisions import Decisions
from pipelines.entries import (
    U64,
    dedup_key,
    groups,
    id_words,
    order_keys,
    read_own,
    read_range,
    seed_of,
    write_entries,
    write_grouped,
)
from pipelines.recall import SAMPLED, like, merged, sampled
from pipelines.stages.screening import boilerplate_of, screened_rows, without_boilerplate
from pipelines.textaccess import TextAccess
from pipelines.work import UnitContext
from schemas.arrow import EDGES, ID, TEXT

MILLION = 1_000_000

COPY = pa.schema([pa.field("doc", pa.uint64(), nullable=False), pa.field("least", pa.uint64(), nullable=False)])
PAIR = pa.schema(
    [
        *(
            pa.field(f"{side}_{name}", pa.uint64(), nullable=False)
            for side in ("a", "b")
            for name in ("order", "tie", "doc")
        ),
        pa.field("jaccard_ppm", pa.int32(), nullable=False),
    ]
)
CUTS = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
    ]
)
DROP = pa.schema(
    [
        pa.field("doc", pa.uint64(), nullable=False),
        pa.field("survivor", pa.uint64(), nullable=False),
        pa.field("survivor_id", ID, nullable=False),
        pa.field("jaccard_ppm", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)


def _documents(context: UnitContext, unit: Mapping[str, Any]) -> tuple[Part, pa.Array, U64, U64, U64]:
    """(part, texts, order, tie, docs) of one refined part."""
    part = Part.from_json(unit["part"])
    with context.open("refine", part.files["data"]) as file:
        table = file.table().combine_chunks()
    texts = _one(table["text"], pa.string())
    ids = id_words(_one(table["document_id"], ID))
    with context.open("refine", part.files["scores"]) as file:
        scores = file.table()
    quality = scores.filter(pc.equal(scores["name"], "quality_ppm"))
    by_id = dict(zip(quality["document_id"].to_pylist(), quality["score_ppm"].to_pylist(), strict=True))
    quality_ppm = np.array([by_id[i] for i in table["document_id"].to_pylist()], dtype=np.int32)
    chars = pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    policy = context.config["policy"]
    order, tie = order_keys(policy["survivor_order"], context.config["ranks"][part.source_id], quality_ppm, chars, ids)
    docs = (np.uint64(unit["index"]) << np.uint64(32)) | np.arange(len(ids), dtype=np.uint64)
    return part, texts, order, tie, docs


def _one(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], kind)


def hash(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: the first 64 bits of each keyed content hash, as an entry. `exact` compares the texts themselves."""
    part, texts, order, tie, docs = _documents(context, unit)
    digests = contenthash.keyed(texts, dedup_key(context.keyring.project, "content")[:16])
    words = np.ascontiguousarray(digests).view("<u8").reshape(-1, 2)
    stays = _clean(unit, len(docs), context)
    columns = [column[stays] for column in (words[:, 0].astype(np.uint64), order, tie, docs)]
    write_entries(context, "hashes", part.name, columns, context.config["exact_ranges"])
    context.done()


def exact(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One hash range: texts that are the same collapse to their least member; a 64-bit collision is no copy."""
    hashes, _, _, docs = read_range(context, [FileRef(**ref) for ref in context.config["entries"]], unit["index"])
    places, group = _buckets(hashes, np.arange(len(docs)))
    first, other = followers(group)
    least, member = docs[places[first]], docs[places[other]]
    access = TextAccess(context, "refine", context.manifest("refine").parts)
    same = np.zeros(len(member), dtype=bool)
    for part in access.slices(least, member):
        wanted, place = np.unique(np.concatenate([least[part], member[part]]), return_inverse=True)
        texts, _ = access.fetch(wanted)
        same[part] = contenthash.equal(texts, *np.split(place, 2))
    access.close()
    order = np.argsort(member[same])
    columns = [member[same][order], least[same][order]]
    batch = pa.record_batch([pa.array(column) for column in columns], schema=COPY)
    # one batch a group of parts, so that a part reads only its own
    context.add_side("copies", write_grouped(context, "copies", batch, columns[0]))
    context.done(copies=batch.num_rows)


def _own(kind: str, schema: pa.Schema, ordinal: int, context: UnitContext) -> pa.Table:
    return read_own(context, [FileRef(**ref) for ref in context.config[kind]], ordinal, schema)


def band(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: signatures of the texts that are no copies, and their band entries."""
    part, texts, order, tie, docs = _documents(context, unit)
    policy = context.config["policy"]
    copies = set(_own("copies", COPY, unit["index"], context)["doc"].to_pylist())
    stays = np.array([doc not in copies for doc in docs.tolist()], dtype=bool)
    stays &= _clean(unit, len(docs), context)
    kept = texts.filter(pa.array(stays))
    project = context.keyring.project
    seed = seed_of(project, "minhash")
    made = minhash.signatures(kept, num_perm=policy["bands"] * policy["rows"], ngram=policy["ngram"], seed=seed)
    hashed = bands.band_hashes(made, policy["bands"], policy["rows"])
    columns = [hashed.T.reshape(-1), *(np.tile(column[stays], policy["bands"]) for column in (order, tie, docs))]
    write_entries(context, "bands", part.name, columns, context.config["band_ranges"])
    sample = sampled(kept, docs[stays], seed_of(project, "recall"), policy["ngram"])
    context.add_side("sample", context.write("sample", part.name, pa.table(list(sample), schema=SAMPLED)))
    context.done()


def verify(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One hash range: in each bucket the least document against the others by exact Jaccard, in rounds.

    Documents are numbered inside the range, so that a pair is one integer: 8 bytes a pair beside its similarity.
    """
    policy = context.config["policy"]
    hashes, order, tie, docs = read_range(context, [FileRef(**ref) for ref in context.config["entries"]], unit["index"])
    local, first, member = np.unique(docs, return_index=True, return_inverse=True)
    member, group = _buckets(hashes, member.astype(np.int64))
    access = TextAccess(context, "refine", context.manifest("refine").parts)
    known, known_ppm = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for _ in range(policy["rounds"]):
        pivot, other = followers(group)
        pair = member[pivot] << 32 | member[other]
        fresh = np.setdiff1d(pair, known)
        found = _measured(local, fresh, access, policy["ngram"], policy["threshold_ppm"])
        by_pair = np.argsort(known := np.concatenate([known, fresh]), kind="stable")
        known, known_ppm = known[by_pair], np.concatenate([known_ppm, found])[by_pair]
        rest = other[known_ppm[np.searchsorted(known, pair)] < policy["threshold_ppm"]]
        member, group = member[rest], group[rest]
        if not len(rest):
            break
    access.close()
    alike = known_ppm >= policy["threshold_ppm"]
    if alike.any():
        columns: list[Any] = []
        for side in (known[alike] >> 32, known[alike] & 0xFFFFFFFF):
            columns += [pa.array(order[first[side]]), pa.array(tie[first[side]]), pa.array(local[side])]
        columns.append(pa.array(known_ppm[alike], pa.int32()))
        context.add_side("pairs", context.write("pairs", f"{context.index:06d}", pa.table(columns, schema=PAIR)))
    waiting = np.unique(member[np.concatenate(followers(group))])
    context.done(candidates=len(known), verified=int(alike.sum()), unresolved=len(waiting))


def _buckets(hashes: U64, member: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(member, bucket) of the entries in buckets of two or more; members keep the survivor order inside."""
    starts, ends = groups(hashes)
    sizes = ends - starts
    bucket = np.repeat(np.arange(len(sizes)), sizes)
    inside = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    return member[inside], bucket


def _measured(local: U64, pair: NDArray[np.int64], access: TextAccess, ngram: int, floor_ppm: int) -> NDArray[np.int64]:
    """Exact Jaccard in millionths of ascending pairs, -1 below the floor, in chunks that bound the text held."""
    out = np.full(len(pair), -1, np.int64)
    if not len(pair):
        return out
    left, right = pair >> 32, pair & 0xFFFFFFFF
    for part in access.slices(local[left], local[right]):
        wanted, place = np.unique(np.concatenate([left[part], right[part]]), return_inverse=True)
        texts, _ = access.fetch(local[wanted])
        sides = np.split(place, 2)
        shared, union = jaccard.pairs(texts, *sides, ngram=ngram, floor_ppm=floor_ppm)
        out[part] = np.where(union > 0, shared * MILLION // np.maximum(union, 1), -1)
    return out


def walk(unit: Mapping[str, Any], context: UnitContext) -> None:
    """Greedy survivors over all verified pairs; copies follow their least member. 16 bytes a document with an edge."""
    pairs = pa.concat_tables([_read(context, ref) for ref in context.config["pairs"]] or [PAIR.empty_table()])
    copies = pa.concat_tables([_read(context, ref) for ref in context.config["copies"]] or [COPY.empty_table()])
    near = _greedy(pairs)
    drops: list[tuple[int, int, int, str]] = [(doc, survivor, ppm, "near") for doc, (survivor, ppm) in near.items()]
    for doc, least in zip(copies["doc"].to_pylist(), copies["least"].to_pylist(), strict=True):
        if least in near:  # the copy's survivor is the one that its equal is like, with the same verified similarity
            drops.append((doc, *near[least], "near"))
        else:
            drops.append((doc, least, MILLION, "exact"))
    drops.sort()
    access = TextAccess(context, "refine", context.manifest("refine").parts)
    wanted = np.unique(np.array([drop[1] for drop in drops], dtype=np.uint64))
    id_of: dict[int, bytes] = {}
    for part in access.slices(wanted):
        id_of.update(zip(wanted[part].tolist(), access.fetch(wanted[part])[1].to_pylist(), strict=True))
    access.close()
    columns: list[Any] = list(zip(*drops, strict=True)) or [(), (), (), ()]
    docs = np.array(columns[0], dtype=np.uint64)
    batch = pa.record_batch(
        [
            pa.array(docs),
            pa.array(columns[1], pa.uint64()),
            pa.array([id_of[survivor] for survivor in columns[1]], ID),
            pa.array(columns[2], pa.int32()),
            pa.array(columns[3], pa.string()),
        ],
        schema=DROP,
    )
    context.add_side("drops", write_grouped(context, "drops", batch, docs))
    exact_dropped = sum(1 for drop in drops if drop[3] == "exact")
    context.done(edges=pairs.num_rows, exact_dropped=exact_dropped, near_dropped=len(drops) - exact_dropped)


def recall(unit: Mapping[str, Any], context: UnitContext) -> None:
    """Of the sample's pairs that are alike by exact comparison: how many were not both kept (pipelines.recall)."""
    tables = (_read(context, ref) for ref in context.config["sample"])
    _, docs = merged((table["hash"].to_numpy(), table["doc"].to_numpy()) for table in tables)
    docs = np.sort(docs)
    access = TextAccess(context, "refine", context.manifest("refine").parts)
    texts, _ = access.fetch(docs)
    access.close()
    left, right = np.triu_indices(len(docs), 1)
    policy = context.config["policy"]
    alike = like(texts, left, right, policy["ngram"], policy["threshold_ppm"])
    ordinals = np.unique(docs >> np.uint64(32)).tolist()
    gone = [doc for ordinal in ordinals for doc in _own("drops", DROP, ordinal, context)["doc"].to_pylist()]
    dropped = np.isin(docs, np.array(gone, dtype=np.uint64))
    found = alike & (dropped[left] | dropped[right])
    context.done(documents=len(docs), pairs=int(alike.sum()), found=int(found.sum()))


def _read(context: UnitContext, ref: Mapping[str, Any]) -> pa.Table:
    with context.open(None, FileRef(**ref)) as file:
        return file.table()


def _greedy(pairs: pa.Table) -> dict[int, tuple[int, int]]:
    """{dropped: (least surviving neighbour, jaccard_ppm)}: documents are numbered in the survivor order first."""
    columns = {name: pairs[name].to_numpy() for name in PAIR.names}
    docs = np.concatenate([columns["a_doc"], columns["b_doc"]])
    order = np.concatenate([columns["a_order"], columns["b_order"]])
    tie = np.concatenate([columns["a_tie"], columns["b_tie"]])
    unique, first = np.unique(docs, return_index=True)
    ranked = unique[np.lexsort((tie[first], order[first]))]
    sorter = np.argsort(ranked)
    rank = {side: sorter[np.searchsorted(ranked[sorter], columns[f"{side}_doc"])] for side in ("a", "b")}
    survivor, edge = survivors.greedy(len(ranked), rank["a"], rank["b"])
    ppm = columns["jaccard_ppm"]
    dropped = np.flatnonzero(survivor != np.arange(len(ranked)))
    return {int(ranked[d]): (int(ranked[survivor[d]]), int(ppm[edge[d]])) for d in dropped.tolist()}


def _clean(unit: Mapping[str, Any], rows: int, context: UnitContext) -> NDArray[np.bool_]:
    """Rows that may survive: where policy drops what contains an evaluation item, such a text is no one's survivor."""
    stays = np.ones(rows, dtype=bool)
    if context.config["policy"]["decontaminate"] == "drop":
        stays[list(screened_rows(unit, context))] = False
    return stays


def apply(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: what stays, a decision a document, and for the dropped the survivor and the verified similarity."""
    part = Part.from_json(unit["part"])
    policy = context.config["policy"]
    drops = {row["doc"]: row for row in _own("drops", DROP, unit["index"], context).to_pylist()}
    contaminated = screened_rows(unit, context)
    listed = boilerplate_of(part.source_id, context) if policy["paragraphs"] else np.zeros((0, 16), np.uint8)
    decisions = Decisions("dedup", context.config["policy_digest"])
    out = context.writer("data", part.name, TEXT)
    edges: list[dict[str, Any]] = []
    cuts: list[tuple[bytes, int, int]] = []
    base, seen = unit["index"] << 32, 0
    with context.open("refine", part.files["data"]) as file:
        for batch in file:
            texts, removed = without_boilerplate(batch["text"], listed, context)
            keep = []
            for row, identifier in enumerate(batch["document_id"].to_pylist()):
                drop, share = drops.get(base | seen), contaminated.get(seen)
                seen += 1
                verdict = _verdict(drop, share, texts[row], row in removed, policy)
                decisions.add(identifier, *verdict)
                keep.append(verdict[0] != "dropped")
                if drop is not None and verdict[1].endswith("_duplicate"):
                    edges.append(
                        {name: drop[name] for name in EDGES.names if name in drop} | {"document_id": identifier}
                    )
                if keep[-1]:
                    cuts += [(identifier, start, end) for start, end in removed.get(row, ())]
            columns = [batch["document_id"], batch["offset"], batch["flags"], pa.array(texts, pa.string())]
            for made in bounded_batches(pa.table(columns, schema=TEXT).filter(pa.array(keep))):
                out.write(made)
    files = {
        "data": out.close(),
        "decisions": context.write("decisions", part.name, decisions.table()),
        "edges": context.write("edges", part.name, pa.Table.from_pylist(edges, schema=EDGES)),
    }
    if cuts:
        columns = [pa.array(column, field.type) for column, field in zip(zip(*cuts, strict=True), CUTS, strict=True)]
        files["paragraphs"] = context.write("cuts", part.name, pa.table(columns, schema=CUTS))
    facts = {"text_bytes": files["data"].bytes}
    context.add_part(
        Part(part.name, part.source_id, part.raw_bytes, files, decisions.counts(), decisions.reasons(), facts)
    )
    context.done(paragraphs_removed=len(cuts))


def _verdict(
    drop: Mapping[str, Any] | None, share: int | None, text: str, shorter: bool, policy: Mapping[str, Any]
) -> tuple[str, str, int, int]:
    """(action, reason, score, threshold) of one document; the first rule that speaks decides."""
    if share is not None and policy["decontaminate"] == "drop":
        return "dropped", "evaluation_item", share, policy["contamination_ppm"]
    if drop is not None:
        limit = MILLION if drop["kind"] == "exact" else policy["threshold_ppm"]
        return "dropped", f"{drop['kind']}_duplicate", drop["jaccard_ppm"], limit
    if shorter and not text.strip():
        return "dropped", "only_boilerplate", -1, -1
    if share is not None:
        return "changed" if shorter else "kept", "evaluation_item_flagged", share, policy["contamination_ppm"]
    return ("changed", "paragraphs_removed", -1, -1) if shorter else ("kept", "", -1, -1)

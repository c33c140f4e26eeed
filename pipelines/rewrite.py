"""Rewrites what a withdrawal touches, and only that: shards of the newest release, and staged files of its parts.

No text is processed again. A touched shard is opened, loses exactly the named rows and is written by the canonical
writer; every other sealed shard is linked into the new folder as it is. A staged file is written again without the
documents, under a new key. The stage's manifest keeps its digest: it says what the stage made, in whose chain the
ledger and later manifests stand; `rewrites.json` beside it says what was cut since, and which dataset holds the keys.

Each function may be called again after a crash: a half-made folder is made anew, a sealed one is found.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from damjang.certificates.manifest import row_leaf
from damjang.certificates.merkle import root_of
from governance.ledger import ReleaseInfo
from governance.lineage import REWRITES
from governance.reach import ReleaseCut, ShardCut, StagedCut
from governance.staged import StagedFile, StagedWriter, bounded_batches
from governance.withdrawal import Plan
from pipelines.canonical import ROWS_PER_BATCH, shard_chunks, text_size
from pipelines.dataset import FileRef, Manifest, Part
from pipelines.driver import MANIFEST, load_manifest
from pipelines.errors import NotConserved
from pipelines.files import digest_of, read_json, write_json
from pipelines.leftovers import destroy_leftovers
from pipelines.released import INDEX, index_batches
from pipelines.stage import Run
from pipelines.stages.assemble import BYTES

Keys = dict[str, bytes]


# --- the release ---------------------------------------------------------------------------------------------


def rewrite_release(run: Run, plan: Plan, cut: ReleaseCut, info: ReleaseInfo) -> Manifest:
    """The assemble folder of the superseding release. A shard that loses all its rows is left out, as assemble does."""
    old = load_manifest(run.out / "stages" / info.folder)
    reads = _reads(run, info.folder, plan)
    folder = run.out / "stages" / f"assemble-{digest_of(reads)[:16]}"
    if (folder / MANIFEST).exists() and run.vault.dataset_state(folder.name) == "sealed":
        return load_manifest(folder)
    shutil.rmtree(folder, ignore_errors=True)
    kinds = _kinds(old)
    for kind in kinds:
        (folder / kind).mkdir(parents=True)
    write_json(folder / "reads.json", reads)
    held, keys = run.vault.file_keys(info.folder), Keys()
    touched = {shard.path: shard for shard in cut.shards}
    shards: list[dict[str, Any]] = []
    side: dict[str, list[FileRef]] = {kind: [] for kind in kinds}
    removed = dict(old.facts.get("removed", {}))
    for facts, refs in zip(old.facts["shards"], _files(old), strict=True):
        wanted = touched.get(facts["path"])
        if wanted is None:
            for ref in refs.values():
                _link(run.out / "stages" / info.folder / ref.path, folder / ref.path)
                keys[ref.file_id] = held[ref.file_id]
        else:
            removed[facts["source_id"]] = removed.get(facts["source_id"], 0) + len(wanted.removed)
            opened = (_opened(run, info.folder, refs[kind], held) for kind in ("shards", "rows"))
            with next(opened) as file, next(opened) as mapped:
                table, rows = _shard_table(file, wanted), mapped.table()
            made = _cut_shard(run, plan, folder, info.name, facts, wanted, table, rows, old.facts.get("index"), keys)
            if made is None:
                continue
            facts, refs = made
        shards.append(dict(facts))
        for kind, ref in refs.items():
            side[kind].append(ref)
    told = {**old.facts, "shards": shards, "removed": removed}
    made_of = Manifest("assemble", old.version, folder.name, old.inputs, (), _tuples(side), told)
    made_of.save(folder / MANIFEST)
    run.vault.seal_dataset(folder.name, keys, run.now)
    return made_of


def carry_validation(run: Run, plan: Plan, info: ReleaseInfo, assembled: Manifest) -> Manifest | None:
    """The old run's checks, for the release that has fewer of the rows that they passed. None where there are none."""
    stages = run.out / "stages"
    before = load_manifest(stages / info.folder).digest
    for path in sorted(stages.glob("validate-*/" + MANIFEST)):
        found = Manifest.load(path)
        if found.inputs.get("assemble") == before:
            reads = _reads(run, path.parent.name, plan) | {"inputs": {**found.inputs, "assemble": assembled.digest}}
            folder = f"validate-{digest_of(reads)[:16]}"
            facts = {**found.facts, "carried_from": path.parent.name}
            made = Manifest("validate", found.version, folder, reads["inputs"], (), {}, facts)
            write_json(stages / folder / "reads.json", reads)
            made.save(stages / folder / MANIFEST)
            run.vault.seal_dataset(folder, {}, run.now)
            return made
    return None


def row_leaves(run: Run, info: ReleaseInfo, cut: ReleaseCut) -> dict[str, list[bytes]]:
    """{shard path: salted leaf of each row before the cut}, for the proof of difference."""
    old = load_manifest(run.out / "stages" / info.folder)
    held, salt = run.vault.file_keys(info.folder), run.vault.release_salt(info.name)
    wanted = {shard.path: shard for shard in cut.shards}
    found = {}
    for facts, sealed in zip(old.facts["shards"], old.side["shards"], strict=True):
        if facts["path"] in wanted:
            with _opened(run, info.folder, sealed, held) as file:
                found[facts["path"]] = _leaves(salt, _shard_table(file, wanted[facts["path"]]))
    return found


def sealed_files(run: Run, info: ReleaseInfo, cut: ReleaseCut) -> list[FileRef]:
    """Sealed shards, row maps and signature indexes that a withdrawal cuts: what is destroyed of an assemble folder."""
    old = load_manifest(run.out / "stages" / info.folder)
    touched = {shard.path for shard in cut.shards}
    pairs = zip(old.facts["shards"], _files(old), strict=True)
    return [ref for facts, refs in pairs if facts["path"] in touched for ref in refs.values()]


def _kinds(made: Manifest) -> list[str]:
    """What assemble has of each shard; releases of before ADR 40 have no signature index."""
    return [kind for kind in ("shards", "rows", "signatures") if kind in made.side]


def _files(made: Manifest) -> list[dict[str, FileRef]]:
    """{kind: file} of each shard."""
    kinds = _kinds(made)
    return [dict(zip(kinds, refs, strict=True)) for refs in zip(*(made.side[kind] for kind in kinds), strict=True)]


def _cut_shard(
    run: Run,
    plan: Plan,
    folder: Path,
    release: str,
    facts: Mapping[str, Any],
    cut: ShardCut,
    table: pa.Table,
    rows: pa.Table,
    shape: Mapping[str, Any] | None,
    keys: Keys,
) -> tuple[dict[str, Any], dict[str, FileRef]] | None:
    gone = set(cut.removed)
    numbers = pa.array([row for row in range(table.num_rows) if row not in gone], pa.int64())
    named = {rows["document_id"][row].as_py().hex() for row in gone}
    if rows["row_id"] != table["row_id"] or (plan.documents and not named <= set(plan.documents)):
        raise NotConserved(f"{cut.path}: the plan and the row map name different rows", "plan the withdrawal again")
    if not len(numbers):
        return None
    left = table.take(numbers)
    name, pieces = facts["name"], list(shard_chunks(left.to_batches()))
    chunks = (pa.record_batch([pa.array([piece], pa.binary())], schema=BYTES) for piece in pieces)
    refs = {
        "shards": _write(run, folder, f"shards/{name}.djf", BYTES, chunks, keys),
        "rows": _write(
            run,
            folder,
            f"rows/{name}.djf",
            rows.schema,
            bounded_batches(rows.take(numbers), max_rows=4096),
            keys,
        ),
    }
    if shape is not None:
        ids = rows["document_id"].take(numbers).combine_chunks()
        starts = range(0, len(numbers), ROWS_PER_BATCH)
        texts = (pa.concat_arrays(left["text"].slice(at, ROWS_PER_BATCH).chunks) for at in starts)
        pairs = ((text, pa.concat_arrays([ids.slice(at, len(text))])) for at, text in zip(starts, texts, strict=True))
        batches = index_batches(pairs, shape, run.vault.project_key)
        refs["signatures"] = _write(run, folder, f"signatures/{name}.djf", INDEX, batches, keys)
    leaves = _leaves(run.vault.release_salt(release), left)
    made = {
        **facts,
        "rows": left.num_rows,
        "size": sum(len(piece) for piece in pieces),
        "sha256": hashlib.sha256(b"".join(pieces)).hexdigest(),
        "rows_root": root_of(leaves).hex(),
        "text_bytes": text_size(left["text"]),
    }
    return made, refs


def _shard_table(file: StagedFile, cut: ShardCut) -> pa.Table:
    data = b"".join(value for batch in file for value in batch["bytes"].to_pylist())
    if hashlib.sha256(data).hexdigest() != cut.sha256:
        raise NotConserved(f"{cut.path} is not the shard that was planned for", "plan the withdrawal again")
    return pa.ipc.open_file(pa.py_buffer(data)).read_all()


def _leaves(salt: bytes, table: pa.Table) -> list[bytes]:
    columns = (table[name].to_pylist() for name in ("row_id", "source_id", "text"))
    return [row_leaf(salt, row, source, text) for row, source, text in zip(*columns, strict=True)]


def _reads(run: Run, folder: str, plan: Plan) -> dict[str, Any]:
    """What names a rewritten folder: the old one's reads, the old one, and the plan."""
    reads: dict[str, Any] = read_json(run.out / "stages" / folder / "reads.json")
    return reads | {"reads": {**reads["reads"], "rewritten_from": folder, "withdrawal": plan.digest}}


# --- staged files --------------------------------------------------------------------------------------------


def rewrite_staged(run: Run, plan: Plan) -> None:
    """Every staged file of the plan without the documents, sealed under the plan's own dataset of keys.

    Order: files, their list, keys into the vault, then each stage's manifest. The old keys are not touched here.
    """
    dataset = f"rewrite-{plan.digest[:16]}"
    listed = run.out / "stages" / dataset / "files.json"
    if not plan.staged:
        return
    if run.vault.dataset_state(dataset) != "sealed":
        keys = Keys()
        made = [asdict(_rewrite_file(run, plan, cut, keys)) for cut in plan.staged]
        write_json(listed, made)
        run.vault.seal_dataset(dataset, keys, run.now)
    new = {(cut.folder, cut.path): FileRef(**value) for cut, value in zip(plan.staged, read_json(listed), strict=True)}
    for name in sorted({cut.folder for cut in plan.staged}):
        _point_to(run.out / "stages" / name, dataset, {old: ref for (at, old), ref in new.items() if at == name})


def drop_old_files(run: Run, plan: Plan) -> None:
    """Unlinks what `rewrite_staged` replaced (its keys go by governance.withdrawal.complete), and half-made stages."""
    destroy_leftovers(run, plan.reason, plan.request_id)
    for cut in plan.staged:
        (run.out / "stages" / cut.folder / cut.path).unlink(missing_ok=True)


def _rewrite_file(run: Run, plan: Plan, cut: StagedCut, keys: Keys) -> FileRef:
    folder = run.out / "stages" / cut.folder
    path = f"{cut.kind}/{cut.part}-w{plan.digest[:12]}.djf"  # the same on a retry, which writes over it
    whole = plan.reason == "licence_revoked" and not plan.tokens
    documents = pa.array([bytes.fromhex(document) for document in plan.documents], pa.binary(16))
    key = run.vault.file_keys(cut.keys)[cut.file_id]
    with StagedFile(folder / cut.path, file_key=key) as old:
        left = (_without(batch, documents) for batch in old) if not whole else ()
        return _write(run, folder, path, old.schema, (batch for batch in left if batch.num_rows), keys)


def _without(batch: pa.RecordBatch, documents: pa.Array) -> pa.RecordBatch:
    return batch.filter(pc.invert(pc.is_in(batch["document_id"], documents)))


def _point_to(folder: Path, dataset: str, new: Mapping[str, FileRef]) -> None:
    """The manifest names the new files, and says of their content what the stage made: its digest does not change."""
    side = folder / REWRITES
    told = read_json(side) if side.exists() else {"datasets": [], "files": {}}
    told["datasets"] = sorted({*told["datasets"], dataset})
    told["files"] |= {ref.path: asdict(ref) for ref in new.values()}
    write_json(side, told)  # first: keys that nothing refers to do no harm
    manifest = load_manifest(folder)
    parts = tuple(replace(part, files=dict(_renamed(part, new))) for part in manifest.parts)
    replace(manifest, parts=parts).save(folder / MANIFEST)


def _renamed(part: Part, new: Mapping[str, FileRef]) -> Iterator[tuple[str, FileRef]]:
    for kind, ref in part.files.items():
        made = new.get(ref.path)
        yield kind, replace(ref, path=made.path, file_id=made.file_id) if made else ref


# --- files ---------------------------------------------------------------------------------------------------


def _write(
    run: Run, folder: Path, path: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], keys: Keys
) -> FileRef:
    file_id, key = os.urandom(16), os.urandom(32)
    writer = StagedWriter(folder / path, schema, file_id=file_id, file_key=key, digest_key=run.vault.project_key)
    for batch in batches:
        writer.write(batch)
    written = writer.close()
    keys[written.file_id] = key
    return FileRef(path, written.file_id, written.rows, written.bytes, written.digest)


def _opened(run: Run, folder: str, ref: FileRef, keys: Mapping[str, bytes]) -> StagedFile:
    return StagedFile(run.out / "stages" / folder / ref.path, file_key=keys[ref.file_id])


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _tuples(side: Mapping[str, list[FileRef]]) -> dict[str, tuple[FileRef, ...]]:
    return {kind: tuple(refs) for kind, refs in side.items()}

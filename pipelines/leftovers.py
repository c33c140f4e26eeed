"""Stage folders that a crash left half-made, when somebody has withdrawn: they are destroyed whole.

Such a folder holds what a finished one does not: texts that no manifest names, dedup's band entries and content hashes,
which a finished stage drops with their keys. Its id comes from tombstones that are no longer the project's, so no run
will go on with it. What stands on today's tombstones never held the withdrawn documents, and stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from governance.times import stamp
from governance.vault import Destruction
from pipelines.dataset import Manifest
from pipelines.driver import MANIFEST
from pipelines.files import read_json
from pipelines.stage import Run

READS = "reads.json"


def destroy_leftovers(run: Run, reason: str, request_id: str) -> list[str]:
    """Destroys half-made folders of earlier tombstones; their names. The order is in the ledger before it is done."""
    stages = run.out / "stages"
    today = run.vault.tombstones.snapshot().version
    made = {m.digest: m for m in map(Manifest.load, sorted(stages.glob(f"*/{MANIFEST}")))}
    gone = []
    for path in sorted(stages.glob(f"*/{READS}")):
        folder = path.parent
        if run.vault.dataset_state(folder.name) == "open" and _tombstones(path, made) != today:
            order = Destruction("dataset", folder.name, reason, stamp(run.now))
            run.ledger.record_destructions([order], run.now, request_id=request_id)
            run.vault.destroy_dataset(folder.name, reason, run.now)
            shutil.rmtree(folder)
            gone.append(folder.name)
    return gone


def _tombstones(reads: Path, made: Mapping[str, Manifest]) -> str:
    """The version of the tombstones that a folder stands on; "" when what it was made of is gone."""
    inputs: Mapping[str, str] = read_json(reads)["inputs"]
    while inputs:
        if "register" in inputs:
            register = made.get(inputs["register"])
            return str(register.facts["tombstones"]) if register else ""
        before = [made[digest] for digest in inputs.values() if digest in made]
        if not before:
            return ""
        inputs = before[0].inputs
    return ""

"""A step shaped like ours, run by the real run_step: unit descriptions in, one written file and receipt a unit."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.work import UnitContext, receipt_path


def work(unit: Mapping[str, Any], context: UnitContext) -> None:
    if unit.get("fail"):
        raise ValueError("planted failure")
    folder = Path(context.step.folder)
    (folder / "started").mkdir(parents=True, exist_ok=True)
    (folder / "started" / str(os.getpid())).touch()
    time.sleep(unit.get("sleep", 0))
    index = int(unit["index"])
    write(folder / "data" / f"{index:03d}.out", Path(unit["path"]).read_bytes()[::-1])
    who = {"pid": os.getpid(), "session": os.environ.get("DAMJANG_SESSION_TEST", "")}
    write(receipt_path(folder, context.step.step, index), json.dumps(who).encode())


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{threading.get_ident()}.part")  # Flink runs units in threads too
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)

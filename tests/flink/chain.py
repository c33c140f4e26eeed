"""Run by the tests as a process of its own: chained toy steps on one runner. Prints `done N` after each.

chain.py OUT JSON   with JSON = {"options": [...], "chain": [[unit, ...], ...]}
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import psutil

from pipelines.beam_run import run_step
from pipelines.work import StepContext

if __name__ == "__main__":
    plan = json.loads(sys.argv[2])
    me = (os.getpid(), psutil.Process().create_time())
    for number, units in enumerate(plan["chain"]):
        folder = Path(sys.argv[1]) / str(number)
        context = StepContext("toy", f"s{number}", str(folder), "", "", {}, {})
        try:
            run_step("toy:work", units, context, plan["options"], me)
        except Exception as error:
            print("failed", type(error).__name__, json.dumps(str(error)), flush=True)
            sys.exit(5)
        print("done", number, flush=True)

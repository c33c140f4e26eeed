"""What a run leaves for those who ask later: the trace index, and OpenLineage events of the stages it made."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Mapping

from governance.errors import KeyDestroyed, LineageNotSent
from governance.lineage import Lineage
from governance.openlineage import Event, StageRunFacts, append, post, stage_events, stage_failed
from governance.trace_index import build_index
from pipelines.stage import Run, Stage

EVENTS = "openlineage.jsonl"
UNSENT = "openlineage-unsent.jsonl"
API_KEY = "OPENLINEAGE_API_KEY"
"""As OpenLineage's own clients name it."""


def index_run(run: Run) -> None:
    """Builds the trace index of a run that got as far as assemble; finished work is found."""
    if "assemble" not in run.manifests:
        return
    with contextlib.suppress(KeyDestroyed):  # a withdrawal took files of it: look-ups read the stage files instead
        index = build_index(run.out, run.vault, Lineage(run.out, run.vault), run.now)
        if index is not None:
            index.close()


def emit_events(run: Run, stages: Mapping[str, Stage], failed: tuple[str, str] | None = None) -> None:
    """Two OpenLineage events for each stage that this run made (found ones were told before), and for the one that
    `failed` (its name, and its error's class): into a file, and to the project's endpoint if it names one.

    An endpoint that does not take them fails no run: `run.facts` says why, and the events wait in a file of their own
    for the next run.
    """
    seconds: Mapping[str, float] = run.facts.get("seconds", {})
    events: list[Event] = []
    started = run.now
    for name, took in seconds.items():
        if failed is not None and name == failed[0]:
            continue
        ended = started + dt.timedelta(seconds=took)
        events += stage_events(_facts(run, stages[name]), started, ended, run.now)
        started = ended
    if failed is not None:
        name, error = failed
        inputs = {one: run.manifests[one].folder for one in stages[name].inputs if one in run.manifests}
        facts = StageRunFacts(run.project.name, name, f"{name}-failed", inputs, (), {}, 0, 0, run.policy.digest, "")
        events += stage_failed(facts, started, started, run.now, error)
    if events:
        append(run.out / "runs" / EVENTS, events)
    if run.project.openlineage is not None:
        _send(run, run.project.openlineage, events)


def _send(run: Run, url: str, events: list[Event]) -> None:
    """What an earlier run could not send goes first; a receiver knows an event that comes twice by its run and type."""
    unsent = run.out / "runs" / UNSENT
    if events:
        append(unsent, events)
    if not unsent.exists():
        return
    waiting = [json.loads(line) for line in unsent.read_text(encoding="utf-8").splitlines()]
    try:
        post(url, waiting, api_key=os.environ.get(API_KEY, ""))
    except LineageNotSent as error:
        run.facts["lineage_not_sent"] = f"{error.message}; {len(waiting)} events wait in {unsent.name}"
        return
    unsent.unlink()


def _facts(run: Run, stage: Stage) -> StageRunFacts:
    made = run.manifests[stage.name]
    refs = [part.files["data"] for part in made.parts if "data" in part.files]
    refs += [ref for ref in made.side.get("shards", ())]
    shipped = [shard["source_id"] for shard in made.facts.get("shards", ())]
    return StageRunFacts(
        project=run.project.name,
        stage=stage.name,
        folder=made.folder,
        inputs={name: run.manifests[name].folder for name in stage.inputs},
        sources=tuple(sorted({part.source_id for part in made.parts} | set(shipped))),
        counts=made.by_source(),
        rows=sum(shard["rows"] for shard in made.facts["shards"]) if shipped else sum(ref.rows for ref in refs),
        bytes=sum(ref.bytes for ref in refs),
        policy_digest=run.policy.digest,
        manifest_digest=made.digest,
    )

"""What a run leaves for those who ask later: the trace index, and OpenLineage events of the stages it made."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping

from governance.errors import KeyDestroyed
from governance.lineage import Lineage
from governance.openlineage import Event, StageRunFacts, append, stage_events
from governance.trace_index import build_index
from pipelines.stage import Run, Stage

EVENTS = "openlineage.jsonl"


def index_run(run: Run) -> None:
    """Builds the trace index of a run that got as far as assemble; finished work is found."""
    if "assemble" not in run.manifests:
        return
    with contextlib.suppress(KeyDestroyed):  # a withdrawal took files of it: look-ups read the stage files instead
        index = build_index(run.out, run.vault, Lineage(run.out, run.vault), run.now)
        if index is not None:
            index.close()


def emit_events(run: Run, stages: Mapping[str, Stage]) -> None:
    """Two OpenLineage events for each stage that this run made (found ones were told before), appended to a file."""
    seconds: Mapping[str, float] = run.facts.get("seconds", {})
    events: list[Event] = []
    started = run.now
    for name, took in seconds.items():
        ended = started + dt.timedelta(seconds=took)
        events += stage_events(_facts(run, stages[name]), started, ended, run.now)
        started = ended
    if events:
        append(run.out / "runs" / EVENTS, events)


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

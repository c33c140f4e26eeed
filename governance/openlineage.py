"""OpenLineage 2-0-2 run events, two a stage: to a file of JSON lines by default, to an endpoint when a URL is named.

Events hold names of stages and sources, digests and counts; no path outside the project, no id of a document or person.
Every event is checked against schemas/openlineage-event.json before it leaves. Nothing is ever fetched.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import schemas
from governance.errors import LineageNotSent

PRODUCER: Final = "urn:damjang:producer:0.1"
SCHEMA_URL: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_SPEC: Final = "https://openlineage.io/spec/facets"
_IDS: Final = uuid.UUID("b1f6c2a4-4f0e-5d7b-9a53-6a1d5c0e7d11")  # the namespace of our run ids (RFC 9562, version 5)

Event = Mapping[str, Any]


@dataclass(frozen=True)
class StageRunFacts:
    """A stage as lineage sees it. `inputs`: {stage: folder}; `counts`: {source: {in, kept, …}}; digests in hex."""

    project: str
    stage: str
    folder: str
    inputs: Mapping[str, str]
    sources: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    rows: int
    bytes: int
    policy_digest: str
    manifest_digest: str


def run_id(project: str, name: str, started: dt.datetime) -> str:
    """The same run always has the same id; another attempt has another."""
    return str(uuid.uuid5(_IDS, f"{project}\0{name}\0{_time(started)}"))


def stage_events(facts: StageRunFacts, started: dt.datetime, ended: dt.datetime, parent: dt.datetime) -> list[Event]:
    """START and COMPLETE of a finished stage; `parent` is when the whole run started."""
    done = _event("COMPLETE", facts, started, ended, parent)
    evidence = {"policyDigest": facts.policy_digest, "manifestDigest": facts.manifest_digest}
    done["run"]["facets"]["damjang_evidence"] = _own("evidence", evidence)
    counts = {source: dict(numbers) for source, numbers in sorted(facts.counts.items())}
    done["run"]["facets"]["damjang_counts"] = _own("counts", {"sources": counts})
    statistics = {"rowCount": facts.rows, "size": facts.bytes}
    done["outputs"] = [
        _dataset(facts.project, facts.folder)
        | {"outputFacets": {"outputStatistics": _facet("1-0-2/OutputStatisticsOutputDatasetFacet.json", statistics)}}
    ]
    return [_checked(_event("START", facts, started, started, parent)), _checked(done)]


def stage_failed(
    facts: StageRunFacts, started: dt.datetime, ended: dt.datetime, parent: dt.datetime, error: str
) -> list[Event]:
    """START and FAIL of a stage that ended in an error; `error` is the name of its class, never its message."""
    failed = _event("FAIL", facts, started, ended, parent)
    failed["run"]["facets"]["errorMessage"] = _facet(
        "1-0-1/ErrorMessageRunFacet.json", {"message": error, "programmingLanguage": "PYTHON"}
    )
    return [_checked(_event("START", facts, started, started, parent)), _checked(failed)]


def append(path: Path, events: Iterable[Event]) -> None:
    """Adds events to a file of JSON lines, synced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n" for event in events)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def post(url: str, events: Iterable[Event], *, api_key: str = "", timeout_seconds: float = 10) -> None:
    """Sends events to an OpenLineage endpoint (`…/api/v1/lineage`), one request each. Raises LineageNotSent.

    `api_key` goes as a bearer token, as OpenLineage's own clients send it.

    A run never fails for this: its file of events is complete, and the caller reports what was not sent.
    """
    import http.client
    import urllib.error
    import urllib.request

    if urlsplit(url).scheme not in ("http", "https"):
        raise LineageNotSent("an OpenLineage endpoint is an http or https URL", "Correct the URL.")
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
    for event in events:
        request = urllib.request.Request(  # noqa: S310 (the scheme was checked)
            url, json.dumps(event).encode(), headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:  # noqa: S310
                answer.read()
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            why = f"answered {error.code}" if isinstance(error, urllib.error.HTTPError) else "can't be reached"
            raise LineageNotSent(f"the OpenLineage endpoint {why}", "Send out/runs/openlineage.jsonl later.") from None


def _event(
    kind: str, facts: StageRunFacts, started: dt.datetime, at: dt.datetime, parent: dt.datetime
) -> dict[str, Any]:
    namespace = _namespace(facts.project)
    above = {
        "run": {"runId": run_id(facts.project, "run", parent)},
        "job": {"namespace": namespace, "name": "run"},
    }
    inputs = [_dataset(facts.project, folder) for _, folder in sorted(facts.inputs.items())]
    inputs += [{"namespace": namespace, "name": f"source/{source}"} for source in facts.sources]
    return {
        "eventType": kind,
        "eventTime": _time(at),
        "producer": PRODUCER,
        "schemaURL": SCHEMA_URL,
        "run": {
            "runId": run_id(facts.project, facts.folder, started),
            "facets": {"parent": _facet("1-2-0/ParentRunFacet.json", above)},
        },
        "job": {
            "namespace": namespace,
            "name": facts.stage,
            "facets": {
                "jobType": _facet(
                    "2-0-4/JobTypeJobFacet.json",
                    {"processingType": "BATCH", "integration": "DAMJANG", "jobType": "STAGE"},
                )
            },
        },
        "inputs": inputs,
        "outputs": [],
    }


def _dataset(project: str, folder: str) -> dict[str, Any]:
    version = _facet("1-0-1/DatasetVersionDatasetFacet.json", {"datasetVersion": folder.rpartition("-")[2]})
    return {"namespace": _namespace(project), "name": f"stages/{folder}", "facets": {"version": version}}


def _namespace(project: str) -> str:
    return f"damjang://{project}"


def _facet(schema: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    name = schema.rpartition("/")[2].removesuffix(".json")
    return {"_producer": PRODUCER, "_schemaURL": f"{_SPEC}/{schema}#/$defs/{name}", **fields}


def _own(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"urn:damjang:schema:openlineage-{name}:1", **fields}


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@functools.cache
def _validator() -> Any:
    import jsonschema

    text = (Path(schemas.__file__).parent / "openlineage-event.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _checked(event: Event) -> Event:
    """The event, or jsonschema's ValidationError: a defect of ours, never of the input."""
    _validator().validate(event)
    return event

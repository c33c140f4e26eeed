"""OpenLineage events: valid, deterministic, without a personal value; a real HTTP endpoint takes or refuses them."""

from __future__ import annotations

import copy
import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema
import pytest

from governance import openlineage
from governance.errors import LineageNotSent

START = dt.datetime(2026, 11, 22, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))
END = START + dt.timedelta(seconds=90)
FACTS = openlineage.StageRunFacts(
    "demo", "dedup", "dedup-0123456789abcdef", {"refine": "refine-00aa00aa00aa00aa"}, ("forum",),
    {"forum": {"in": 3, "kept": 2, "dropped": 1}}, 2, 400, "a" * 64, "b" * 64,
)  # fmt: skip


def test_two_events_a_stage_that_belong_together() -> None:
    start, done = openlineage.stage_events(FACTS, START, END, START)
    assert (start["eventType"], done["eventType"]) == ("START", "COMPLETE")
    assert (start["eventTime"], done["eventTime"]) == ("2026-11-22T00:00:00.000Z", "2026-11-22T00:01:30.000Z")
    assert start["run"]["runId"] == done["run"]["runId"] == str(uuid.UUID(start["run"]["runId"]))
    assert done["outputs"][0]["name"] == "stages/dedup-0123456789abcdef"
    assert done["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert done["run"]["facets"]["damjang_counts"]["sources"]["forum"]["dropped"] == 1
    assert openlineage.stage_events(FACTS, START, END, START) == [start, done]
    other = openlineage.stage_events(FACTS, END, END, START)
    assert other[0]["run"]["runId"] != start["run"]["runId"]
    assert other[0]["run"]["facets"]["parent"] == start["run"]["facets"]["parent"]


def test_a_failure_names_the_class_of_error_only() -> None:
    _, failed = openlineage.stage_failed(FACTS, START, END, START, "StageIncomplete")
    assert failed["eventType"] == "FAIL"
    assert failed["run"]["facets"]["errorMessage"]["message"] == "StageIncomplete"
    assert failed["outputs"] == []


@pytest.mark.parametrize(
    "path", [("eventType",), ("eventTime",), ("producer",), ("schemaURL",), ("run", "runId"), ("job", "name")]
)
def test_the_schema_asks_for_what_the_standard_does(path: tuple[str, ...]) -> None:
    event = copy.deepcopy(dict(openlineage.stage_events(FACTS, START, END, START)[1]))
    openlineage._checked(event)
    inner = event
    for step in path[:-1]:
        inner = inner[step]
    kept = inner.pop(path[-1])
    with pytest.raises(jsonschema.ValidationError):
        openlineage._checked(event)
    inner[path[-1]] = 7 if path[-1] != "name" else ""
    with pytest.raises(jsonschema.ValidationError):
        openlineage._checked(event)
    inner[path[-1]] = kept
    openlineage._checked(event)


def test_what_is_not_a_digest_is_never_emitted() -> None:
    with pytest.raises(jsonschema.ValidationError):
        openlineage.stage_events(replace(FACTS, policy_digest="홍길동"), START, END, START)


def test_a_file_of_lines(tmp_path: Path) -> None:
    events = openlineage.stage_events(FACTS, START, END, START)
    for _ in range(2):
        openlineage.append(tmp_path / "runs" / "openlineage.jsonl", events)
    lines = (tmp_path / "runs" / "openlineage.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == events * 2


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[object]]]:
    got: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201 if self.path == "/api/v1/lineage" else 422)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_takes_them(endpoint: tuple[str, list[object]]) -> None:
    url, got = endpoint
    events = openlineage.stage_events(FACTS, START, END, START)
    openlineage.post(f"{url}/api/v1/lineage", events)
    assert got == events
    with pytest.raises(LineageNotSent, match="422"):
        openlineage.post(f"{url}/elsewhere", events)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "ftp://x/y", ""])
def test_an_endpoint_that_is_not_there(url: str) -> None:
    with pytest.raises(LineageNotSent):
        openlineage.post(url, openlineage.stage_events(FACTS, START, END, START))


# Facet and the version of its schema that the official client (openlineage-python 1.54.0) writes.
FACETS = {
    "parent": "1-2-0/ParentRunFacet", "jobType": "2-0-4/JobTypeJobFacet", "version": "1-0-1/DatasetVersionDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet", "errorMessage": "1-0-1/ErrorMessageRunFacet",
}  # fmt: skip


def every_facet(event: object) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(event, dict):
        for key, value in event.items():
            if isinstance(value, dict) and "_schemaURL" in value:
                yield key, value
            yield from every_facet(value)
    elif isinstance(event, list):
        for value in event:
            yield from every_facet(value)


def test_facets_name_the_versions_of_the_official_client() -> None:
    events = [
        *openlineage.stage_events(FACTS, START, END, START),
        *openlineage.stage_failed(FACTS, START, END, END, "E"),
    ]
    seen = {key: facet["_schemaURL"] for event in events for key, facet in every_facet(dict(event))}
    assert {key for key in seen if not key.startswith("damjang_")} == set(FACETS)
    for key, facet in FACETS.items():
        assert seen[key] == f"https://openlineage.io/spec/facets/{facet}.json#/$defs/{facet.partition('/')[2]}"


def test_the_official_client_reads_them() -> None:
    """Where openlineage-python is installed: its own classes take our events, and write the same core back."""
    base = pytest.importorskip("openlineage.client.generated.base")
    serde = pytest.importorskip("openlineage.client.serde")
    for event in openlineage.stage_events(FACTS, START, END, START):
        made = base.RunEvent(
            eventTime=event["eventTime"], producer=event["producer"], eventType=base.EventType[event["eventType"]],
            run=base.Run(event["run"]["runId"]), job=base.Job(event["job"]["namespace"], event["job"]["name"]),
            inputs=[base.InputDataset(one["namespace"], one["name"]) for one in event["inputs"]],
            outputs=[base.OutputDataset(one["namespace"], one["name"]) for one in event["outputs"]],
        )  # fmt: skip
        told = json.loads(serde.Serde.to_json(made))
        assert {key: told[key] for key in ("eventTime", "eventType", "producer", "schemaURL")} == {
            key: event[key] for key in ("eventTime", "eventType", "producer", "schemaURL")
        }
        assert told["run"]["runId"] == event["run"]["runId"]
        assert [one["name"] for one in told["inputs"]] == [one["name"] for one in event["inputs"]]

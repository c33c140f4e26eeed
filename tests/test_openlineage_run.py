"""A run tells an OpenLineage endpoint what it did; one that is down or refuses costs no run and no event."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import road_kit
from cli_kit import run
from officer_kit import office

Got = list[tuple[str | None, dict[str, Any]]]


@contextmanager
def endpoint(port: int = 0, status: int = 201) -> Iterator[tuple[int, Got]]:
    """A server on 127.0.0.1; what it got, as (Authorization, event)."""
    got: Got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.headers["Authorization"], body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(project: Path, step: str, **environ: str) -> dict[str, Any]:
    said = run("run", project, "--only", step, "--json", **environ)
    assert said.code == 0, said.err
    summary: dict[str, Any] = json.loads(said.out)
    return summary


def kinds(got: Got) -> list[tuple[str, str]]:
    return [(event["job"]["name"], event["eventType"]) for _, event in got]


def test_what_an_endpoint_did_not_take_is_sent_by_the_next_run(tmp_path: Path) -> None:
    project = office(tmp_path / "p")
    with endpoint(status=503) as (port, refused):
        line = f"openlineage: http://127.0.0.1:{port}/api/v1/lineage\n"
        project.write_text(project.read_text("utf-8") + line, encoding="utf-8")
        assert "answered 503; 2 events wait" in told(project, "ingest")["lineage_not_sent"]
        assert kinds(refused) == [("ingest", "START")]  # no more is asked of an endpoint that refuses
    assert "can't be reached; 4 events wait" in told(project, "refine")["lineage_not_sent"]
    with endpoint(port) as (_, got):
        assert "lineage_not_sent" not in told(project, "refine", OPENLINEAGE_API_KEY="secret-1")
        assert kinds(got) == [(stage, kind) for stage in ("ingest", "refine") for kind in ("START", "COMPLETE")]
        assert {key for key, _ in got} == {"Bearer secret-1"}
        told(project, "refine")
        assert len(got) == 4  # once
    written = (tmp_path / "p" / "out" / "runs" / "openlineage.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in written] == [event for _, event in got]


def test_a_stage_that_fails_is_told_as_failed(tmp_path: Path) -> None:
    project = office(tmp_path / "p")
    said = run("run", project, "--only", "ingest")
    assert said.code == 0, said.err
    # refine's input is gone: the stage can't be made
    for path in road_kit.folders(project)["ingest"].glob("data/*.djf"):
        path.write_bytes(b"")
    failed = run("run", project, "--only", "refine")
    assert failed.code != 0
    lines = (tmp_path / "p" / "out" / "runs" / "openlineage.jsonl").read_text("utf-8").splitlines()
    last = json.loads(lines[-1])
    assert (last["job"]["name"], last["eventType"]) == ("refine", "FAIL")
    assert last["run"]["facets"]["errorMessage"]["message"].isidentifier()  # the class, never the message


@pytest.mark.parametrize("url", ["ftp://x/y", "http://user:secret@host/api", "localhost:5000"])
def test_an_endpoint_is_an_http_url_without_a_password(url: str, tmp_path: Path) -> None:
    project = office(tmp_path / "p")
    project.write_text(project.read_text("utf-8") + f"openlineage: {url}\n", encoding="utf-8")
    said = run("run", project)
    assert said.code == 3
    assert f"line {len(project.read_text('utf-8').splitlines())}: openlineage" in said.one_error()
    assert "secret" not in said.err

"""Every command explains itself: help with an example that parses, codes that are documented, a light install that works."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from cli_kit import call, command
from issuer_world import World, cluster, signer

from damjang.cli import main as frame

EXAMPLE = re.compile(r"Example: (damjang .*?)(?:\n\n|\Z)", re.DOTALL)
HEAVY = sorted(frame.EXTRAS)


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """(words, command) of every command, groups' commands too."""

    def walk(words: tuple[str, ...], found: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
        if hasattr(found, "commands"):
            for name, inner in found.commands.items():
                yield from walk((*words, name), inner)
        else:
            yield words, found

    yield from walk((), typer.main.get_command(frame.app))


ALL = dict(commands())


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_has_an_example_that_parses(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, *words, "--help")
    assert said.code == 0
    assert "Example: damjang" in said.out
    found = EXAMPLE.search(ALL[words].help)
    assert found is not None
    typed = shlex.split(" ".join(found[1].split()))
    assert typed[: len(words) + 1] == ["damjang", *words]
    # parses: every option exists, every required one is there
    ALL[words].make_context(" ".join(words), typed[len(words) + 1 :])


def test_every_command_of_the_issues_is_there() -> None:
    for names in (
        ("init", "run", "status", "demo", "demo-corpus", "dedup", "detect", "evaluate", "anonymize", "trace"),
        ("sign", "discard", "verify", "pull", "delete", "verify-difference"),
    ):
        assert {(name,) for name in names} <= set(ALL)
    for group, names in {
        "keys": ("new", "show"),
        "trust": ("new", "show"),
        "revocations": ("renew", "refresh"),
        "audit": ("verify", "export", "cosign"),
        "consents": ("import", "list", "show"),
        "records": ("kinds", "add", "staff", "export"),
        "requests": ("show", "receive", "verify", "refuse", "done", "notify", "close"),
        "held": ("release", "withdraw"),
        "vault": ("backup", "restore", "rotate"),
        "ledger": ("backup", "restore", "verify"),
    }.items():
        assert {(group, name) for name in names} <= set(ALL)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--version",), 0),
        (("nonsense",), 2),
        (("verify",), 2),
        (("verify", "x", "--cluster", "c"), 2),
        (("dedup", "x.jsonl", "--threshold", "2"), 2),
        (("verify", "nowhere"), 1),
        (("run", "nowhere.yaml"), 3),
        (("status", "--project", "nowhere.yaml"), 3),
        (("detect", "nowhere.jsonl", "--out", "o.jsonl"), 4),
        (("pull", "a@1", "--from", "nowhere", "--to", "t", "--purpose", "research", "--cluster", "c", "--key", "k"), 4),
    ],
)
def test_exit_codes(
    args: tuple[str, ...],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAMJANG_STATE", str(tmp_path / "state"))
    said = call(capsys, *args)
    assert said.code == code, said.err
    assert "Traceback" not in said.err
    if code not in (0, 2):
        said.one_error()


def test_codes_are_documented() -> None:
    for code in ("0 done", "1 a check", "2 wrong", "3 config", "4 input", "5 the run failed", "6 "):
        assert code in (frame.__doc__ or "")
        assert code.split()[0] in (frame.app.info.epilog or "")


def test_a_fault_of_ours_shows_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError) as caught:
        raise ValueError("900101-1234567")
    assert frame._told(caught.value) == 5
    said = capsys.readouterr().err
    assert "900101" not in said
    assert "ValueError at test_cli_help.py:" in said


def test_a_system_error_names_the_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent") as caught:
        (tmp_path / "absent").read_bytes()
    assert frame._told(caught.value) == 4
    assert "No such file" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    names = [*HEAVY, "pyarrow", "numpy", "cryptography"]
    code = f"import sys; from damjang.cli.main import app; print([m for m in {names!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the trainer's install -----------------------------------------------------------------------------------------

REFUSE = """
import importlib.abc, sys
HEAVY = set(%r)
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in HEAVY:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refuse())
"""
LIGHT = ["pyarrow", "numpy", "cryptography", "typer", "rich", "yaml"]


def test_the_extras_are_those_of_the_project() -> None:
    """What the hook refuses is what the base install lacks."""
    import tomllib

    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {
        re.split(r"[\[=<>]", name)[0].replace("-", "_").replace("fpdf2", "fpdf")
        for name in project["optional-dependencies"]["pipeline"]
    }
    assert extra - {"pyyaml", "pydantic"} <= set(HEAVY)  # typer brings pydantic
    base = {re.split(r"[\[=<>]", name)[0].replace("pyyaml", "yaml") for name in project["dependencies"]}
    assert base == set(LIGHT)


def light(args: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """`damjang ARGS` where only the base install can be imported."""
    code = REFUSE % HEAVY + f"sys.argv = {['damjang', *args]!r}\nfrom damjang.cli.main import main\nmain()"
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=False)


def test_a_trainer_needs_only_the_base_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as dt

    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setenv("DAMJANG_STATE", str(tmp_path / "state"))
    now = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=5)
    monkeypatch.setattr("issuer_world.NOW", now)
    (tmp_path / "project").mkdir()
    world = World(tmp_path / "project")
    world.publish(now=now, expires=now + dt.timedelta(days=9))
    key = signer("seoul-1").key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "c.key").write_bytes(key)
    (tmp_path / "c.key").chmod(0o600)
    made = cluster()
    line = f"{{id: {made.id}, operator: {made.operator}, country: {made.country}, key: {made.key.raw.hex()}}}"
    (tmp_path / "clusters.yaml").write_text(f"clusters:\n  - {line}\n", encoding="utf-8")
    releases = str(world.office.releases)
    name = "korean-public@1"

    done = light(["verify", f"{releases}/{name}", "--trust", str(world.office.trust), "--json"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["release"] == name
    done = light(["pull", name, "--from", releases, "--to", "got", "--purpose", "pretraining", "--cluster", "seoul-1",
                  "--key", "file:c.key", "--json"], tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    code = REFUSE % HEAVY + (
        "import damjang\n"
        "print(sum(b.num_rows for b in damjang.open('got', purpose='pretraining')))\n"
        "refused = [m for m in HEAVY if m in sys.modules]\nassert not refused, refused\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 24
    for args in (["revocations", "refresh", releases], ["delete", "got", "--key", "file:c.key"],
                 ["keys", "new", "n.key", "--person", "gpu-2", "--role", "cluster"], ["keys", "show", "n.pub"],
                 ["trust", "show", str(world.office.trust)], ["--help"]):  # fmt: skip
        done = light(args, tmp_path)
        assert done.returncode == 0, (args, done.stderr)
    done = light(["run", "project.yaml"], tmp_path)
    assert done.returncode == 3
    assert "pip install 'damjang[pipeline]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_command_runs_as_a_module() -> None:
    done = subprocess.run(command("--version"), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("damjang ")

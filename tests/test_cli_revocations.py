"""Where two officers must sign the revocation list, each signs on her own machine, as with a release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_kit import Said, call


def test_two_officers_renew_the_list_one_after_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def done(*args: object, code: int = 0) -> Said:
        said = call(capsys, *args)
        assert said.code == code, said.out + said.err
        return said

    project = tmp_path / "p" / "project.yaml"
    done("init", tmp_path / "p", "--name", "two")
    for number in (1, 2, 3):
        done("keys", "new", tmp_path / f"o{number}.key", "--person", f"officer-{number}", "--role", "officer")
    done("keys", "new", project.parent / "keys" / "engineer-9.key", "--person", "engineer-9", "--role", "engineer")
    done("keys", "new", project.parent / "keys" / "log-9.key", "--person", "log-9", "--role", "log")
    publics = [tmp_path / f"o{number}.pub" for number in (1, 2, 3)]
    publics += [project.parent / "keys" / f"{name}.pub" for name in ("engineer-9", "log-9")]
    keys = [part for path in publics for part in ("--key", path)]
    new = ("trust", "new", *keys, "--organisation", "예시기관", "--project", project, "--revocation-threshold", "2")
    first, second = (("--officer", f"file:{tmp_path / f'o{number}.key'}") for number in (1, 2))
    assert "2 officers" in done(*new, *first, code=1).one_error()
    done(*new, *first, *second)

    renew = ("revocations", "renew", "--project", project, "--json", "--key")
    trust = project.parent / "trust" / "revocations.dsse.json"
    before = trust.read_bytes()
    waits = json.loads(done(*renew, f"file:{tmp_path / 'o1.key'}").out)
    assert "1 of 2" in waits["waits"]
    assert trust.read_bytes() == before
    assert json.loads(done(*renew, f"file:{tmp_path / 'o3.key'}").out)["version"] == 2
    assert trust.read_bytes() != before

"""Calls the command line as a person does, in this process (fast) or in one of its own (for signals and imports)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    def one_error(self) -> str:
        """The error, which is one or two lines and never a traceback."""
        assert self.code != 0
        assert "Traceback" not in self.err
        lines = [line for line in self.err.splitlines() if line.strip()]
        assert 1 <= len(lines) <= 2, self.err
        assert lines[0].startswith("error: ")
        return self.err


def call(capsys: pytest.CaptureFixture[str], *args: Any) -> Said:
    """Run `damjang ARGS` in this process."""
    from damjang.cli.main import main

    capsys.readouterr()
    code = 0
    with patch.object(sys, "argv", ["damjang", *map(str, args)]):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    said = capsys.readouterr()
    return Said(code, said.out, said.err)


def command(*args: Any) -> list[str]:
    """The argument vector of `damjang ARGS`."""
    return [sys.executable, "-m", "damjang.cli.main", *map(str, args)]


def run(*args: Any, cwd: Path | None = None, **environ: str) -> Said:
    """Run `damjang ARGS` in a process of its own."""
    root = str(Path(__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": root, "COLUMNS": "200", **environ}
    done = subprocess.run(command(*args), cwd=cwd, env=env, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout, done.stderr)

"""The task that runs one stage: `damjang run PROJECT --only STAGE` as a process of its own, its output in the task log.

An argument list, no shell and no templates, so nothing in a project's path or name is ever interpreted.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

# damjang's exit codes (damjang run --help): 5 a run that failed, 6 another run holds the folder; both pass with time.
TRY_AGAIN = {5: "the run failed", 6: "another run holds the output folder"}
FINAL = {1: "a check failed", 2: "wrong usage", 3: "the configuration is wrong", 4: "the input is wrong"}
# Airflow's own settings (its database's URL among them) are not the pipeline's business.
FOREIGN = ("AIRFLOW", "PYTHON", "VIRTUAL_ENV")


class DamjangStage(BaseOperator):  # type: ignore[misc]
    """One stage of one project. Fails for good where trying again can't help."""

    ui_color = "#d9c9a3"

    def __init__(self, *, damjang: str, project: str, stage: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.damjang = damjang
        self.project = project
        self.stage = stage
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Mapping[str, Any]) -> None:
        """Run the stage to its end. Raises AirflowFailException (final) or AirflowException (tried again)."""
        environment = {name: value for name, value in os.environ.items() if not any(word in name for word in FOREIGN)}
        try:
            self._process = subprocess.Popen(
                [self.damjang, "run", self.project, "--only", self.stage],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                encoding="utf-8", errors="replace", env=environment, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise AirflowFailException(f"can't start the damjang command: {error.strerror}") from None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.log.info("%s", line.rstrip())
        code = self._process.wait()
        if code in FINAL:
            raise AirflowFailException(f"{self.stage}: {FINAL[code]} (exit code {code}); see the log above")
        if code:
            raise AirflowException(f"{self.stage}: {TRY_AGAIN.get(code, 'stopped')} (exit code {code})")

    def on_kill(self) -> None:
        """Airflow stops the task: so does the stage, workers included. The next run goes on where it stopped."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)

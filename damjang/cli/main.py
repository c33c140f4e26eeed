"""The command line's frame: commands by file, one way to print errors, exit codes that mean something.

Exit codes: 0 done, 1 a check failed or use was refused, 2 wrong usage, 3 configuration, 4 input, 5 the run failed (run
it again), 6 another run holds the folder, 130 interrupted (143 by SIGTERM, 129 by SIGHUP).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Annotated, Any

import typer

from damjang.cli import (
    answering,
    auditing,
    consenting,
    corpus,
    detecting,
    holding,
    keeping,
    officers,
    projects,
    pseudonyms,
    recalling,
    recording,
    reporting,
    reviewing,
    status,
    tracing,
    trainer,
    withdrawing,
)

app = typer.Typer(
    name="damjang",
    help="담장: 한국어 학습데이터를 책임질 수 있는 샤드로. Korean text to Arrow shards that can be accounted for.",
    epilog="Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 configuration, 4 input, 5 the run failed, 6 busy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for group in (
    projects, status, trainer, officers, reviewing, pseudonyms, auditing, reporting, tracing, withdrawing,
    recalling, holding, answering, recording, keeping, consenting, corpus, detecting,
):  # fmt: skip
    group.add_to(app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"damjang {version('damjang')}")
        raise typer.Exit


@app.callback()
def frame(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


EXTRAS = frozenset(
    {
        "alembic", "apache_beam", "datasketch", "fpdf", "great_expectations", "jinja2", "jsonschema", "kiwipiepy",
        "markupsafe", "onnxruntime", "orjson", "pandas", "polars", "presidio_analyzer", "presidio_anonymizer", "psutil",
        "psycopg", "pylopdf_fonts_ko", "sqlalchemy", "zstandard",
    }
)  # fmt: skip
"""Import names that come with the extra `pipeline`."""


def main() -> None:
    """Run a command; whatever goes wrong is one or two lines without a traceback."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
    try:
        app()
    except SystemExit as leaving:
        if leaving.code in INTERRUPTED:
            sys.stderr.write("interrupted: nothing is lost, the same command goes on where it stopped\n")
        raise
    except Exception as error:
        raise SystemExit(_told(error)) from None


INTERRUPTED = (130, 128 + signal.SIGTERM, 128 + signal.SIGHUP)
"""130 is typer's way of ending on Ctrl-C."""


def _leave(number: int, _: object) -> None:
    """As on Ctrl-C: the stack unwinds, so that a run takes its workers with it."""
    raise SystemExit(128 + number)


def _told(error: Any) -> int:
    """Print an error and return its exit code. One that is not ours never shows its text: it could hold a value."""
    message, code = getattr(error, "message", None), getattr(error, "exit_code", None)
    if isinstance(message, str) and isinstance(code, int):
        return _say(message, getattr(error, "remedy", ""), code)
    if isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] in EXTRAS:
        return _say(f"this command needs {error.name}", "install it: pip install 'damjang[pipeline]'", 3)
    if isinstance(error, OSError) and error.errno is not None:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return _say(f"{where}{os.strerror(error.errno)}", "mend that and run the same command again", 4)
    if type(error).__module__.startswith("sqlalchemy."):
        return _say(f"the database refused ({type(error).__name__})", "is the ledger or the vault damaged or open?", 5)
    frame = error.__traceback__
    while frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}"
    return _say(f"{type(error).__name__} at {where}", "a fault of ours: please report this line", 5)


def _say(message: str, remedy: str, code: int) -> int:
    sys.stderr.write(f"error: {message}\n" + (f"  {remedy}\n" if remedy else ""))
    return code


if __name__ == "__main__":
    main()

"""The command line's frame: commands by file, one way to print errors, exit codes that mean something.

Exit codes: 0 done, 1 a check failed or use was refused, 2 wrong usage, 3 configuration, 4 input, 5 the run failed (run
it again), 6 another run holds the folder, 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Any

import typer

from damjang.cli import corpus, detecting, projects, releases, tracing

app = typer.Typer(
    name="damjang",
    help="담장: 한국어 학습데이터를 책임질 수 있는 샤드로. Korean text to Arrow shards that can be accounted for.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for group in (projects, releases, tracing, corpus, detecting):
    group.add_to(app)


def main() -> None:
    """Run a command; an error of ours is one or two lines without a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing is lost, the same command goes on where it stopped\n")
        raise SystemExit(130) from None
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in EXTRAS:
            sys.stderr.write(f"error: this command needs {error.name}\n  install it: pip install 'damjang[pipeline]'\n")
            raise SystemExit(3) from None
        raise
    except Exception as error:
        raise SystemExit(_told(error)) from None


EXTRAS = (
    "apache_beam",
    "sqlalchemy",
    "polars",
    "pydantic",
    "yaml",
    "presidio_analyzer",
    "great_expectations",
    "kiwipiepy",
)


def _told(error: Any) -> int:
    """Print an error of ours and return its exit code; anything else is a fault of ours and says so, without values."""
    message, code = getattr(error, "message", None), getattr(error, "exit_code", None)
    if message is None or code is None:
        frame = error.__traceback__
        while frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}"
        sys.stderr.write(f"error: {type(error).__name__} at {where}\n  a fault of ours: please report this line\n")
        return 5
    remedy = getattr(error, "remedy", "")
    sys.stderr.write(f"error: {message}\n" + (f"  {remedy}\n" if remedy else ""))
    return int(code)


if __name__ == "__main__":
    main()

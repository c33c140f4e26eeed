"""Bring Beam's Flink job server to CACHE/flink-job-server.jar: by `mvn`, pinned by checksum, or not at all.

    python deploy/flink/fetch.py CACHE            fetch what is missing, check every byte
    python deploy/flink/fetch.py CACHE --check    check only, ask no network

`pom.xml` names the versions, `jars.sha256` the digest of every jar. The job server is a small jar of ours whose
manifest names Beam's main class and the jars beside it in CACHE/flink-lib. Standard library only: it runs before any
set-up.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAIN_CLASS = "org.apache.beam.runners.flink.FlinkJobServerDriver"
SERVER = "flink-job-server.jar"
LIB = "flink-lib"


class FetchError(Exception):
    """The jars can't be had, or are not the ones that were pinned. Nothing is left in the cache that could be run."""


def check_versions(pom: Path, lock: Path) -> None:
    """The SDK that the pom was proved with must be the locked one. Raises FetchError."""
    proved = ET.parse(pom).findtext(".//{*}sdk.version")  # noqa: S314  (our own file)
    locked = re.search(r"^apache-beam==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if locked is None or locked[1] != proved:
        raise FetchError(
            f"the job server was proved with apache-beam {proved}, {lock.name} has {locked[1] if locked else 'none'}: "
            "set sdk.version and beam.version in deploy/flink/pom.xml, pin anew, run make test-flink"
        )


def pinned(pins: Path) -> dict[str, str]:
    """File name -> SHA-256 in hex, from lines as `sha256sum` writes them."""
    rows = (line.split() for line in pins.read_text(encoding="utf-8").splitlines() if line.strip())
    return {name: digest for digest, name in rows}


def check_jars(lib: Path, pins: dict[str, str]) -> None:
    """Exactly the pinned jars, byte for byte: one missing, other or extra file raises FetchError."""
    found = {path.name for path in lib.iterdir()} if lib.is_dir() else set()
    for name in sorted(found ^ set(pins)):
        raise FetchError(f"{name} is {'not pinned' if name in found else 'missing'}")
    for name, digest in sorted(pins.items()):
        if hashlib.sha256((lib / name).read_bytes()).hexdigest() != digest:
            raise FetchError(f"{name} is not the file that was pinned")


def server_jar(names: list[str]) -> bytes:
    """The job server's jar: a manifest and nothing else, the same bytes for the same names."""
    lines = [
        "Manifest-Version: 1.0",
        f"Main-Class: {MAIN_CLASS}",
        f"Class-Path: {' '.join(f'{LIB}/{n}' for n in names)}",
    ]
    text = b"".join(_fold(line) for line in lines) + b"\r\n"
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w") as jar:
            jar.writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF", (1980, 1, 1, 0, 0, 0)), text)
        file.seek(0)
        return file.read()


def _fold(line: str) -> bytes:
    """A manifest line holds at most 72 bytes; the rest goes on behind a space (JAR File Specification)."""
    first, rest = line[:72], line[72:]
    parts = [first] + [" " + rest[at : at + 71] for at in range(0, len(rest), 71)]
    return "".join(part + "\r\n" for part in parts).encode("ascii")


def download(pom: Path, lib: Path) -> None:
    """All the pom's jars into `lib`, by Maven as it is set up on this machine."""
    if shutil.which("mvn") is None:
        raise FetchError("mvn is not on PATH: install Maven (3.6 or newer) and Java 17")
    command = ["mvn", "-q", "-B", "-C", "-f", str(pom), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={lib.resolve()}"], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        cause = next((line for line in done.stdout.splitlines() if "ERROR" in line), "see above")
        raise FetchError(f"mvn could not bring the jars: {cause}")


def fetch(cache: Path, pom: Path, pins_file: Path) -> None:
    """Jars and job server into `cache`; they appear only after every digest has been checked."""
    pins = pinned(pins_file)
    cache.mkdir(parents=True, exist_ok=True)
    lib = cache / LIB
    (cache / SERVER).unlink(missing_ok=True)
    if lib.exists():
        try:
            check_jars(lib, pins)
        except FetchError:
            shutil.rmtree(lib)
    if not lib.exists():
        with tempfile.TemporaryDirectory(dir=cache) as fresh:
            download(pom, Path(fresh) / LIB)
            check_jars(Path(fresh) / LIB, pins)
            (Path(fresh) / LIB).rename(lib)
    partial = cache / f"{SERVER}.part"
    partial.write_bytes(server_jar(sorted(pins)))
    partial.rename(cache / SERVER)


def check(cache: Path, pins_file: Path) -> None:
    """The cache holds the pinned jars and the job server made of them. Raises FetchError."""
    pins = pinned(pins_file)
    check_jars(cache / LIB, pins)
    server = cache / SERVER
    if not server.is_file() or server.read_bytes() != server_jar(sorted(pins)):
        raise FetchError(f"{SERVER} is not the one made of the pinned jars")


def main() -> int:
    parser = argparse.ArgumentParser(description="fetch and check the Flink job server's jars")
    parser.add_argument("cache", type=Path)
    parser.add_argument("--check", action="store_true", help="check what is there; fetch nothing")
    parser.add_argument("--pom", type=Path, default=HERE / "pom.xml")
    parser.add_argument("--pins", type=Path, default=HERE / "jars.sha256")
    parser.add_argument("--lock", type=Path, default=HERE.parent.parent / "requirements" / "lock-py311.txt")
    args = parser.parse_args()
    try:
        check_versions(args.pom, args.lock)
        if not args.check:
            fetch(args.cache, args.pom, args.pins)
        check(args.cache, args.pins)
    except FetchError as error:
        print(f"flink: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

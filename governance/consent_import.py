"""Bulk import of consent records from CSV, JSON lines or Parquet: read in chunks, each row judged, bad rows listed.

What is not a code, a time or a digest goes no further: the provider's user id becomes a keyed token and then a random
subject id, the guardian's reference goes to the vault. A bad row is named by its number, column and reason, never by a
value.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection, func, insert, select

from governance import consent_rules as rules
from governance.consent_state import Flag
from governance.database import insert_new
from governance.errors import ConsentFileError
from governance.law_versions import law_on
from governance.ledger import Ledger
from governance.ledger.models.consents import ConsentImport, ConsentRecord
from governance.times import stamp
from governance.vault import Vault

COLUMNS: Final = (
    "source_id", "subject", "purpose", "ground", "notice_sha256", "method", "given_at", "valid_until", "withdrawn_at",
    "guardian_ref", "flags",
)  # fmt: skip
REQUIRED: Final = COLUMNS[:7]
CHUNK_ROWS: Final = 50_000
_TABLE: Final[Any] = ConsentRecord.__table__
KEPT_BAD_ROWS: Final = 10_000
_RRN: Final = r"\d{6}.?\d{7}"  # a quick look; consent_rules.holds_rrn decides
_TIME_FORMATS: Final = ("%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z", "%Y-%m-%d %H:%M:%S%.f%:z")
_LOCAL_FORMATS: Final = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


@dataclass(frozen=True, order=True)
class BadRow:
    """A row that was not taken: its number (the first data row is 1), the column and the reason."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class ImportResult:
    """Counts of one file; `rows = taken + repeated + bad_rows`. `bad` lists at most KEPT_BAD_ROWS of the bad ones."""

    rows: int
    taken: int
    repeated: int
    bad_rows: int
    bad: tuple[BadRow, ...]


def import_consents(
    ledger: Ledger, vault: Vault, path: Path, now: dt.datetime, sources: frozenset[str] | None = None
) -> ImportResult:
    """Imports one file (`.csv`, `.jsonl`, `.ndjson`, `.parquet`); the very same file is imported once.

    `sources`: valid source ids, if rows of others are to be refused. Raises ConsentFileError when the file as a whole
    can't be used (unreadable, unknown kind, a column missing).
    """
    key = vault.derive("consent-import")
    digest = _file_digest(path, key, sources)
    while (known := _imported(ledger, digest)) is not None:
        if all(one.reason != "in_the_future" for one in known.bad):
            return known
        # What lay in the future by a clock that was slow may lie in the past now: read the file again.
        digest = hmac.digest(key, f"again\0{digest}".encode(), "sha256").hex()
    judge = _Judge(vault, key, now, sources)
    bad: list[BadRow] = []
    rows = bad_rows = taken = 0
    with ledger.write() as connection:
        for first, raw, broken in _chunks(path):
            frame, refused = judge.rows(first, raw)
            refused += [BadRow(row, "", "malformed") for row in broken]
            rows += len(raw) + len(broken)
            bad_rows += len(refused)
            bad += sorted(refused)[: max(0, KEPT_BAD_ROWS - len(bad))]
            taken += _insert(connection, judge.records(frame, digest))
        result = ImportResult(rows, taken, rows - bad_rows - taken, bad_rows, tuple(sorted(bad)))
        connection.execute(
            insert(ConsentImport).values(
                digest=digest, name=path.name, rows=rows, taken=taken, repeated=result.repeated, bad=bad_rows,
                bad_rows=json.dumps([[b.row, b.column, b.reason] for b in result.bad]), imported_at=stamp(now),
            )
        )  # fmt: skip
    return result


def lines_of(path: Path, rows: Iterable[int]) -> dict[int, int]:
    """{row number: the line it ends on, as an editor counts} for these rows of a text file; nothing for Parquet."""
    wanted, found = set(rows), dict[int, int]()
    if not wanted or path.suffix.lower() == ".parquet":
        return found
    number = 0
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
            reader = csv.reader(line.replace("\0", "\ufffd") for line in text)
            next(reader, None)
            for values in reader:
                number += bool(values)
                if values and number in wanted:
                    found[number] = reader.line_num
        return found
    with path.open("rb") as lines:
        for at, line in enumerate(lines, start=1):
            number += bool(line.strip())
            if line.strip() and number in wanted:
                found[number] = at
    return found


def _file_digest(path: Path, key: bytes, sources: frozenset[str] | None) -> str:
    """Keyed: the file holds people's ids, and a plain hash could be matched by a guesser.

    With the sources, if rows of others are refused: the same file for other sources is another import.
    """
    try:
        with path.open("rb") as file:
            plain = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise ConsentFileError(
            f"consents: {path.name} can't be read ({error.strerror})", "Correct `consents` in the project file."
        ) from None
    chosen = b"" if sources is None else b"\0" + "\0".join(sorted(sources)).encode()
    return hmac.digest(key, b"file\0" + plain + chosen, "sha256").hex()


def _imported(ledger: Ledger, digest: str) -> ImportResult | None:
    with ledger.read() as connection:
        row = connection.execute(select(ConsentImport).where(ConsentImport.digest == digest)).one_or_none()
    if row is None:
        return None
    bad = tuple(BadRow(*entry) for entry in json.loads(row.bad_rows))
    return ImportResult(row.rows, row.taken, row.repeated, row.bad, bad)


# --- reading -------------------------------------------------------------------------------------------------

_Chunk = tuple[int, pl.DataFrame, list[int]]  # number of its first row, its rows as text with `row`, broken row numbers


def _chunks(path: Path) -> Iterator[_Chunk]:
    readers: dict[str, Callable[[Path], Iterator[tuple[int, list[str] | None]]]] = {
        ".csv": _csv_rows, ".jsonl": _json_rows, ".ndjson": _json_rows, ".parquet": _parquet_rows,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ConsentFileError(f"consents: {path.name} is of no known kind", "Use .csv, .jsonl or .parquet.")
    rows: list[list[str]] = []
    numbers: list[int] = []
    broken: list[int] = []
    first = 1
    for number, values in reader(path):
        if values is None:
            broken.append(number)
        else:
            rows.append(values)
            numbers.append(number)
        if len(rows) == CHUNK_ROWS:
            yield first, _frame(numbers, rows), broken
            rows, numbers, broken, first = [], [], [], number + 1
    if rows or broken:
        yield first, _frame(numbers, rows), broken


def _frame(numbers: list[int], rows: list[list[str]]) -> pl.DataFrame:
    schema = dict.fromkeys(COLUMNS, pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.Series("row", numbers, pl.Int64))


def _check_columns(names: list[str], path: Path) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise ConsentFileError(
            f"consents: {path.name} has no column {', '.join(missing)}", f"Columns are {', '.join(COLUMNS)}."
        )


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str] | None]]:
    # "replace" keeps a row with broken bytes countable; its value then fails its own check.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = csv.reader(line.replace("\0", "\ufffd") for line in file)
        try:
            header = [name.strip() for name in next(lines, [])]
            _check_columns(header, path)
            place = [header.index(name) if name in header else -1 for name in COLUMNS]
            number = 0
            for values in lines:
                if not values:
                    continue
                number += 1
                whole = len(values) == len(header)
                yield number, [values[at] if at >= 0 else "" for at in place] if whole else None
        except csv.Error:
            raise ConsentFileError(f"consents: {path.name} is not CSV", "Export it again as UTF-8 CSV.") from None


def _json_rows(path: Path) -> Iterator[tuple[int, list[str] | None]]:
    with path.open("rb") as file:
        number = 0
        for line in file:
            if not line.strip():
                continue
            number += 1
            try:
                row = json.loads(line)
                yield number, [_text(row.get(name)) for name in COLUMNS] if isinstance(row, dict) else None
            except (ValueError, RecursionError):
                yield number, None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A lone surrogate can't be stored or hashed alike everywhere; the row then fails as text.
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    return str(value)


def _parquet_rows(path: Path) -> Iterator[tuple[int, list[str] | None]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        _check_columns(file.schema_arrow.names, path)
        present = [name for name in COLUMNS if name in file.schema_arrow.names]
        number = 0
        for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=present):
            for row in batch.to_pylist():
                number += 1
                yield number, [_iso(row.get(name)) for name in COLUMNS]
    except pa.ArrowException:
        raise ConsentFileError(f"consents: {path.name} is not Parquet", "Export it again.") from None


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else _text(value)


# --- judging -------------------------------------------------------------------------------------------------


class _Judge:
    """Turns rows of text into rows of codes, and says which rows it refuses and why (the first reason counts)."""

    def __init__(self, vault: Vault, key: bytes, now: dt.datetime, sources: frozenset[str] | None) -> None:
        self._vault = vault
        self._key = key
        self._now = now
        self._sources = sources

    def rows(self, first: int, raw: pl.DataFrame) -> tuple[pl.DataFrame, list[BadRow]]:
        """The good rows with typed columns, and the bad ones."""
        del first
        frame = raw.with_columns(
            _mapped(raw["purpose"], rules.purpose_code, pl.String).alias("purpose_code"),
            _mapped(raw["purpose"], rules.is_bundled, pl.Boolean).alias("bundled"),
            _mapped(raw["method"], rules.method_code, pl.String).alias("method_code"),
            _mapped(raw["ground"], rules.ground_code, pl.String).alias("ground_code"),
            _mapped(raw["flags"], rules.flags_of, pl.Int64).alias("flag_bits"),
            _mapped(raw["source_id"], self._source, pl.Boolean).alias("source_ok"),
            _times("given_at", end=False).alias("given"),
            _times("valid_until", end=True).alias("until"),
            _times("withdrawn_at", end=False).alias("withdrawn"),
        )
        now = pl.lit(self._now.astimezone(dt.UTC).replace(tzinfo=None), pl.Datetime("us"))
        # A row is refused for the first of these that holds: (column, reason, condition).
        checks = (
            ("source_id", "missing", pl.col("source_id").str.strip_chars() == ""),
            ("source_id", "unknown_source", pl.col("source_ok").is_null()),
            ("subject", "missing", pl.col("subject").str.strip_chars() == ""),
            ("subject", "holds_art24_identifier", pl.col("subject").str.contains(_RRN)
             & pl.col("subject").map_elements(rules.holds_rrn, return_dtype=pl.Boolean)),
            ("guardian_ref", "holds_art24_identifier", pl.col("guardian_ref").str.contains(_RRN)
             & pl.col("guardian_ref").map_elements(rules.holds_rrn, return_dtype=pl.Boolean)),
            ("guardian_ref", "too_long", pl.col("guardian_ref").str.len_bytes() > 1024),
            ("subject", "too_long", pl.col("subject").str.len_bytes() > 1024),
            ("purpose", "missing", pl.col("purpose").str.strip_chars() == ""),
            ("purpose", "bundled_purpose", pl.col("bundled")),
            ("purpose", "vague_purpose", pl.col("purpose_code").is_null()),
            ("ground", "unknown_ground", pl.col("ground_code").is_null()),
            ("notice_sha256", "not_a_sha256", ~pl.col("notice_sha256").str.contains(r"^[0-9a-fA-F]{64}$")),
            ("method", "unknown_method", pl.col("method_code").is_null()),
            ("given_at", "not_a_time", pl.col("given").is_null()),
            ("given_at", "in_the_future", pl.col("given") > now),
            ("valid_until", "not_a_time", pl.col("until").is_null() & (pl.col("valid_until") != "")),
            ("valid_until", "before_given_at", pl.col("until") <= pl.col("given")),
            ("withdrawn_at", "not_a_time", pl.col("withdrawn").is_null() & (pl.col("withdrawn_at") != "")),
            ("withdrawn_at", "before_given_at", pl.col("withdrawn") < pl.col("given")),
            ("flags", "unknown_flag", pl.col("flag_bits").is_null()),
        )  # fmt: skip
        verdict = pl.lit(-1, pl.Int8)
        for number in reversed(range(len(checks))):
            verdict = pl.when(checks[number][2].fill_null(False)).then(pl.lit(number, pl.Int8)).otherwise(verdict)
        frame = frame.with_columns(verdict.alias("verdict"))
        refused = frame.filter(pl.col("verdict") >= 0).select("row", "verdict").rows()
        bad = [BadRow(row, checks[number][0], checks[number][1]) for row, number in refused]
        return frame.filter(pl.col("verdict") < 0), bad

    def records(self, frame: pl.DataFrame, digest: str) -> list[tuple[Any, ...]]:
        """Rows for the ledger, in the order of its columns."""
        if frame.is_empty():
            return []
        sources, people = frame["source_id"].str.strip_chars().to_list(), frame["subject"].to_list()
        token = self._vault.subject_token
        tokens = [token(source, person) for source, person in zip(sources, people, strict=True)]
        subject_ids = self._vault.ensure_subjects(tokens)
        guardians = self._guardians(frame["guardian_ref"].str.strip_chars().to_list())
        korean = (pl.col("given") + pl.duration(hours=9)).dt.strftime("%Y-%m-%d")  # the law of the day in Korea
        days = frame.select(korean).to_series().to_list()
        columns = zip(
            tokens, sources, guardians, frame["purpose_code"].to_list(), frame["ground_code"].to_list(),
            frame["notice_sha256"].str.to_lowercase().to_list(), frame["method_code"].to_list(),
            _stamps(frame["given"]), _stamps(frame["until"]), _stamps(frame["withdrawn"]), frame["flag_bits"].to_list(),
            days, strict=True,
        )  # fmt: skip
        laws: dict[str, str] = {}
        training, guarded = int(Flag.AI_TRAINING), int(Flag.GUARDIAN)
        rows = []
        for subject, source, guardian, purpose, ground, notice, method, given, until, withdrawn, flags, day in columns:
            bits = flags | (training if purpose in rules.TRAINING_PURPOSES else 0) | (guarded if guardian else 0)
            law = laws.get(day) or laws.setdefault(day, law_on(dt.date.fromisoformat(day)).id)
            subject_id = subject_ids[subject]
            values = (source, purpose, ground, notice, method, given, until, withdrawn, guardian, bits)
            record = hmac.digest(self._key, subject_id + repr(values).encode(), "sha256")[:16]
            rows.append((record, digest, subject_id, *values, law))
        return rows

    def _source(self, text: str) -> bool | None:
        known = self._sources is None or text.strip() in self._sources
        return True if known and len(text) <= 64 else None

    def _guardians(self, refs: list[str]) -> list[str | None]:
        named = sorted({ref for ref in refs if ref})
        if not named:
            return [None] * len(refs)
        kept = dict(
            zip(named, self._vault.personal.ensure("guardian", [{"ref": r} for r in named], self._now), strict=True)
        )
        return [kept.get(ref) for ref in refs]


def _mapped(values: pl.Series, rule: Callable[[str], Any], kind: Any) -> pl.Series:
    """`rule` of every value, called once for each different one."""
    unique = values.unique().to_list()
    table: Mapping[str, Any] = {value: rule(value) for value in unique}
    return values.replace_strict(list(table), list(table.values()), return_dtype=kind)


def _times(column: str, *, end: bool) -> pl.Expr:
    """ISO 8601 as UTC. Without an offset it is Korean time; a bare date is its first moment, or (`end`) its last."""
    text = pl.col(column).str.strip_chars().str.replace(r"[zZ]$", "+00:00").str.replace(r"([+-]\d{2})(\d{2})$", "$1:$2")
    kst = pl.duration(hours=9)
    absolute = [
        text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC").dt.replace_time_zone(None)
        for form in _TIME_FORMATS
    ]
    local = [text.str.to_datetime(form, strict=False, time_unit="us") - kst for form in _LOCAL_FORMATS]
    day = text.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us") - kst
    whole = day + pl.duration(days=1) if end else day
    return pl.coalesce(*absolute, *local, whole)


def _stamps(times: pl.Series) -> list[Any]:
    return times.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_list()


def _insert(connection: Connection, rows: list[tuple[Any, ...]]) -> int:
    """Adds records that are not there yet; returns how many."""
    count = select(func.count()).select_from(ConsentRecord)
    before = connection.execute(count).scalar_one()
    insert_new(connection, _TABLE, rows)
    return int(connection.execute(count).scalar_one() - before)

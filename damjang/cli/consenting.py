"""consents import, list, show: what people consented to, from a provider's file to the state that a run goes by.

Output names counts, codes and times. A person's id of the provider is read and printed nowhere again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say
from damjang.cli.stores import checked_source, log_access, open_ledger, open_vault

consents_app = typer.Typer(help="Consent records: import, count, and one person's.", no_args_is_help=True)
SHOWN_BAD_ROWS = 20
STATES = {
    "none": "동의 없음", "allowed": "동의함", "withdrawn": "철회함", "expired": "기간 지남", "not_yet": "아직 시작 전",
    "child_without_guardian": "법정대리인 동의 없음 (22-2)",
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    consents_app.command("import")(consents_import)
    consents_app.command("notice")(consents_notice)
    consents_app.command("list")(consents_list)
    consents_app.command("show")(consents_show)
    consents_app.command("check-proof")(consents_check_proof)
    app.add_typer(consents_app, name="consents", rich_help_panel=OFFICER)


def consents_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".csv, .jsonl, .ndjson or .parquet")],
    source: Annotated[
        list[str] | None, typer.Option(help="Take rows of this source only; repeat. Every source if omitted.")
    ] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Import consent records; each bad row is listed by line and reason, and the good ones are taken.

    Columns: source_id, subject, purpose, ground, notice_sha256, method, given_at, valid_until, withdrawn_at,
    guardian_ref, flags. Exit code 1 when a row was refused. The same file again adds nothing.

    Example: damjang consents import forum-consents.csv --source forum --project project.yaml
    """
    from governance.consent_import import lines_of
    from governance.consent_rules import REFUSALS
    from governance.consents import import_consents

    loaded, ledger = open_ledger(project)
    chosen = frozenset(checked_source(loaded, name) for name in source or [one.id for one in loaded.sources])
    result = import_consents(ledger, open_vault(loaded), file, now(), chosen)
    lines = lines_of(file, [bad.row for bad in result.bad])
    bad = [
        {"row": one.row, "line": lines.get(one.row), "column": one.column, "reason": one.reason,
         "why_ko": REFUSALS[one.reason][0], "why": REFUSALS[one.reason][1]}
        for one in result.bad
    ]  # fmt: skip
    if json:
        emit_json({"file": file.name, "rows": result.rows, "taken": result.taken, "repeated": result.repeated,
                   "bad_rows": result.bad_rows, "bad": bad})  # fmt: skip
    else:
        say(f"{file.name}: 행 (rows) {result.rows:,}, 새로 기록 (taken) {result.taken:,}, "
            f"이미 있음 (known) {result.repeated:,}, 거부 (refused) {result.bad_rows:,}")  # fmt: skip
        for one in bad[:SHOWN_BAD_ROWS]:
            where = f"{one['line']}번째 줄 (line)" if one["line"] else f"{one['row']}번째 행 (row)"
            say(f"  {where} {one['column']}: {one['why_ko']} ({one['reason']}: {one['why']})")
        if result.bad_rows > SHOWN_BAD_ROWS:
            say(f"  … {result.bad_rows - SHOWN_BAD_ROWS:,} more: --json lists {len(bad):,}")
    if result.bad_rows:
        raise typer.Exit(1)


def consents_notice(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The notice exactly as people were shown it.")],
    version: Annotated[str, typer.Option(help="The notice's own version.")],
    purposes: Annotated[
        str, typer.Option(help="The purpose it told (15②): it must name AI training, and nothing else.")
    ],
    items: Annotated[str, typer.Option(help="The items it told.")],
    retention: Annotated[str, typer.Option(help="The retention it told.")],
    language: Annotated[str, typer.Option(help="Of the text.")] = "ko",
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Put a consent notice on file under the SHA-256 of its exact bytes: what `notice_sha256` of a record means.

    Example: damjang consents notice notice.txt --version 2026-1 --purposes "인공지능 학습" --items "게시글, 아이디"
    --retention "2028-12-31까지" --project project.yaml
    """
    import hashlib

    from governance.consent_rules import REFUSALS, is_bundled, purpose_code
    from governance.consents import Notice, notices_missing, record_notice
    from governance.errors import ConsentFileError

    _, ledger = open_ledger(project)
    if not file.is_file():
        raise ConsentFileError(f"no file {file}", "name the notice's text file")
    if purpose_code(purposes) is None:
        raise ConsentFileError(*REFUSALS["bundled_purpose" if is_bundled(purposes) else "vague_purpose"])
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    records = notices_missing(ledger).get(digest, 0)
    record_notice(ledger, Notice(digest, version, language, purposes, items, retention), now())
    if json:
        emit_json({"notice_sha256": digest, "version": version, "records": records})
        return
    say(f"고지문 (notice) {version} {digest}")
    say(f"  이 고지문을 가리키는 동의 기록 (records that name it and had no text on file) {records:,}건")


def consents_list(project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Imported files, records by source, purpose and ground, and how the project's subjects stand on its as-of date.

    Example: damjang consents list --project project.yaml
    """
    from governance.consents import imports, notices_missing, recorded, snapshot

    loaded, ledger = open_ledger(project)
    files, records = imports(ledger), recorded(ledger)
    found = snapshot(ledger, open_vault(loaded), as_of=loaded.as_of, purpose=loaded.purpose)
    missing = notices_missing(ledger)
    if json:
        emit_json({"files": files, "records": records, "notices_missing": missing,
                   "purpose": loaded.purpose, "as_of": loaded.as_of.isoformat(),
                   "states": found.counts(), "root": found.root})  # fmt: skip
        return
    for one in files:
        say(f"{one['imported_at'][:10]} {one['name']}: 행 (rows) {one['rows']:,}, 기록 (taken) {one['taken']:,}, "
            f"거부 (refused) {one['bad']:,}")  # fmt: skip
    for row in records:
        say(f"  {row['source_id']}, {row['purpose']}, {row['ground']}: {row['records']:,}건 (records)")
    for digest, number in sorted(missing.items()):
        say(f"  [yellow]원문 없는 고지문 (no text on file)[/] {digest[:16]}…: {number:,}건; `consents notice`")
    say(f"{loaded.as_of} 현재 (as of), 목적 (purpose) {loaded.purpose}")
    for name, number in sorted(found.counts().items()):
        say(f"  {STATES[name]} ({name}) {number:,}명")


def consents_show(
    source: Annotated[str, typer.Option(help="Which source knows the person by this id.")],
    subject: Annotated[str, typer.Option(help="The id the source knows the person by.")],
    by: Annotated[str, typer.Option(callback=coded, help="Who asks: a code such as officer-1, never a name. Logged.")],
    proof: Annotated[
        Path | None,
        typer.Option(help="Write a proof of this state, or of absence, here."),
    ] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """One person's consents (영41①5: 동의한 사실 및 내용), and how they count on the as-of date. The access is logged.

    Contradictions: a withdrawal ends every consent given before it; of those in force the latest given decides; of two
    given at the same moment only what both allow.

    Example: damjang consents show --source forum --subject u-104 --by officer-1 --project project.yaml
    """
    from damjang.certificates.canonical import canonical
    from damjang.certificates.files import write_atomic
    from governance.consents import records_of, snapshot

    loaded, ledger = open_ledger(project)
    vault = open_vault(loaded)
    token = vault.subject_token(checked_source(loaded, source), subject)
    person = vault.subject_ids([token]).get(token)
    log_access(vault, by, person.hex() if person else "unknown", f"consents:{source}")
    rows: list[dict[str, Any]] = records_of(ledger, person) if person else []
    taken = snapshot(ledger, vault, as_of=loaded.as_of, purpose=loaded.purpose)
    [state] = taken.lookup([token])
    if proof is not None:
        write_atomic(proof, canonical(taken.prove(token).to_json() | {"subject_token": token.hex()}))
    flags = [flag.name.lower() for flag in state.flags if flag.name]
    if json:
        emit_json({"known": person is not None, "state": state.name, "flags": flags, "purpose": loaded.purpose,
                   "as_of": loaded.as_of.isoformat(), "root": taken.root, "records": rows})  # fmt: skip
        return
    also = f"; {', '.join(flags)}" if flags else ""
    say(f"{loaded.as_of}, {loaded.purpose}: {STATES[state.name]} ({state.name}){also}")
    for row in rows:
        if "event" in row:
            say(f"  {row['at']} {row['event']}, 목적 (purpose) {row['purpose']}, {row['channel']}")
        else:
            until = f", 까지 (until) {row['valid_until']}" if row["valid_until"] else ""
            ended = f", 철회 (withdrawn) {row['withdrawn_at']}" if row["withdrawn_at"] else ""
            say(f"  {row['given_at']} {row['purpose']}, {row['ground']}, {row['method']}{until}{ended}; "
                f"고지 (notice) {row['notice_sha256'][:16]}…, 법 (law) {row['law_version']}")  # fmt: skip


def consents_check_proof(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `consents show --proof FILE` wrote.")],
    root: Annotated[str, typer.Option(help="The consent snapshot's root, as the certificate has it (64 hex digits).")],
    json: Json = False,
) -> None:
    """Check a proof against a certificate's consent root, without ledger or vault: what the snapshot said of a person.

    It proves what the ledger said, not that a consent was genuine.

    Example: damjang consents check-proof proof.json --root HEX
    """
    from damjang.certificates.canonical import parse
    from damjang.certificates.errors import TrustError
    from governance.consents import ConsentProof, verify_proof
    from governance.errors import ConsentProofInvalid

    try:
        value = parse(file.read_bytes(), file.name)
        token = bytes.fromhex(str(value.get("subject_token"))) if isinstance(value, dict) else b""
    except (OSError, ValueError, TrustError):
        raise ConsentProofInvalid("not a consent proof", "Ask for it again.") from None
    state = verify_proof(ConsentProof.from_json(value), root, token)
    if json:
        emit_json({"valid": True, "state": state.name, "absent": state.name == "none"})
        return
    say(f"[green]증명됨 (proved)[/]: {STATES[state.name]} ({state.name})")

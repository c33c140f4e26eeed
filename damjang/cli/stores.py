"""Opens what an officer's commands read and write: the project file, its ledger and its vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from damjang.cli.options import now

if TYPE_CHECKING:
    from governance.ledger import Ledger
    from governance.vault import Vault
    from schemas.project import Project


def open_ledger(project: Path) -> tuple[Project, Ledger]:
    """A project and its ledger. Raises ConfigError, LedgerMissing."""
    from governance.ledger import Ledger
    from schemas.projectfile import load_project

    loaded = load_project(project)
    return loaded, Ledger.open(loaded.ledger, loaded.root, create=False)


def open_vault(loaded: Project) -> Vault:
    """A project's vault. Raises VaultMissing, VaultKeyError."""
    from governance.vault import Vault
    from pipelines.run import resolve_key

    return Vault.open(loaded.root / loaded.vault, resolve_key(loaded, loaded.vault_key))


def log_access(vault: Vault, who: str, subject: str, task: str) -> None:
    """One row of the access log (안전성 확보조치 기준 8); written before the access."""
    import socket

    vault.access_log.add(who, now(), socket.gethostname(), subject, task)


def checked_source(loaded: Project, name: str) -> str:
    """The id of one of the project's sources, or ConfigError with the ids there are."""
    from schemas.errors import ConfigError

    known = [source.id for source in loaded.sources]
    if name not in known:
        raise ConfigError("no such source in the project", f"sources: {', '.join(known)}")
    return name

"""Where a project's releases are issued, and the keys that its file names."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from damjang.certificates.keys import Signer
from damjang.certificates.reader import load_root
from damjang.certificates.signers import signer_from_uri
from damjang.certificates.trust import Root
from governance.audit import AuditLog, create_tables
from governance.issuing import Office
from pipelines.errors import NoTrustRoot, NotThisPerson
from schemas.project import Project

if TYPE_CHECKING:
    from governance.ledger import Ledger


def signer_of(project: Project, uri: str) -> Signer:
    """The key at a URI of the project file; `file:` paths are relative to the project."""
    return signer_from_uri(uri, project.root)


def office_of(project: Project, ledger: Ledger, *, log_key: bool = True) -> Office:
    """The usual places, with the audit log in the ledger's database; `log_key=False` reads only."""
    path = project.root / project.signing.trust
    if not path.exists():
        raise NoTrustRoot(
            f"no root of trust yet ({project.signing.trust}): nobody is named who may sign, so nothing can be proposed",
            "each officer: `damjang keys new officer-1.key --person officer-1 --role officer`; then `damjang trust new"
            " --key keys/engineer.pub --key keys/log.pub --key officer-1.pub --key officer-2.pub"
            " --officer file:officer-1.key --organisation NAME --threshold 2`; then run again",
        )
    create_tables(ledger.engine)
    root = load_root(path)
    signer = signer_of(project, project.signing.log) if log_key else None
    log = AuditLog(ledger.engine, root.log_origin, signer)
    return Office.of(project.root, log, output=project.output, trust=project.signing.trust)


def person_with(root: Root, keyid: str, roles: Collection[str]) -> str:
    """The person of the root whose key this is, if they have one of `roles`. Raises NotThisPerson."""
    person = root.person_of(keyid)
    if person is None or not set(roles) & set(person.roles):
        raise NotThisPerson(
            f"this key belongs to no {' or '.join(roles)} of the root of trust", "`damjang trust show` names them"
        )
    return person.id

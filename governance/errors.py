"""What can go wrong in the governance room, named by cause. No message ever holds a personal value or a key."""

from __future__ import annotations

from schemas.errors import ConfigError, DamjangError


class GovernanceError(DamjangError):
    """Root of this room's errors."""


# --- vault ---------------------------------------------------------------------------------------------------


class VaultError(GovernanceError):
    """Root of the vault's errors."""


class VaultMissing(VaultError, ConfigError):
    """There is no vault at this place."""

    exit_code = 3


class VaultExists(VaultError, ConfigError):
    """A vault is already at this place; making another would lose every key in it."""

    exit_code = 3


class VaultKeyError(VaultError, ConfigError):
    """The key-encryption key is absent, malformed, readable by others, or not this vault's."""

    exit_code = 3


class VaultTampered(VaultError):
    """A sealed value does not authenticate: the row was edited, moved or damaged."""

    exit_code = 1


class DatasetSealed(VaultError):
    """The dataset is finished: its wrap key is gone, only the keys of its files remain."""


class DatasetDestroyed(VaultError):
    """The dataset's keys were destroyed; the same dataset never comes back under the same id."""

    exit_code = 1


class KeyDestroyed(VaultError):
    """A file's key was destroyed (withdrawal, retention), so its bytes are unreadable for ever."""

    exit_code = 1


class RestoreError(VaultError):
    """A backup is damaged, belongs to another vault, or came without its destruction register."""

    exit_code = 4


# --- databases -----------------------------------------------------------------------------------------------


class DatabaseError(GovernanceError):
    """The database can't be reached or written."""


class DatabaseRefused(DatabaseError, ConfigError):
    """The database, its kind or a rule inside it (a constraint, a trigger) refuses this."""

    exit_code = 3


class NetworkFileSystem(DatabaseError, ConfigError):
    """SQLite on a network file system loses writes (sqlite.org/wal.html), so it is refused."""

    exit_code = 3


class DatabaseBusy(DatabaseError):
    """Another process held the database's lock for too long."""

    exit_code = 6


# --- ledger --------------------------------------------------------------------------------------------------


class LedgerError(GovernanceError):
    """Root of the ledger's errors."""


class LedgerMissing(LedgerError, ConfigError):
    """There is no ledger at this place."""

    exit_code = 3


class LedgerVersion(LedgerError, ConfigError):
    """The database is of a revision that this version does not know, or is no ledger at all."""

    exit_code = 3


class LedgerConflict(LedgerError):
    """Something else was recorded under the same name before; the ledger is never overwritten."""

    exit_code = 1


class CountsDisagree(LedgerError):
    """A stage's documents do not add up: in = kept + changed + dropped + quarantined."""

    exit_code = 1


class EvidenceMissing(LedgerError, ConfigError):
    """A file that proves a licence or a ground is named but can't be read."""

    exit_code = 3


class ReleaseUnknown(LedgerError):
    """No such release is recorded."""

    exit_code = 4


# --- keys and issuing ----------------------------------------------------------------------------------------


class KeyExists(GovernanceError, ConfigError):
    """A key file is already there; keys are never overwritten."""

    exit_code = 3


class KeyRoleUnknown(GovernanceError, ConfigError):
    """A key for a role that does not exist."""

    exit_code = 3


class IssuingError(GovernanceError):
    """A release cannot be proposed, signed or published."""

    exit_code = 1


class NotCertifiable(IssuingError):
    """A gate does not hold, or the facts contradict themselves or the law's dates."""


class NotASigner(IssuingError):
    """This key's holder may not do this: wrong role, or the proposer approving their own proposal."""


class ProposalMissing(IssuingError):
    """Nothing is proposed under this name and version."""

    exit_code = 4


class ProposalDiffers(IssuingError):
    """Another proposal, or a published release, already has this name and version."""


class SignaturesMissing(IssuingError):
    """The next revocation list waits for other officers' signatures."""


class ListRefused(IssuingError):
    """A revocation list that would not follow from the current one, or that is out of date."""


# --- audit log -----------------------------------------------------------------------------------------------


class AuditError(GovernanceError):
    """The audit log does not agree with a signed checkpoint of it, or cannot be written."""

    exit_code = 1


class AuditEntryBad(AuditError):
    """An entry is not the one that was logged; `index` names the first such, or the first that can be one."""

    def __init__(self, message: str, remedy: str = "", index: int = -1) -> None:
        super().__init__(message, remedy)
        self.index = index


class AuditTruncated(AuditEntryBad):
    """Entries that a checkpoint covers are gone: a deletion, or a ledger restored from an old backup."""


class AuditForked(AuditError):
    """Two signed checkpoints contradict each other."""


class TrustExists(GovernanceError):
    """A root of trust is there already; it is succeeded, never overwritten."""

    exit_code = 3


# --- consent -------------------------------------------------------------------------------------------------


class ConsentFileError(GovernanceError):
    """A consent file as a whole can't be used: unreadable, of an unknown kind, or a column is missing."""

    exit_code = 4


class ConsentProofInvalid(GovernanceError):
    """A proof does not show what a consent snapshot said of a subject."""

    exit_code = 1


class NothingRun(GovernanceError):
    """The project has no finished run to answer from."""

    exit_code = 4


class DocumentUnknown(GovernanceError):
    """No document with this id entered the latest run."""

    exit_code = 4


# --- requests and withdrawal ---------------------------------------------------------------------------------


class RequestUnknown(GovernanceError):
    """No such request is recorded."""

    exit_code = 4


class RequestRefused(GovernanceError):
    """A request can't take this step: not verified, out of order, or something that is owed is missing."""

    exit_code = 1


class NotHeld(GovernanceError):
    """A document does not wait for an officer: it is unknown, shipped, released or withdrawn."""

    exit_code = 4


class WithdrawalStale(GovernanceError):
    """The plan was made against another state of the project; a fresh dry run shows today's."""

    exit_code = 1


class GroundsRefused(GovernanceError):
    """The law or a licence allows no source of the project to be used; the article is named."""

    exit_code = 1


class LineageNotSent(GovernanceError):
    """An OpenLineage endpoint did not take the events; they are in the file all the same."""

    exit_code = 5


class RecordInvalid(GovernanceError):
    """A record that the law wants kept lacks an item or contradicts itself."""

    exit_code = 4


# --- reports -------------------------------------------------------------------------------------------------


class StageRecordAltered(GovernanceError):
    """A stage's manifest does not give the digest that it carries: it is no evidence."""

    exit_code = 1


class NothingToReport(GovernanceError):
    """The release's certificate is neither published, nor proposed, nor in the ledger."""

    exit_code = 4

"""What can stop a run, named by cause. Nothing here ever holds a record's text."""

from __future__ import annotations

from schemas.errors import DamjangError


class PipelineError(DamjangError):
    """Root of this room's errors."""


class OutputLocked(PipelineError):
    """Another run holds the output folder."""

    exit_code = 6


class WorkerLost(PipelineError):
    """A worker process died (killed, or out of memory)."""


class UnitFailed(PipelineError):
    """A work unit raised: our code or the machine is at fault, not a record."""


class DiskFull(PipelineError):
    """The device has no space left."""


class StageIncomplete(PipelineError):
    """A runner said it was done, and a planned receipt is missing."""


class SignatureAwaited(PipelineError):
    """A withdrawal waits for an officer's signature: on the superseding release, or on the revocation list."""

    exit_code = 1


class NotConserved(PipelineError):
    """Documents that entered and documents accounted for differ."""

    exit_code = 1


class GateFailed(PipelineError):
    """A gate does not hold, so no release is proposed."""

    exit_code = 1


class EnvironmentDiffers(PipelineError):
    """A worker runs other code, kernels or packages than the driver."""


class NothingToDo(PipelineError):
    """A step was asked for whose inputs are not there."""

    exit_code = 4


class BaseUnusable(PipelineError):
    """The release that this one is to build on is not there, not published, or indexed under other parameters."""

    exit_code = 3


class RunnerMissing(PipelineError):
    """The runner asked for needs something that is not installed here (Java, the job server's jar)."""

    exit_code = 3


class NoTrustRoot(PipelineError):
    """Nobody was named who may sign, so nothing can be proposed."""

    exit_code = 3


class RunFileDamaged(PipelineError):
    """A file that a run wrote is not what a run writes: cut, edited, or of another version."""

    exit_code = 1


class ReviewUnknown(PipelineError):
    """An answer names an item that is not in the review queue."""

    exit_code = 4


class AnswerRefused(PipelineError):
    """An answer contradicts an earlier one, lacks its reason, holds personal data, or comes from no reviewer."""

    exit_code = 1


class AnswersMissing(PipelineError):
    """Answers that the ledger has on record are not on disk."""

    exit_code = 1


class NotThisPerson(PipelineError):
    """A key belongs to nobody of the root of trust who may do this."""

    exit_code = 1


class NoPseudonymKey(PipelineError):
    """There is no pseudonym key to destroy."""

    exit_code = 4

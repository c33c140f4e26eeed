"""Deleting a pulled release after a recall, and the cluster's signed word for it.

The receipt proves that the operator said so, not that no copy or trained weight is left: the certificate marks those
`attested` and `not_covered`.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from damjang.certificates import verify
from damjang.certificates.errors import ReceiptMissing
from damjang.certificates.files import sync_folder, write_atomic
from damjang.certificates.keys import Signer
from damjang.certificates.manifest import Manifest
from damjang.certificates.reader import read_metadata
from damjang.certificates.receipt import Receipt
from damjang.client.errors import CopyFailed

DELETED: Final = "deleted"


def delete(folder: Path, signer: Signer, now: dt.datetime, receipts: Path | None = None) -> Receipt:
    """Removes the shards of the pulled release in `folder`, then signs and leaves a deletion receipt there.

    Only the manifest's shards are removed; the metadata stays as the record of what was there. Repeating it after a
    crash finishes it. `receipts`: a folder in which to leave a copy for the issuer. Raises ReceiptMissing,
    UnknownKey, CopyFailed.
    """
    if not (folder / verify.RECEIPT).exists():
        raise ReceiptMissing(f"{folder} is not a pulled release")
    held = Receipt.verify(read_metadata(folder, verify.RECEIPT))
    made = replace(held, action=DELETED, at=now.replace(microsecond=0))
    signed = made.sign(signer)  # before anything is gone: a wrong key deletes nothing
    manifest = Manifest.from_bytes(read_metadata(folder, verify.MANIFEST))
    try:
        for shard in manifest.shards:
            (folder / shard.path).unlink(missing_ok=True)
        if (folder / "shards").is_dir():
            sync_folder(folder / "shards")
        write_atomic(folder / verify.RECEIPT, signed)
        if receipts is not None:
            receipts.mkdir(parents=True, exist_ok=True)
            write_atomic(receipts / f"{made.release}-{made.cluster.id}-{DELETED}.json", signed)
    except OSError as error:
        raise CopyFailed(
            f"the deletion stopped: {os.strerror(error.errno or 0)}", "mend that and run it again"
        ) from None
    return made

"""Receipts that clusters left in out/receipts, into the ledger: a withdrawal must know who pulled what."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from governance.ledger import Ledger
    from schemas.project import Project


def import_receipts(project: Project, ledger: Ledger, now: dt.datetime) -> None:
    """Signed receipts that clusters left in out/receipts, into the ledger: they say who must be told."""
    from damjang.certificates.errors import TrustError, UnknownKey
    from damjang.certificates.receipt import Receipt
    from damjang.client.clusters import read_clusters
    from damjang.client.errors import ClusterUnknown
    from governance.errors import ReleaseUnknown

    try:
        clusters = {cluster.id: cluster for cluster in read_clusters(project.root / project.clusters)}
    except ClusterUnknown:
        return
    for path in sorted((project.root / project.output / "receipts").glob("*.json")):
        data = path.read_bytes()
        try:
            receipt = Receipt.verify(data)
            if receipt.cluster.id not in clusters:
                raise UnknownKey("this cluster is not enrolled")
            receipt = Receipt.verify(data, clusters[receipt.cluster.id])
            ledger.record_pull(
                receipt.release, cluster_id=receipt.cluster.id, purpose=receipt.purpose, receipt=data.decode(),
                receipt_digest=hashlib.sha256(data).hexdigest(), at=receipt.at, now=now,
                kind="pull" if receipt.action == "pulled" else "deletion",
            )  # fmt: skip
        except (TrustError, ReleaseUnknown):
            typer.echo(f"note: {path.name} is no receipt of an enrolled cluster: left out", err=True)

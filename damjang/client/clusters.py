"""clusters.yaml: the enrolled places of training, until a registry does it (design.md, Contracts).

clusters:
  - {id: seoul-1, operator: 예시기관, country: KR, key: <64 hex digits of its Ed25519 public key>}
"""

from __future__ import annotations

from pathlib import Path

import yaml

from damjang.certificates.errors import Malformed
from damjang.certificates.fields import COUNTRY, NAME, Fields
from damjang.certificates.keys import KEY_ID, parse_public
from damjang.certificates.receipt import Cluster
from damjang.client.errors import ClusterUnknown


def read_clusters(path: Path) -> tuple[Cluster, ...]:
    """Every enrolled cluster. Raises ClusterUnknown (no file), Malformed."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ClusterUnknown(f"no {path.name} here", "the issuer keeps one; name it with --clusters") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Malformed(f"{path.name} is not YAML") from None
    fields = Fields(raw, path.name)
    found = []
    for item in fields.objects("clusters"):
        made = Cluster(
            item.text("id", NAME),
            item.text("operator"),
            item.text("country", COUNTRY),
            parse_public(item.text("key", KEY_ID), path.name),
        )
        item.end()
        found.append(made)
    fields.end()
    if len({cluster.id for cluster in found}) != len(found):
        raise Malformed(f"{path.name}: a cluster stands twice")
    return tuple(found)


def enrolled(path: Path, cluster: str) -> Cluster:
    """One cluster by id. Raises ClusterUnknown."""
    for found in read_clusters(path):
        if found.id == cluster:
            return found
    raise ClusterUnknown(
        f"cluster {cluster!r} is not enrolled in {path.name}", "ask the issuer to enrol its public key"
    )

"""The policy of a step and its recognizers, made once a worker process: scanners and lexicons take a while to load.

The stage and the residual check ask by the same door; the lists differ on purpose (anonymizers.pipeline).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from anonymizers.findings import Recognized
from anonymizers.pipeline import default_recognizers, residual_recognizers
from anonymizers.public_figures import load_public_figures
from schemas.policy import Policy

Road = Literal["stage", "residual"]
_MADE: Final = {"stage": default_recognizers, "residual": residual_recognizers}


def detectors(policy: Mapping[str, Any], road: Road, root: str) -> tuple[Policy, tuple[Recognized, ...]]:
    """The policy that a step's configuration holds, and the recognizers of `road`; a model's folder is relative to the
    project folder `root`."""
    return _detectors(json.dumps(policy, sort_keys=True), road, root)


def public_figures(policy: Mapping[str, Any], root: str) -> Mapping[str, frozenset[str]]:
    """The lists of names that the policy keeps; paths are relative to the project folder `root`."""
    return _public_figures(json.dumps(policy, sort_keys=True), root)


@lru_cache(maxsize=4)
def _detectors(policy: str, road: Road, root: str) -> tuple[Policy, tuple[Recognized, ...]]:
    read = _policy(policy)
    return read, tuple(_MADE[road](read, Path(root)))


@lru_cache(maxsize=2)
def _public_figures(policy: str, root: str) -> Mapping[str, frozenset[str]]:
    return load_public_figures(_policy(policy), Path(root))


@lru_cache(maxsize=2)
def _policy(policy: str) -> Policy:
    return Policy.model_validate_json(policy)

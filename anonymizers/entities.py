"""The entity labels of schemas/entities.yaml: class in law, article, Korean name, typed mask.

The file is the only list of labels; code asks it for strictness instead of repeating the law.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, cast

import yaml

STRICTNESS: Final = ("unique_id", "sensitive", "financial", "other", "not_personal")
"""Classes from the strictest (Art. 24) to none."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One label: `law_class` is one of STRICTNESS, `mask` is what replaces a deleted value."""

    type: str
    law_class: str
    article: str
    ko: str
    mask: str

    @property
    def rank(self) -> int:
        """0 is the strictest."""
        return STRICTNESS.index(self.law_class)


@cache
def entities() -> MappingProxyType[str, Entity]:
    """Label -> Entity, as shipped in schemas/entities.yaml."""
    loaded = cast(dict[str, Any], yaml.safe_load((files("schemas") / "entities.yaml").read_text(encoding="utf-8")))
    return MappingProxyType(
        {
            label: Entity(label, row["class"], row["article"], row["ko"], row["mask"])
            for label, row in loaded["entities"].items()
        }
    )


@cache
def rank(entity_type: str) -> int:
    """Strictness of a label (0 strictest); a label we do not know counts as `other`."""
    entity = entities().get(entity_type)
    return entity.rank if entity else STRICTNESS.index("other")

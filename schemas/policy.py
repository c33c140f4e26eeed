"""Policies: versioned YAML of thresholds, operators and gates, read into frozen values with one digest.

A policy never loosens the law: Art. 24 identifiers may only be deleted or masked, surrogates are refused for
Art. 23 and 24 types, and every entity label must have a rule, so that a new detector can't slip through unruled.
Scores and thresholds are parts per million. A finding at or above `threshold_ppm` gets its operator; between
`review_ppm` and that it is masked and queued for the officer; below `review_ppm` it is left alone.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.errors import ConfigError

OPERATORS = ("keep", "delete", "mask", "partial_mask", "generalise", "surrogate", "pseudonym")
SENSITIVE_OPERATORS = ("drop_sentence", "delink", "keep_with_consent")
SURVIVOR_KEYS = ("ground", "licence", "quality", "length", "id")
UNIQUE_ID_OPERATORS = ("delete", "mask")  # PIPA 24, 24-2: nothing that could be mapped back
CREDENTIAL_OPERATORS = ("delete", "mask")

Ppm = Annotated[int, Field(ge=0, le=1_000_000)]
Count = Annotated[int, Field(ge=0)]
_HERE = Path(__file__).parent


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


@functools.cache
def entity_labels() -> Mapping[str, Mapping[str, str]]:
    """The labels of entities.yaml: `{TYPE: {class, article, ko, mask}}`."""
    loaded = yaml.safe_load((_HERE / "entities.yaml").read_text(encoding="utf-8"))
    labels: dict[str, Mapping[str, str]] = loaded["entities"]
    return labels


def ruled_types() -> tuple[str, ...]:
    """Labels that need a rule under `anonymize.entities`: all but the sentence-level ones of Art. 23."""
    return tuple(name for name, label in entity_labels().items() if label["class"] != "sensitive")


class Refine(_Model):
    """Quality thresholds; sizes are code points. Defaults follow FineWeb-2's published `kor_Hang` configuration."""

    min_chars: Count = 20
    max_chars: Count = 2_000_000
    min_hangul_ppm: Ppm = 300_000
    max_duplicate_line_ppm: Ppm = 374_000
    max_newline_ppm: Ppm = 196_000
    min_line_punctuation_ppm: Ppm = 0
    max_symbol_ppm: Ppm = 400_000
    min_mean_word_ppm: Annotated[int, Field(ge=0)] = 1_000_000
    max_mean_word_ppm: Annotated[int, Field(ge=0)] = 12_000_000
    alarm_drop_ppm: Ppm = 500_000


class Dedup(_Model):
    """Duplicates (design.md, Dedup): `bands * rows` signature values, Jaccard over windows of `ngram` code points."""

    exact: bool = True
    near: bool = True
    paragraphs: bool = False
    paragraph_documents: Annotated[int, Field(ge=2)] = 20  # documents of one source that share a boilerplate paragraph
    paragraph_chars: Annotated[int, Field(ge=1)] = 20
    decontaminate: Literal["off", "flag", "drop"] = "drop"  # what contains an item of the project's evaluation sets
    contamination_ppm: Annotated[int, Field(ge=1, le=1_000_000)] = 500_000  # share of the item's 13-eojeol runs
    threshold_ppm: Ppm = 800_000
    bands: Annotated[int, Field(ge=1, le=256)] = 32
    rows: Annotated[int, Field(ge=1, le=64)] = 4
    ngram: Annotated[int, Field(ge=1, le=64)] = 5
    rounds: Annotated[int, Field(ge=1, le=1000)] = 8
    survivor_order: tuple[Literal[SURVIVOR_KEYS], ...] = SURVIVOR_KEYS  # type: ignore[valid-type]
    alarm_share_ppm: Ppm = 500_000

    @model_validator(mode="after")
    def _order_is_total(self) -> Dedup:
        if not self.survivor_order or self.survivor_order[-1] != "id":
            raise ValueError("survivor_order ends with id, so that the order is total")
        if len(set(self.survivor_order)) != len(self.survivor_order):
            raise ValueError("survivor_order names each key once")
        return self


class EntityRule(_Model):
    """What happens to one entity type, from which score on, and under which article."""

    operator: Literal[OPERATORS]  # type: ignore[valid-type]
    threshold_ppm: Ppm = 500_000
    review_ppm: Ppm = 300_000
    article: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _review_below_threshold(self) -> EntityRule:
        if self.review_ppm > self.threshold_ppm:
            raise ValueError("review_ppm is at most threshold_ppm")
        return self


class Sensitive(_Model):
    """Art. 23 sentences tied to a person. Without separate consent `keep_with_consent` drops the sentence."""

    operator: Literal[SENSITIVE_OPERATORS] = "drop_sentence"  # type: ignore[valid-type]
    threshold_ppm: Ppm = 500_000
    article: str = "PIPA 23; 영18"


class Children(_Model):
    """Authors under 14 without a guardian's consent are quarantined (PIPA 22-2); mentions are only tagged."""

    authors: Literal["quarantine", "tag"] = "quarantine"
    mentions: Literal["tag"] = "tag"
    threshold_ppm: Ppm = 500_000
    article: str = "PIPA 22-2; 영17-2"


class PublicFigures(_Model):
    """Names that stay. Fame is no exception by itself: `deceased` names come from a CSV the user vouches for,
    `living` ones need Art. 15(1)6 with the reference of its balancing test."""

    deceased_csv: str | None = None
    deceased_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    living_csv: str | None = None
    living_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    balancing_test: str | None = None
    article: str = "PIPA 2(1) (살아 있는 개인); 15①6"

    @model_validator(mode="after")
    def _lists_have_evidence(self) -> PublicFigures:
        for name in ("deceased", "living"):
            if (getattr(self, f"{name}_csv") is None) != (getattr(self, f"{name}_sha256") is None):
                raise ValueError(f"{name}_csv and {name}_sha256 come together (the digest pins the list)")
        if self.living_csv is not None and not self.balancing_test:
            raise ValueError("living_csv needs balancing_test, the reference of the 15①6 balancing test")
        return self


class Model(_Model):
    """An ONNX token-classification folder that is asked besides our recognizers: its path below the project folder, the
    digest of its files, and what its labels mean."""

    folder: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    labels: Annotated[dict[str, str], Field(min_length=1)]
    gated: bool = False  # only the windows that the gate marks, not all of every text

    @model_validator(mode="after")
    def _labels_are_ours(self) -> Model:
        unknown = sorted(set(self.labels.values()) - set(ruled_types()))
        if unknown:
            raise ValueError(f"labels: unknown {', '.join(unknown)}; valid: {', '.join(ruled_types())}")
        return self


class Anonymize(_Model):
    """Rules by entity type, and for sentences, children and public figures; a model, if there is one."""

    entities: dict[str, EntityRule]
    sensitive: Sensitive = Sensitive()
    children: Children = Children()
    public_figures: PublicFigures = PublicFigures()
    model: Model | None = None
    kiwi_budget_ppm: Ppm = 300  # share of the text that Kiwi (0.17 MB/s) may read: 2 ms a MB

    @model_validator(mode="after")
    def _rules_obey_the_law(self) -> Anonymize:
        known = ruled_types()
        unknown = sorted(set(self.entities) - set(known))
        if unknown:
            raise ValueError(f"entities: unknown {', '.join(unknown)}; valid: {', '.join(known)}")
        missing = [name for name in known if name not in self.entities]
        if missing:
            raise ValueError(f"entities: no rule for {', '.join(missing)}")
        for name, rule in self.entities.items():
            allowed = _allowed_operators(name)
            if rule.operator not in allowed:
                raise ValueError(
                    f"entities.{name}.operator: {rule.operator} is not allowed; valid: {', '.join(allowed)}"
                )
        return self


def _allowed_operators(entity: str) -> tuple[str, ...]:
    if entity_labels()[entity]["class"] == "unique_id":
        return UNIQUE_ID_OPERATORS
    if entity == "CREDENTIAL":
        return CREDENTIAL_OPERATORS
    if entity == "PERSON":  # a name says nothing coarser that is still true: there is no generalisation of it
        return tuple(name for name in OPERATORS if name != "generalise")
    return OPERATORS


class Gates(_Model):
    """What must hold before a certificate: counts in the shards, and bounds on what detectors may have missed."""

    unique_ids: Count = 0
    sensitive_without_consent: Count = 0
    child_without_guardian: Count = 0
    tombstoned: Count = 0
    residual_sample_rows: Annotated[int, Field(ge=1)] = 2_000
    residual_upper_ppm: Ppm = 5_000  # upper bound of the share of rows with a residual finding
    residual_confidence_ppm: Ppm = 950_000
    max_source_drop_ppm: Ppm = 900_000


class Policy(_Model):
    """A whole policy file, version 1."""

    version: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    purpose: Literal["pretraining", "fine-tuning", "evaluation", "research"]
    refine: Refine = Refine()
    dedup: Dedup = Dedup()
    anonymize: Anonymize
    gates: Gates = Gates()

    @functools.cached_property
    def digest(self) -> str:
        """sha256 (lower hex) over canonical JSON of every value, defaults included (RFC 8785: no floats in here)."""
        return hashlib.sha256(canonical_json(self.model_dump(mode="json"))).hexdigest()

    def part_digest(self, *sections: str) -> str:
        """The same over these sections alone: what a stage that reads only them decides by (ADR 0007)."""
        whole = self.model_dump(mode="json")
        return hashlib.sha256(canonical_json({name: whole[name] for name in sections})).hexdigest()


def canonical_json(value: Any) -> bytes:
    """RFC 8785 bytes of a value made of ASCII-keyed objects, lists, strings, whole numbers, booleans and null."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def shipped_policies() -> tuple[str, ...]:
    """Names of the policies that ship with the package."""
    return tuple(sorted(path.stem for path in (_HERE / "policies").glob("*.yaml")))


def load_policy(name_or_path: str, root: Path) -> Policy:
    """Reads a shipped policy by name, or a file (relative to `root`, the project folder).

    Raises ConfigError that names the file, the field and the valid values.
    """
    path = _HERE / "policies" / f"{name_or_path}.yaml"
    if "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")) or not path.is_file():
        path = root / name_or_path
    if not path.is_file():
        raise ConfigError(
            f"policy {name_or_path!r} not found", f"name one of {', '.join(shipped_policies())}, or a .yaml file"
        )
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark is not None else path.name
        raise ConfigError(
            f"{where}: not YAML: {getattr(error, 'problem', 'not UTF-8')}", "correct the line, then run again"
        ) from None
    if not isinstance(raw, dict):
        raise ConfigError(f"{path.name}: a policy is a mapping", f"top-level fields: {', '.join(Policy.model_fields)}")
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(*_explain(path.name, error)) from None


class _StrictLoader(yaml.SafeLoader):
    """A key written twice is an error: YAML would silently keep the last, and a rule would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _explain(name: str, error: ValidationError) -> tuple[str, str]:
    """(message, remedy) of the first fault; pydantic's own words already list the valid values of a choice."""
    faults = error.errors(include_url=False, include_input=False)
    first = faults[0]
    field = ".".join(str(part) for part in first["loc"]) or "policy"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    remedy = "correct the field, then run again"
    if first["type"] == "extra_forbidden":
        remedy = f"valid fields: {', '.join(_fields_at(first['loc'][:-1]))}"
    elif "expected" in first.get("ctx", {}):
        remedy = f"valid values: {first['ctx']['expected']}"
    return f"{name}: {field}: {first['msg']}{more}", remedy


def _fields_at(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Names of the fields of the model at a location such as ('anonymize', 'entities', 'RRN')."""
    model: type[BaseModel] = Policy
    for part in loc:
        if str(part) in model.model_fields:
            annotation = model.model_fields[str(part)].annotation
            annotation = next((kind for kind in get_args(annotation) if kind is not type(None)), annotation)
            model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else EntityRule
    return tuple(model.model_fields)

"""Policies: shipped ones load, errors name file, field and valid values, the law's floors can't be lowered."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from schemas.errors import ConfigError
from schemas.policy import OPERATORS, entity_labels, load_policy, ruled_types, shipped_policies


def edited(tmp_path: Path, change: dict[str, object]) -> str:
    """A copy of pretraining-public with dotted fields set, as a file name relative to tmp_path."""
    raw = json.loads(load_policy("pretraining-public", tmp_path).model_dump_json())
    for dotted, value in change.items():
        *parents, last = dotted.split(".")
        node = raw
        for parent in parents:
            node = node[parent]
        if value is None:
            del node[last]
        else:
            node[last] = value
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return "mine.yaml"


def test_five_policies_ship_and_differ(tmp_path: Path) -> None:
    names = ("finance", "healthcare", "pretraining-consented", "pretraining-public", "public-sector")
    assert shipped_policies() == names
    policies = [load_policy(name, tmp_path) for name in names]
    assert [policy.name for policy in policies] == list(names)
    assert len({policy.digest for policy in policies}) == len(names)


@pytest.mark.parametrize("name", shipped_policies())
def test_shipped_rules_cite_the_article_and_keep_no_identifier(name: str, tmp_path: Path) -> None:
    rules = load_policy(name, tmp_path).anonymize.entities
    assert set(rules) == set(ruled_types())
    for entity, rule in rules.items():
        assert rule.article == entity_labels()[entity]["article"]
        if entity_labels()[entity]["class"] == "unique_id":
            assert rule.operator == "delete"


def test_digest_ignores_spelling_but_not_values(tmp_path: Path) -> None:
    shipped = load_policy("pretraining-public", tmp_path)
    assert re.fullmatch(r"[0-9a-f]{64}", shipped.digest)
    assert load_policy(edited(tmp_path, {}), tmp_path).digest == shipped.digest
    changed = edited(tmp_path, {"anonymize.entities.EMAIL.threshold_ppm": 500_001})
    assert load_policy(changed, tmp_path).digest != shipped.digest


@pytest.mark.parametrize("entity", [name for name in ruled_types() if entity_labels()[name]["class"] == "unique_id"])
@pytest.mark.parametrize("operator", [name for name in OPERATORS if name not in ("delete", "mask")])
def test_unique_identifiers_are_only_deleted_or_masked(entity: str, operator: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"{entity}\.operator.*valid: delete, mask"):
        load_policy(edited(tmp_path, {f"anonymize.entities.{entity}.operator": operator}), tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("anonymize.entities.RRN.operator", "hash", r"mine\.yaml: anonymize\.entities\.RRN\.operator.*\n.*'delete'"),
        ("anonymize.entities.RRN", None, "no rule for RRN"),
        ("anonymize.entities.NICKNAME", {"operator": "mask", "article": "-"}, "unknown NICKNAME; valid: RRN"),
        ("anonymize.entities.EMAIL.review_ppm", 600_000, "review_ppm is at most threshold_ppm"),
        ("anonymize.entities.EMAIL.treshold", 1, "valid fields: operator, threshold_ppm, review_ppm, article"),
        ("anonymize.sensitive.operator", "keep", "drop_sentence"),
        ("anonymize.children.authors", "keep", "quarantine"),
        ("dedup.survivor_order", ["id", "length"], "ends with id"),
        ("dedup.threshold_ppm", 1_000_001, "dedup.threshold_ppm"),
        ("gates.colour", 1, "valid fields: unique_ids"),
        ("purpose", "fun", "valid values: 'pretraining'"),
        ("version", 2, "version"),
        ("anonymize.public_figures", {"deceased_csv": "a.csv"}, "come together"),
        ("anonymize.public_figures", {"living_csv": "a.csv", "living_sha256": "0" * 64}, "balancing_test"),
    ],
)
def test_faults_are_named(field: str, value: object, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        load_policy(edited(tmp_path, {field: value}), tmp_path)
    assert caught.value.exit_code == 3
    assert "mine.yaml" in caught.value.message


def test_a_rule_written_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text("version: 1\nname: a\nname: b\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"twice\.yaml:3.*stands twice"):
        load_policy("twice.yaml", tmp_path)


@pytest.mark.parametrize("content", ["- a list\n", "", "a: [1\n"])
def test_not_a_mapping_is_a_config_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"odd\.yaml"):
        load_policy("odd.yaml", tmp_path)


def test_unknown_policy_lists_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pretraining-public"):
        load_policy("nope", tmp_path)


def test_policies_are_frozen(tmp_path: Path) -> None:
    policy = load_policy("finance", tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        policy.anonymize.entities["RRN"].operator = "keep"

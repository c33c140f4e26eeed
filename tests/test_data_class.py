"""Operators, surviving keys and document-to-row maps cap the class of data that a release may claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.data_class import BY_OPERATOR, ORDER, Cap, cap, claim
from schemas.policy import (
    OPERATORS,
    SENSITIVE_OPERATORS,
    Policy,
    entity_labels,
    load_policy,
    ruled_types,
    shipped_policies,
)

PERSONAL = [name for name in ruled_types() if entity_labels()[name]["class"] != "not_personal"]
FREE = Cap("NON_PERSONAL")


def policy(sensitive: str = "drop_sentence", base: str = "mask", **operators: str) -> Policy:
    made = load_policy("pretraining-public", Path())
    rules = {n: r.model_copy(update={"operator": operators.get(n, base)}) for n, r in made.anonymize.entities.items()}
    told = made.anonymize.sensitive.model_copy(update={"operator": sensitive})
    return made.model_copy(
        update={"anonymize": made.anonymize.model_copy(update={"entities": rules, "sensitive": told})}
    )


def best(made: Policy, keys: bool = False, maps: bool = False, **kwargs: Any) -> str:
    return cap(made, keys_survive=keys, maps_survive=maps, **kwargs).best


def test_every_operator_of_a_policy_has_its_class() -> None:
    assert set(BY_OPERATOR) == {*OPERATORS, *SENSITIVE_OPERATORS}


@pytest.mark.parametrize(
    ("operator", "keys", "expected"),
    [
        ("mask", False, "NON_PERSONAL"), ("delete", True, "NON_PERSONAL"), ("generalise", False, "ANON_58-2"),
        ("pseudonym", True, "PSEUDO_28-2"), ("pseudonym", False, "ANON_58-2"), ("surrogate", True, "PSEUDO_28-2"),
        ("surrogate", False, "ANON_58-2"), ("partial_mask", False, "PERSONAL"), ("keep", False, "PERSONAL"),
    ],
)  # fmt: skip
def test_one_type_is_enough_to_cap(operator: str, keys: bool, expected: str) -> None:
    made = policy(ACCOUNT_HANDLE=operator)
    assert best(made, keys) == expected
    found = cap(made, keys_survive=keys, maps_survive=False)
    assert expected == "NON_PERSONAL" or "ACCOUNT_HANDLE" in found.why[0][1]
    assert best(made, keys, types={"PERSON"}) == "NON_PERSONAL"
    assert best(policy(CORPORATE_REG=operator), keys) == "NON_PERSONAL"


@pytest.mark.parametrize(
    ("sensitive", "expected"),
    [("drop_sentence", "NON_PERSONAL"), ("delink", "ANON_58-2"), ("keep_with_consent", "PSEUDO_28-2")],
)
def test_sensitive_sentences_cap_too(sensitive: str, expected: str) -> None:
    assert best(policy(sensitive)) == expected
    assert best(policy(sensitive), types={"HEALTH"}) == expected


def test_a_map_of_documents_to_rows_leaves_no_more_than_a_pseudonym() -> None:
    assert best(policy(), maps=True) == "PSEUDO_28-2"
    assert best(policy(EMAIL="keep"), maps=True) == "PERSONAL"


def test_a_list_of_living_persons_leaves_personal_data() -> None:
    made = policy()
    figures = made.anonymize.public_figures.model_copy(update={"living_csv": "who.csv"})
    listed = made.model_copy(update={"anonymize": made.anonymize.model_copy(update={"public_figures": figures})})
    assert best(listed) == "PERSONAL"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pretraining-public", "PSEUDO_28-2"), ("pretraining-consented", "PSEUDO_28-2"), ("finance", "PSEUDO_28-2"),
        ("healthcare", "PSEUDO_28-2"), ("public-sector", "PERSONAL"),
    ],
)  # fmt: skip
def test_what_the_shipped_policies_allow_while_key_and_maps_stand(name: str, expected: str) -> None:
    assert name in shipped_policies()
    assert best(load_policy(name, Path()), True, True) == expected


@given(
    st.dictionaries(st.sampled_from(PERSONAL), st.sampled_from(OPERATORS)), st.sampled_from(SENSITIVE_OPERATORS),
    st.booleans(), st.booleans(),
)  # fmt: skip
@settings(deadline=None)  # the first example reads the policy
def test_the_cap_is_the_least_of_all_and_only_falls_with_what_survives(
    operators: dict[str, str], sensitive: str, keys: bool, maps: bool
) -> None:
    made = policy(sensitive, **operators)
    found = cap(made, keys_survive=keys, maps_survive=maps)
    least = min(
        (cap(made, keys_survive=keys, maps_survive=maps, types={n}).best for n in [*PERSONAL, "HEALTH"]),
        key=ORDER.index,
    )
    assert found.best == least
    assert ORDER.index(found.best) >= ORDER.index(best(made, True, True))
    assert ORDER.index(found.best) <= ORDER.index(best(made, False, False))
    assert bool(found.why) == (found.best != "NON_PERSONAL")


GROUNDS = st.sets(st.sampled_from(["not_personal", "pseudonymised_28-2", "consent", "ai_28-12"]), min_size=1)
CAPS = st.sampled_from([Cap(one, (("가", "a"),)) for one in ORDER])


@given(GROUNDS, st.booleans(), CAPS, CAPS)
def test_no_release_claims_more_than_its_cap_or_what_nobody_reviewed(
    grounds: set[str], reviewed: bool, whole: Cap, found: Cap
) -> None:
    made = claim(grounds, reviewed, whole, found)
    assert made.id != "ANON_58-2"
    if made.id == "PSEUDO_28-2":
        assert reviewed
        assert whole.allows("PSEUDO_28-2")
        assert grounds <= {"pseudonymised_28-2", "not_personal"}
    if made.id == "NON_PERSONAL":
        assert grounds == {"not_personal"}
        assert found.allows("ANON_58-2")
    assert made.why


def test_why_names_what_holds_the_class_down() -> None:
    held = cap(policy(PERSON="partial_mask"), keys_survive=False, maps_survive=True)
    told = claim({"pseudonymised_28-2"}, True, held, FREE)
    assert (told.id, told.ground) == ("PERSONAL", "pseudonymised_28-2")
    assert "operator partial_mask: PERSON" in told.why
    assert (
        "document-to-row map"
        in claim({"consent"}, False, cap(policy(), keys_survive=False, maps_survive=True), FREE).why
    )
    assert claim({"not_personal"}, False, held, held).id == "PERSONAL"
    assert claim({"not_personal"}, False, held, FREE).id == "NON_PERSONAL"

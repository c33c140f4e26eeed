"""The decision function: a table of cases, and properties that must hold for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.consent_state import NAMES, ConsentState, Flag, state_of
from governance.grounds import (
    FACTORS,
    STRENGTH,
    Decision,
    Document,
    Ground,
    Licence,
    Purpose,
    Recipient,
    Resolution,
    combine,
    decide,
    strength,
)
from governance.law_versions import law_on, law_rows, record_law_versions
from governance.ledger import Ledger
from governance.licences import TERMS, openness
from governance.reasons import reasons
from governance.source_grounds import decide_source
from schemas.project import GROUNDS, LICENCES, Project

DAY = dt.date(2026, 11, 22)
LATER = dt.date(2027, 6, 1)
OK = ConsentState("allowed", Flag.AI_TRAINING)
EVERY_FLAG = Flag(0x7F & ~int(Flag.CHILD))
FULL = ConsentState("allowed", EVERY_FLAG)
RESOLUTION = Resolution("2027-1", dt.date(2027, 4, 1), dt.date(2028, 4, 1), dt.date(2027, 5, 1), conditions_met=True)


def judge(
    act: str = "use",
    document: Document = Document(),
    subjects: Sequence[ConsentState] | None = (OK,),
    ground: Ground = Ground("consent"),
    licence: Licence = Licence("KOGL-1"),
    purpose: Purpose = Purpose("pretraining"),
    recipient: Recipient = Recipient(),
    day: dt.date = DAY,
) -> Decision:
    return decide(act, document, subjects, ground, licence, purpose, recipient, day, law_on(day))


PROVED = {
    "statute": Ground("statute", evidence=True),
    "public_task": Ground("public_task", evidence=True),
    "contract": Ground("contract", evidence=True),
    "legitimate_interest": Ground("legitimate_interest", evidence=True, overrides=True),
    "compatible_use": Ground("compatible_use", evidence=True, factors=FACTORS),
    "pseudonymised_28-2": Ground("pseudonymised_28-2", adequacy_passed=True),
    "ai_28-12": Ground("ai_28-12", resolution=RESOLUTION),
    "consent": Ground("consent"),
}
PSEUDO = Document(data_class="PSEUDO_28-2")
SCIENCE = Purpose("research", scientific=True)
ABROAD = Recipient("c9", "US", contract=True)

CASES = [
    # --- grounds, one by one ---
    ("consent", {}),
    ("consent_none", {"subjects": [OK, ConsentState("none")]}),
    ("consent_expired", {"subjects": [ConsentState("expired")]}),
    ("consent_not_yet", {"subjects": [ConsentState("not_yet")]}),
    ("consent_no_subject", {"subjects": []}),
    ("consent", {"subjects": None}),
    ("statute", {"ground": PROVED["statute"], "subjects": []}),
    ("evidence", {"ground": Ground("statute"), "subjects": []}),
    ("public_task", {"ground": PROVED["public_task"], "subjects": []}),
    ("evidence", {"ground": Ground("public_task"), "subjects": []}),
    ("contract", {"ground": PROVED["contract"], "subjects": []}),
    ("evidence", {"ground": Ground("contract"), "subjects": []}),
    ("legitimate_interest", {"ground": PROVED["legitimate_interest"], "subjects": []}),
    ("balancing", {"ground": Ground("legitimate_interest", evidence=True), "subjects": []}),
    ("balancing", {"ground": Ground("legitimate_interest", overrides=True), "subjects": []}),
    ("not_public", {"ground": PROVED["legitimate_interest"], "document": Document(accessibility="restricted")}),
    ("not_public", {"ground": PROVED["legitimate_interest"], "document": Document(accessibility="private")}),
    ("compatible_use", {"ground": PROVED["compatible_use"], "subjects": []}),
    ("evidence", {"ground": Ground("compatible_use", factors=FACTORS), "subjects": []}),
    *[
        ("compatible_factors", {"ground": replace(PROVED["compatible_use"], factors=FACTORS - {factor})})
        for factor in sorted(FACTORS)
    ],
    ("compatible_cpo", {"ground": replace(PROVED["compatible_use"], continuous=True)}),
    ("compatible_use", {"ground": replace(PROVED["compatible_use"], continuous=True, published_and_checked=True)}),
    ("pseudonymised_28-2", {"ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE}),
    ("pseudonym_purpose", {"ground": PROVED["pseudonymised_28-2"]}),
    # --- provision ---
    ("consent_provide", {"act": "provide"}),
    ("consent", {"act": "provide", "subjects": [FULL]}),
    ("statute", {"act": "provide", "ground": PROVED["statute"], "subjects": []}),
    ("public_task", {"act": "provide", "ground": PROVED["public_task"], "subjects": []}),
    ("contract_provide", {"act": "provide", "ground": PROVED["contract"], "subjects": []}),
    ("legitimate_interest", {"act": "provide", "ground": PROVED["legitimate_interest"], "subjects": []}),
    ("compatible_use", {"act": "provide", "ground": PROVED["compatible_use"], "subjects": []}),
    ("pseudonymised_28-2", {"act": "provide", "ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE, "document": PSEUDO}),
    ("pseudonym_identifying", {"act": "provide", "ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE}),
    (
        "pseudonym_identifying",
        {"act": "provide", "ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE, "document": replace(PSEUDO, identifying=True)},
    ),
    ("pseudonym_review", {"act": "provide", "ground": Ground("pseudonymised_28-2"), "purpose": SCIENCE, "document": PSEUDO}),
    # --- the AI provisions: by date ---
    ("ai_not_in_force", {"ground": PROVED["ai_28-12"], "day": DAY}),
    ("ai_not_in_force", {"ground": PROVED["ai_28-12"], "day": dt.date(2027, 3, 8)}),
    ("ai_no_resolution", {"ground": PROVED["ai_28-12"], "day": dt.date(2027, 3, 9)}),
    ("ai_28-12", {"ground": PROVED["ai_28-12"], "day": LATER}),
    ("ai_no_resolution", {"ground": Ground("ai_28-12"), "day": LATER}),
    ("ai_no_resolution", {"ground": Ground("ai_28-12", resolution=replace(RESOLUTION, resolved_on=DAY)), "day": LATER}),
    ("ai_conditions", {"ground": Ground("ai_28-12", resolution=replace(RESOLUTION, conditions_met=False)), "day": LATER}),
    ("ai_expired", {"ground": PROVED["ai_28-12"], "day": dt.date(2028, 4, 2)}),
    ("ai_not_started", {"ground": Ground("ai_28-12", resolution=replace(RESOLUTION, started_on=None)), "day": dt.date(2027, 10, 2)}),
    ("ai_28-12", {"ground": Ground("ai_28-12", resolution=replace(RESOLUTION, started_on=None)), "day": dt.date(2027, 10, 1)}),
    ("ai_not_started", {"ground": Ground("ai_28-12", resolution=replace(RESOLUTION, started_on=dt.date(2027, 10, 2))), "day": dt.date(2027, 11, 1)}),
    # --- what no ground heals ---
    *[("withdrawn", {"ground": ground, "subjects": [FULL, ConsentState("withdrawn", EVERY_FLAG)], "day": LATER}) for ground in PROVED.values()],
    *[("child_without_guardian", {"ground": ground, "subjects": [ConsentState("child_without_guardian")], "day": LATER}) for ground in PROVED.values()],
    ("child_without_guardian", {"document": Document(child_signal=True)}),
    ("consent", {"document": Document(child_signal=True), "subjects": [FULL]}),
    *[("rrn", {"document": Document(contains_rrn=True), "ground": ground, "subjects": [FULL], "day": LATER}) for ground in PROVED.values()],
    ("rrn", {"document": Document("NON_PERSONAL", contains_rrn=True), "ground": Ground("not_personal")}),
    ("sensitive", {"document": Document(contains_sensitive=True)}),
    ("sensitive", {"document": Document(contains_sensitive=True), "ground": PROVED["legitimate_interest"], "subjects": []}),
    ("sensitive", {"document": Document(contains_sensitive=True), "subjects": [FULL, OK]}),
    ("consent", {"document": Document(contains_sensitive=True), "subjects": [FULL]}),
    ("statute", {"document": Document(contains_sensitive=True), "ground": replace(PROVED["statute"], sensitive_statute=True), "subjects": []}),
    ("unique_id", {"document": Document(contains_unique_id=True)}),
    ("unique_id", {"document": Document(contains_unique_id=True), "ground": PROVED["legitimate_interest"], "subjects": []}),
    ("consent", {"document": Document(contains_unique_id=True), "subjects": [FULL]}),
    ("statute", {"document": Document(contains_unique_id=True), "ground": replace(PROVED["statute"], unique_id_statute=True), "subjects": []}),
    ("mydata", {"document": Document(mydata=True), "ground": PROVED["statute"], "subjects": [FULL]}),
    ("mydata", {"document": Document(mydata=True), "subjects": [ConsentState("allowed")]}),
    ("consent", {"document": Document(mydata=True)}),
    ("cross_controller", {"document": replace(PSEUDO, cross_controller=True), "ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE}),
    ("retention_ended", {"document": Document(retention_until=DAY - dt.timedelta(days=1))}),
    ("consent", {"document": Document(retention_until=DAY)}),
    # --- not personal ---
    ("not_personal", {"document": Document("NON_PERSONAL"), "ground": Ground("not_personal"), "subjects": []}),
    ("anonymous", {"document": Document("ANON_58-2"), "ground": Ground("not_personal"), "subjects": []}),
    ("personal_after_all", {"ground": Ground("not_personal")}),
    # --- licences ---
    ("licence_unknown", {"licence": Licence("UNKNOWN", terms_on_file=True)}),
    ("licence_unknown", {"licence": Licence("WTFPL")}),
    ("licence_no_terms", {"licence": Licence("CONTRACT")}),
    ("consent", {"licence": Licence("CONTRACT", terms_on_file=True, expires=DAY)}),
    ("licence_expired", {"licence": Licence("CONTRACT", terms_on_file=True, expires=DAY - dt.timedelta(days=1))}),
    ("licence_no_modification", {"licence": Licence("CONTRACT", terms_on_file=True, modification=False)}),
    ("licence_non_commercial", {"licence": Licence("CONTRACT", terms_on_file=True, commercial=False), "purpose": Purpose("pretraining", commercial=True)}),
    ("licence_act", {"act": "provide", "subjects": [FULL], "licence": Licence("CONTRACT", terms_on_file=True, acts=frozenset({"use"}))}),
    ("licence_recipient", {"act": "provide", "subjects": [FULL], "recipient": Recipient("c2"), "licence": Licence("CONTRACT", terms_on_file=True, recipients=frozenset({"c1"}))}),
    ("consent", {"act": "provide", "subjects": [FULL], "recipient": Recipient("c1"), "licence": Licence("CONTRACT", terms_on_file=True, recipients=frozenset({"c1"}))}),
    *[("licence_no_modification", {"licence": Licence(name)}) for name in ("KOGL-3", "KOGL-4", "CC-BY-ND-4.0", "CC-BY-NC-ND-4.0")],
    *[("consent", {"licence": Licence(name), "document": Document(rewritten=False)}) for name in ("KOGL-3", "KOGL-4", "CC-BY-ND-4.0")],
    *[("consent", {"licence": Licence(f"KOGL-{n}-AI"), "purpose": Purpose("pretraining", commercial=True)}) for n in (1, 2, 3, 4)],
    *[("licence_non_commercial", {"licence": Licence(name), "purpose": Purpose("pretraining", commercial=True)}) for name in ("KOGL-2", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0")],
    *[("consent", {"licence": Licence(name)}) for name in ("KOGL-0", "KOGL-1", "KOGL-2", "CC0-1.0", "CC-BY-SA-4.0", "PUBLIC-WORK")],
    ("licence_no_modification", {"licence": Licence("KOGL-4"), "document": Document("NON_PERSONAL"), "ground": Ground("not_personal")}),
    # --- what no rule is written for ---
    ("unknown_act", {"act": "sell"}),
    ("unknown_ground", {"ground": Ground("vital_interest", evidence=True)}),
    # --- recipient and border ---
    ("cross_border", {"act": "provide", "ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE, "document": PSEUDO, "recipient": replace(ABROAD, contract=True), "subjects": None}),
    ("consent", {"act": "transfer", "recipient": replace(ABROAD, contract=True), "subjects": None}),
    ("entrust_contract", {"act": "entrust", "recipient": Recipient("p1")}),
    ("consent", {"act": "entrust", "recipient": Recipient("p1", contract=True)}),
    ("cross_border", {"act": "entrust", "recipient": ABROAD}),
    ("cross_border", {"act": "provide", "ground": PROVED["legitimate_interest"], "recipient": ABROAD}),
    ("legitimate_interest", {"act": "provide", "ground": PROVED["legitimate_interest"], "recipient": replace(ABROAD, transfer_ground="certified")}),
    ("consent", {"act": "transfer", "subjects": [FULL], "recipient": ABROAD}),
    ("cross_border_contract", {"act": "transfer", "subjects": [FULL], "recipient": Recipient("c9", "US")}),
    ("cross_border", {"act": "provide", "ground": PROVED["pseudonymised_28-2"], "purpose": SCIENCE, "document": PSEUDO, "recipient": ABROAD, "subjects": []}),
    ("anonymous", {"act": "provide", "document": Document("ANON_58-2"), "recipient": ABROAD, "subjects": []}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "facts"), CASES, ids=[f"{i}-{c}" for i, (c, _) in enumerate(CASES)])
def test_case(code: str, facts: dict[str, object]) -> None:
    answer = judge(**facts)
    assert answer.reason_code == code
    assert answer.allowed == (code in {*STRENGTH, "anonymous"})
    assert answer.article
    assert answer.reason_ko != answer.reason_en


def test_every_reason_occurs_in_a_case() -> None:
    assert {code for code, _ in CASES} | {"law_version"} == set(reasons())


def test_the_law_of_another_day_is_refused() -> None:
    facts = (Document(), [OK], Ground("consent"), Licence("KOGL-1"), Purpose("pretraining"), Recipient())
    assert decide("use", *facts, LATER, law_on(DAY)).reason_code == "law_version"
    assert decide("use", *facts, DAY, law_on(LATER)).reason_code == "law_version"


def test_tables_cover_what_a_project_file_may_say() -> None:
    assert set(TERMS) == set(LICENCES)
    assert set(STRENGTH) == set(GROUNDS)
    assert strength("not_personal") == 0
    assert openness("KOGL-0") < openness("KOGL-1") < openness("CONTRACT") < openness("UNKNOWN")


states = st.builds(ConsentState, st.sampled_from(NAMES), st.integers(0, 255).map(Flag))
days = st.dates(dt.date(2024, 1, 1), dt.date(2029, 1, 1))
documents = st.builds(
    Document, st.sampled_from(["NON_PERSONAL", "ANON_58-2", "PSEUDO_28-2", "PERSONAL", "AI_28-12"]), st.booleans(),
    st.sampled_from(["public", "restricted", "private"]), *[st.booleans() for _ in range(7)], st.none() | days,
)  # fmt: skip
resolutions = st.none() | st.builds(Resolution, st.just("r"), days, days, st.none() | days, st.booleans())
grounds = st.builds(
    Ground, st.sampled_from(STRENGTH), st.booleans(), st.booleans(), st.frozensets(st.sampled_from(sorted(FACTORS))),
    *[st.booleans() for _ in range(5)], resolutions,
)  # fmt: skip
licences = st.builds(
    Licence, st.sampled_from(LICENCES), st.booleans(), st.none() | days, st.frozensets(st.sampled_from(["use", "provide"])),
    st.frozensets(st.sampled_from(["c1", "c2"])), st.booleans(), st.booleans(),
)  # fmt: skip
recipients = st.builds(
    Recipient,
    st.sampled_from(["self", "c1"]),
    st.sampled_from(["KR", "US"]),
    st.booleans(),
    st.sampled_from(["", "certified"]),
)
cases = st.tuples(
    st.sampled_from(["use", "provide", "entrust", "transfer"]), documents, st.lists(states, max_size=3), grounds, licences,
    st.builds(Purpose, st.just("pretraining"), st.booleans(), st.booleans()), recipients, days,
)  # fmt: skip


def run(case: tuple[object, ...]) -> Decision:
    return decide(*case, law_on(case[-1]))


@given(cases)
def test_the_same_facts_give_the_same_answer_and_a_known_reason(case: tuple[object, ...]) -> None:
    answer = run(case)
    assert answer == run(case)
    assert answer.reason_code in reasons()
    assert answer.allowed == (answer.reason_code in {*STRENGTH, "anonymous"})


@given(cases)
def test_a_withdrawal_is_never_healed(case: tuple[object, ...]) -> None:
    act, document, subjects, *rest = case
    answer = run((act, document, [*subjects, ConsentState("withdrawn")], *rest))
    assert not answer.allowed or document.data_class in ("NON_PERSONAL", "ANON_58-2")


@given(cases)
def test_one_more_subject_never_turns_a_refusal_of_the_others_into_permission(case: tuple[object, ...]) -> None:
    act, document, subjects, *rest = case
    if subjects and not run(case).allowed:
        assert not run((act, document, [*subjects, ConsentState("none")], *rest)).allowed


@given(cases)
def test_more_trouble_in_the_document_never_helps(case: tuple[object, ...]) -> None:
    act, document, *rest = case
    worse = replace(
        document, contains_rrn=True, contains_sensitive=True, contains_unique_id=True, cross_controller=True, identifying=True,
        child_signal=True, mydata=True, accessibility="private",
    )  # fmt: skip
    if not run(case).allowed:
        assert not run((act, worse, *rest)).allowed
    assert not run((act, worse, *rest)).allowed


@given(cases)
def test_no_28_12_before_its_day(case: tuple[object, ...]) -> None:
    answer = run(case)
    if answer.reason_code == "ai_28-12":
        assert case[-1] >= dt.date(2027, 3, 9)


@given(st.lists(cases, max_size=4))
def test_combine_refuses_if_any_does_and_keeps_every_duty(many: list[tuple[object, ...]]) -> None:
    answers = [run(case) for case in many]
    whole = combine(answers)
    if not answers:
        assert whole is None
        return
    assert whole is not None
    assert whole.allowed == all(a.allowed for a in answers)
    if whole.allowed:
        assert set(whole.obligations) == {duty for a in answers for duty in a.obligations}
        limited = [a.recipients for a in answers if a.recipients is not None]
        assert whole.recipients == (frozenset.intersection(*limited) if limited else None)


@given(states)
def test_a_state_fits_its_code(state: ConsentState) -> None:
    assert 0 <= state.code < 1 << 16
    assert state_of(state.code) == state


def test_law_versions_switch_on_their_days() -> None:
    assert law_on(dt.date(2026, 9, 10)).id != law_on(dt.date(2026, 9, 11)).id == law_on(dt.date(2027, 3, 8)).id
    assert not law_on(dt.date(2027, 3, 8)).has("개인정보 보호법", "28-12~28-15")
    assert law_on(dt.date(2027, 3, 9)).has("개인정보 보호법", "28-12~28-15")
    assert law_on(dt.date(2027, 7, 1)).has("개인정보 보호법", "32-2① 단서")
    assert law_on(dt.date(1990, 1, 1)).rows == ()


def test_law_versions_are_recorded_once(tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    assert record_law_versions(ledger, now) == len(law_rows())
    assert record_law_versions(ledger, now) == 0


SOURCES = [
    ("KOGL-1", "not_personal", None, "not_personal"),
    ("KOGL-4", "not_personal", None, "licence_no_modification"),
    ("CONTRACT", "contract", "contract.pdf", "licence_no_terms"),
    ("KOGL-1", "legitimate_interest", None, "balancing"),
    ("KOGL-1", "legitimate_interest", "test.pdf", "legitimate_interest"),
    ("KOGL-1", "compatible_use", "list.pdf", "compatible_use"),
    ("KOGL-1", "consent", None, "consent"),
    ("KOGL-1", "ai_28-12", None, "ai_not_in_force"),
    ("UNKNOWN", "statute", "법", "licence_unknown"),
]


@pytest.mark.parametrize(("licence", "ground", "evidence", "code"), SOURCES)
def test_sources_of_a_project(licence: str, ground: str, evidence: str | None, code: str) -> None:
    source = {
        "id": "s", "provider": "p", "licence": {"id": licence}, "ground": {"id": ground, "evidence": evidence},
        "paths": ["x"], "format": "jsonl",
    }  # fmt: skip
    project = Project.model_validate(
        {"damjang": 1, "name": "demo", "as_of": DAY, "release": {"name": "d"}, "sources": [source]}
    )
    assert decide_source(project.sources[0], project).reason_code == code
    if code == "legitimate_interest":
        assert decide_source(project.sources[0], project, verdicts={"s": "failed"}).reason_code == "balancing"
    if code == "licence_no_modification":
        assert decide_source(project.sources[0], project, rewrites=False).allowed

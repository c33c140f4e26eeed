"""A source of the project file, judged as a whole before its documents are read (stage register).

What a project file declares is the controller's own statement; its evidence is digested at register. A named balancing
test (15①6) or checklist (영14-2) counts as passed unless the ledger records another verdict for the source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from sqlalchemy import select

from governance.grounds import (
    FACTORS,
    Act,
    DataClass,
    Decision,
    Document,
    Ground,
    Licence,
    Purpose,
    Recipient,
    Resolution,
    decide,
)
from governance.law_versions import law_on
from governance.ledger import Ledger
from governance.ledger.models.records import BalancingTest, PipcResolution
from schemas.project import Project, Source

PASSED = "passed"


def decide_source(
    source: Source,
    project: Project,
    *,
    rewrites: bool = True,
    verdicts: Mapping[str, str] | None = None,
    resolutions: Mapping[str, Resolution] | None = None,
) -> Decision:
    """Whether a source may be used for the project's purpose on its as-of date; its subjects are judged at ingest.

    `rewrites`: the policy changes text. `verdicts`: {source id: verdict of its latest balancing test or checklist}.
    """
    return decide(
        "use",
        document_of(source, rewrites=rewrites),
        None,
        ground_of(source, verdicts or {}, resolutions or {}),
        licence_of(source),
        purpose_of(source, project),
        Recipient(),
        project.as_of,
        law_on(project.as_of),
    )


def decide_again(
    source: Source,
    project: Project,
    day: dt.date,
    data_class: str,
    *,
    rewrites: bool,
    verdicts: Mapping[str, str],
    resolutions: Mapping[str, Resolution],
    adequacy_passed: bool,
    identifying: bool,
) -> Decision:
    """The same question when a release is certified: under the law of that day, of text as the release has it.

    What rests on 28-2 is now provided, pseudonymised and reviewed, or it is refused (28-2②). `identifying`: operators
    leave what identifies somebody, so that the release can't be called pseudonymised (governance.data_class).
    """
    pseudonymised = source.ground.id == "pseudonymised_28-2"
    act: Act = "provide" if pseudonymised else "use"
    ground = replace(ground_of(source, verdicts, resolutions), adequacy_passed=adequacy_passed)
    document = document_of(source, rewrites=rewrites)
    if document.data_class != "NON_PERSONAL":
        document = replace(document, data_class="PSEUDO_28-2" if pseudonymised else cast(DataClass, data_class))
        document = replace(document, identifying=pseudonymised and identifying)
    licence, purpose = licence_of(source), purpose_of(source, project)
    recipient = Recipient(min(source.licence.recipients, default="any"))
    return decide(act, document, None, ground, licence, purpose, recipient, day, law_on(day))


def document_of(source: Source, *, rewrites: bool) -> Document:
    """What is true of every document of a source."""
    personal = source.ground.id != "not_personal"
    return Document(
        data_class="PERSONAL" if personal else "NON_PERSONAL",
        rewritten=rewrites,
        accessibility=source.accessibility,
        mydata=source.mydata,
        cross_controller=source.cross_controller,
        retention_until=source.retention_until,
    )


def ground_of(source: Source, verdicts: Mapping[str, str], resolutions: Mapping[str, Resolution]) -> Ground:
    """The declared ground with what the ledger knows of it."""
    named = bool(source.ground.evidence)
    passed = named and verdicts.get(source.id, PASSED) == PASSED
    return Ground(
        source.ground.id,
        evidence=named,
        overrides=passed,
        factors=FACTORS if passed else frozenset(),
        continuous=False,
        resolution=resolutions.get(source.ground.pipc_resolution or ""),
    )


def licence_of(source: Source) -> Licence:
    """The declared licence."""
    told = source.licence
    return Licence(
        told.id, terms_on_file=told.terms is not None, expires=told.expires, recipients=frozenset(told.recipients)
    )


def purpose_of(source: Source, project: Project) -> Purpose:
    """28-2 counts development of technology as research (2(8)) where a document of purpose is on file.

    Whether the model will be sold is not known here: non-commercial licences pass on their obligation instead.
    """
    return Purpose(project.purpose, scientific=project.purpose == "research" or bool(source.ground.evidence))


def verdicts_in(ledger: Ledger) -> dict[str, str]:
    """{source id: verdict of its latest balancing test or checklist}."""
    with ledger.read() as connection:
        rows = connection.execute(select(BalancingTest.source_id, BalancingTest.verdict).order_by(BalancingTest.id))
        return {row.source_id: row.verdict for row in rows}


def resolutions_in(ledger: Ledger) -> dict[str, Resolution]:
    """{resolution: its latest record}; a resolution whose conditions are recorded counts as met while it runs."""
    with ledger.read() as connection:
        rows = connection.execute(select(PipcResolution).order_by(PipcResolution.id)).all()
    return {
        row.resolution: Resolution(
            row.resolution,
            dt.date.fromisoformat(row.resolved_on),
            dt.date.fromisoformat(row.expires_on),
            dt.date.fromisoformat(row.started_on) if row.started_on else None,
            conditions_met=True,
        )
        for row in rows
    }

"""Whether an act with a document is lawful: one pure function, `decide`, and the facts it looks at.

The order of the checks is fixed, so that the same facts always give the same reason: the law's version, the licence,
then what no ground can heal (retention, resident registration numbers, withdrawal, children, Art. 23 and 24, data from
elsewhere), then the ground itself, then the recipient (26) and the border (28-8). The first that fails is the answer.
A withdrawn consent never falls back to another ground. Who bears the burden of proof (22③) is refused without evidence.

`subjects=None` means "not looked at yet" (a source is judged before its documents): rules about subjects are skipped.
Ingest filters with it; certify and pull decide again with everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from governance.consent_state import ConsentState
from governance.law_versions import LawVersion
from governance.licences import TERMS, ObligationId
from governance.reasons import reasons

Act = Literal["use", "provide", "entrust", "transfer"]
GroundId = Literal[
    "consent", "statute", "public_task", "contract", "legitimate_interest", "compatible_use",
    "pseudonymised_28-2", "ai_28-12", "not_personal",
]  # fmt: skip
DataClass = Literal["NON_PERSONAL", "ANON_58-2", "PSEUDO_28-2", "PERSONAL", "AI_28-12"]

STRENGTH: tuple[GroundId, ...] = (
    "not_personal", "statute", "public_task", "consent", "contract", "legitimate_interest", "compatible_use",
    "pseudonymised_28-2", "ai_28-12",
)  # fmt: skip


def strength(ground: GroundId) -> int:
    """0 for the strongest ground; the survivor of duplicates is the one on the strongest. Raises ValueError."""
    return STRENGTH.index(ground)


@dataclass(frozen=True)
class Document:
    """What is known of a document, or of all documents of a source. `data_class`: as it stands when the act is done."""

    data_class: DataClass = "PERSONAL"
    rewritten: bool = True  # the policy rewrites its text (masking is modification)
    accessibility: Literal["public", "restricted", "private"] = "public"
    contains_rrn: bool = False
    contains_unique_id: bool = False
    contains_sensitive: bool = False
    child_signal: bool = False
    mydata: bool = False
    cross_controller: bool = False  # joined with another controller's pseudonymised data, not by a designated agency
    identifying: bool = False  # still holds what identifies somebody (28-2②)
    retention_until: dt.date | None = None


@dataclass(frozen=True)
class Ground:
    """The ground and what proves it. Fields that a ground does not ask for are not looked at."""

    id: GroundId
    evidence: bool = False  # a statute, contract, test or checklist is on file
    overrides: bool = False  # 15①6: the balancing test found that the interest clearly overrides
    factors: frozenset[str] = frozenset()  # 영14-2①: related, foreseeable, no_harm, safeguarded
    continuous: bool = False
    published_and_checked: bool = False  # 영14-2②
    sensitive_statute: bool = False  # a statute requires or permits Art. 23 information
    unique_id_statute: bool = False
    adequacy_passed: bool = False  # 적정성 검토
    resolution: Resolution | None = None


@dataclass(frozen=True)
class Resolution:
    """A PIPC resolution under 28-12."""

    id: str
    resolved_on: dt.date
    expires_on: dt.date
    started_on: dt.date | None = None
    conditions_met: bool = False


@dataclass(frozen=True)
class Licence:
    """The licence and, for contracts, what its terms allow (`acts`, `recipients`: empty means every one)."""

    id: str
    terms_on_file: bool = False
    expires: dt.date | None = None
    acts: frozenset[Act] = frozenset()
    recipients: frozenset[str] = frozenset()
    modification: bool = True
    commercial: bool = True
    obligations: tuple[ObligationId, ...] = ()


@dataclass(frozen=True)
class Purpose:
    """`id`: as in the project file. `scientific`: statistics, scientific research or archiving (2(8), 28-2)."""

    id: str
    commercial: bool = False
    scientific: bool = False


@dataclass(frozen=True)
class Recipient:
    """Who gets it. `transfer_ground`: which number of 28-8① is on file, other than consent (which subjects give)."""

    id: str = "self"
    country: str = "KR"
    contract: bool = False  # 26① entrustment contract, or 28-8④ safeguards in a contract beforehand
    transfer_ground: Literal["", "statute", "delegation", "certified", "recognised"] = ""


@dataclass(frozen=True)
class Decision:
    """The answer, with the article and the reason in both languages; obligations flow through to the certificate."""

    allowed: bool
    reason_code: str
    article: str
    reason_ko: str
    reason_en: str
    law_version: str
    obligations: tuple[ObligationId, ...] = ()
    recipients: frozenset[str] | None = field(default=None)  # None: any


def decide(
    act: Act,
    document: Document,
    subjects: Sequence[ConsentState] | None,
    ground: Ground,
    licence: Licence,
    purpose: Purpose,
    recipient: Recipient,
    day: dt.date,
    law: LawVersion,
) -> Decision:
    """Allowed or refused, with the article and the reason. Pure: no clock, no database, no text."""
    code = (
        _known(act, ground)
        or ("" if law.holds_on(day) else "law_version")
        or _licence(act, document, licence, purpose, recipient, day)
        or _personal(act, document, subjects, ground, purpose, recipient, day)
    )
    if code:
        return _answer(False, code, law)
    own = TERMS[licence.id].obligations
    duties = tuple(dict.fromkeys((*own, *licence.obligations)))
    return _answer(True, _basis(document, ground), law, duties, licence.recipients or None)


def _known(act: str, ground: Ground) -> str:
    """What no rule is written for is refused: the types forbid it, a caller's data may not."""
    if act not in get_args(Act):
        return "unknown_act"
    return "" if ground.id in STRENGTH else "unknown_ground"


def _answer(
    allowed: bool,
    code: str,
    law: LawVersion,
    obligations: tuple[ObligationId, ...] = (),
    recipients: frozenset[str] | None = None,
) -> Decision:
    why = reasons()[code]
    return Decision(allowed, code, why.article, why.ko, why.en, law.id, obligations, recipients)


def _basis(document: Document, ground: Ground) -> str:
    if document.data_class == "ANON_58-2":
        return "anonymous"
    return "not_personal" if document.data_class == "NON_PERSONAL" else ground.id


def _licence(
    act: Act, document: Document, licence: Licence, purpose: Purpose, recipient: Recipient, day: dt.date
) -> str:
    """저작권법 and the licence's own conditions; "" when it allows the act."""
    terms = TERMS.get(licence.id)
    if terms is None or not terms.usable:
        return "licence_unknown"
    if terms.needs_terms and not licence.terms_on_file:
        return "licence_no_terms"
    if licence.expires is not None and licence.expires < day:
        return "licence_expired"
    if document.rewritten and not (terms.modification and licence.modification):
        return "licence_no_modification"
    if purpose.commercial and not (terms.commercial and licence.commercial):
        return "licence_non_commercial"
    if licence.acts and act not in licence.acts:
        return "licence_act"
    if act != "use" and licence.recipients and recipient.id not in licence.recipients:
        return "licence_recipient"
    return ""


def _personal(
    act: Act,
    document: Document,
    subjects: Sequence[ConsentState] | None,
    ground: Ground,
    purpose: Purpose,
    recipient: Recipient,
    day: dt.date,
) -> str:
    """개인정보 보호법; "" when it allows the act or does not apply (58-2)."""
    if document.contains_rrn:
        return "rrn"  # 24-2 asks for a specific statute, which no training purpose has
    if document.data_class in ("NON_PERSONAL", "ANON_58-2"):
        return ""
    if document.retention_until is not None and document.retention_until < day:
        return "retention_ended"
    return (
        _subjects(document, subjects, ground)
        or _elsewhere(document, subjects, ground)
        or _ground(act, document, subjects, ground, purpose, day)
        or _recipient(act, subjects, ground, recipient)
    )


def _subjects(document: Document, subjects: Sequence[ConsentState] | None, ground: Ground) -> str:
    """What no ground heals: withdrawal (37), children (22-2), sensitive (23) and unique (24) information."""
    if subjects is None:
        return ""
    listed = subjects
    if any(state.name == "withdrawn" for state in listed):
        return "withdrawn"
    guarded = _all(listed, "guardian")
    if any(state.name == "child_without_guardian" for state in listed) or (document.child_signal and not guarded):
        return "child_without_guardian"
    if document.contains_sensitive and not ground.sensitive_statute and not _all(listed, "sensitive"):
        return "sensitive"
    if document.contains_unique_id and not ground.unique_id_statute and not _all(listed, "unique_id"):
        return "unique_id"
    return ""


def _elsewhere(document: Document, subjects: Sequence[ConsentState] | None, ground: Ground) -> str:
    """Data that came by transfer request (35-2) or was joined across controllers (28-3)."""
    consented = subjects is None or _all(subjects, "ai_training")
    if document.mydata and not (ground.id == "consent" and consented):
        return "mydata"
    if document.cross_controller:
        return "cross_controller"
    return ""


def _all(listed: Sequence[ConsentState], consent: str) -> bool:
    """Whether every listed subject's consent is in force and has this separate consent; nobody listed is nobody's."""
    return bool(listed) and all(state.name == "allowed" and getattr(state, consent) for state in listed)


def _ground(
    act: Act,
    document: Document,
    subjects: Sequence[ConsentState] | None,
    ground: Ground,
    purpose: Purpose,
    day: dt.date,
) -> str:
    provides = act in ("provide", "transfer")
    match ground.id:
        case "not_personal":
            return "personal_after_all"
        case "consent":
            return _consent(provides, subjects)
        case "statute" | "public_task":
            return "" if ground.evidence else "evidence"
        case "contract":
            if not ground.evidence:
                return "evidence"
            return "contract_provide" if provides else ""
        case "legitimate_interest":
            if document.accessibility != "public":
                return "not_public"
            return "" if ground.evidence and ground.overrides else "balancing"
        case "compatible_use":
            return _compatible(ground)
        case "pseudonymised_28-2":
            return _pseudonymised(provides, document, ground, purpose)
        case "ai_28-12":
            return _ai(ground.resolution, day)


def _consent(provides: bool, subjects: Sequence[ConsentState] | None) -> str:
    if subjects is None:
        return ""
    if not subjects:
        return "consent_no_subject"
    for name, code in (("none", "consent_none"), ("expired", "consent_expired"), ("not_yet", "consent_not_yet")):
        if any(state.name == name for state in subjects):
            return code
    if provides and not all(state.third_party for state in subjects):
        return "consent_provide"
    return ""


FACTORS = frozenset({"related", "foreseeable", "no_harm", "safeguarded"})


def _compatible(ground: Ground) -> str:
    if not ground.evidence:
        return "evidence"
    if not ground.factors >= FACTORS:
        return "compatible_factors"
    return "compatible_cpo" if ground.continuous and not ground.published_and_checked else ""


def _pseudonymised(provides: bool, document: Document, ground: Ground, purpose: Purpose) -> str:
    """Use may begin with personal text (to pseudonymise it); what leaves is pseudonymised and reviewed."""
    if not purpose.scientific:
        return "pseudonym_purpose"
    if not provides:
        return ""
    if document.identifying or document.data_class != "PSEUDO_28-2":
        return "pseudonym_identifying"
    return "" if ground.adequacy_passed else "pseudonym_review"


AI_IN_FORCE = dt.date(2027, 3, 9)
"""Act 21910, promulgated 2026-09-08."""


def _ai(resolution: Resolution | None, day: dt.date) -> str:
    if day < AI_IN_FORCE:
        return "ai_not_in_force"
    if resolution is None or not AI_IN_FORCE <= resolution.resolved_on <= day:
        return "ai_no_resolution"
    if not resolution.conditions_met:
        return "ai_conditions"
    if resolution.expires_on < day:
        return "ai_expired"
    limit = _months_after(resolution.resolved_on, 6)
    if (resolution.started_on or day) > limit:
        return "ai_not_started"
    return ""


def _months_after(day: dt.date, months: int) -> dt.date:
    """민법 160: the same day of the later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _recipient(act: Act, subjects: Sequence[ConsentState] | None, ground: Ground, recipient: Recipient) -> str:
    """Entrustment (26) and the border (28-8): pseudonymised information is not exempt (28-7 does not list 28-8).

    Consent to the border (28-8①1) is presumed of nobody: subjects not looked at yet will be, if consent is the ground.
    """
    if act == "entrust" and not recipient.contract:
        return "entrust_contract"
    if act == "transfer" or recipient.country != "KR":
        consented = ground.id == "consent" if subjects is None else _all(subjects, "cross_border")
        if not recipient.transfer_ground and not consented:
            return "cross_border"
        if not recipient.contract:
            return "cross_border_contract"
    return ""


def combine(decisions: Iterable[Decision]) -> Decision | None:
    """One answer for many documents or sources: the first refusal, else all obligations and the common recipients.

    None for none. `reason_code` of an allowance is the weakest ground's.
    """
    answers = list(decisions)
    for answer in answers:
        if not answer.allowed:
            return answer
    if not answers:
        return None
    duties: dict[ObligationId, None] = {}
    recipients: frozenset[str] | None = None
    for answer in answers:
        duties |= dict.fromkeys(answer.obligations)
        if answer.recipients is not None:
            recipients = answer.recipients if recipients is None else recipients & answer.recipients
    order = ["anonymous", *STRENGTH]
    weakest = max(answers, key=lambda answer: order.index(answer.reason_code))
    return Decision(
        True, weakest.reason_code, weakest.article, weakest.reason_ko, weakest.reason_en, weakest.law_version,
        tuple(sorted(duties)), recipients,
    )  # fmt: skip

"""The class of data that a release may claim (design.md, Data class; PIPA 2(1), 28-2, 28-12, 58-2).

What was done to the text, and what survives beside it, only *cap* the class; grounds and persons decide below the cap.

| what | at best |
|---|---|
| delete, mask; a sentence dropped | NON_PERSONAL |
| generalise; a sentence cut loose from its person | ANON_58-2 |
| pseudonym, surrogate; the key destroyed | ANON_58-2 |
| pseudonym, surrogate; a sentence of Art. 23 kept by separate consent | PSEUDO_28-2 |
| whatever was done, while a map of documents to rows survives | PSEUDO_28-2 |
| keep, partial_mask; names of the living that a list keeps (15①6) | PERSONAL |

Types that are not personal by themselves (entities.yaml) cap nothing. PSEUDO needs a passed adequacy review; ANON a
re-identification test and an outside review, which no run can give itself: none claims it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from damjang.certificates.facts import DataClass
from schemas.policy import Policy, entity_labels

Best = Literal["PERSONAL", "PSEUDO_28-2", "ANON_58-2", "NON_PERSONAL"]
ORDER: Final[tuple[Best, ...]] = ("PERSONAL", "PSEUDO_28-2", "ANON_58-2", "NON_PERSONAL")
"""From what claims least to what claims most."""
KEYED: Final = frozenset({"pseudonym", "surrogate"})
BY_OPERATOR: Final[dict[str, Best]] = {
    "keep": "PERSONAL",
    "partial_mask": "PERSONAL",
    "pseudonym": "PSEUDO_28-2",
    "surrogate": "PSEUDO_28-2",
    "generalise": "ANON_58-2",
    "mask": "NON_PERSONAL",
    "delete": "NON_PERSONAL",
    "keep_with_consent": "PSEUDO_28-2",
    "delink": "ANON_58-2",
    "drop_sentence": "NON_PERSONAL",
}


@dataclass(frozen=True)
class Cap:
    """The best class that operators, keys and maps leave, and what holds it there: (Korean, English) each."""

    best: Best
    why: tuple[tuple[str, str], ...] = ()

    def allows(self, claimed: Best) -> bool:
        """Whether a release may claim that class as far as the cap goes."""
        return ORDER.index(claimed) <= ORDER.index(self.best)


def cap(policy: Policy, *, keys_survive: bool, maps_survive: bool, types: Collection[str] | None = None) -> Cap:
    """The cap of a release that `policy` made.

    `keys_survive`: the key behind pseudonyms is not destroyed. `maps_survive`: what leads from a row back to its
    document. `types`: only the rules of these count, such as those that were found; None: all.
    """
    told = list(_told(policy, keys_survive, maps_survive, types))
    best: Best = min((found for found, _, _ in told), key=ORDER.index, default=ORDER[-1])
    return Cap(best, tuple((ko, en) for found, ko, en in told if found == best and best != "NON_PERSONAL"))


def _told(
    policy: Policy, keys_survive: bool, maps_survive: bool, types: Collection[str] | None
) -> Iterator[tuple[Best, str, str]]:
    """(best class, Korean, English) of everything that holds it down."""
    rules = policy.anonymize
    used: dict[str, list[str]] = {}
    for name, rule in rules.entities.items():
        if entity_labels()[name]["class"] != "not_personal" and (types is None or name in types):
            used.setdefault(rule.operator, []).append(name)
    for operator, names in sorted(used.items()):
        best = BY_OPERATOR[operator]
        if operator in KEYED and not keys_survive:
            best = "ANON_58-2"
        listed = ", ".join(sorted(names))
        yield best, f"연산자 {operator}: {listed}", f"operator {operator}: {listed}"
    sensitive = {name for name, label in entity_labels().items() if label["class"] == "sensitive"}
    if types is None or sensitive & set(types):
        operator = rules.sensitive.operator
        yield BY_OPERATOR[operator], f"민감정보 문장 {operator}", f"Art. 23 sentences {operator}"
    if rules.public_figures.living_csv is not None and (types is None or "PERSON" in types):
        yield "PERSONAL", "살아 있는 공인의 이름을 남김", "names of living persons are kept by a list"
    if maps_survive:
        yield "PSEUDO_28-2", "문서-행 대응표가 남아 있음", "a document-to-row map survives"


def claim(grounds: Collection[str], reviewed: bool, whole: Cap, found: Cap) -> DataClass:
    """What a release claims: PERSONAL with its ground, unless all of it was registered as not personal, or what is
    personal rests on 28-2 and persons have `reviewed` it (적정성 검토), or on a resolution under 28-12.

    `grounds`: of the sources that ship. `whole`: the cap of the release. `found`: the cap by what was found in it; it
    alone speaks where no source is personal. No run claims ANON (58-2).
    """
    listed = sorted(grounds)
    personal = [ground for ground in listed if ground != "not_personal"]
    if personal == ["ai_28-12"]:
        why = "보호위원회 의결에 따른 처리 (by a resolution of the PIPC: PIPA 28-12)"
        return DataClass("AI_28-12", "ai_28-12", why)
    if personal == ["pseudonymised_28-2"] and reviewed and whole.allows("PSEUDO_28-2"):
        why = "가명처리되었고 적정성 검토가 적정 (pseudonymised, and the adequacy review has passed: PIPA 28-2, 28-4)"
        return DataClass("PSEUDO_28-2", "pseudonymised_28-2", why)
    if listed == ["not_personal"] and found.allows("ANON_58-2"):
        why = "모든 출처가 개인정보 아님으로 등록됨 (every source is registered as not personal)"
        return DataClass("NON_PERSONAL", "not_personal", why)
    held = found if listed == ["not_personal"] else whole
    reasons = list(held.why)
    if not reviewed:
        reasons.insert(0, ("가명·익명 적정성 검토를 거치지 않음", "no adequacy review"))
    return DataClass("PERSONAL", ", ".join(listed), _said(reasons))


def _said(reasons: Sequence[tuple[str, str]]) -> str:
    if not reasons:
        return "처리 근거가 28-2가 아님 (rests on another ground than 28-2)"
    korean, english = ("; ".join(part) for part in zip(*reasons, strict=True))
    return f"{korean} ({english}: PIPA 28-2, 58-2)"

"""What each licence asks of us, as a table: KOGL 0–4 and the AI type, the CC family, contracts, public works, unknown.

Masking is modification, so KOGL 3 and 4 and CC ND refuse any policy that rewrites text. The cells for KOGL 1–4 are our
reading of the published conditions; the AI type's conditions come from press reports and are unverified (law.md 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ObligationId = Literal["attribution", "no_sale", "non_commercial", "share_alike", "no_modification", "no_reproduction"]


@dataclass(frozen=True)
class LicenceTerms:
    """`openness`: 0 is the most open (survivor order). `needs_terms`: useless without the terms on file."""

    id: str
    openness: int
    obligations: tuple[ObligationId, ...]
    article: str
    needs_terms: bool = False
    usable: bool = True

    @property
    def commercial(self) -> bool:
        """Whether a commercial model may be trained."""
        return "non_commercial" not in self.obligations

    @property
    def modification(self) -> bool:
        """Whether text may be rewritten (masked) for training."""
        return "no_modification" not in self.obligations


_KOGL: Final = "공공누리 이용조건; 저작권법 46"
_AI: Final = "공공누리 AI유형 (미확인: 보도 기준); 저작권법 46"
_CC: Final = "CC 이용허락; 저작권법 46"
_AI_DUTIES: Final[tuple[ObligationId, ...]] = ("attribution", "no_sale", "no_reproduction")

TERMS: Final = {
    terms.id: terms
    for terms in (
        LicenceTerms("KOGL-0", 0, (), _KOGL),
        LicenceTerms("CC0-1.0", 0, (), _CC),
        LicenceTerms("PUBLIC-WORK", 0, (), "저작권법 7, 24-2"),
        LicenceTerms("KOGL-1", 1, ("attribution",), _KOGL),
        LicenceTerms("CC-BY-4.0", 1, ("attribution",), _CC),
        LicenceTerms("CC-BY-2.5", 1, ("attribution",), _CC),
        LicenceTerms("KOGL-1-AI", 2, _AI_DUTIES, _AI),
        LicenceTerms("KOGL-2-AI", 2, _AI_DUTIES, _AI),
        LicenceTerms("KOGL-3-AI", 2, _AI_DUTIES, _AI),
        LicenceTerms("KOGL-4-AI", 2, _AI_DUTIES, _AI),
        LicenceTerms("CC-BY-SA-4.0", 3, ("attribution", "share_alike"), _CC),
        LicenceTerms("KOGL-2", 4, ("attribution", "non_commercial"), _KOGL),
        LicenceTerms("CC-BY-NC-4.0", 4, ("attribution", "non_commercial"), _CC),
        LicenceTerms("CC-BY-NC-SA-4.0", 5, ("attribution", "non_commercial", "share_alike"), _CC),
        LicenceTerms("CONTRACT", 6, (), "저작권법 46", needs_terms=True),
        LicenceTerms("KOGL-3", 7, ("attribution", "no_modification"), _KOGL),
        LicenceTerms("CC-BY-ND-4.0", 7, ("attribution", "no_modification"), _CC),
        LicenceTerms("KOGL-4", 8, ("attribution", "non_commercial", "no_modification"), _KOGL),
        LicenceTerms("CC-BY-NC-ND-4.0", 8, ("attribution", "non_commercial", "no_modification"), _CC),
        LicenceTerms("UNKNOWN", 9, (), "저작권법 46", usable=False),
    )
}


def openness(licence: str) -> int:
    """0 for the most open; used to choose the survivor of duplicates. Raises KeyError."""
    return TERMS[licence].openness

"""What a consent row may say: purposes, methods, grounds, flags and times, and why a value is refused.

Purposes become codes: the ledger never keeps a provider's free text. PIPC treats "신규 서비스 개발" as too abstract,
so a purpose must name AI and training; "서비스 개선" is refused (law.md 1.5).
"""

from __future__ import annotations

import re
from typing import Final

from governance.consent_state import Flag
from schemas.project import GROUNDS

PURPOSES: Final = ("pretraining", "fine-tuning", "evaluation", "research")
AI_TRAINING: Final = "ai_training"
"""A consent that names AI training as such: it covers pretraining and fine-tuning."""

TRAINING_PURPOSES: Final = ("pretraining", "fine-tuning", AI_TRAINING)

COVERS: Final = {
    "pretraining": ("pretraining", AI_TRAINING),
    "fine-tuning": ("fine-tuning", AI_TRAINING),
    "evaluation": ("evaluation",),
    "research": ("research",),
}
"""Which recorded purposes a project's purpose may rest on."""

METHODS: Final = {
    # 영17②: signed paper, phone, phone and web, web, e-mail, equivalent
    **{code: code for code in ("paper", "phone", "phone_web", "web", "email", "equivalent")},
    "서면": "paper", "전화": "phone", "인터넷": "web", "홈페이지": "web", "전자우편": "email", "이메일": "email",
}  # fmt: skip

_AI: Final = re.compile(r"인공지능|언어\s*모델|기계\s*학습|머신\s*러닝|딥\s*러닝|생성형|(?<![a-z])(ai|llm)(?![a-z])")
_TRAINING: Final = re.compile(r"학습|훈련|튜닝|조정|train|tuning")
_NAMED: Final = (
    ("pretraining", re.compile(r"사전\s*학습|사전\s*훈련|pre-?training")),
    ("fine-tuning", re.compile(r"미세\s*조정|파인\s*튜닝|fine-?tuning")),
    ("evaluation", re.compile(r"평가|evaluation")),
    ("research", re.compile(r"과학적\s*연구|연구\s*목적|research")),
)
_DIGITS_OF_24: Final = re.compile(r"(?<!\d)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[-\s]?\d{7}(?!\d)")


def purpose_code(text: str) -> str | None:
    """A purpose as its code, or None for one too vague to rest on."""
    plain = text.strip().lower()
    if plain in (*PURPOSES, AI_TRAINING):
        return plain
    if plain.replace("_", "-") in PURPOSES:
        return plain.replace("_", "-")
    if not _AI.search(plain):
        return None
    named = [code for code, pattern in _NAMED if pattern.search(plain)]
    if len(named) == 1:
        return named[0]
    # Two purposes in one consent are not separate consents (22①); the wider reading is not ours to make.
    return AI_TRAINING if not named and _TRAINING.search(plain) else None


def method_code(text: str) -> str | None:
    """영17②'s way of consenting as its code, or None."""
    return METHODS.get(text.strip().lower())


def ground_code(text: str) -> str | None:
    """A ground of the project file, or None. It is mandatory: a row that does not say is refused."""
    plain = text.strip().lower()
    return plain if plain in GROUNDS else None


def flags_of(text: str) -> int | None:
    """`sensitive;third_party` as bits (governance.consent_state.Flag), or None when one is unknown."""
    total = Flag(0)
    for name in re.split(r"[;,|\s\[\]\"']+", text.strip().lower()):
        if not name:
            continue
        try:
            total |= Flag[name.upper().replace("-", "_")]
        except KeyError:
            return None
    return int(total)


def holds_rrn(text: str) -> bool:
    """Whether an id has the shape of a resident or alien registration number: it is never hashed or mapped (24-2)."""
    return _DIGITS_OF_24.search(text) is not None

"""What a consent row may say: purposes, methods, grounds, flags and times, and why a value is refused.

Purposes become codes: the ledger never keeps a provider's free text. PIPC treats "신규 서비스 개발" as too abstract,
so a purpose must name AI and training; "서비스 개선" is refused (law.md 1.5).
"""

from __future__ import annotations

import re
import unicodedata
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

REFUSALS: Final = {
    "malformed": ("행을 읽을 수 없음", "the row can't be read"),
    "missing": ("값이 없음", "the value is missing"),
    "unknown_source": ("가져올 출처가 아님", "not a source that was named"),
    "holds_art24_identifier": (
        "주민등록번호 형태는 식별자로 쓸 수 없음 (24-2)",
        "holds a resident registration number",
    ),
    "too_long": ("값이 너무 긺", "the value is too long"),
    "bundled_purpose": (
        "다른 목적과 묶인 동의: 목적마다 따로 받아야 함 (22①)",
        "consent to training bundled with another purpose: each needs its own",
    ),
    "vague_purpose": (
        "목적이 모호함: 인공지능 학습 목적을 하나로 밝혀야 함 (15②, 22①)",
        "the purpose is vague: it must name AI training, and one purpose",
    ),
    "unknown_ground": ("처리 근거를 알 수 없음 (22③)", "no ground of Art. 15 that we know"),
    "not_a_sha256": ("고지문 digest가 아님", "not the SHA-256 of a notice"),
    "unknown_method": ("동의 방법을 알 수 없음 (영17②)", "no way of consenting that the decree knows"),
    "not_a_time": ("시각이 아님", "not a time (ISO 8601)"),
    "in_the_future": ("미래의 시각임", "lies in the future"),
    "before_given_at": ("동의 시각보다 이름", "before the consent was given"),
    "unknown_flag": ("알 수 없는 표시", "an unknown flag"),
}
"""Why a row is refused, in Korean and in English; consent_import gives the codes."""

_AI: Final = re.compile(r"인공지능|언어\s*모델|기계\s*학습|머신\s*러닝|딥\s*러닝|생성형|(?<![a-z])(ai|llm)(?![a-z])")
_TRAINING: Final = re.compile(r"학습|훈련|튜닝|조정|train|tuning")
_NAMED: Final = (
    ("pretraining", re.compile(r"사전\s*학습|사전\s*훈련|pre-?training")),
    ("fine-tuning", re.compile(r"미세\s*조정|파인\s*튜닝|fine-?tuning")),
    ("evaluation", re.compile(r"평가|evaluation")),
    ("research", re.compile(r"과학적\s*연구|연구\s*목적|research")),
)
_BUNDLED: Final = re.compile(
    r"마케팅|광고|홍보|판촉|맞춤형|추천|통계|(서비스|상품|기능|품질)(의|를|을)?\s*(개선|개발|제공|향상)|marketing|advertis"
)
_DIGITS_OF_24: Final = re.compile(
    r"(?<!\d)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[-\s\u2010-\u2015\u2212\uff0d·.]?\d{7}(?!\d)"
)


def purpose_code(text: str) -> str | None:
    """A purpose as its code, or None for one too vague to rest on."""
    plain = text.strip().lower()
    if plain in (*PURPOSES, AI_TRAINING):
        return plain
    if plain.replace("_", "-") in PURPOSES:
        return plain.replace("_", "-")
    if not _AI.search(plain) or is_bundled(plain):
        return None
    named = [code for code, pattern in _NAMED if pattern.search(plain)]
    if len(named) == 1:
        return named[0]
    # Two purposes in one consent are not separate consents (22①); the wider reading is not ours to make.
    return AI_TRAINING if not named and _TRAINING.search(plain) else None


def is_bundled(text: str) -> bool:
    """Whether a purpose that names AI training names another one beside it (22①: 서비스 개선 및 인공지능 학습)."""
    plain = text.strip().lower()
    return bool(_AI.search(plain) and _TRAINING.search(plain) and _BUNDLED.search(plain))


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
    return _DIGITS_OF_24.search(unicodedata.normalize("NFKC", text)) is not None

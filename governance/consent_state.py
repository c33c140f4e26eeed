"""What a consent snapshot says of one subject: a state and the separate consents that go with it, in two bytes."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from typing import Final, Literal

StateName = Literal["none", "allowed", "withdrawn", "expired", "not_yet", "child_without_guardian"]
NAMES: Final[tuple[StateName, ...]] = ("none", "allowed", "withdrawn", "expired", "not_yet", "child_without_guardian")


class Flag(enum.IntFlag):
    """Separate consents (PIPA 22①, 23①1, 24①1, 17①1, 28-8①1) and facts, as files name them in lower case."""

    SENSITIVE = 1
    UNIQUE_ID = 2
    THIRD_PARTY = 4
    CROSS_BORDER = 8
    AI_TRAINING = 16
    CHILD = 32  # under 14 when it was given
    GUARDIAN = 64  # a guardian's consent was verified (PIPA 22-2, 영17-2)
    MYDATA = 128  # received by a data-subject transfer (PIPA 35-2)


NO_FLAGS: Final = Flag(0)


@dataclass(frozen=True)
class ConsentState:
    """One subject's state for one purpose. Of several consents, the flags are those of the one in force."""

    name: StateName
    flags: Flag = NO_FLAGS

    @property
    def sensitive(self) -> bool:
        """Separate consent to sensitive information (23①1)."""
        return Flag.SENSITIVE in self.flags

    @property
    def unique_id(self) -> bool:
        """Separate consent to unique identifiers (24①1); never to a resident registration number (24-2)."""
        return Flag.UNIQUE_ID in self.flags

    @property
    def third_party(self) -> bool:
        """Consent to provision (17①1)."""
        return Flag.THIRD_PARTY in self.flags

    @property
    def cross_border(self) -> bool:
        """Separate consent to cross-border transfer (28-8①1)."""
        return Flag.CROSS_BORDER in self.flags

    @property
    def mydata(self) -> bool:
        """What the consent is about came by a transfer request (35-2)."""
        return Flag.MYDATA in self.flags

    @property
    def ai_training(self) -> bool:
        """The consent names training of AI."""
        return Flag.AI_TRAINING in self.flags

    @property
    def guardian(self) -> bool:
        """A guardian's verified consent is on record."""
        return Flag.GUARDIAN in self.flags

    @property
    def code(self) -> int:
        """As 16 bits: the state in the low byte, the flags in the high one."""
        return NAMES.index(self.name) | int(self.flags) << 8


NONE: Final = ConsentState("none")


@functools.lru_cache(maxsize=4096)
def state_of(code: int) -> ConsentState:
    """The state with this code; raises IndexError for one that no version wrote."""
    return ConsentState(NAMES[code & 0xFF], Flag(code >> 8))

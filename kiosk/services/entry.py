"""How asking to be let in to the admin screen can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.staff import Staff


class Refusal(StrEnum):
    """wrong: no such number, or not its PIN; nobody is told which. wait: too many wrong tries, the next one counts only
    later. locked: far too many; only IT at the machine can change that. card_unknown: nobody's who works here."""

    WRONG = "wrong"
    WAIT = "wait"
    LOCKED = "locked"
    CARD_UNKNOWN = "card_unknown"
    STORAGE_FAILED = "storage_failed"


@dataclass(frozen=True, slots=True)
class Entered:
    staff: Staff


@dataclass(frozen=True, slots=True)
class PinWanted:
    """The card is of somebody whose card alone does not let them in. `number`: their staff number."""

    number: str


@dataclass(frozen=True, slots=True)
class NotEntered:
    """`wait_s`: no try is taken before that."""

    refusal: Refusal
    wait_s: float = 0.0


EntryOutcome = Entered | PinWanted | NotEntered

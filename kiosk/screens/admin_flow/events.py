"""What staff touched on the admin screen, and what came back. A section's own stand in its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.staff import Staff
from kiosk.screens.admin_door import AdminAnswer, AdminEffect, AdminEvent
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow.account_events import StaffEnrolmentBegun
from kiosk.services.entry import EntryOutcome

# --- touches ---


@dataclass(frozen=True, slots=True)
class DigitTyped(AdminEvent):
    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EraseTouched(AdminEvent):
    """The last digit goes."""


@dataclass(frozen=True, slots=True)
class PinConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class SectionChosen(AdminEvent):
    name: SectionName


@dataclass(frozen=True, slots=True)
class BackTouched(AdminEvent):
    """From a section to home; a section with more than one screen handles it itself."""


@dataclass(frozen=True, slots=True)
class LeaveTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class LanguageTouched(AdminEvent):
    """The other one."""


@dataclass(frozen=True, slots=True)
class TextSizeTouched(AdminEvent):
    """The next one."""


# --- answers ---


@dataclass(frozen=True, slots=True)
class EntryAnswered(AdminAnswer):
    outcome: EntryOutcome


@dataclass(frozen=True, slots=True)
class StaffLookedUp(AdminAnswer):
    """None: does not work here any more."""

    staff: Staff | None


@dataclass(frozen=True, slots=True)
class HandOver(AdminAnswer):
    """It may be done, and by the terminal's own screens: this ends, and their flow is told `event`."""

    event: StaffEnrolmentBegun


class Failure(StrEnum):
    NOT_PERMITTED = "not_permitted"
    STORAGE_FAILED = "storage_failed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EffectFailed(AdminAnswer):
    """The shell says so; a section that waits for its answer must stop waiting."""

    effect: AdminEffect
    failure: Failure

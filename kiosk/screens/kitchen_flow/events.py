"""What happens at a kitchen's screen, and what its flow wants done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.domain.kitchen import Mark, Ticket, TicketKey
from kiosk.screens.flow.effects import LoadLevels, LoadMenu, PlaySound


@dataclass(frozen=True, slots=True)
class ReadyTouched:
    """The button of a ticket; of one that was withdrawn: it was taken notice of."""

    key: TicketKey


@dataclass(frozen=True, slots=True)
class HandedOutTouched:
    key: TicketKey


@dataclass(frozen=True, slots=True)
class RecallTouched:
    """The last act is taken back."""


@dataclass(frozen=True, slots=True)
class PageTouched:
    """`page` of the tickets to be made, 0 …"""

    page: int


@dataclass(frozen=True, slots=True)
class MarkKept:
    """The disk has the mark of the ticket that was seen as `before`, since `kept_s`, monotonic."""

    before: Ticket
    kept_s: float


@dataclass(frozen=True, slots=True)
class MarkNotKept:
    """The disk did not take it: the ticket is as it was before."""

    before: Ticket


@dataclass(frozen=True, slots=True)
class MarkTicket:
    """Effect: keep it for central. Ends with MarkKept or MarkNotKept."""

    before: Ticket
    mark: Mark


KitchenEvent = Any  # these, those of the common flow and of the services
KitchenEffect = MarkTicket | PlaySound | LoadMenu | LoadLevels

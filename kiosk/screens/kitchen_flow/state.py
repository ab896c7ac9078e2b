"""What a kitchen's screen knows. Values only; seconds are monotonic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from types import MappingProxyType

from kiosk.domain.kitchen import Mark, Ticket, TicketKey, TicketState
from kiosk.domain.menu import Menu
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow.state import View
from kiosk.services.events import DeviceHealth, LinkState
from kiosk.services.face_events import FaceReadiness
from kiosk.services.kitchen_events import HeardTicket

STALE_AFTER_S = 15.0  # central answers every five seconds, news or none
STAYS_S = 2.0
"""A ticket that was just marked stays in its place so long: a second touch on the same spot must not meet another."""
MAX_UNDO = 20


@dataclass(frozen=True, slots=True)
class KitchenRules:
    """`stall` "": the tickets of all."""

    stall: str = ""
    late_after_s: float = 300.0
    very_late_after_s: float = 600.0


class Lateness(StrEnum):
    IN_TIME = "in_time"
    LATE = "late"
    VERY_LATE = "very_late"


class NoticeKind(StrEnum):
    MARKED_READY = "marked_ready"
    HANDED_OUT = "handed_out"
    TAKEN_BACK = "taken_back"
    NOT_KEPT = "not_kept"
    SCANNED_READY_BEFORE = "scanned_ready_before"
    SCANNED_UNKNOWN = "scanned_unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """`number`: of the order that it is about."""

    kind: NoticeKind
    until_s: float
    number: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A mark that was made here and can be taken back while the ticket is still as it left it."""

    after: Ticket
    mark: Mark


@dataclass(frozen=True, slots=True)
class State:
    """`heard`: as central has it; `marked`: as it is since it was touched here, until central's word counts that;
    `kept_s`: since when the disk has the last mark of those that it has all marks of.
    `staying`: until when tickets that were marked a moment ago stay where they stood. `seen`: withdrawn tickets that
    somebody has taken notice of. `page`: of the tickets to be made, 0 … `menu`, `levels`, `face`: for the admin
    screen (kiosk.screens.admin_flow.state.Terminal)."""

    rules: KitchenRules = KitchenRules()
    view: View = View()  # noqa: RUF009 - a value
    heard: tuple[HeardTicket, ...] = ()
    heard_s: float | None = None
    marked: Mapping[TicketKey, Ticket] = field(default_factory=lambda: MappingProxyType({}))
    kept_s: Mapping[TicketKey, float] = field(default_factory=lambda: MappingProxyType({}))
    staying: Mapping[TicketKey, float] = field(default_factory=lambda: MappingProxyType({}))
    seen: frozenset[tuple[TicketKey, int]] = frozenset()
    acts: tuple[Act, ...] = ()
    notice: Notice | None = None
    page: int = 0
    link: LinkState = LinkState.OFFLINE
    devices: Mapping[str, DeviceHealth] = field(default_factory=lambda: MappingProxyType({}))
    out_of_order: bool = False
    local: time | None = None
    now_s: float = 0.0
    menu: Menu | None = None
    levels: StockLevels = field(default_factory=lambda: StockLevels({}))
    face: FaceReadiness = FaceReadiness()  # noqa: RUF009 - a value

    @property
    def is_up_to_date(self) -> bool:
        heard = self.heard_s is not None and self.now_s - self.heard_s < STALE_AFTER_S
        return heard and self.link is LinkState.ONLINE

    @property
    def tickets(self) -> tuple[HeardTicket, ...]:
        """Of this screen's stall, as they are, oldest first."""
        stall = self.rules.stall
        return tuple(
            replace(heard, ticket=self.marked.get(heard.ticket.key, heard.ticket))
            for heard in self.heard
            if stall in ("", heard.ticket.key.stall)
        )

    @property
    def to_make(self) -> tuple[HeardTicket, ...]:
        """With those that stay a moment longer, and those withdrawn that nobody has taken notice of."""
        return tuple(heard for heard in self.tickets if self._stands(heard.ticket))

    def _stands(self, ticket: Ticket) -> bool:
        if ticket.state is TicketState.WITHDRAWN:
            return (ticket.key, ticket.changes) not in self.seen
        return ticket.state is TicketState.PREPARING or ticket.key in self.staying

    @property
    def ready(self) -> tuple[HeardTicket, ...]:
        """To be handed out, the newest first."""
        ready = [heard for heard in self.tickets if heard.ticket.state is TicketState.READY]
        return tuple(sorted(ready, key=lambda heard: -(heard.ready_s or self.now_s)))

    def find(self, key: TicketKey) -> Ticket | None:
        return next((heard.ticket for heard in self.tickets if heard.ticket.key == key), None)

    def lateness(self, heard: HeardTicket) -> Lateness:
        age_s = self.now_s - heard.placed_s
        if age_s >= self.rules.very_late_after_s:
            return Lateness.VERY_LATE
        return Lateness.LATE if age_s >= self.rules.late_after_s else Lateness.IN_TIME

"""The kitchen: what terminals of the roles "kitchen" and "board" are told of orders (docs/decisions/0018)."""

from __future__ import annotations

import msgspec

from kiosk.domain.kitchen import Ticket

MAX_TICKETS = 500


class TicketRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ticket as it stands. `age_s`: since it was paid, `ready_age_s`: since it was ready, both when the page was
    made; a terminal counts on from there by its own monotonic clock. A board's tickets have no lines."""

    ticket: Ticket
    age_s: float
    ready_age_s: float | None = None


class KitchenPage(msgspec.Struct, frozen=True):
    """Tickets that have changed after the cursor, in the order of their changes, at most MAX_TICKETS. Another `epoch`
    than asked for: forget all, this page starts at the beginning. `more`: ask again at once."""

    epoch: str
    tickets: tuple[TicketRecord, ...]
    next_after: int
    more: bool = False

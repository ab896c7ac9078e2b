"""What a kitchen screen and a pickup board hear of the kitchen's tickets."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.kitchen import Ticket


@dataclass(frozen=True, slots=True)
class HeardTicket:
    """`placed_s` and `ready_s`: when it was paid, and ready, in this machine's monotonic seconds."""

    ticket: Ticket
    placed_s: float
    ready_s: float | None = None


@dataclass(frozen=True, slots=True)
class TicketsHeard:
    """All tickets that central knows of, with what was marked here and is still to reach it, oldest first. Monotonic:
    `heard_s`, when central said so; `asked_s`, when it was asked: every mark that was kept before counts."""

    tickets: tuple[HeardTicket, ...]
    heard_s: float
    asked_s: float

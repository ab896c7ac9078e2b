"""Marking the kitchen's tickets at a kitchen screen."""

from __future__ import annotations

from typing import Protocol

from kiosk.domain.kitchen import Mark, Ticket
from kiosk.services.ports import OutboxSignal, Store


class MarkEncoder(Protocol):
    def ticket_marked(self, before: Ticket, mark: Mark) -> bytes: ...


class MarkTickets:
    """Keeps marks until central has them."""

    def __init__(self, store: Store, encoder: MarkEncoder, signal: OutboxSignal) -> None:
        self._store = store
        self._encoder = encoder
        self._signal = signal

    def mark(self, before: Ticket, mark: Mark) -> None:
        """Somebody has seen the ticket as `before` and marked it. Durable with the return. Raises StorageFailed."""
        with self._store.transaction() as tx:
            tx.outbox.add(self._encoder.ticket_marked(before, mark))
        self._signal.wake()

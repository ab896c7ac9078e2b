"""Pull of a kitchen screen or a pickup board: the tickets, as they change, beside the feed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kiosk.domain.kitchen import KEEP_TICKETS_S, MAX_STALL_CHARS, Ticket, TicketKey, TicketState
from kiosk.services.kitchen_events import HeardTicket, TicketsHeard
from kiosk.services.ports import CentralUnreachable
from kiosk.sync.client import CentralClient
from kiosk.sync.ports import SyncStore
from kiosk.sync.wire import KitchenPage, TicketMarked, TicketRecord, WireError, decode_event

_MAX_TICKETS = 20_000  # of a page, and known at a time: far more than a canteen's day
_MAX_LINES = 500
_MAX_CHARS = 40
_MAX_SEQ = 2**62
# So long what was handed out, or cancelled, is still told of: it can be taken back, and must be seen.
_KEEP_ENDED_S = 900.0
_MOST_UNSENT, _MOST_UNSENT_BYTES = 1000, 4 * 1024 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    heard: HeardTicket
    ended_s: float | None  # when it was heard to be handed out or withdrawn


class KitchenReader:
    """Keeps the tickets in memory: after a start, and by a central in a new epoch, they are told anew. What was marked
    here and waits in the outbox counts already."""

    def __init__(
        self,
        client: CentralClient,
        store: SyncStore,
        publish: Callable[[TicketsHeard], None],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._store = store
        self._publish = publish
        self._monotonic_s = monotonic_s
        self._epoch, self._after = "", 0
        self._known: dict[TicketKey, _Known] = {}

    def read_page(self, wait_s: int) -> bool:
        """Ask for what has changed, waiting up to `wait_s` for something, and tell of it. True when there is more to
        read at once. Raises CentralUnreachable, CentralRefused, StorageFailed."""
        asked_s, unsent = self._monotonic_s(), self._unsent()
        page = self._client.kitchen(self._epoch, self._after, wait_s)
        heard_s = self._monotonic_s()
        _check_page(page, self._epoch, self._after)
        if page.epoch != self._epoch:
            self._known.clear()
        self._epoch, self._after = page.epoch, page.next_after
        for record in page.tickets:
            self._take(record, heard_s)
        self._forget(heard_s)
        if not page.more:
            unsent |= self._unsent()
            self._publish(TicketsHeard(tuple(self._with_marks(unsent.values())), heard_s, asked_s))
        return page.more

    def _take(self, record: TicketRecord, heard_s: float) -> None:
        fault = _fault(record)
        if fault:
            log.warning("ticket_refused", extra={"reason": fault})
            return
        ready_s = None if record.ready_age_s is None else heard_s - record.ready_age_s
        ended = record.ticket.state in (TicketState.HANDED_OUT, TicketState.WITHDRAWN)
        heard = HeardTicket(record.ticket, heard_s - record.age_s, ready_s)
        if ended and record.ticket.key in self._known and not record.ticket.lines:
            before = self._known[record.ticket.key].heard.ticket
            heard = replace(heard, ticket=replace(record.ticket, lines=before.lines))  # what it was, to be seen
        self._known[record.ticket.key] = _Known(heard, heard_s if ended else None)

    def _forget(self, now_s: float) -> None:
        self._known = {
            key: known
            for key, known in self._known.items()
            if now_s - known.heard.placed_s < KEEP_TICKETS_S
            and (known.ended_s is None or now_s - known.ended_s < _KEEP_ENDED_S)
        }
        while len(self._known) > _MAX_TICKETS:
            del self._known[min(self._known, key=lambda key: self._known[key].heard.placed_s)]

    def _with_marks(self, unsent: Iterable[TicketMarked]) -> Iterator[HeardTicket]:
        """Oldest first, each with those marks of it as central will take them. One that central has taken meanwhile
        fits no more."""
        marks: dict[TicketKey, list[TicketMarked]] = {}
        for mark in unsent:
            marks.setdefault(TicketKey(mark.order_id, mark.stall), []).append(mark)  # type: ignore[arg-type]
        for known in sorted(self._known.values(), key=lambda known: known.heard.placed_s):
            heard = known.heard
            for mark in marks.get(heard.ticket.key, ()):
                marked = heard.ticket.marked(mark.mark) if heard.ticket.changes == mark.changes else None
                heard = heard if marked is None else replace(heard, ticket=marked)
            yield heard

    def _unsent(self) -> dict[str, TicketMarked]:
        """Marks that central has not acknowledged, by their events' ids, in order."""
        with self._store.transaction() as tx:
            _, waiting = tx.outbox.next_batch(_MOST_UNSENT, _MOST_UNSENT_BYTES)
        found: dict[str, TicketMarked] = {}
        for event_id, body in waiting:
            try:
                event = decode_event(body)
            except WireError:
                continue
            if isinstance(event, TicketMarked):
                found[event_id] = event
        return found


def _check_page(page: KitchenPage, epoch: str, after: int) -> None:
    """Raises CentralUnreachable for a page that would lose tickets or be asked for without end."""
    start = after if page.epoch == epoch else 0
    advances = page.next_after > start if page.more or page.tickets else page.next_after >= start
    if not advances or page.next_after >= _MAX_SEQ:
        raise CentralUnreachable("a page of tickets whose cursor makes no sense")
    if not 0 < len(page.epoch) <= 100 or len(page.tickets) > _MAX_TICKETS:
        raise CentralUnreachable("a page of tickets out of bounds")


def _fault(record: TicketRecord) -> str:
    """Why that ticket cannot be shown; "" when it can."""
    ticket = record.ticket
    if not 0 <= record.age_s <= 1e7 or not 0 <= (record.ready_age_s or 0.0) <= 1e7:
        return "an age that cannot be"
    if not 1 <= len(ticket.number) <= _MAX_CHARS or not ticket.number.isprintable():
        return "a number that cannot be one"
    if len(ticket.key.stall) > MAX_STALL_CHARS or ticket.changes < 0 or len(ticket.lines) > _MAX_LINES:
        return "out of bounds"
    return _fault_of_lines(ticket)


def _fault_of_lines(ticket: Ticket) -> str:
    for line in ticket.lines:
        texts = [line.name, *line.options, *line.without]
        if not 1 <= line.quantity <= 999 or len(texts) > 100:
            return "a line out of bounds"
        if any(len(text.get(language)) > 200 for text in texts for language in ("zh", "en")):
            return "a text that is too long"
    return ""

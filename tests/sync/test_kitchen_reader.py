"""The kitchen's tickets as a terminal reads them: ages by its own clock, marks that central does not have yet, pages
and tickets that cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest

from kiosk.domain.kitchen import KEEP_TICKETS_S, Mark, Ticket, TicketLine, TicketState
from kiosk.domain.local_text import LocalText
from kiosk.domain.loyalty import PointsRule
from kiosk.services.events import TicketsHeard
from kiosk.services.kitchen import MarkTickets
from kiosk.services.ports import CentralUnreachable
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.kitchen import KitchenReader
from kiosk.sync.wire import KitchenPage, TicketRecord, decode, encode
from tests.kitchen_flow import scenes as scene

EPOCH = "e1"


@dataclass
class Central:
    """Answers with these pages, one after the other, as bytes; the last one again and again."""

    pages: list[KitchenPage]
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    def kitchen(self, epoch: str, after: int, wait_s: int) -> KitchenPage:
        self.asked.append((epoch, after, wait_s))
        page = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        return decode(encode(page), KitchenPage)


class Silent:
    def wake(self) -> None:
        """Nobody sends."""


class Screen:
    def __init__(self, store: SqliteStore, *pages: KitchenPage) -> None:
        self.central, self.now_s = Central(list(pages)), 1000.0
        client: Any = self.central
        self.heard: list[TicketsHeard] = []
        self.reader = KitchenReader(client, store, self.heard.append, lambda: self.now_s)
        self.marks = MarkTickets(store, WireEncoder(PointsRule(100)), Silent())

    def read(self) -> dict[str, TicketState]:
        while self.reader.read_page(0):
            pass
        return {heard.ticket.number: heard.ticket.state for heard in self.heard[-1].tickets}


def page(*tickets: Ticket | TicketRecord, after: int = 5, epoch: str = EPOCH, more: bool = False) -> KitchenPage:
    records = tuple(t if isinstance(t, TicketRecord) else TicketRecord(t, 60.0) for t in tickets)
    return KitchenPage(epoch, records, after, more)


def test_ages_go_on_by_the_own_clock(store: SqliteStore) -> None:
    ready = replace(scene.ticket(1), state=TicketState.READY, changes=1)
    screen = Screen(store, page(TicketRecord(ready, 90.0, 30.0)))
    screen.read()
    (heard,) = screen.heard[0].tickets
    assert (heard.placed_s, heard.ready_s, screen.heard[0].heard_s) == (910.0, 970.0, 1000.0)


def test_it_reads_on_from_its_cursor(store: SqliteStore) -> None:
    screen = Screen(store, page(scene.ticket(1), after=5, more=True), page(scene.ticket(2), after=7), page(after=7))
    assert list(screen.read()) == ["A001", "A002"]
    screen.reader.read_page(9)
    assert [asked[:2] for asked in screen.central.asked] == [("", 0), (EPOCH, 5), (EPOCH, 7)]
    assert screen.central.asked[-1][2] == 9


def test_after_a_restore_everything_is_told_anew(store: SqliteStore) -> None:
    screen = Screen(store, page(scene.ticket(1)), page(scene.ticket(2), epoch="e2"))
    assert list(screen.read()) == ["A001"]
    assert list(screen.read()) == ["A002"]


def test_what_central_does_not_have_yet_counts_and_what_it_has_counts_once(store: SqliteStore) -> None:
    """Also over a start: a bump is not lost, whatever became of the reply to it."""
    first, ready = scene.ticket(1), replace(scene.ticket(1), state=TicketState.READY, changes=1)
    screen = Screen(store, page(first), page())
    assert screen.read() == {"A001": TicketState.PREPARING}
    screen.marks.mark(first, Mark.READY)
    assert screen.read() == {"A001": TicketState.READY}
    again = Screen(store, page(first))
    assert again.read() == {"A001": TicketState.READY}
    taken = Screen(store, page(ready))
    assert taken.read() == {"A001": TicketState.READY}
    assert taken.heard[-1].tickets[0].ticket.changes == 1
    others = Screen(store, page(replace(ready, state=TicketState.PREPARING, changes=2)))
    assert others.read() == {"A001": TicketState.PREPARING}, "somebody has recalled it since"


def test_what_has_ended_is_told_a_while_and_goes(store: SqliteStore) -> None:
    gone = replace(scene.ticket(1), state=TicketState.WITHDRAWN, changes=1, lines=())
    screen = Screen(store, page(scene.ticket(1), scene.ticket(2)), page(gone, after=6), page(after=6))
    screen.read()
    assert screen.read() == {"A001": TicketState.WITHDRAWN, "A002": TicketState.PREPARING}
    assert screen.heard[-1].tickets[0].ticket.lines == scene.USUAL, "what it was can still be read"
    screen.now_s += 901
    assert list(screen.read()) == ["A002"]
    screen.now_s += KEEP_TICKETS_S
    assert screen.read() == {}


_WORDS = LocalText("红" * 201, "x")
HOSTILE = {
    "no number": replace(scene.ticket(1), number=""),
    "a long number": replace(scene.ticket(1), number="A" * 41),
    "a number of control characters": replace(scene.ticket(1), number="A\x1b[2J"),
    "a stall too long": scene.ticket(1, stall="x" * 21),
    "changes below zero": replace(scene.ticket(1), changes=-1),
    "lines without end": replace(scene.ticket(1), lines=(TicketLine(scene.PORK, 1),) * 501),
    "a quantity below one": replace(scene.ticket(1), lines=(TicketLine(scene.PORK, 0),)),
    "a name too long": replace(scene.ticket(1), lines=(TicketLine(_WORDS, 1),)),
    "options without end": replace(scene.ticket(1), lines=(TicketLine(scene.PORK, 1, (scene.MILD,) * 200),)),
    "an age below zero": TicketRecord(scene.ticket(1), -1.0),
    "an age beyond all": TicketRecord(scene.ticket(1), 1e9),
    "ready in the future": TicketRecord(scene.ticket(1), 1.0, -5.0),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_ticket_that_cannot_be_is_left_out_and_the_rest_shown(store: SqliteStore, hostile: Any) -> None:
    screen = Screen(store, page(hostile, scene.ticket(2)))
    assert list(screen.read()) == ["A002"]


@pytest.mark.parametrize(
    "wrong",
    [
        page(scene.ticket(1), after=0),
        page(scene.ticket(1), after=-1),
        page(after=2**63 - 1),
        page(after=0, more=True),
        page(epoch=""),
        page(epoch="x" * 101),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(store: SqliteStore, wrong: KitchenPage) -> None:
    screen = Screen(store, wrong)
    with pytest.raises(CentralUnreachable):
        screen.reader.read_page(0)
    assert screen.heard == []


def test_an_age_that_is_no_number_is_no_page() -> None:
    body = encode(page(scene.ticket(1))).replace(b"60.0", b'"soon"')
    with pytest.raises(Exception, match="Expected"):
        decode(body, KitchenPage)
    assert msgspec.json.decode(body)["epoch"] == EPOCH

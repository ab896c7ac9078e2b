"""States as they come up in a kitchen and at a pickup board, for the tests of their flows and screens. Imports no
Kivy."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.domain.kitchen import Ticket, TicketKey, TicketLine, TicketState
from kiosk.domain.local_text import LocalText
from kiosk.domain.order import DiningMode
from kiosk.screens.board_flow.state import State as BoardState
from kiosk.screens.kitchen_flow.state import State as KitchenState
from kiosk.services.events import LinkState
from kiosk.services.kitchen_events import HeardTicket

NOW_S = 10_000.0
PORK = LocalText("红烧肉", "Braised pork belly")
CHICKEN = LocalText("宫保鸡丁", "Kung pao chicken")
NOODLES = LocalText("兰州牛肉拉面", "Lanzhou hand-pulled beef noodles")
RICE = LocalText("米饭", "Steamed rice")
MILD, NO_PEANUTS = LocalText("微辣", "Mild"), LocalText("花生", "peanuts")
LONG = LocalText("老北京秘制酱香慢炖带骨牛小排配时蔬双拼套餐大份", "Old Beijing slow-braised short ribs with greens")

SMALL = (TicketLine(NOODLES, 1, (MILD,)),)
USUAL = (TicketLine(PORK, 2), TicketLine(CHICKEN, 1, (MILD,), (NO_PEANUTS,)), TicketLine(RICE, 3))
LARGE = (TicketLine(LONG, 12, (MILD, PORK, CHICKEN)), *USUAL, TicketLine(NOODLES, 2, grams=350), *SMALL * 5)


def ticket(
    number: int,
    state: TicketState = TicketState.PREPARING,
    lines: tuple[TicketLine, ...] = USUAL,
    *,
    stall: str = "",
    changes: int = 0,
    take_away: bool = False,
) -> Ticket:
    dining = DiningMode.TAKE_AWAY if take_away else DiningMode.DINE_IN
    key = TicketKey(OrderId(UUID(int=number)), stall)
    return Ticket(key, f"A{number:03d}", state, changes, dining, lines)


def heard(made: Ticket, age_s: float = 60.0, ready_age_s: float | None = None) -> HeardTicket:
    return HeardTicket(made, NOW_S - age_s, None if ready_age_s is None else NOW_S - ready_age_s)


def ready(number: int, ready_age_s: float = 60.0, *, stall: str = "") -> HeardTicket:
    return heard(ticket(number, TicketState.READY, stall=stall, changes=1), 300.0 + number, ready_age_s)


def kitchen(*tickets: HeardTicket) -> KitchenState:
    return KitchenState(heard=tickets, heard_s=NOW_S, link=LinkState.ONLINE, local=time(12, 5), now_s=NOW_S)


def board(*tickets: HeardTicket) -> BoardState:
    return BoardState(tickets=tickets, heard_s=NOW_S, link=LinkState.ONLINE, now_s=NOW_S)


def offline(state: KitchenState | BoardState, for_s: float = 185.0) -> KitchenState | BoardState:
    return replace(state, heard_s=NOW_S - for_s, link=LinkState.OFFLINE)


LINES = (SMALL, USUAL, USUAL[:2], SMALL + USUAL[:1])
BUSY = tuple(
    heard(ticket(17 + i, lines=LINES[i % 4], take_away=i % 3 == 0, stall=("热菜", "面档")[i % 2]), 700.0 - 90 * i)
    for i in range(7)
)
READY = tuple(ready(1 + i, 30.0 * i + 5) for i in range(5))

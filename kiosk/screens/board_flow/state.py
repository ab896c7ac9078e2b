"""What the pickup board knows, and what it shows of it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from kiosk.domain.ids import OrderId
from kiosk.domain.kitchen import board_numbers
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow.state import View
from kiosk.services.events import DeviceHealth, LinkState, TicketsHeard
from kiosk.services.face_events import FaceReadiness
from kiosk.services.kitchen_events import HeardTicket

# Central answers every five seconds, news or none.
STALE_AFTER_S = 15.0
# What nobody marked is forgotten by everybody but the board.
LONGEST_PREPARING_S = 3600.0

BoardEvent = Any  # of the common flow and of the services; what a board does not know it leaves


@dataclass(frozen=True, slots=True)
class BoardRules:
    """See kiosk.settings.BoardSettings; `stall` "": all of them."""

    stall: str = ""
    show_ready_s: float = 600.0
    new_for_s: float = 20.0


@dataclass(frozen=True, slots=True)
class CallNumber:
    """Chime and voice."""

    number: str


BoardEffect = CallNumber


@dataclass(frozen=True, slots=True)
class State:
    """`called`: the orders that are shown as ready, and have been called out as far as they are to be. Seconds are
    monotonic; `heard_s` None: nothing was heard since the start. `devices`, `out_of_order`, `levels`, `face`: for the
    admin screen (kiosk.screens.admin_flow.state.Terminal)."""

    rules: BoardRules = BoardRules()
    view: View = View(high_contrast=True)  # noqa: RUF009 - a value
    tickets: tuple[HeardTicket, ...] = ()
    heard_s: float | None = None
    called: frozenset[OrderId] = frozenset()
    link: LinkState = LinkState.OFFLINE
    devices: Mapping[str, DeviceHealth] = field(default_factory=lambda: MappingProxyType({}))
    out_of_order: bool = False
    now_s: float = 0.0
    menu: None = None  # a board has none
    levels: StockLevels = field(default_factory=lambda: StockLevels({}))
    face: FaceReadiness = FaceReadiness()  # noqa: RUF009 - a value

    @property
    def is_up_to_date(self) -> bool:
        heard = self.heard_s is not None and self.now_s - self.heard_s < STALE_AFTER_S
        return heard and self.link is LinkState.ONLINE

    def at(self, now_s: float) -> State:
        return replace(self, now_s=max(now_s, self.now_s))

    def with_link(self, link: LinkState) -> State:
        return replace(self, link=link)

    def with_device(self, health: DeviceHealth) -> State:
        return replace(self, devices=MappingProxyType({**self.devices, health.name: health}))

    def with_storage_stopped(self) -> State:
        return replace(self, out_of_order=True)

    def with_tickets(self, heard: TicketsHeard) -> State:
        """That central was heard is as good as being told that it can be reached."""
        now_s = max(self.now_s, heard.heard_s)
        return replace(self, tickets=heard.tickets, heard_s=heard.heard_s, now_s=now_s, link=LinkState.ONLINE)

    def with_called(self, called: frozenset[OrderId]) -> State:
        return replace(self, called=called)


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """`is_new`: became ready a moment ago."""

    order_id: OrderId
    number: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class ShownNumbers:
    """Being made, the oldest first; ready, the newest first."""

    preparing: tuple[ShownNumber, ...]
    ready: tuple[ShownNumber, ...]


def shown_numbers(state: State) -> ShownNumbers:
    """What stands on the board now."""
    rules, now_s = state.rules, state.now_s
    ours = [heard for heard in state.tickets if rules.stall in ("", heard.ticket.key.stall)]
    placed: dict[OrderId, float] = {}
    ready: dict[OrderId, float] = {}
    for heard in ours:
        order_id = heard.ticket.key.order_id
        placed[order_id] = min(heard.placed_s, placed.get(order_id, heard.placed_s))
        if heard.ready_s is not None:
            ready[order_id] = max(heard.ready_s, ready.get(order_id, heard.ready_s))
    numbers = board_numbers([heard.ticket for heard in ours])
    made = [n for n in numbers if not n.is_ready and now_s - placed[n.order_id] < LONGEST_PREPARING_S]
    done = [n for n in numbers if n.is_ready and now_s - ready.get(n.order_id, now_s) < rules.show_ready_s]
    done.sort(key=lambda n: -ready.get(n.order_id, now_s))
    return ShownNumbers(
        tuple(ShownNumber(n.order_id, n.number) for n in sorted(made, key=lambda n: placed[n.order_id])),
        tuple(ShownNumber(n.order_id, n.number, now_s - ready.get(n.order_id, now_s) < rules.new_for_s) for n in done),
    )

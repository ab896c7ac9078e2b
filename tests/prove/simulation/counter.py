"""What staff do at a terminal's counter: cash for orders that are due and for balances, refunds and voids. Each act has
an id, and is asked for again under it until its end is known: then it is done once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kiosk.domain.ids import OrderId, uuid7
from kiosk.domain.money import Money
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct
from tests.prove.simulation.services import Services
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import World

Done = Refunded | CounterSettled | CashTaken
Ended = Done | Refused | NotKnown
ASKS = 4
TOUCHED_TWICE = 0.1
SAME_RECEIPT = 0.3
# Orders of an earlier incarnation, paid or refunded meanwhile: it is right to be refused.
RIGHTLY = {
    RefusedReason.NOT_SOLD_HERE,
    RefusedReason.NOT_PAID,
    RefusedReason.NOT_DUE,
    RefusedReason.NOTHING_LEFT,
    RefusedReason.CARD_UNKNOWN,
    RefusedReason.CARD_BLOCKED,
    RefusedReason.BALANCE_TOO_LARGE,
}


def settle_at_counter(world: World) -> None:
    """Mostly in cash; some orders are never paid, and cancelled."""
    terminal = world.chance.choice(world.terminals)
    due = world.books.due[terminal.place]
    if not due:
        return
    order_id = OrderId(due[world.chance.randrange(len(due))])
    act = _act()
    if world.chance.random() < 0.75:
        ended = _do(world, terminal, act, lambda s: s.counter_payments.take_cash(act, order_id))
    else:
        ended = _do(world, terminal, act, lambda s: s.counter_payments.cancel(act, order_id))
    if not isinstance(ended, NotKnown | None) and order_id in due:
        due.remove(order_id)
        if isinstance(ended, CounterSettled):
            world.books.recent[terminal.place].append(order_id)


def refund(world: World) -> None:
    """Whole, in part, or a void; also of what was given back already."""
    terminal = world.chance.choice(world.terminals)
    recent = world.books.recent[terminal.place]
    if not recent:
        return
    if world.chance.random() < SAME_RECEIPT:
        recent.rotate(1)  # whoever came last is back
    else:
        recent.rotate(world.chance.randrange(len(recent)))
    order_id = OrderId(recent[0])
    recent.rotate(-1)
    act, dice = _act(), world.chance.random()
    if dice < 0.2:
        how: Callable[[Services], Ended] = lambda s: s.refunds.void(act, order_id)  # noqa: E731
    else:
        portions = {0: 1} if dice < 0.6 else None
        how = lambda s: s.refunds.refund(act, order_id, portions, restock=dice < 0.4)  # noqa: E731
    _do(world, terminal, act, how)


def top_up_in_cash(world: World) -> None:
    """One of those who have little."""
    terminal = world.chance.choice(world.terminals)
    diner = min((world.who_eats() for _ in range(3)), key=lambda d: d.money)
    if diner.money > world.size.rich_minor // 2:
        return
    act, amount = _act(), Money(world.chance.randrange(2000, 10_000))
    _do(world, terminal, act, lambda s: s.cash_top_ups.take(act, diner.card_uid, amount, "zh"))


def _act() -> StaffAct:
    return StaffAct(uuid7(0), "店员", "味道不对")


def _do(world: World, terminal: SimulatedTerminal, act: StaffAct, how: Callable[[Services], Ended]) -> Ended | None:
    """None: its end is not known, and nobody asks any more."""
    if not terminal.in_service or "counter" in terminal.busy:
        return None
    ended: Ended | None = None
    for _ in range(ASKS):
        ended = terminal.run("counter", how)
        if ended is not None and not isinstance(ended, NotKnown):
            break
    _check_told(world, act.id, ended)
    if isinstance(ended, Done) and world.chance.random() < TOUCHED_TWICE:
        again = terminal.run("counter", how)
        assert isinstance(again, NotKnown | None) or _made(again) == _made(ended), "the same act again was another one"
    world.trace.add("counter", terminal.place, type(ended).__name__, act.id)
    return ended


def _check_told(world: World, act_id: UUID, ended: Ended | None) -> None:
    """What staff are told is what is on the disk."""
    what = type(ended).__name__
    if isinstance(ended, Refused):
        what = f"refused: {ended.reason.value}"
        assert ended.reason in RIGHTLY, what
        assert act_id not in world.books.acts, "refused, staff are told, and it was done"
    elif isinstance(ended, Done):
        assert act_id in world.books.acts, "done, staff are told, and it is not durable"
    world.books.seen[what] += 1


def _made(ended: Ended) -> object:
    if isinstance(ended, Refunded):
        return ended.refund
    if isinstance(ended, CounterSettled):
        return ended.payment
    return ended.top_up if isinstance(ended, CashTaken) else ended

"""A canteen with one self-service terminal and two counters that come and go: orders are taken, collected, cancelled,
paid at both ends, uploads are sent twice as their replies are lost; and at the end everything adds up."""

from __future__ import annotations

import random
from collections import Counter as Tally
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from central.orders.collection_repository import CollectionState, collections_of, list_paid_twice
from central.stock.repository import portions_left
from central.wallet import ledger
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import OrderId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.slip import read_slip, slip_payload, slip_text
from kiosk.services.collected import Collected, NotCollected
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.ports import CentralUnreachable
from kiosk.services.undo_collection import CollectionUndone
from kiosk.sync.client import CentralClient
from kiosk.sync.push import OutboxSender
from tests.central.support import Central
from tests.central.test_refunds import account_minor
from tests.till.counter import Counter, slip
from tests.till.till import Till, act

DISHES = ("rice", "dumplings")
LOST_REPLIES = 0.25
AT_ONCE = 6


@dataclass(frozen=True)
class Taken:
    """Money that somebody gave for an order at a terminal; `member_id` when it was their balance, `collected` when it
    was no counter payment of the order's own terminal."""

    order_id: OrderId
    terminal_id: str
    amount: Money
    member_id: str = ""
    collected: Collected | None = None


@dataclass
class World:
    """`plant`: what is wrong with a counter, for a planted bug."""

    central: Central
    folder: Path
    chance: random.Random
    plant: Callable[[Counter], None] = lambda _: None
    orders: dict[OrderId, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    undone: set[UUID] = field(default_factory=set)
    done: Tally[str] = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.members = [self.central.add_member("500.00") for _ in range(2)]
        self.till = self._new_till("till")
        self.counters = [Counter(self._new_till(f"counter-{n}")) for n in range(2)]
        for counter, member in zip(self.counters, self.members, strict=True):
            self.plant(counter)
            counter.till.is_usual_for(member)
        self._uploads_all()
        self.before = {m.id: self.central.account(m).spendable for m in self.members}
        self.drawers = {till.identity.terminal_id: self._drawer(till) for till in self._tills()}
        self.portions = self._portions()

    def close(self) -> None:
        for till in self._tills():
            till.store.close()

    # --- what happens ---

    def steps(self, count: int) -> None:
        acts = (
            [self._take_order] * 3 + [self._collect] * 6 + [self._undo] * 3
            + [self._forge, self._cancel, self._cash_at_own]
            + [self._toggle] * 2 + [self._upload] * 3 + [self._read_feed] * 2
        )  # fmt: skip
        for _ in range(count):
            self.chance.choice(acts)()

    def _take_order(self) -> None:
        order = self.till.takes_order((self.chance.choice(DISHES), self.chance.randint(1, 3)))
        self.orders[order.id] = slip(self.till, order)
        self.done["ordered"] += 1

    def _some_order(self) -> OrderId | None:
        newest = list(self.orders)[-AT_ONCE:]
        return self.chance.choice(newest) if newest else None

    def _collect(self) -> None:
        order_id, counter = self._some_order(), self.chance.choice(self.counters)
        due = counter.find.by_slip(self.orders[order_id]) if order_id else None
        if not isinstance(due, DueOrder):
            return
        given, in_cash = act(), self.chance.random() < 0.5
        member = self.chance.choice(self.members)
        for touch in range(self.chance.choice([1, 1, 2])):
            if in_cash:
                end = counter.collect.take_cash(given, due)
            else:
                end = counter.collect.pay(given, due, ByCard(member.card_uid))
            self.done[f"{'cash' if in_cash else 'card'}: {_name(end)}"] += 1
            if isinstance(end, Collected) and not touch:
                terminal_id = counter.till.identity.terminal_id
                self.taken.append(Taken(due.order_id, terminal_id, end.paid, "" if in_cash else member.id, end))

    def _undo(self) -> None:
        """One of the last few collections is taken back where it was made, perhaps with two touches."""
        newest = [taken for taken in self.taken if taken.collected is not None][-AT_ONCE:]
        if not newest:
            return
        taken, given = self.chance.choice(newest), act(reason="undone")
        counter = next(c for c in self.counters if c.till.identity.terminal_id == taken.terminal_id)
        collected = taken.collected
        assert collected is not None
        assert collected.made is not None
        for _ in range(self.chance.choice([1, 1, 2])):
            end = counter.undoing.undo(given, collected.made.id, collected.order)
            assert isinstance(end, CollectionUndone), end
        self.done["undone"] += 1
        self.undone.add(collected.made.id)
        self.taken.remove(taken)

    def _forge(self) -> None:
        """Somebody has made the meal cheaper on their slip."""
        order_id = self._some_order()
        if order_id is None:
            return
        read = read_slip(self.orders[order_id])
        cheaper = replace(read.due, due=Money(1))
        answer = self.chance.choice(self.counters).find.by_slip(slip_text(slip_payload(cheaper), read.signature))
        assert isinstance(answer, NotCollected), "a forged slip was taken for one"

    def _cancel(self) -> None:
        order_id = self._some_order()
        if order_id is not None:
            end = self.till.services.counter_payments.cancel(act(reason="gone"), order_id)
            self.done[f"cancel: {_name(end)}"] += 1

    def _cash_at_own(self) -> None:
        order_id = self._some_order()
        if order_id is None:
            return
        end = self.till.services.counter_payments.take_cash(act(), order_id)
        self.done[f"cash at its own: {_name(end)}"] += 1
        if isinstance(end, CounterSettled):
            self.taken.append(Taken(order_id, self.till.identity.terminal_id, end.payment.amount))

    def _toggle(self) -> None:
        central = self.chance.choice(self.counters).central
        central.is_there = not central.is_there

    def _upload(self) -> None:
        till = self.chance.choice(self._tills())
        client = CentralClient(till.address, till.identity)
        sent_with: Any = LosesReplies(client, self.chance) if self.chance.random() < LOST_REPLIES * 2 else client
        try:
            with suppress(CentralUnreachable):
                sender = OutboxSender(sent_with, till.store)
                while sender.send_batch():
                    pass
        finally:
            client.line.close()

    def _read_feed(self) -> None:
        self.chance.choice(self._tills()).reads_feed()

    # --- what must hold ---

    def check(self) -> None:
        """After everybody has told everything."""
        self._uploads_all()
        assert [row for till in self._tills() for row in till.quarantined()] == []
        paid_twice: Tally[OrderId] = Tally()
        for row in self.central.parts.transactions.read(lambda c: list_paid_twice(c, only_open=False)):
            paid_twice[OrderId(row.order_id)] += row.amount_minor if row.id not in self.undone else 0
        sold = {order_id: self._state(order_id) for order_id in self.orders}
        for order_id, (state, total) in sold.items():
            given = sum(t.amount.minor for t in self.taken if t.order_id == order_id)
            kept = total.minor if state == "paid" else 0
            assert given - paid_twice[order_id] == kept, f"{state}: {given} given, {paid_twice[order_id]} back"
        self._check_balances()
        self._check_drawers()
        cooked = Tally[str]()
        for order_id, (state, _) in sold.items():
            for line in self.till.order(order_id).lines if state != "cancelled" else ():
                cooked[line.dishes[0].dish_id] += line.quantity
        assert self._portions() == {dish: n - cooked[dish] for dish, n in self.portions.items()}, "stock"

    def _check_balances(self) -> None:
        charged: Tally[str] = Tally()
        for taken in self.taken:
            if taken.member_id and self._is_settled_by(taken):
                charged[taken.member_id] += taken.amount.minor
        for member in self.members:
            left = self.central.account(member).spendable
            assert left.minor == self.before[member.id].minor - charged[member.id], "charged for what was given back"

    def _check_drawers(self) -> None:
        cash: Tally[str] = Tally()
        for taken in self.taken:
            if not taken.member_id:
                cash[taken.terminal_id] -= taken.amount.minor
        for till in self._tills():
            terminal_id = till.identity.terminal_id
            assert self._drawer(till) == self.drawers[terminal_id] + cash[terminal_id], "a drawer"

    def _is_settled_by(self, taken: Taken) -> bool:
        rows = self.central.parts.transactions.read(lambda c: collections_of(c, taken.order_id))
        here = [row for row in rows if row.terminal_id == taken.terminal_id and row.id not in self.undone]
        assert len(here) == 1, "collected once at a counter"
        return bool(here[0].state == CollectionState.SETTLED)

    def _state(self, order_id: OrderId) -> tuple[str, Money]:
        shown = self.central.staff_get(f"/v1/orders/{order_id}")
        return shown["state"], Money(shown["total"]["minor"])

    def _uploads_all(self) -> None:
        for _ in range(2):
            for till in self._tills():
                till.uploads()
                till.reads_feed()

    def _portions(self) -> dict[str, int]:
        return self.central.parts.transactions.read(lambda c: dict(portions_left(c, list(DISHES))))

    def _drawer(self, till: Till) -> int:
        return account_minor(self.central, ledger.cash_account(till.identity.terminal_id))

    def _tills(self) -> list[Till]:
        return [self.till, *(counter.till for counter in self.counters)]

    def _new_till(self, name: str) -> Till:
        folder = self.folder / name
        folder.mkdir()
        return Till(self.central, folder)


class LosesReplies:
    """A connection to central that sends, and hears no answer."""

    def __init__(self, client: CentralClient, chance: random.Random) -> None:
        self._client = client
        self._chance = chance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def push(self, batch: Any) -> Any:
        reply = self._client.push(batch)
        if self._chance.random() < LOST_REPLIES * 2:
            raise CentralUnreachable("the reply is lost")
        return reply


def _name(end: object) -> str:
    reason = getattr(end, "reason", "")
    return f"{type(end).__name__} {reason}".strip()

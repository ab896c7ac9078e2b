"""What should be in central's books after whatever terminals told it of refunds and top-ups, rightly or wrongly."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import func, select

from central.wallet.ledger import ledger_posting
from kiosk.domain.refund import Refund
from kiosk.sync import wire
from tests.central.refunding import cash_top_up_of, portions, refund_of
from tests.central.sales import new_id, pushed_event
from tests.central.support import Central, Diner, Terminal

PORTIONS = 4
EACH_MINOR = 250
PRICE = "10.00"
TOP_UP = "5.00"
OPENING = "900000.00"
SALES = 6

change = msgspec.structs.replace


@dataclass
class Sold:
    """An order of PORTIONS of one dish at a terminal, and what of it was rightly given back."""

    at: Terminal
    event: wire.OrderRecorded
    refunds: dict[UUID, wire.RefundRecorded] = field(default_factory=dict)

    @property
    def given_back(self) -> int:
        return sum(line.quantity for event in self.refunds.values() for line in event.refund.lines)


@dataclass
class Story:
    """Two terminals, a member, and another one who does nothing. `url`: where the terminals push to, central's own
    address or a mutant's."""

    central: Central
    chance: random.Random
    url: str
    sales: list[Sold] = field(default_factory=list)
    top_ups: dict[UUID, wire.CashTopUpRecorded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.member: Diner = self.central.add_member(OPENING)
        self.other: Diner = self.central.add_member("10.00")
        http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        enrolled = [self.central.enrol() for _ in range(2)]
        self.terminals = [Terminal(http, known.key, known.enrolled) for known in enrolled]
        self._http = http

    def run(self, steps: int) -> None:
        for number in range(steps):
            if number < SALES:
                self._sell()
            else:
                self.chance.choice(
                    (self._refund, self._refund_again, self._refund_too_much, self._refund_elsewhere, self._top_up,
                     self._top_up_again, self._sell)
                )()  # fmt: skip
        for _ in range(steps):  # a short story may by chance have given nothing back
            if any(sold.given_back for sold in self.sales):
                break
            self._refund()
        self._http.close()

    def check(self) -> None:
        """To the cent, and no order refunded by more than was paid."""
        shown = {order["id"]: order for order in self.central.staff_get("/v1/orders?limit=500")}
        for sold in self.sales:
            order = shown.get(str(sold.event.order.id))
            if order is None:
                continue  # not among the newest
            refunded = order["refunded"]["minor"]
            assert refunded <= order["total"]["minor"], "more was given back than was paid"
            assert refunded == sold.given_back * EACH_MINOR, "another amount was given back than the terminal did"
        paid = len(self.sales) * PORTIONS * EACH_MINOR
        back = sum(sold.given_back for sold in self.sales) * EACH_MINOR
        topped_up = sum(event.top_up.amount.minor for event in self.top_ups.values())
        opening = round(float(OPENING) * 100)
        account = self.central.account(self.member)
        assert account.booked.minor == opening - paid + back + topped_up, "the balance is not what was done"
        assert self.central.account(self.other).booked.minor == 1000, "another member's balance is not what it was"
        total = select(func.sum(ledger_posting.c.amount_minor))
        assert self.central.parts.transactions.read(lambda c: c.execute(total).scalar_one()) == 0

    def _sell(self) -> None:
        at = self.chance.choice(self.terminals)
        event = portions(at.bought(self.member, PRICE), PORTIONS)
        at.push(event)
        self.sales.append(Sold(at, event))

    def _refund(self) -> None:
        """Rightly: some of what is left."""
        sold = self.chance.choice(self.sales)
        left = PORTIONS - sold.given_back
        if left:
            self._give_back(sold, self.chance.randint(1, left))

    def _give_back(self, sold: Sold, quantity: int) -> None:
        event = refund_of(sold.event, {0: quantity}, self._earlier(sold))
        sold.refunds[event.refund.id] = event
        sold.at.push(event)

    def _earlier(self, sold: Sold) -> tuple[Refund, ...]:
        return tuple(event.refund for event in sold.refunds.values())

    def _refund_again(self) -> None:
        """The same refund under another event's id and number: a terminal that was enrolled anew, an old copy."""
        given = [(sold, event) for sold in self.sales for event in sold.refunds.values()]
        if given:
            sold, event = self.chance.choice(given)
            sold.at.push(event)

    def _refund_too_much(self) -> None:
        """As if nothing had been given back before: two partial refunds, each of which would be allowed."""
        sold = self.chance.choice(self.sales)
        if sold.given_back:
            wrong = refund_of(sold.event, {0: PORTIONS - sold.given_back + 1})
            assert wrong.refund.lines[0].quantity <= PORTIONS
            sold.at.push(wrong)

    def _refund_elsewhere(self) -> None:
        sold = self.chance.choice(self.sales)
        other = next(terminal for terminal in self.terminals if terminal is not sold.at)
        if sold.given_back < PORTIONS:
            other.push(refund_of(sold.event, {0: 1}, self._earlier(sold)))

    def _top_up(self) -> None:
        event = cash_top_up_of(self.member.id, TOP_UP)
        self.top_ups[event.top_up.id] = event
        self.chance.choice(self.terminals).push(event)

    def _top_up_again(self) -> None:
        if self.top_ups:
            self.chance.choice(self.terminals).push(self.chance.choice(list(self.top_ups.values())))


def under_new_ids(pushed: wire.PushedEvent) -> wire.PushedEvent:
    """The same refund or top-up, as if it were another one."""
    event = wire.decode_event(pushed.body)
    if isinstance(event, wire.RefundRecorded):
        return pushed_event(change(event, refund=replace(event.refund, id=new_id())))
    if isinstance(event, wire.CashTopUpRecorded):
        return pushed_event(change(event, top_up=replace(event.top_up, id=new_id())))
    return pushed

"""Points and coupons for the tests: given to members, asked for, and sold under."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import func, select

from central.coupons.service import import_offers, issue_coupons
from central.wallet import ledger
from central.wallet.ledger import ledger_posting
from kiosk.domain.coupon import Coupon
from kiosk.domain.ids import GrantId, PaymentId
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.unit import POINTS
from kiosk.domain.wallet import Spend
from kiosk.sync import wire
from tests.central.sales import an_order, new_id, yuan
from tests.central.support import Central, Diner, Terminal

OFFERS = """
[[offer]]
id = "{id}"
name = {{ zh = "五元券", en = "5 yuan off" }}
amount_off = "5.00"
minimum = "8.00"
valid_from = 2020-01-01T00:00:00+08:00
valid_until = 2099-01-01T00:00:00+08:00
"""


def points(count: int) -> Money:
    return Money(count, POINTS)


def earn(central: Central, member: Diner, count: int) -> None:
    central.parts.transactions.write(
        lambda tx: ledger.add_points(tx.connection, f"test:{new_id()}", member.id, count, "test", tx.now)
    )


def give_coupon(central: Central, member: Diner, *, ends: str = "2099") -> Coupon:
    offer = f"offer-{new_id().hex[-12:]}"
    path = central.folder / f"{offer}.toml"
    path.write_text(OFFERS.format(id=offer).replace("2099", ends), encoding="utf-8")
    central.parts.transactions.write(lambda tx: import_offers(tx, path))
    assert central.parts.transactions.write(lambda tx: issue_coupons(tx, offer, [member.id])) == 1
    return told(central.enrol(), member).coupons[-1]


def told(terminal: Terminal, member: Diner) -> Member:
    """What terminals hear of the member."""
    body = terminal.states()["member", member.id]
    return wire.decode(msgspec.json.encode(body), Member)


def ask(
    terminal: Terminal, member: Diner, money: str, *further: Money, request_id: UUID | None = None
) -> tuple[UUID, wire.GrantReply]:
    request_id = request_id or new_id()
    request = wire.GrantRequest(request_id, member.card_uid, yuan(money), (), further)
    return request_id, terminal.ask("POST", "/v1/grants", request, wire.GrantReply)


def sold(terminal: Terminal, request_id: UUID, reply: wire.GrantReply, *parts: PaymentPart) -> wire.OrderRecorded:
    """An order paid in these parts under the grants of that reply, money first."""
    total = Money.sum(part.value for part in parts)
    due = any(part.method is PaymentMethod.COUNTER for part in parts)
    state = OrderState.AWAITING_PAYMENT if due else OrderState.PAID
    order = an_order(terminal, total.decimal_text(), "rice", state, reply.member_id)
    ids = (reply.grant_id, *reply.further) if reply.grant_id else reply.further
    amounts = [part.spends for part in parts if part.spends is not None]
    spends = tuple(
        wire.SpendRecord(Spend(GrantId(grant_id), 1, PaymentId(request_id), amount), 1)
        for grant_id, amount in zip(ids, amounts, strict=True)
    )
    method = PaymentMethod.COUNTER if due else PaymentMethod.BALANCE
    paid = PaymentState.DUE if due else PaymentState.PAID
    payment = Payment(PaymentId(request_id), order.id, method, total, paid, order.member_id, parts)
    return wire.OrderRecorded(order, payment, (), spends=spends)


def balance_part(amount: str) -> PaymentPart:
    return PaymentPart(PaymentMethod.BALANCE, yuan(amount))


def booked(central: Central, account: str) -> int:
    total = select(func.coalesce(func.sum(ledger_posting.c.amount_minor), 0))
    return central.parts.transactions.read(
        lambda c: int(c.execute(total.where(ledger_posting.c.account == account)).scalar_one())
    )

"""Sales for the store's tests: the same steps as the checkout service takes, with fixed goods."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from kiosk.domain.cart import Cart
from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen
from kiosk.domain.ids import GrantId, MemberId, OrderId, PaymentId, TerminalId, uuid7
from kiosk.domain.member import Card, Member
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import Align, Columns, Feed, Paper, PaperKind, QrCode, Rule, Text, TextSize
from kiosk.domain.stock import movements_for_sale
from kiosk.domain.wallet import Grant, GrantUse
from kiosk.services.ports import PrintJob, TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.store.unit_of_work import UnitOfWork
from tests.domain.canteen import BIG_NOODLES, MENU, PLAIN_RICE, PLAIN_SET

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
CARD_UID = "62E3086CED"
CART = Cart().add(PLAIN_SET).add(BIG_NOODLES, 2).add(PLAIN_RICE)
IDENTITY = TerminalIdentity(TerminalId("t-1"), 1, "A", "第一食堂", bytes(range(32)))
MEMBER = Member(
    MemberId("m-1"),
    "王*明",
    Money(5000),
    12,
    NOON,
    DietProfile(avoids=frozenset({Allergen.EGG}), no_spicy=True),
    Cart().add(PLAIN_SET),
)
CARD = Card(CARD_UID, MEMBER.id)
PAPER = Paper(
    (
        Text("取餐号 A001", Align.CENTER, TextSize.BIG, bold=True),
        Rule(),
        Columns("牛肉面", "17.00", indent=2),
        QrCode("A001"),
        Feed(2),
    )
)


@dataclass(frozen=True, slots=True)
class Sold:
    order: Order
    payment: Payment
    seq: int


@cache
def _empty_database() -> tuple[bytes, bytes]:
    """Database and key as the first start leaves them: migrating takes a tenth of a second, copying does not."""
    with tempfile.TemporaryDirectory() as folder:
        database, key = Path(folder) / "kiosk.db", Path(folder) / "kiosk.key"
        open_store(database, key).close()
        return database.read_bytes(), key.read_bytes()


def new_store(folder: Path, identity: TerminalIdentity = IDENTITY) -> SqliteStore:
    """An enrolled terminal's store in `folder`: kiosk.db and kiosk.key."""
    database, key = folder / "kiosk.db", folder / "kiosk.key"
    for path, content in zip((database, key), _empty_database(), strict=True):
        path.write_bytes(content)
    store = open_store(database, key)
    store.save_identity(identity)
    return store


def draft(cart: Cart = CART) -> Order:
    return draft_order(
        OrderId(uuid7(time.time_ns() // 1_000_000)),
        price_cart(cart, MENU),
        MENU,
        dining_mode=DiningMode.DINE_IN,
        language="zh",
        created_at=NOON,
    )


def intended(order: Order) -> Payment:
    return Payment(PaymentId(uuid7(time.time_ns() // 1_000_000)), order.id, PaymentMethod.BALANCE, order.total)


def grant_for(payment: Payment) -> Grant:
    return Grant(GrantId(uuid4()), payment.id, MEMBER.id, IDENTITY.terminal_id, 1, payment.amount)


def settle(tx: UnitOfWork, order: Order, payment: Payment, day: date = DAY) -> Sold:
    """What the checkout service writes once central has granted the amount."""
    order = replace(order.to(OrderState.PAID), number=tx.orders.next_number(day), member_id=MEMBER.id)
    tx.orders.add(order)
    tx.stock.record(movements_for_sale(order), order.id)
    grant = grant_for(payment)
    tx.grants.add(grant)
    use, spend = GrantUse(grant, Money.zero()).spend(payment.id, payment.amount)
    tx.grants.record_spend(use, spend)
    paid = replace(payment.to(PaymentState.PAID), member_id=MEMBER.id)
    tx.payments.settle(paid)
    seq = tx.outbox.add(b'{"order":"%s"}' % order.number.encode())
    for printer, kind in (("front", PaperKind.RECEIPT), ("kitchen", PaperKind.KITCHEN_TICKET)):
        tx.print_jobs.add(PrintJob(uuid4(), order.id, printer, kind, PAPER))
    return Sold(order, paid, seq)


def sell(store: SqliteStore, day: date = DAY) -> Sold:
    """A whole sale by card: the intended payment first, then everything else in one transaction."""
    order = draft()
    payment = intended(order)
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))
    with store.transaction() as tx:
        return settle(tx, order, payment, day)

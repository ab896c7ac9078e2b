"""What is sent in the benchmarks of sync: orders of three dishes paid by card, and members with a card each. All in
two shapes: the terminal's own, and the documents that a web team would store, with the same facts."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.bench_menu import benchmark_menu
from kiosk.domain.cart import Cart, Selection
from kiosk.domain.ids import MemberId, OrderId, PaymentId, uuid7
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import mask_name
from kiosk.domain.menu import Menu
from kiosk.domain.order import DiningMode, Order, OrderedDish, OrderState, draft_order, order_number
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.sync.encoder import WireEncoder

DISHES_OF_AN_ORDER = 3
_POINTS = PointsRule(100)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文"
_MEMBER_COLUMNS = "member_id,name,unit,card_uids,balance"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sale:
    """`event` is what a terminal keeps for central, `document` what PouchDB keeps."""

    event: bytes
    document: Document


class Sales:
    """A terminal's sales, each under one of the grants it holds, in turn; amounts and dishes differ."""

    def __init__(self, letter: str, grants: list[GrantUse]) -> None:
        self._letter = letter
        self._grants = grants
        self._encoder = WireEncoder(_POINTS)
        self._count = 0

    def next(self) -> Sale:
        place = self._count % len(self._grants)
        self._count += 1
        order = self._order(self._grants[place].grant.member_id)
        payment_id = PaymentId(uuid7(_now_ms()))
        self._grants[place], spend = self._grants[place].spend(payment_id, order.total)
        payment = Payment(payment_id, order.id, PaymentMethod.BALANCE, order.total, PaymentState.PAID, order.member_id)
        event = self._encoder.sale(order, payment, ((self._grants[place], spend),))
        return Sale(event, _order_document(order, payment, spend))

    def _order(self, member_id: MemberId) -> Order:
        menu, cart = _menu(), Cart()
        for i in range(DISHES_OF_AN_ORDER):
            cart = cart.add(Selection.of_dish(menu.dishes[(self._count + 7 * i) % len(menu.dishes)]))
        draft = draft_order(
            OrderId(uuid7(_now_ms())),
            price_cart(cart, menu),
            menu,
            dining_mode=DiningMode.DINE_IN,
            language="zh",
            created_at=datetime.now(UTC),
            member_id=member_id,
        )
        return replace(draft.to(OrderState.PAID), number=order_number(self._letter, self._count))


@cache
def _menu() -> Menu:
    return benchmark_menu()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _order_document(order: Order, payment: Payment, spend: Spend) -> Document:
    return {
        "_id": str(order.id),
        "number": order.number,
        "created_at": order.created_at.isoformat(),
        "state": order.state,
        "dining_mode": order.dining_mode,
        "language": order.language,
        "menu_version": order.menu_version,
        "member_id": order.member_id,
        "currency": order.total.currency,
        "total": order.total.minor,
        "lines": [
            {
                **_dish_document(line.dishes[0]),
                "options": {group: list(chosen) for group, chosen in line.selection.dishes[0].options},
                "quantity": line.quantity,
                "price": line.unit_price.minor,
            }
            for line in order.lines
        ],
        "payment": {"id": str(payment.id), "method": payment.method, "state": payment.state},
        "grant": {"id": str(spend.grant_id), "spend": spend.number},
        "points": _POINTS.points_for(payment.amount),
    }


def _dish_document(dish: OrderedDish) -> Document:
    return {"dish_id": dish.dish_id, "name": dish.name.zh, "name_en": dish.name.en}


# --- a sale's facts as documents of their own ---

SEPARATE_DOCUMENTS = 5 + DISHES_OF_AN_ORDER  # order, payment, two print jobs, grant, and each dish's stock
_PORTIONS = 100_000


@dataclass(slots=True)
class SeparateDocuments:
    """What a terminal must know after a sale by card, each fact for itself, as PouchDB would keep it: the next sale
    needs what is left of the grant and of each dish, the printers their jobs. (No outbox: that is replication.)"""

    grant_minor: int
    spent_minor: Counter[str] = field(default_factory=Counter)
    sold: Counter[str] = field(default_factory=Counter)

    def of(self, order: Document) -> Document:
        """`made`: new documents; `changed`: those that are there already. Of the next order."""
        order_id, grant_id = order["_id"], order["grant"]["id"]
        self.spent_minor[grant_id] += order["total"]
        self.sold.update({line["dish_id"]: line["quantity"] for line in order["lines"]})
        paper = [f"{line['name']} x{line['quantity']} {line['price']}" for line in order["lines"]]
        apart = {key: value for key, value in order.items() if key not in ("payment", "grant", "points")}
        payment = {**order["payment"], "grant": order["grant"], "points": order["points"]}
        payment |= {"_id": f"payment-{payment.pop('id')}", "order_id": order_id, "amount": order["total"]}
        job = {"order_id": order_id, "number": order["number"], "state": "queued", "paper": paper}
        jobs = [{"_id": f"{printer}-{order_id}", "printer": printer, **job} for printer in ("receipts", "kitchen")]
        grant = {"_id": f"grant-{grant_id}", "left": self.grant_minor - self.spent_minor[grant_id]}
        grant |= {"member_id": order["member_id"], "spends": order["grant"]["spend"]}
        stock = [
            {"_id": f"stock-{line['dish_id']}", "portions": _PORTIONS - self.sold[line["dish_id"]]}
            for line in order["lines"]
        ]
        return {"made": [apart, payment, *jobs], "changed": [grant, *stock]}


# --- members ---


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    card_uid: str
    balance_minor: int


def people(count: int) -> Iterator[Person]:
    """The same ones each time."""
    random_ = random.Random(count)
    for number in range(count):
        name = random_.choice(_SURNAMES) + "".join(random_.choices(_GIVEN, k=random_.choice((1, 2, 2))))
        yield Person(f"m{number:06}", name, f"{random_.getrandbits(20):05X}{number:05X}", 100_000 + number % 9_999)


def write_members_file(path: Path, count: int) -> None:
    """As central imports them."""
    rows = (f"{p.id},{p.name},,{p.card_uid},{p.balance_minor / 100:.2f}\n" for p in people(count))
    path.write_text(f"{_MEMBER_COLUMNS}\n{''.join(rows)}", encoding="utf-8")


def member_document(person: Person, told_at: datetime) -> Document:
    """With the card in it, as a terminal must find the member by card."""
    return {
        "_id": person.id,
        "masked_name": mask_name(person.name),
        "balance_minor": person.balance_minor,
        "currency": "CNY",
        "points": 0,
        "balance_at": told_at.isoformat(),
        "diet": {"avoids": [], "keeps": [], "no_spicy": False},
        "usual": None,
        "cards": [{"uid": person.card_uid, "state": "active"}],
    }


def write_documents(path: Path, documents: Iterable[Document]) -> None:
    """One a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)

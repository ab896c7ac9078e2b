"""People with a card and past orders, new in central's books."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from central.members.repository import card as card_table
from central.members.repository import member as member_table
from central.orders.repository import customer_order
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.diet import NO_DIET
from kiosk.domain.ids import MemberId, uuid7
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.wallet import LedgerEntry
from kiosk.sync import wire
from tests.services.terminal import MOMENT

UID = "AB{:010X}"
PAST_ORDERS = 4  # at each of two terminals: central has something to go by


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whose card it will be, and the places of the two terminals where they usually eat."""

    uid: str
    member: Member
    credit_line: Money
    favourites: Sequence[int]


def newcomer(number: int, terminals: int, chance: random.Random) -> Newcomer:
    opening, credit_line = Money(chance.randrange(0, 6000)), Money(chance.choice((0, 0, 1000)))
    member = Member(MemberId(f"m{number}"), "王*", opening, 0, MOMENT, NO_DIET)
    return Newcomer(UID.format(number), member, credit_line, chance.sample(range(terminals), 2))


def enter(tx: Transaction, terminal_ids: Sequence[str], newcomers: Sequence[Newcomer]) -> None:
    """Into central's books: names, cards, opening balances, and what they have eaten where."""
    person = {"name": "n", "unit": "u", "is_blocked": False, "created_at": tx.now, "diet": wire.encode(NO_DIET)}
    persons = [{"id": who.member.id, "credit_line_minor": who.credit_line.minor} | person for who in newcomers]
    cards = [{"uid": who.uid, "member_id": who.member.id, "state": "active"} for who in newcomers]
    past = [
        _past_order(terminal_ids[place], who.member.id)
        for who in newcomers
        for place in who.favourites
        for _ in range(PAST_ORDERS)
    ]
    for table, rows in ((member_table, persons), (card_table, cards), (customer_order, past)):
        tx.connection.execute(insert(table), rows)
    entries = [(f"opening:{who.member.id}", _opening(who.member)) for who in newcomers if who.member.balance]
    ledger.book(tx.connection, entries, tx.now)


def _opening(member: Member) -> LedgerEntry:
    account = ledger.member_account(member.id)
    return ledger.transfer("opening", ledger.OPENING_BALANCES, account, member.balance)


def _past_order(terminal_id: str, member_id: str) -> dict[str, object]:
    what = {"state": "paid", "dining_mode": "dine_in", "total_minor": 2500, "menu_version": 1, "event": b""}
    where = {"terminal_id": terminal_id, "incarnation": 1, "member_id": member_id}
    when = {"created_at": MOMENT, "received_at": MOMENT}
    return {"id": uuid7(0), "number": "A001", "cart": wire.encode(EMPTY_CART)} | what | where | when

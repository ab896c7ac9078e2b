"""A terminal comes back after 30 days alone: full of sales, its clock months off, and central not as it left it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, select

from central.members.repository import card as card_table
from central.members.repository import member as member_table
from central.members.service import block_member
from central.menu.service import import_menu
from central.push.repository import senders_waiting
from central.transactions import Transaction
from kiosk.services.events import LinkState
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.tables import feed
from tests.central.sales import yuan
from tests.central.support import Central, Diner, running_central, wait_until
from tests.central.till import Till, enrolled, opened_till, running_till
from tests.services.fakes import FixedClock

MENU = Path(__file__).parent / "data" / "protocol_2" / "menu.toml"
AWAY = timedelta(days=30)
WITHIN_S = 60
CROWD = [Diner(f"c{i:04}", f"CC{i:08X}") for i in range(400)]
OPENING = yuan("100.00")


def crowd_rows(name: str, members: Iterable[Diner], card_prefix: str = "CC") -> str:
    return "".join(f"{m.id},{name},甲班,{card_prefix}{m.card_uid[2:]},,100.00,\n" for m in members)


@pytest.mark.parametrize("clock_off", [timedelta(days=-200), timedelta(days=200)], ids=["behind", "ahead"])
@pytest.mark.parametrize("sales", [pytest.param(30, id="few"), pytest.param(1000, id="many", marks=pytest.mark.prove)])
def test_it_sends_all_and_knows_what_central_knows(tmp_path: Path, clock_off: timedelta, sales: int) -> None:
    clock = FixedClock(datetime.now(UTC) + clock_off)
    folder = tmp_path / "till"
    with running_central(tmp_path, pre_grant_limit_minor=3000) as central:
        import_dishes(central, tmp_path, "12.00")
        central.import_members(crowd_rows("王小明", CROWD))
        usual, blocked = CROWD[0], CROWD[1]
        identity = enrolled(central, folder)
        with opened_till(folder, identity, central.url, clock) as till:
            has_habits(till, usual, blocked)
        with opened_till(folder, identity, "http://127.0.0.1:9", clock) as till:  # nobody listens there
            sells_alone(till, usual, blocked, sales)
        a_month_passes(central, tmp_path, blocked)
        with opened_till(folder, identity, central.url, clock) as till:
            wait_until(lambda: till.link is LinkState.ONLINE and till.waiting() == 0, WITHIN_S)
            wait_until(lambda: till.set_aside(blocked) == yuan("0"), WITHIN_S)
            wait_until(lambda: known_here(till.store) == known_at(central), WITHIN_S)
            assert till.menu is not None
            assert till.menu.dishes[0].price == yuan("15.00")
        check_books(central, usual, blocked, sales)


def import_dishes(central: Central, folder: Path, noodles: str) -> None:
    path = folder / "menu.toml"
    text = MENU.read_text(encoding="utf-8").replace('price = "12.00"', f'price = "{noodles}"')
    path.write_text(text.replace("portions = 40", "portions = 9999"), encoding="utf-8")
    central.parts.transactions.write(lambda tx: import_menu(tx, path))


def has_habits(till: Till, *members: Diner) -> None:
    wait_until(lambda: till.menu is not None and till.link is LinkState.ONLINE, WITHIN_S)
    for member in members * 2:
        assert isinstance(till.sells("noodles", member), Paid)
    wait_until(lambda: all(till.set_aside(member) == yuan("30.00") for member in members), WITHIN_S)
    wait_until(lambda: till.waiting() == 0, WITHIN_S)


def sells_alone(till: Till, usual: Diner, blocked: Diner, sales: int) -> None:
    for member in (usual, usual, blocked):
        assert isinstance(till.sells("noodles", member), Paid)
    for _ in range(sales):
        assert isinstance(till.sells("noodles"), DueAtCounter)


def a_month_passes(central: Central, folder: Path, blocked: Diner) -> None:
    """New prices, new names, new cards for some, members who left, one who may not pay, and the sales of others."""
    central.clock.offset = AWAY
    import_dishes(central, folder, "14.00")
    import_dishes(central, folder, "15.00")
    central.import_members(crowd_rows("李新名", CROWD[100:200]))
    central.import_members(crowd_rows("王小明", CROWD[200:250], card_prefix="DD"))
    central.import_members("".join(f"n{i:04},陈新来,乙班,EE{i:08X},,50.00,\n" for i in range(100)))
    leave(central, [*CROWD[300:350]])
    central.parts.transactions.write(lambda tx: block_member(tx, blocked.id, is_blocked=True))
    with running_till(central, folder / "other") as other:
        wait_until(lambda: other.menu is not None and other.link is LinkState.ONLINE, WITHIN_S)
        assert isinstance(other.sells("noodles", CROWD[5]), Paid)
        wait_until(lambda: other.waiting() == 0, WITHIN_S)


def leave(central: Central, members: list[Diner]) -> None:
    """There is no command for it yet; the feed has its rule: what is gone is null."""

    def forget(tx: Transaction) -> None:
        uids, ids = [m.card_uid for m in members], [m.id for m in members]
        tx.connection.execute(delete(card_table).where(card_table.c.uid.in_(uids)))
        tx.connection.execute(delete(member_table).where(member_table.c.id.in_(ids)))
        tx.changes.cards.update(uids)
        tx.changes.members.update(ids)

    central.parts.transactions.write(forget)


def known_at(central: Central) -> dict[str, Any]:
    """What a terminal that is new would be told, by the store's tables."""
    states = central.enrol().states()
    there = {key: body for key, body in states.items() if body is not None}
    return {
        "members": {key: body for (kind, key), body in there.items() if kind == "member"},
        "cards": {key: (b["member_id"], b["state"]) for (kind, key), b in there.items() if kind == "card"},
        "stock": {key: (b["portions"], b["sold_out"]) for (kind, key), b in there.items() if kind == "stock"},
    }


def known_here(store: SqliteStore) -> dict[str, Any]:
    with store.transaction() as tx:
        connection = tx.feed._connection
        members = connection.execute(select(feed.members)).all()
        cards = connection.execute(select(feed.cards)).all()
        stock = connection.execute(select(feed.stock)).all()
    return {
        "members": {row.id: msgspec.json.decode(row.body) for row in members},
        "cards": {row.uid: (row.member_id, row.state) for row in cards},
        "stock": {row.dish_id: (row.portions, row.sold_out) for row in stock},
    }


def check_books(central: Central, usual: Diner, blocked: Diner, sales: int) -> None:
    wait_until(lambda: not central.parts.transactions.read(senders_waiting), WITHIN_S)
    assert central.staff_get("/v1/quarantine") == []
    assert central.account(usual).booked == OPENING - yuan("12.00") * 4  # at the price of the day it was eaten
    account = central.account(blocked)
    assert (account.booked, account.held) == (OPENING - yuan("12.00") * 3, yuan("0"))
    found = central.staff_get("/v1/orders?limit=500")
    assert len({order["id"] for order in found}) == min(500, sales + 8)

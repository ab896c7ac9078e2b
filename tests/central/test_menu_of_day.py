"""The menu of the day: staff at a terminal switch dishes and combos off and on, and change prices from a moment on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from central.menu.changes import has_come_due, offer_due
from central.menu.service import import_menu
from central.staff.repository import add_staff, find_present
from central.transactions import Transaction
from kiosk.domain.ids import StaffId, TerminalId
from kiosk.domain.menu import Menu
from kiosk.domain.menu_change import MAX_CHANGES, MenuChange, MenuChangeError, MenuChangeKind
from kiosk.domain.menu_of_day import MenuItem, MenuRefusal
from kiosk.domain.money import Money
from kiosk.domain.staff import Role, Staff
from kiosk.services.menu_of_day import MenuDesk
from kiosk.services.ports import MenuAtCentral, TerminalIdentity
from kiosk.sync import wire
from kiosk.sync.line import CentralAddress
from kiosk.sync.menu_of_day import CentralMenuOfDay
from kiosk.system_clock import SystemClock
from tests.central.support import Central, Terminal
from tests.central.test_command_line import DEMO

DISH, OTHER = "kung-pao-chicken", "fish-fragrant-pork"
STAFF, RESTOCKS = "s-manager", "s-restocks"


def off(item_id: str) -> MenuChange:
    return MenuChange(item_id, MenuChangeKind.OFF)


def on(item_id: str) -> MenuChange:
    return MenuChange(item_id, MenuChangeKind.ON)


def price(item_id: str, minor: int, from_at: datetime | None = None) -> MenuChange:
    return MenuChange(item_id, MenuChangeKind.PRICE, Money(minor), from_at)


@pytest.fixture
def canteen(central: Central) -> Iterator[Terminal]:
    """A terminal of a central that has just imported the demonstration's menu."""
    central.parts.transactions.write(lambda tx: import_menu(tx, DEMO / "menu.toml"))
    central.parts.transactions.write(hire_both)
    yield central.enrol()
    central.clock.offset = timedelta()


def ask(
    terminal: Terminal,
    *changes: MenuChange,
    act_id: UUID | None = None,
    reason: str = "今日无货",
    staff_id: str = STAFF,
) -> wire.MenuChangesReply:
    request = wire.MenuChangesRequest(act_id or uuid4(), staff_id, reason, changes)
    reply: wire.MenuChangesReply = terminal.ask("POST", "/v1/menu-changes", request, wire.MenuChangesReply)
    return reply


def hire_both(tx: Transaction) -> None:
    """A manager, and somebody who restocks."""
    for staff_id, number, role in ((STAFF, "801", Role.MANAGER), (RESTOCKS, "802", Role.RESTOCK)):
        if find_present(tx.connection, staff_id) is None:
            row = {
                "id": staff_id,
                "name": "王师傅",
                "number": number,
                "roles": role.value,
                "pin_hash": "",
            }
            add_staff(tx.connection, {**row, "created_at": tx.now})


def menu_at(terminal: Terminal) -> Menu:
    """As the terminal gets it."""
    (body,) = [body for (kind, _), body in terminal.states().items() if kind == "menu"]
    return wire.decode(wire.encode(body), Menu)


def item(items: Sequence[MenuItem], item_id: str) -> MenuItem:
    return next(one for one in items if one.id == item_id)


def test_what_is_off_is_not_on_the_menu_and_no_choice_of_a_combo(canteen: Terminal) -> None:
    before = menu_at(canteen)
    assert any(DISH in slot.dish_ids for combo in before.combos for slot in combo.slots)
    reply = ask(canteen, off(DISH))
    assert not reply.refusal
    assert item(reply.items, DISH).is_off
    after = menu_at(canteen)
    assert after.version > before.version
    assert {*before.dish_by_id} - {*after.dish_by_id} == {DISH}
    assert not any(DISH in slot.dish_ids for combo in after.combos for slot in combo.slots)
    ask(canteen, on(DISH))
    assert menu_at(canteen).dishes == before.dishes
    assert menu_at(canteen).combos == before.combos


def test_a_combo_with_nothing_left_to_choose_is_off_too(canteen: Terminal) -> None:
    combo = menu_at(canteen).combos[0]
    reply = ask(canteen, *(off(dish_id) for dish_id in combo.slots[0].dish_ids))
    assert not reply.refusal
    assert combo.id not in menu_at(canteen).combo_by_id


def test_a_price_holds_from_its_moment_on(canteen: Terminal, central: Central) -> None:
    usual = menu_at(canteen).dish_by_id[DISH].price
    tomorrow = central.clock() + timedelta(days=1)
    reply = ask(canteen, price(DISH, 1900, tomorrow))
    told = item(reply.items, DISH)
    assert (told.price, told.next_price, told.next_from) == (usual, Money(1900), tomorrow)
    assert menu_at(canteen).dish_by_id[DISH].price == usual
    assert not due(central)
    assert not central.parts.transactions.write(offer_due)
    ask(canteen, price(DISH, 1500))  # made later, but for today: tomorrow's holds all the same
    central.clock.offset += timedelta(days=1, seconds=1)
    assert due(central)
    assert central.parts.transactions.write(offer_due)
    assert not due(central)
    assert menu_at(canteen).dish_by_id[DISH].price == Money(1900)
    assert not central.parts.transactions.write(offer_due)
    assert item(ask(canteen).items, DISH).next_price is None


def due(central: Central) -> bool:
    """Whether central would offer another menu by itself."""
    return central.parts.transactions.read(lambda connection: has_come_due(connection, central.clock()))


def test_the_same_act_is_done_once(canteen: Terminal) -> None:
    act_id = uuid4()
    ask(canteen, off(DISH), act_id=act_id)
    ask(canteen, on(DISH))
    version = menu_at(canteen).version
    assert not item(ask(canteen, off(DISH), act_id=act_id).items, DISH).is_off
    assert menu_at(canteen).version == version


def test_an_imported_menu_begins_anew(canteen: Terminal, central: Central) -> None:
    ask(canteen, off(DISH), price(OTHER, 9900))
    central.parts.transactions.write(lambda tx: import_menu(tx, DEMO / "menu.toml"))
    menu = menu_at(canteen)
    assert DISH in menu.dish_by_id
    assert menu.dish_by_id[OTHER].price != Money(9900)
    assert not any(one.is_off for one in ask(canteen).items)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ((off("no-such-dish"),), MenuRefusal.UNKNOWN_ITEM),
        ((off(OTHER), off("no-such-dish")), MenuRefusal.UNKNOWN_ITEM),
        ((price(DISH, 1500, datetime(2020, 1, 1, tzinfo=UTC)),), MenuRefusal.TOO_LATE),
        ((price(DISH, 1500, datetime(2200, 1, 1, tzinfo=UTC)),), MenuRefusal.TOO_LATE),
        ((MenuChange(DISH, MenuChangeKind.PRICE, Money(1500, "EUR")),), MenuRefusal.PRICE),
    ],
)
def test_all_of_it_or_nothing(canteen: Terminal, changes: tuple[MenuChange, ...], refusal: MenuRefusal) -> None:
    before = menu_at(canteen)
    reply = ask(canteen, *changes)
    assert reply.refusal == refusal
    assert not any(one.is_off for one in reply.items)
    assert menu_at(canteen) == before


@pytest.mark.parametrize(
    "staff_id", [RESTOCKS, "s-nobody", "x" * 200, "", "\0"], ids=["restocks", "nobody", "long", "none", "NUL"]
)
def test_who_may_not_changes_nothing_whatever_a_terminal_says(canteen: Terminal, staff_id: str) -> None:
    before = menu_at(canteen)
    for change in (off(DISH), price(DISH, 1500)):
        assert ask(canteen, change, staff_id=staff_id).refusal == MenuRefusal.NOT_PERMITTED
    assert menu_at(canteen) == before


def test_a_menu_of_nothing_is_refused(canteen: Terminal) -> None:
    assert ask(canteen, *(off(dish.id) for dish in menu_at(canteen).dishes)).refusal == MenuRefusal.NOTHING_LEFT


@pytest.mark.parametrize(
    ("reason", "change", "count"),
    [
        ("", price(DISH, 1500), 1),
        ("x" * 61, off(DISH), 1),
        ("a\nb", off(DISH), 1),
        ("many", off(DISH), MAX_CHANGES + 1),
    ],
    ids=["no reason", "too long", "two lines", "too many"],
)
def test_out_of_bounds(canteen: Terminal, reason: str, change: MenuChange, count: int) -> None:
    before = menu_at(canteen)
    request = wire.MenuChangesRequest(uuid4(), STAFF, reason, (change,) * count)
    response: httpx.Response = canteen.send("POST", "/v1/menu-changes", wire.encode(request))
    assert response.status_code == 400, response.text
    assert menu_at(canteen) == before


@pytest.mark.parametrize("minor", [0, -100, 1_000_001])
def test_prices_that_are_none(minor: int) -> None:
    with pytest.raises(MenuChangeError):
        price(DISH, minor)


def test_a_price_where_there_is_none_to_be() -> None:
    with pytest.raises(MenuChangeError):
        MenuChange(DISH, MenuChangeKind.OFF, Money(100))
    with pytest.raises(MenuChangeError):
        MenuChange(DISH, MenuChangeKind.PRICE)
    with pytest.raises(MenuChangeError):
        MenuChange(DISH, MenuChangeKind.OFF, from_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_from_the_terminals_service_to_another_terminals_menu(canteen: Terminal, central: Central) -> None:
    told = canteen.enrolled
    key = canteen.key.private_bytes_raw()
    identity = TerminalIdentity(TerminalId(told.terminal_id), told.incarnation, told.letter, "", key)
    at_central = CentralMenuOfDay(CentralAddress(central.url, 10), identity)
    manager = Staff(StaffId(STAFF), "王*", frozenset({Role.MANAGER}))
    desk, other = MenuDesk(at_central, SystemClock(), lambda moment: moment), central.enrol()
    seen = desk.see(manager)
    assert isinstance(seen, MenuAtCentral)
    assert not item(seen.items, DISH).is_off
    desk.change_price(manager, uuid4(), OTHER, Money(1750), "成本变动", from_tomorrow=False)
    changed = desk.switch(manager, uuid4(), (DISH,), off=True)
    assert isinstance(changed, MenuAtCentral)
    assert changed.refusal is None
    assert item(changed.items, DISH).is_off
    menu = menu_at(other)
    assert DISH not in menu.dish_by_id
    assert menu.dish_by_id[OTHER].price == Money(1750)
    at_central.close()

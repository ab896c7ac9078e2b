"""What staff do with stock at terminals: booked once, added up, told to all; what makes no sense is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from central.menu.service import import_menu
from central.stock.repository import replace_counts, stock_item, stock_movement
from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.stock_act import (
    MAX_PORTIONS,
    StockAct,
    StockActKind,
    StockActLine,
    WasteReason,
    count_line,
    opposite,
    restock_line,
)
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, pushed_event
from tests.central.support import Central, Terminal

DEMO_MENU = Path(__file__).parents[2] / "config" / "demo" / "menu.toml"
MADE_AT = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


@pytest.fixture
def dish(central: Central) -> DishId:
    """A dish of 20 portions."""
    dish_id = DishId(f"dish-{new_id().hex[-12:]}")
    count_anew(central, dish_id, 20)
    return dish_id


def count_anew(central: Central, dish_id: DishId, portions: int | None) -> None:
    """As a menu file that has this dish, or (None) has it no more."""

    def work(tx: Any) -> None:
        counted = {} if portions is None else {dish_id: portions}
        tx.changes.dishes |= replace_counts(tx.connection, counted, tx.now)

    central.parts.transactions.write(work)


def act(
    kind: StockActKind, *lines: StockActLine, reason: WasteReason | None = None, act_id: StockActId | None = None
) -> StockAct:
    return StockAct(act_id or StockActId(new_id()), kind, lines, StaffId("s-7"), MADE_AT, reason)


def restock(dish_id: DishId, portions: int) -> StockAct:
    return act(StockActKind.RESTOCK, restock_line(dish_id, portions, was_sold_out=False))


def count(dish_id: DishId, counted: int, known: int | None, after: object = None) -> StockAct:
    after_count = StockActId(msgspec.convert(after, type(new_id()))) if after else None
    return act(StockActKind.COUNT, count_line(dish_id, counted, known, after_count))


def say(dish_id: DishId, *, sold_out: bool) -> StockAct:
    kind = StockActKind.SOLD_OUT if sold_out else StockActKind.BACK
    return act(kind, StockActLine(dish_id, sold_out=sold_out))


def undo(made: StockAct) -> StockAct:
    return opposite(made, StockActId(new_id()), StaffId("s-8"), MADE_AT)


def push(terminal: Terminal, *acts: StockAct) -> list[str]:
    """Returns why those were refused that were."""
    return [q.reason for q in terminal.push(*map(wire.StockActRecorded, acts)).quarantined]


def told(terminal: Terminal, dish_id: DishId) -> dict[str, Any] | None:
    row: dict[str, Any] | None = terminal.states().get(("stock", dish_id))
    return row


def portions(terminal: Terminal, dish_id: DishId) -> int | None:
    row = told(terminal, dish_id)
    return row["portions"] if row else None


def test_acts_move_stock_and_every_terminal_hears_of_it(central: Central, terminal: Terminal, dish: DishId) -> None:
    other = central.enrol()
    epoch, end = other.newest()
    waste = act(StockActKind.WASTE, StockActLine(dish, -3, grams=900), reason=WasteReason.BURNT)
    assert push(terminal, restock(dish, 10), waste, say(dish, sold_out=True)) == []
    row = other.states(epoch, end)["stock", dish]
    assert (row["portions"], row["sold_out"]) == (27, True)
    assert push(other, say(dish, sold_out=False)) == []
    row = terminal.states(epoch, end)["stock", dish]
    assert (row["portions"], row["sold_out"]) == (27, False)


def test_an_act_is_booked_once(central: Central, terminal: Terminal, dish: DishId) -> None:
    made = restock(dish, 10)
    event = pushed_event(wire.StockActRecorded(made))
    assert terminal.push(event, wire.StockActRecorded(made)).quarantined == ()
    assert terminal.push(event, first_seq=1).quarantined == ()
    assert portions(terminal, dish) == 30
    (reason,) = push(terminal, replace(made, lines=(restock_line(dish, 11, was_sold_out=False),)))
    assert "another act of that id" in reason
    assert portions(terminal, dish) == 30


def test_movements_name_their_act(central: Central, terminal: Terminal, dish: DishId) -> None:
    made = restock(dish, 10)
    push(terminal, made)

    def read(connection: Any) -> Any:
        return connection.execute(select(stock_movement).where(stock_movement.c.act_id == made.id)).one()

    row = central.parts.transactions.read(read)
    assert (row.dish_id, row.portions, row.reason, row.order_id) == (dish, 10, "restock", None)


def test_of_sold_out_and_back_what_comes_last_holds(central: Central, terminal: Terminal, dish: DishId) -> None:
    other = central.enrol()
    push(terminal, say(dish, sold_out=True))
    push(other, say(dish, sold_out=True), say(dish, sold_out=False))
    assert told(terminal, dish) | {"count_id": None} == {  # type: ignore[operator]
        "dish_id": dish,
        "portions": 20,
        "sold_out": False,
        "count_id": None,
        "free": 20,
    }
    push(terminal, say(dish, sold_out=True))
    assert told(other, dish)["sold_out"] is True  # type: ignore[index]


def test_a_dish_that_is_not_counted_can_be_sold_out(central: Central, terminal: Terminal, dish: DishId) -> None:
    count_anew(central, dish, None)
    assert told(terminal, dish) is None
    push(terminal, say(dish, sold_out=True))
    row = told(terminal, dish)
    assert row is not None
    assert (row["portions"], row["sold_out"]) == (None, True)
    push(terminal, say(dish, sold_out=False))
    assert told(terminal, dish) is None


def test_a_new_menu_file_ends_sold_out(central: Central, terminal: Terminal, dish: DishId) -> None:
    push(terminal, say(dish, sold_out=True))
    count_anew(central, dish, 40)
    row = told(terminal, dish)
    assert row is not None
    assert (row["portions"], row["sold_out"]) == (40, False)


def test_a_restock_of_a_dish_that_is_not_counted_waits_for_nobody(
    central: Central, terminal: Terminal, dish: DishId
) -> None:
    """Its terminal had not heard of the new menu file."""
    count_anew(central, dish, None)
    assert push(terminal, restock(dish, 5)) == []
    assert told(terminal, dish) is None


# --- counts ---


def count_id(terminal: Terminal, dish_id: DishId) -> str:
    row = told(terminal, dish_id)
    assert row is not None
    return str(row["count_id"])


def test_a_count_moves_its_difference(central: Central, terminal: Terminal, dish: DishId) -> None:
    known = count_id(terminal, dish)
    sale = counter_order(terminal, "8.00", dish=dish)  # before anybody hears of the count
    made = count(dish, 17, 20, known)
    terminal.push(sale)
    assert push(terminal, made) == []
    assert portions(terminal, dish) == 16
    assert count_id(terminal, dish) == str(made.id)


def test_two_counts_that_had_not_heard_of_each_other_are_not_added(
    central: Central, terminal: Terminal, dish: DishId
) -> None:
    """Both find that three are missing: three are missing, not six."""
    other, known = central.enrol(), count_id(terminal, dish)
    push(terminal, count(dish, 17, 20, known))
    assert push(other, count(dish, 17, 20, known)) == []
    assert portions(terminal, dish) == 17
    push(terminal, count(dish, 16, 17, known))
    assert portions(terminal, dish) == 16, "the one that comes last is believed"


def test_a_count_after_its_own_that_is_not_told_yet(central: Central, terminal: Terminal, dish: DishId) -> None:
    """Each is the difference to what its terminal knew, its own count before included."""
    other, known = central.enrol(), count_id(terminal, dish)
    push(other, count(dish, 12, 20, known))
    assert push(terminal, count(dish, 17, 20, known), count(dish, 15, 17, known)) == []
    assert portions(terminal, dish) == 15
    seen = count_id(terminal, dish)
    push(other, count(dish, 14, 12, known))
    assert portions(terminal, dish) == 14
    push(terminal, count(dish, 19, 15, seen))
    assert portions(terminal, dish) == 19


def test_restocks_beside_a_count_stay(central: Central, terminal: Terminal, dish: DishId) -> None:
    other, known = central.enrol(), count_id(terminal, dish)
    push(other, count(dish, 18, 20, known), restock(dish, 10))
    push(terminal, count(dish, 17, 20, known))
    assert portions(terminal, dish) == 27


def test_a_first_count_begins_counting(central: Central, terminal: Terminal, dish: DishId) -> None:
    count_anew(central, dish, None)
    terminal.push(counter_order(terminal, "8.00", dish=dish))
    push(terminal, made := count(dish, 12, None))
    assert portions(terminal, dish) == 12
    terminal.push(counter_order(terminal, "8.00", dish=dish))
    assert portions(terminal, dish) == 11
    push(terminal, undo(made))
    assert told(terminal, dish) is None, "nobody had counted it before"


def test_two_first_counts(central: Central, terminal: Terminal, dish: DishId) -> None:
    """The second one's own sale was gone when it counted."""
    count_anew(central, dish, None)
    other = central.enrol()
    push(other, count(dish, 17, None), restock(dish, 10))
    terminal.push(counter_order(terminal, "8.00", dish=dish))
    push(terminal, count(dish, 16, None))
    assert portions(terminal, dish) == 26


def test_a_count_of_another_day(central: Central, terminal: Terminal, dish: DishId) -> None:
    """A new menu file came while the terminal was away: what it counted holds, not its difference to yesterday."""
    known = count_id(terminal, dish)
    count_anew(central, dish, 50)
    terminal.push(counter_order(terminal, "8.00", dish=dish))
    push(terminal, count(dish, 45, 19, known))
    assert portions(terminal, dish) == 45


def test_an_undone_count(central: Central, terminal: Terminal, dish: DishId) -> None:
    known = count_id(terminal, dish)
    push(terminal, first := count(dish, 17, 20, known))
    push(terminal, undo(first))
    assert portions(terminal, dish) == 20
    push(terminal, second := count(dish, 10, 20, known))
    push(central.enrol(), count(dish, 19, 10, second.id))
    push(terminal, undo(second))
    assert portions(terminal, dish) == 19, "it was counted since: there is nothing left to undo"


# --- undoing ---


def test_undoing_gives_back_what_was_done(central: Central, terminal: Terminal, dish: DishId) -> None:
    push(terminal, say(dish, sold_out=True))
    made = act(StockActKind.RESTOCK, restock_line(dish, 10, was_sold_out=True))
    push(terminal, made)
    assert told(terminal, dish)["sold_out"] is False  # type: ignore[index]
    assert push(terminal, undo(made)) == []
    row = told(terminal, dish)
    assert row is not None
    assert (row["portions"], row["sold_out"]) == (20, True)


def test_an_act_is_undone_once_and_where_it_was_done(central: Central, terminal: Terminal, dish: DishId) -> None:
    made = restock(dish, 10)
    push(terminal, made)
    assert "not done at this terminal" in push(central.enrol(), undo(made))[0]
    assert "not done at this terminal" in push(terminal, undo(restock(dish, 5)))[0]
    less = undo(made)
    assert "not the opposite" in push(terminal, replace(less, lines=(replace(less.lines[0], portions=-9),)))[0]
    undone = undo(made)
    assert push(terminal, undone) == []
    assert "undone already" in push(terminal, undo(made))[0]
    assert push(terminal, undo(undone)) != []
    assert portions(terminal, dish) == 20


# --- what makes no sense ---


def test_what_cannot_be_booked_is_kept(central: Central, terminal: Terminal, dish: DishId) -> None:
    plain = msgspec.json.decode(wire.encode(wire.StockActRecorded(restock(dish, 5))))
    line = plain["act"]["lines"][0]

    def event(changes: dict[str, Any], **of_line: Any) -> wire.PushedEvent:
        lines = {"lines": [line | of_line]} if of_line else {}
        body = plain | {"act": plain["act"] | lines | changes}
        return wire.PushedEvent(new_id(), msgspec.Raw(msgspec.json.encode(body)))

    wrong = [
        event({}, dish_id="never heard of"),
        event({}, dish_id="x" * 41),
        event({}, portions=MAX_PORTIONS + 1),
        event({}, portions=10**30),
        event({}, portions=0),
        event({}, portions=1.5),
        event({}, portions="5"),
        event({}, sold_out=True),
        event({"kind": "set_to"}),
        event({"kind": "count"}),
        event({"lines": []}),
        event({"lines": [line, line]}),
        event({"staff_id": "a\0b"}),
        event({"id": "no id"}),
        event({"made_at": "2026-03-02T04:30:00"}),
        event({"undoes": str(new_id())}),
        event({"reason": "burnt"}),
    ]
    reply = terminal.push(*wrong, wire.StockActRecorded(restock(dish, 5)))
    assert [q.seq for q in reply.quarantined] == list(range(1, len(wrong) + 1))
    assert portions(terminal, dish) == 25

    def rows(connection: Any) -> Any:
        items = connection.scalar(select(func.count()).where(stock_item.c.dish_id == "never heard of"))
        moved = connection.scalar(select(func.count()).where(stock_movement.c.dish_id == dish))
        return items, moved

    assert central.parts.transactions.read(rows) == (0, 2), "what was refused has left no trace"


def test_a_dish_of_the_menu_need_not_have_been_counted(own_central: Central) -> None:
    menu = own_central.parts.transactions.write(lambda tx: import_menu(tx, DEMO_MENU))
    terminal = own_central.enrol()
    rows = terminal.states()
    uncounted = next(dish.id for dish in menu.dishes if ("stock", dish.id) not in rows)
    assert push(terminal, count(uncounted, 9, None)) == []
    assert portions(terminal, uncounted) == 9


# --- what a page says of the reader's own events ---


def test_a_page_says_how_much_of_its_readers_events_it_has(central: Central, terminal: Terminal, dish: DishId) -> None:
    epoch, end = terminal.newest()
    assert terminal.feed(epoch, end).booked_seq == 0
    push(terminal, restock(dish, 1), restock(dish, 1))
    assert terminal.feed(epoch, end).booked_seq == 2
    assert terminal.feed(*terminal.newest()).booked_seq == 2, "there are no rows"
    assert central.enrol().feed(epoch, end).booked_seq == 0
    again = central.enrol(replaces=terminal.enrolled.letter)
    assert again.feed(epoch, end).booked_seq == 0, "it numbers from 1 again"

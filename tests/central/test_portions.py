"""POST /v1/portions: of the last portions each is handed to one terminal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import delete

from central import cli
from central.stock.allotments import allotment as allotments
from central.stock.allotments import free_portions, terminals_selling
from central.stock.portions import end_allotments
from central.stock.repository import portions_left, replace_counts
from central.terminals.service import revoke
from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.portions import PortionsBrought, PortionsReturned, PortionsTaken, lot
from kiosk.domain.stock_act import StockAct, StockActKind, StockActLine, WasteReason, count_line, restock_line
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id
from tests.central.support import Central, Terminal, wait_until

DUMPLINGS, TEA = DishId("dumplings"), DishId("tea")


@pytest.fixture(autouse=True)
def _nobody_holds_any(central: Central) -> None:
    """The server is that of the tests before."""
    central.parts.transactions.write(lambda tx: tx.connection.execute(delete(allotments)))


def count(central: Central, **portions: int) -> None:
    """These dishes and no others."""

    def work(tx: Any) -> None:
        tx.changes.dishes |= replace_counts(tx.connection, {DishId(d): n for d, n in portions.items()}, tx.now)

    central.parts.transactions.write(work)


def ask(terminal: Terminal, *wanted: tuple[DishId, int, int]) -> dict[DishId, tuple[int, int, int]]:
    """(dish, what it knows to be handed, missing) → (handed, free, elsewhere) by dish."""
    request = wire.PortionsRequest(tuple(wire.PortionsWanted(*each) for each in wanted))
    reply = terminal.ask("POST", "/v1/portions", request, wire.PortionsReply)
    assert all(told.is_counted for told in reply.dishes)
    return {told.dish_id: (told.handed, told.free, told.elsewhere) for told in reply.dishes}


def left_and_free(central: Central, dish_id: DishId = DUMPLINGS) -> tuple[int, int]:
    read = central.parts.transactions.read
    return read(lambda c: portions_left(c, [dish_id]))[dish_id], read(lambda c: free_portions(c, [dish_id]))[dish_id]


def sold(terminal: Terminal, reserved: int, beyond: int = 0) -> wire.OrderRecorded:
    """One dumpling dish, which came from the hand or from beyond it."""
    taken = PortionsTaken(DUMPLINGS, terminal.enrolled.incarnation, reserved, beyond)
    return msgspec.structs.replace(counter_order(terminal, "8.00", dish=DUMPLINGS), taken=(taken,))


def allotment(terminal: Terminal) -> Any:
    key = f"{terminal.enrolled.letter}:{terminal.enrolled.incarnation}:{DUMPLINGS}"
    return terminal.states()["allotment", key]


def test_a_lost_reply_hands_out_nothing_twice(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=5)
    handed, free, _ = ask(terminal, (DUMPLINGS, 0, 1))[DUMPLINGS]
    assert handed >= 1
    assert handed + free == 5
    assert ask(terminal, (DUMPLINGS, 0, 1))[DUMPLINGS][:2] == (handed, free), "the reply was lost"
    assert left_and_free(central) == (5, free)
    assert allotment(terminal)["handed"] == handed


def test_all_or_nothing(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=1, tea=9)
    assert ask(terminal, (TEA, 0, 2), (DUMPLINGS, 0, 2)) == {TEA: (0, 9, 0), DUMPLINGS: (0, 1, 0)}


def test_a_sale_takes_from_the_hand_and_a_return_frees_the_rest(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=5)
    ask(terminal, (DUMPLINGS, 0, 5))
    assert left_and_free(central) == (5, 0)
    assert terminal.push(sold(terminal, 1)).quarantined == ()
    assert left_and_free(central) == (4, 0)
    back = wire.PortionsGivenBack((PortionsReturned(DUMPLINGS, terminal.enrolled.incarnation, 3),))
    assert terminal.push(back).quarantined == ()
    assert left_and_free(central) == (4, 3)
    assert terminal.states()["stock", DUMPLINGS]["free"] == 3


def test_what_was_sold_beyond_is_booked_and_told(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=0)
    assert terminal.push(sold(terminal, 0, 1)).quarantined == ()
    assert left_and_free(central) == (-1, -1)
    assert allotment(terminal)["beyond"] == 1
    assert terminal.states()["stock", DUMPLINGS] | {"portions": -1, "free": 0} == terminal.states()["stock", DUMPLINGS]


def test_who_sells_nothing_makes_no_lot_smaller(central: Central, terminal: Terminal) -> None:
    """A lot is what is free, shared among those who sell; half of it stays free."""
    selling = central.parts.transactions.read(terminals_selling)
    central.enrol(role="counter")
    for role in ("kitchen", "kitchen", "board"):
        central.enrol(role=role)
    assert central.parts.transactions.read(terminals_selling) == selling + 1
    few = lot(1, many := 40 * (selling + 1), selling + 1)
    count(central, dumplings=many)
    assert ask(terminal, (DUMPLINGS, 0, 1))[DUMPLINGS][0] == few == 20


def test_others_are_asked_to_give_back(central: Central, terminal: Terminal) -> None:
    other = central.enrol()
    count(central, dumplings=2)
    ask(other, (DUMPLINGS, 0, 2))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, terminal, (DUMPLINGS, 0, 1))
        wait_until(lambda: allotment(other).get("recalled", False))
        other.push(wire.PortionsGivenBack((PortionsReturned(DUMPLINGS, other.enrolled.incarnation, 2),)))
        assert waiting.result()[DUMPLINGS][0] >= 1
    assert not allotment(other).get("recalled", False)


def test_who_does_not_answer_keeps_what_it_has(central: Central, terminal: Terminal) -> None:
    other = central.enrol()
    count(central, dumplings=2)
    ask(other, (DUMPLINGS, 0, 2))
    assert ask(terminal, (DUMPLINGS, 0, 1)) == {DUMPLINGS: (0, 0, 2)}
    central.parts.transactions.write(lambda tx: revoke(tx, other.enrolled.letter))
    assert central.parts.transactions.write(lambda tx: end_allotments(tx, other.enrolled.letter)) == 2
    assert ask(terminal, (DUMPLINGS, 0, 2))[DUMPLINGS][0] == 2


def test_a_terminal_that_sells_keeps_its_own(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=2)
    ask(terminal, (DUMPLINGS, 0, 2))
    assert central.parts.transactions.write(lambda tx: end_allotments(tx, terminal.enrolled.letter)) == 0
    assert left_and_free(central) == (2, 0)


def test_eight_want_the_last_seven_at_once(central: Central) -> None:
    """On PostgreSQL they are really decided side by side."""
    terminals = [central.enrol() for _ in range(8)]
    count(central, dumplings=7)
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda terminal: ask(terminal, (DUMPLINGS, 0, 1))[DUMPLINGS][0], terminals))
    assert sorted(told) == [0, *[1] * 7]
    assert left_and_free(central) == (7, 0)


def test_an_uncounted_dish_is_handed_to_nobody(central: Central, terminal: Terminal) -> None:
    count(central, tea=1)
    request = wire.PortionsRequest((wire.PortionsWanted(DUMPLINGS, 0, 1),))
    reply = terminal.ask("POST", "/v1/portions", request, wire.PortionsReply)
    assert reply == wire.PortionsReply((wire.PortionsHanded(DUMPLINGS, 0, is_counted=False),))


@pytest.mark.parametrize(
    "wanted",
    [
        (),
        (wire.PortionsWanted(DUMPLINGS, 0, 0),),
        (wire.PortionsWanted(DUMPLINGS, -1, 1),),
        (wire.PortionsWanted(DUMPLINGS, 2**62, 1),),
        (wire.PortionsWanted(DishId(""), 0, 1),),
        (wire.PortionsWanted(DishId("x" * 41), 0, 1),),
        (wire.PortionsWanted(DUMPLINGS, 0, 1), wire.PortionsWanted(DUMPLINGS, 0, 1)),
    ],
)
def test_what_makes_no_sense_is_refused(terminal: Terminal, wanted: tuple[wire.PortionsWanted, ...]) -> None:
    assert terminal.send("POST", "/v1/portions", wire.encode(wire.PortionsRequest(wanted))).status_code == 400


@pytest.mark.parametrize(
    "returned",
    [PortionsReturned(DUMPLINGS, 1, 0), PortionsReturned(DUMPLINGS, 2**31, 1), PortionsReturned(DishId("\0"), 1, 1)],
)
def test_a_return_that_cannot_be_goes_to_quarantine(
    central: Central, terminal: Terminal, returned: PortionsReturned
) -> None:
    count(central, dumplings=3)
    assert terminal.push(wire.PortionsGivenBack((returned,))).quarantined
    assert left_and_free(central) == (3, 3)


def test_an_older_terminal_sells_as_it_did(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=3)
    ask(central.enrol(), (DUMPLINGS, 0, 1))
    terminal.push(
        counter_order(terminal, "8.00", dish=DUMPLINGS), pushed(counter_order(terminal, "8.00", dish=DUMPLINGS))
    )
    assert left_and_free(central) == (1, 0)


def pushed(event: wire.OrderRecorded) -> wire.PushedEvent:
    """As a program from before there were allotments wrote it."""
    told = msgspec.json.decode(wire.encode(event))
    told.pop("taken", None)
    return wire.PushedEvent(new_id(), msgspec.Raw(msgspec.json.encode(told)))


def test_what_terminals_hold_is_listed_and_ended(
    central: Central, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    count(central, dumplings=2)
    ask(terminal, (DUMPLINGS, 0, 2))
    terminal.push(sold(terminal, 0, 1))
    letter = terminal.enrolled.letter
    cli.main(["allotments", "--config", str(central.config)])
    said = capsys.readouterr().out
    assert f"{letter:3} incarnation 1  holds    2, sold beyond    1  dumplings" in said
    assert "sold 1 more than there were: dumplings" in said
    central.parts.transactions.write(lambda tx: revoke(tx, letter))
    cli.main(["end-allotments", letter, "--config", str(central.config)])
    assert capsys.readouterr().out == f"2 portions of terminal {letter} can be sold elsewhere\n"


# --- beside what staff do with stock ---


def staff(terminal: Terminal, kind: StockActKind, line: StockActLine) -> None:
    reason = WasteReason.SPOILED if kind is StockActKind.WASTE else None
    made_at = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    made = StockAct(StockActId(new_id()), kind, (line,), StaffId("s-7"), made_at, reason)
    assert terminal.push(wire.StockActRecorded(made)).quarantined == ()


def count_as_known(central: Central, terminal: Terminal, counted: int) -> None:
    known, after_count = left_and_free(central)[0], terminal.states()["stock", DUMPLINGS]["count_id"]
    line = count_line(DUMPLINGS, counted, known, StockActId(UUID(after_count)))
    staff(terminal, StockActKind.COUNT, line)


def test_what_is_free_follows_restock_waste_and_count(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=5)
    ask(terminal, (DUMPLINGS, 0, 5))
    assert left_and_free(central) == (5, 0)
    staff(terminal, StockActKind.RESTOCK, restock_line(DUMPLINGS, 10, was_sold_out=False))
    assert left_and_free(central) == (15, 10)
    assert terminal.states()["stock", DUMPLINGS]["free"] == 10
    staff(terminal, StockActKind.WASTE, StockActLine(DUMPLINGS, -3))
    assert left_and_free(central) == (12, 7)
    count_as_known(central, terminal, 9)
    assert left_and_free(central) == (9, 4)
    assert not allotment(terminal).get("recalled", False), "what it holds is there"


def restocked(terminal: Terminal, *brought: PortionsBrought, portions: int = 10) -> wire.StockActRecorded:
    line = restock_line(DUMPLINGS, portions, was_sold_out=False)
    made_at = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    act = StockAct(StockActId(new_id()), StockActKind.RESTOCK, (line,), StaffId("s-7"), made_at)
    return wire.StockActRecorded(act, brought)


def test_what_staff_brought_is_held_where_they_brought_it_and_asked_back(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=0)
    event = restocked(terminal, PortionsBrought(DUMPLINGS, terminal.enrolled.incarnation, 10))
    assert terminal.push(event, event).quarantined == ()
    assert left_and_free(central) == (10, 0), "once, and nobody else is handed any"
    assert allotment(terminal) | {"handed": 0, "recalled": True} == allotment(terminal)
    assert ask(central.enrol(), (DUMPLINGS, 0, 1))[DUMPLINGS] == (0, 0, 10)
    terminal.push(sold(terminal, 1))
    assert left_and_free(central) == (9, 0)
    terminal.push(wire.PortionsGivenBack((PortionsReturned(DUMPLINGS, terminal.enrolled.incarnation, 9),)))
    assert left_and_free(central) == (9, 9)


@pytest.mark.parametrize(
    "brought",
    [
        (PortionsBrought(DUMPLINGS, 1, 11),),
        (PortionsBrought(TEA, 1, 10),),
        (PortionsBrought(DUMPLINGS, 2**31, 10),),
        (PortionsBrought(DUMPLINGS, 0, 10),),
        (PortionsBrought(DUMPLINGS, 1, 10), PortionsBrought(DUMPLINGS, 1, 10)),
    ],
)
def test_more_in_hand_than_was_brought_goes_to_quarantine(
    central: Central, terminal: Terminal, brought: tuple[PortionsBrought, ...]
) -> None:
    count(central, dumplings=3)
    assert terminal.push(restocked(terminal, *brought)).quarantined
    assert left_and_free(central) == (3, 3)


def test_a_count_lower_than_what_is_held_asks_for_all_of_it(central: Central, terminal: Terminal) -> None:
    other = central.enrol()
    count(central, dumplings=10)
    ask(terminal, (DUMPLINGS, 0, 4))
    ask(other, (DUMPLINGS, 0, 6))
    count_as_known(central, terminal, 3)
    assert left_and_free(central) == (3, -7)
    assert terminal.states()["stock", DUMPLINGS]["free"] == 0, "as far as anybody is told"
    assert allotment(terminal)["recalled"]
    assert allotment(other)["recalled"]
    assert ask(central.enrol(), (DUMPLINGS, 0, 1))[DUMPLINGS][:2] == (0, 0)
    other.push(sold(other, 1))  # from its hand, as it had not heard yet
    assert left_and_free(central) == (2, -7)
    for each, portions in ((terminal, 4), (other, 5)):
        each.push(wire.PortionsGivenBack((PortionsReturned(DUMPLINGS, each.enrolled.incarnation, portions),)))
    assert left_and_free(central) == (2, 2)
    assert not allotment(other).get("recalled", False)


def test_more_sold_than_was_counted_is_shown(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=4)
    ask(terminal, (DUMPLINGS, 0, 4))
    count_as_known(central, terminal, 1)
    terminal.push(sold(terminal, 1), sold(terminal, 1))
    assert left_and_free(central) == (-1, -3)
    assert terminal.states()["stock", DUMPLINGS]["portions"] == -1
    terminal.push(wire.PortionsGivenBack((PortionsReturned(DUMPLINGS, terminal.enrolled.incarnation, 2),)))
    assert left_and_free(central) == (-1, -1)
    assert ask(terminal, (DUMPLINGS, 4, 1))[DUMPLINGS][1] == 0


def test_of_what_staff_mark_sold_out_nothing_is_handed_out(central: Central, terminal: Terminal) -> None:
    count(central, dumplings=5)
    staff(terminal, StockActKind.SOLD_OUT, StockActLine(DUMPLINGS, sold_out=True))
    assert terminal.states()["stock", DUMPLINGS]["free"] == 0
    assert ask(terminal, (DUMPLINGS, 0, 1))[DUMPLINGS][:2] == (0, 0)
    staff(terminal, StockActKind.BACK, StockActLine(DUMPLINGS, sold_out=False))
    assert ask(terminal, (DUMPLINGS, 0, 1))[DUMPLINGS][0] >= 1

"""The pickup board's flow: what is shown, what is called out, and planted bugs that these rules find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.kitchen import TicketState
from kiosk.screens import board_flow
from kiosk.screens.board_flow.paging import TURN_S, turn_of
from kiosk.screens.board_flow.state import BoardRules, CallNumber, ShownNumber, State, shown_numbers
from kiosk.screens.flow import events as common
from kiosk.services.events import (
    CentralLinkChanged,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    LinkState,
    MembersChanged,
    MenuChanged,
    StaffChanged,
    StockChanged,
    StorageStopped,
    TicketsHeard,
)
from kiosk.services.kitchen_events import HeardTicket
from tests.kitchen_flow import scenes as scene

Step = Callable[[State, Any], tuple[State, tuple[CallNumber, ...]]]


def heard(*tickets: HeardTicket, at_s: float = scene.NOW_S) -> TicketsHeard:
    return TicketsHeard(tickets, at_s, at_s)


def numbers(state: State) -> tuple[list[str], list[str]]:
    shown = shown_numbers(state)
    return [n.number for n in shown.preparing], [n.number for n in shown.ready]


def at_stall(number: int, stall: str, state: TicketState, ready_age_s: float | None = None) -> HeardTicket:
    return scene.heard(scene.ticket(number, state, stall=stall), 60, ready_age_s)


def a_number_is_ready_when_all_of_it_is(step: Step) -> None:
    """Each order once, whatever its stalls; ready only when every stall is."""
    soup, noodles = (at_stall(1, stall, TicketState.PREPARING) for stall in ("热菜", "面档"))
    state, calls = step(State(now_s=scene.NOW_S), heard(soup, noodles))
    assert (numbers(state), calls) == ((["A001"], []), ())
    state, calls = step(state, heard(at_stall(1, "热菜", TicketState.READY, 1), noodles))
    assert (numbers(state), calls) == ((["A001"], []), ())
    both = [at_stall(1, stall, TicketState.READY, 1) for stall in ("热菜", "面档")]
    state, calls = step(state, heard(*both))
    assert (numbers(state), calls) == (([], ["A001"]), (CallNumber("A001"),))
    state, calls = step(state, heard(*both, at_s=scene.NOW_S + 5))
    assert calls == (), "it is called once"


def what_is_recalled_is_called_again(step: Step) -> None:
    state, calls = step(State(now_s=scene.NOW_S), heard(scene.ready(1, 1)))
    assert calls == (CallNumber("A001"),)
    state, calls = step(state, heard(scene.heard(scene.ticket(1, changes=2))))
    assert (numbers(state), calls) == ((["A001"], []), ())
    state, calls = step(state, heard(scene.ready(1, 1)))
    assert calls == (CallNumber("A001"),)


def what_is_gone_is_not_shown(step: Step) -> None:
    gone = [scene.heard(scene.ticket(i, state), 60, 30) for i, state in enumerate(_ENDED, start=1)]
    state, calls = step(State(now_s=scene.NOW_S), heard(*gone))
    assert (numbers(state), calls) == (([], []), ())


_ENDED = (TicketState.HANDED_OUT, TicketState.WITHDRAWN)
RULES = (a_number_is_ready_when_all_of_it_is, what_is_recalled_is_called_again, what_is_gone_is_not_shown)


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: Callable[[Step], None]) -> None:
    rule(board_flow.step)


def _ready_too_soon(state: State, event: Any) -> tuple[State, tuple[CallNumber, ...]]:
    """Planted: a number is ready as soon as one of its stalls is."""
    if isinstance(event, TicketsHeard):
        done = {h.ticket.key.order_id: h for h in event.tickets if h.ticket.state is TicketState.READY}
        event = replace(event, tickets=tuple(done.get(h.ticket.key.order_id, h) for h in event.tickets))
    return board_flow.step(state, event)


def _called_again(state: State, event: Any) -> tuple[State, tuple[CallNumber, ...]]:
    """Planted: what was called out is forgotten."""
    after, calls = board_flow.step(replace(state, called=frozenset()), event)
    return after, calls


def _never_called_again(state: State, event: Any) -> tuple[State, tuple[CallNumber, ...]]:
    """Planted: what was once called out never is again."""
    after, calls = board_flow.step(state, event)
    return replace(after, called=after.called | state.called), calls


def _shown_twice(state: State, event: Any) -> tuple[State, tuple[CallNumber, ...]]:
    """Planted: a number for each stall."""
    if isinstance(event, TicketsHeard):
        event = replace(event, tickets=tuple(_of_its_own(n, h) for n, h in enumerate(event.tickets)))
    return board_flow.step(state, event)


def _of_its_own(number: int, each: HeardTicket) -> HeardTicket:
    key = replace(each.ticket.key, order_id=type(each.ticket.key.order_id)(int=number + 1000))  # type: ignore[call-overload]
    return replace(each, ticket=replace(each.ticket, key=key))


def _withdrawn_shown(state: State, event: Any) -> tuple[State, tuple[CallNumber, ...]]:
    """Planted: what is not to be made any more stays."""
    if isinstance(event, TicketsHeard):
        kept = tuple(
            replace(h, ticket=replace(h.ticket, state=TicketState.PREPARING))
            if h.ticket.state is TicketState.WITHDRAWN
            else h
            for h in event.tickets
        )
        event = replace(event, tickets=kept)
    return board_flow.step(state, event)


MUTANTS = (_ready_too_soon, _called_again, _never_called_again, _shown_twice, _withdrawn_shown)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_planted_bugs_are_found(mutant: Step) -> None:
    def holds(rule: Callable[[Step], None]) -> bool:
        try:
            rule(mutant)
        except AssertionError:
            return False
        return True

    assert not all(holds(rule) for rule in RULES)


def test_after_a_start_nothing_old_is_called() -> None:
    state, calls = board_flow.step(State(now_s=scene.NOW_S), heard(scene.ready(1, 300), scene.ready(2, 5)))
    assert calls == (CallNumber("A002"),)
    assert numbers(state) == ([], ["A002", "A001"])


def test_very_many_at_once_are_not_called_for_minutes() -> None:
    _, calls = board_flow.step(State(now_s=scene.NOW_S), heard(*(scene.ready(i, i / 10) for i in range(1, 30))))
    assert [call.number for call in calls] == ["A004", "A003", "A002", "A001"]


def test_numbers_leave_after_a_while() -> None:
    rules = BoardRules(show_ready_s=100, new_for_s=10)
    state = replace(scene.board(scene.ready(1, 95), scene.ready(2, 5), scene.heard(scene.ticket(3), 3590)), rules=rules)
    assert [n.is_new for n in shown_numbers(state).ready] == [True, False]
    assert numbers(state) == (["A003"], ["A002", "A001"])
    state, _ = board_flow.step(state, common.Tick(scene.NOW_S + 20, None))
    assert numbers(state) == ([], ["A002"])
    assert [n.is_new for n in shown_numbers(state).ready] == [False]


def test_it_says_when_it_is_not_up_to_date() -> None:
    state = State(now_s=scene.NOW_S)
    assert not state.is_up_to_date
    state, _ = board_flow.step(state, heard(scene.ready(1)))
    assert state.is_up_to_date
    silent, _ = board_flow.step(state, common.Tick(scene.NOW_S + 16, None))
    assert not silent.is_up_to_date
    offline, _ = board_flow.step(state, CentralLinkChanged(LinkState.OFFLINE))
    assert not offline.is_up_to_date
    again, _ = board_flow.step(offline, heard(scene.ready(1), at_s=scene.NOW_S + 1))
    assert again.is_up_to_date
    assert numbers(offline) == ([], ["A001"]), "what is known stays"


def test_what_is_not_for_a_board_changes_nothing() -> None:
    state = scene.board(scene.ready(1))
    for event in (StockChanged(), MenuChanged(2), MembersChanged(), StaffChanged()):
        assert board_flow.step(state, event) == (state, ())


def test_what_the_admin_screen_shows_of_the_machine_is_known() -> None:
    reader = DeviceHealth("reader", DeviceKind.CARD_READER, DeviceState.READY)
    state, _ = board_flow.step(scene.board(), DeviceHealthChanged(reader))
    state, _ = board_flow.step(state, StorageStopped())
    assert (state.devices, state.out_of_order) == ({"reader": reader}, True)


def test_every_number_has_its_turn_and_new_ones_stay() -> None:
    many = [ShownNumber(scene.ticket(i).key.order_id, f"A{i:03}", i < 2) for i in range(20)]
    seen: set[str] = set()
    for turn in range(12):
        shown = turn_of(many, 6, turn * TURN_S)
        names = [n.number for n in shown.numbers]
        assert len(names) == len(set(names)) <= 6
        assert names[:2] == ["A000", "A001"]
        seen |= set(names)
    assert seen == {n.number for n in many}
    assert turn_of(many[:6], 6, 0).pages == 1
    all_new = [replace(n, is_new=True) for n in many]
    assert {n.number for t in range(40) for n in turn_of(all_new, 3, t * TURN_S).numbers} == seen

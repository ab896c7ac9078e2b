"""The kitchen screen's flow: marks, taking them back, what central says meanwhile; planted bugs; random walks with two
screens before one central."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kiosk.domain.ids import DishId
from kiosk.domain.kitchen import Mark, Ticket, TicketKey, TicketState, summed, ticket_code
from kiosk.domain.stock import StockLevels
from kiosk.screens import kitchen_flow
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadLevels, LoadMenu, PlaySound, SoundKind
from kiosk.screens.kitchen_flow.arrangement import Room, arrange, page_shown
from kiosk.screens.kitchen_flow.events import (
    HandedOutTouched,
    MarkKept,
    MarkNotKept,
    MarkTicket,
    PageTouched,
    ReadyTouched,
    RecallTouched,
)
from kiosk.screens.kitchen_flow.state import STAYS_S, KitchenRules, Lateness, NoticeKind, State
from kiosk.services.events import (
    CodeScanned,
    LinkState,
    MembersChanged,
    MenuChanged,
    StockChanged,
    StorageStopped,
    TicketsHeard,
)
from kiosk.services.kitchen_events import HeardTicket
from tests.domain.canteen import MENU
from tests.kitchen_flow import scenes as scene

Step = Callable[[State, Any], tuple[State, tuple[Any, ...]]]
ONE, TWO = scene.heard(scene.ticket(1), 90), scene.heard(scene.ticket(2), 30)


def play(step: Step, state: State, *events: Any) -> tuple[State, list[Any]]:
    done: list[Any] = []
    for event in events:
        state, effects = step(state, event)
        done += effects
    return state, done


def states(state: State) -> dict[str, str]:
    return {heard.ticket.number: str(heard.ticket.state) for heard in state.tickets}


def told(*tickets: HeardTicket, at_s: float = scene.NOW_S) -> TicketsHeard:
    return TicketsHeard(tickets, at_s, at_s)


# --- rules, and bugs that are planted for them ---


def a_touch_marks_once(step: Step) -> None:
    state, done = play(step, scene.kitchen(ONE, TWO), ReadyTouched(ONE.ticket.key), ReadyTouched(ONE.ticket.key))
    assert done == [MarkTicket(ONE.ticket, Mark.READY)]
    assert states(state) == {"A001": "ready", "A002": "preparing"}


def a_mark_stands_until_central_has_it(step: Step) -> None:
    """What central said before it had the mark does not undo it; what it says after counts."""
    state, _ = play(step, scene.kitchen(ONE, TWO), ReadyTouched(ONE.ticket.key), told(ONE, TWO))
    assert states(state)["A001"] == "ready"
    theirs = replace(ONE, ticket=replace(ONE.ticket, state=TicketState.READY, changes=1))
    state, _ = play(step, state, told(theirs, TWO), told(replace(ONE, ticket=replace(ONE.ticket, changes=2)), TWO))
    assert states(state)["A001"] == "preparing", "somebody else has recalled it"


def a_ticket_that_was_touched_stays_a_moment(step: Step) -> None:
    state, _ = play(step, scene.kitchen(ONE, TWO), ReadyTouched(ONE.ticket.key))
    assert [heard.ticket.number for heard in state.to_make] == ["A001", "A002"]
    state, _ = play(step, state, common.Tick(scene.NOW_S + STAYS_S + 1, None))
    assert [heard.ticket.number for heard in state.to_make] == ["A002"]


def the_last_act_is_taken_back(step: Step) -> None:
    state, _ = play(step, scene.kitchen(ONE, TWO), ReadyTouched(ONE.ticket.key), ReadyTouched(TWO.ticket.key))
    state, done = play(step, state, RecallTouched())
    assert states(state) == {"A001": "ready", "A002": "preparing"}
    assert [(effect.before.number, effect.mark) for effect in done] == [("A002", Mark.RECALLED)]
    state, done = play(step, state, HandedOutTouched(ONE.ticket.key), RecallTouched(), RecallTouched())
    assert [effect.mark for effect in done] == [Mark.HANDED_OUT, Mark.RETURNED, Mark.RECALLED]
    assert states(state) == {"A001": "preparing", "A002": "preparing"}
    assert play(step, state, RecallTouched())[1] == []


def what_others_did_since_is_left_alone(step: Step) -> None:
    state, _ = play(step, scene.kitchen(ONE), ReadyTouched(ONE.ticket.key))
    gone = replace(ONE, ticket=replace(ONE.ticket, state=TicketState.HANDED_OUT, changes=2))
    state, done = play(step, state, told(gone), RecallTouched())
    assert (done, states(state)) == ([], {"A001": "handed_out"})


def a_mark_that_was_not_kept_did_not_happen(step: Step) -> None:
    state, done = play(step, scene.kitchen(ONE), ReadyTouched(ONE.ticket.key), MarkNotKept(ONE.ticket))
    assert states(state) == {"A001": "preparing"}
    assert state.notice is not None
    assert state.notice.kind is NoticeKind.NOT_KEPT
    assert done[-1] == PlaySound(SoundKind.FAILURE)
    assert play(step, state, RecallTouched())[1] == []


RULES = (
    a_touch_marks_once,
    a_mark_stands_until_central_has_it,
    a_ticket_that_was_touched_stays_a_moment,
    the_last_act_is_taken_back,
    what_others_did_since_is_left_alone,
    a_mark_that_was_not_kept_did_not_happen,
)


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: Callable[[Step], None]) -> None:
    rule(kitchen_flow.step)


def _forgets_marks(state: State, event: Any) -> tuple[State, tuple[Any, ...]]:
    """Planted: whatever central says, however old, is believed."""
    after, effects = kitchen_flow.step(state, event)
    return (replace(after, marked={}) if isinstance(event, TicketsHeard) else after), effects


def _never_listens(state: State, event: Any) -> tuple[State, tuple[Any, ...]]:
    """Planted: what was marked here is never again as central says."""
    after, effects = kitchen_flow.step(state, event)
    return replace(after, marked={**state.marked, **after.marked}), effects


def _moves_at_once(state: State, event: Any) -> tuple[State, tuple[Any, ...]]:
    """Planted: the next ticket slips under the finger."""
    after, effects = kitchen_flow.step(state, event)
    return replace(after, staying={}), effects


def _keeps_what_failed(state: State, event: Any) -> tuple[State, tuple[Any, ...]]:
    """Planted: the disk's refusal is not heard."""
    return (state, ()) if isinstance(event, MarkNotKept) else kitchen_flow.step(state, event)


def _marks_unseen(state: State, event: Any) -> tuple[State, tuple[Any, ...]]:
    """Planted: the acts are believed to stand still."""
    if isinstance(event, RecallTouched) and state.acts:
        act = state.acts[-1]
        return replace(state, acts=state.acts[:-1]), (MarkTicket(act.after, Mark.RECALLED),)
    return kitchen_flow.step(state, event)


@pytest.mark.parametrize("mutant", [_forgets_marks, _never_listens, _moves_at_once, _keeps_what_failed, _marks_unseen])
def test_planted_bugs_are_found(mutant: Step) -> None:
    def holds(rule: Callable[[Step], None]) -> bool:
        try:
            rule(mutant)
        except AssertionError:
            return False
        return True

    assert not all(holds(rule) for rule in RULES)


# --- what else there is ---


def test_withdrawn_is_shown_until_it_was_seen() -> None:
    gone = replace(ONE, ticket=replace(ONE.ticket, state=TicketState.WITHDRAWN, changes=1))
    state, done = play(kitchen_flow.step, scene.kitchen(ONE, TWO), told(gone, TWO))
    assert done == [PlaySound(SoundKind.WARNING)]
    assert [heard.ticket.number for heard in state.to_make] == ["A001", "A002"]
    state, done = play(kitchen_flow.step, state, ReadyTouched(ONE.ticket.key))
    assert (done, [heard.ticket.number for heard in state.to_make]) == ([], ["A002"])
    again = replace(ONE, ticket=replace(ONE.ticket, changes=2))
    state, _ = play(kitchen_flow.step, state, told(again, TWO))
    assert [heard.ticket.number for heard in state.to_make] == ["A001", "A002"]


def test_a_new_order_is_heard_and_what_is_there_at_the_start_is_not() -> None:
    state, done = play(kitchen_flow.step, State(), told(ONE))
    assert done == []
    assert state.is_up_to_date
    assert play(kitchen_flow.step, state, told(ONE, TWO))[1] == [PlaySound(SoundKind.SUCCESS)]


def test_a_paper_ticket_is_scanned() -> None:
    code = ticket_code(ONE.ticket.key.order_id)
    scan = CodeScanned("scanner", code, 0.0)
    state, done = play(kitchen_flow.step, scene.kitchen(ONE, TWO), scan)
    assert done == [PlaySound(SoundKind.SUCCESS), MarkTicket(ONE.ticket, Mark.READY)]
    state, done = play(kitchen_flow.step, state, scan)
    assert (done, state.notice and state.notice.kind) == (
        [PlaySound(SoundKind.WARNING)],
        NoticeKind.SCANNED_READY_BEFORE,
    )
    for hostile in ("", "KT:", code[:-1], code + "0", code.lower(), "kiosk:order:1", "KT:" + "Z" * 32, "x" * 1000):
        state, done = play(kitchen_flow.step, scene.kitchen(ONE), CodeScanned("scanner", hostile, 0.0))
        assert (states(state), done) == ({"A001": "preparing"}, [PlaySound(SoundKind.WARNING)])


def test_only_this_stalls() -> None:
    other = scene.heard(scene.ticket(3, stall="面档"))
    state = replace(scene.kitchen(ONE, other), rules=KitchenRules("面档"))
    assert states(state) == {"A003": "preparing"}
    assert play(kitchen_flow.step, state, ReadyTouched(ONE.ticket.key))[1] == []


def test_ages_and_sums() -> None:
    rules = KitchenRules(late_after_s=60, very_late_after_s=90)
    state = replace(scene.kitchen(ONE, TWO, scene.ready(3)), rules=rules)
    assert [state.lateness(heard) for heard in (ONE, TWO)] == [Lateness.VERY_LATE, Lateness.IN_TIME]
    assert [(dish.quantity, dish.name) for dish in summed(heard.ticket for heard in state.tickets)] == [
        (6, scene.RICE),
        (4, scene.PORK),
        (2, scene.CHICKEN),
    ]


def test_what_is_not_for_a_kitchen_changes_nothing() -> None:
    state = scene.kitchen(ONE)
    assert kitchen_flow.step(state, MembersChanged()) == (state, ())
    assert kitchen_flow.step(state, StorageStopped())[0].out_of_order
    assert kitchen_flow.step(state, common.LanguageChosen("xx"))[0].view.language == "zh"
    assert kitchen_flow.step(state, PageTouched(-3))[0].page == 0


def test_menu_and_stock_are_there_for_whoever_restocks() -> None:
    state = scene.kitchen(ONE)
    assert kitchen_flow.step(state, MenuChanged(2)) == (state, (LoadMenu(),))
    assert kitchen_flow.step(state, StockChanged()) == (state, (LoadLevels(),))
    rice = DishId("rice")
    levels = StockLevels({rice: 3})
    state, _ = kitchen_flow.step(state, common.MenuLoaded(MENU, levels))
    assert (state.menu, state.levels) == (MENU, levels)
    state, _ = kitchen_flow.step(state, common.LevelsLoaded(StockLevels({rice: 2})))
    assert (state.menu, state.levels.portions) == (MENU, {rice: 2})


@pytest.mark.parametrize("rows", [7, 12, 30])
@pytest.mark.parametrize("ems", [4.0, 9.5, 22.0])
def test_every_ticket_stands_somewhere_once(rows: int, ems: float) -> None:
    lines = (scene.SMALL, scene.USUAL, scene.LARGE, ())
    tickets = [scene.heard(scene.ticket(i, lines=lines[i % 4])) for i in range(1, 30)]
    pages = arrange(scene.kitchen(*tickets), Room(4, rows, ems), "without {option}")
    parts = [part for page in pages for column in page for part in column]
    whole = [part.heard.ticket.number for part in parts if part.part == part.parts]
    assert sorted(whole) == [heard.ticket.number for heard in tickets]
    for page in pages:
        assert len(page) <= 4
        for column in page:
            assert len(column) == 1 or sum(part.high for part in column) <= rows
    for heard in tickets:
        own = [part for part in parts if part.heard == heard]
        assert [part.part for part in own] == list(range(1, len(own) + 1))
        dishes = [row for part in own for row in part.rows if not row.is_note]
        assert len(dishes) == len(heard.ticket.lines)
    state = replace(scene.kitchen(), page=99)
    assert page_shown(state, arrange(state, Room(4, rows, ems), "")) == 0


# --- two screens before one central ---


@dataclass
class Central:
    """What central does with marks, in the order in which they come."""

    tickets: dict[TicketKey, Ticket] = field(default_factory=dict)

    def take(self, effect: MarkTicket) -> None:
        self.tickets[effect.before.key] = taken(self.tickets[effect.before.key], effect)


def taken(now: Ticket, effect: MarkTicket) -> Ticket:
    after = now.marked(effect.mark) if now.changes == effect.before.changes else None
    return after or now


@dataclass
class Screen:
    """`keeping`: marks that the disk does not have yet; `outbox`: those that central does not; `news`: what it was told
    and has not shown yet."""

    state: State
    keeping: list[MarkTicket] = field(default_factory=list)
    outbox: list[MarkTicket] = field(default_factory=list)
    news: list[Any] = field(default_factory=list)

    def is_told(self, central: Central, now_s: float) -> None:
        """As kiosk.sync.kitchen tells: with the marks that are still to reach central."""
        tickets = dict(central.tickets)
        for effect in self.outbox:
            tickets[effect.before.key] = taken(tickets[effect.before.key], effect)
        self.news.append(told(*(scene.heard(ticket, 90) for ticket in tickets.values()), at_s=now_s))

    def is_touched(self, rng: random.Random, step: Step) -> None:
        key = rng.choice([heard.ticket.key for heard in self.state.heard])
        event = rng.choice([ReadyTouched(key), HandedOutTouched(key), RecallTouched()])
        self.state, effects = step(self.state, event)
        self.keeping += [effect for effect in effects if isinstance(effect, MarkTicket)]

    def keep(self, now_s: float) -> None:
        effect = self.keeping.pop(0)
        self.outbox.append(effect)
        self.news.append(MarkKept(effect.before, now_s))

    def send_all(self, central: Central, now_s: float) -> None:
        while self.keeping:
            self.keep(now_s)
        while self.outbox:
            central.take(self.outbox.pop(0))

    def look(self, step: Step) -> None:
        self.state, _ = step(self.state, self.news.pop(0))


def walk(rng: random.Random, step: Step) -> None:
    """Touches at random, marks that come late, news that are old: at the end all agree."""
    central = Central({t.key: t for t in (scene.ticket(i) for i in range(1, 4))})
    tickets = [scene.heard(ticket, 90) for ticket in central.tickets.values()]
    screens = [Screen(scene.kitchen(*tickets)) for _ in range(2)]
    now_s = scene.NOW_S
    for _ in range(80):
        now_s += 1
        screen = rng.choice(screens)
        match rng.randrange(6):
            case 0 | 1:
                screen.is_touched(rng, step)
            case 2 if screen.keeping:
                screen.keep(now_s)
            case 3 if screen.outbox:
                central.take(screen.outbox.pop(0))
            case 4:
                screen.is_told(central, now_s)
            case 5 if screen.news:
                screen.look(step)
    for screen in screens:
        screen.send_all(central, now_s)
    for screen in screens:
        screen.is_told(central, now_s + 1)
        while screen.news:
            screen.look(step)
        assert {h.ticket.key: h.ticket for h in screen.state.tickets} == central.tickets


def test_two_screens_and_central_agree_at_the_end() -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    for number in range(200):
        walk(random.Random(seed + number), kitchen_flow.step)


def test_screens_that_never_listen_do_not() -> None:
    def all_agree() -> None:
        for number in range(50):
            walk(random.Random(number), _never_listens)

    with pytest.raises(AssertionError):
        all_agree()


def test_it_says_when_it_is_not_up_to_date() -> None:
    state = scene.kitchen(ONE)
    assert state.is_up_to_date
    assert not kitchen_flow.step(state, common.Tick(scene.NOW_S + 16, None))[0].is_up_to_date
    assert not replace(state, link=LinkState.OFFLINE).is_up_to_date

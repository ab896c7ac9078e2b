"""Getting in by number and PIN or by card, and what it costs to guess: on a real store, closed and opened again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.audit import Act
from kiosk.domain.ids import StaffId
from kiosk.domain.staff import MOST_WRONG_TRIES, STAFF_NUMBERS, Role, Staff, split_entry, wait_after
from kiosk.services.audit import Audit
from kiosk.services.entry import Entered, EntryOutcome, NotEntered, PinWanted, Refusal
from kiosk.services.getting_in import GettingIn
from kiosk.services.ports import StaffEntry
from kiosk.store.sqlite_store import open_store
from tests.services.fakes import FixedClock
from tests.store.sales import new_store

NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
LIU = StaffEntry(Staff(StaffId("staff-liu"), "刘师傅", frozenset({Role.RESTOCK})), "10", "hash of 4271")
ZHAO = StaffEntry(Staff(StaffId("staff-zhao"), "赵经理", frozenset({Role.MANAGER})), "12", "hash of 6493")
LIUS_CARD, ZHAOS_CARD = "5C00A1B2C3", "5C00A1B2E5"
LONGEST_WAIT_S = 900.0


class Door:
    """One terminal's gate. `hashed`: how often a PIN was looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FixedClock(NOON)
        self.store = new_store(folder)
        self.hashed = 0
        self.dies_while_hashing = False
        with self.store.transaction() as tx:
            tx.staff.hear("epoch-1", LIU.staff.id, LIU, [LIUS_CARD])
            tx.staff.hear("epoch-1", ZHAO.staff.id, ZHAO, [ZHAOS_CARD])
        self._begin()

    def _begin(self) -> None:
        self.getting_in = GettingIn(self.store, Audit(self.clock), self.clock, self._matches)

    def _matches(self, pin_hash: str, pin: str) -> bool:
        self.hashed += 1
        if self.dies_while_hashing:
            raise PowerCutError
        return pin_hash == f"hash of {pin}"

    def restart(self, *, clock: timedelta = timedelta(0)) -> None:
        """With that much more on the wall clock."""
        self.store.close()
        self.store = open_store(self.folder / "kiosk.db", self.folder / "kiosk.key")
        self.clock.moment += clock
        self._begin()

    def tried(self, typed: str) -> EntryOutcome:
        return self.getting_in.by_pin(typed)

    def wrong(self, typed: str = "120000", times: int = 1, *, patient: bool = True) -> EntryOutcome:
        outcome: EntryOutcome | None = None
        for _ in range(times):
            if patient:
                self.clock.passed_s += LONGEST_WAIT_S
            outcome = self.tried(typed)
        assert outcome is not None
        return outcome

    def acts(self) -> list[tuple[str, str, str]]:
        """Action, actor, subject of what was written down, and nothing of the details."""
        with self.store.transaction() as tx:
            found = tx.audit.open_log()
            assert found is not None
            entries = [entry.body.decode() for entry in tx.audit.entries_after(found[0], 0, 1000)]
        return [_fields(body) for body in entries]


class PowerCutError(BaseException):
    """Nothing after this happened."""


def _fields(body: str) -> tuple[str, str, str]:
    fields = json.loads(body)
    return fields["action"], fields["actor"], fields["subject"]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path)
    yield made
    made.store.close()


# --- getting in ---


def test_number_and_pin_as_one(door: Door) -> None:
    assert door.tried("104271") == Entered(LIU.staff)
    assert door.tried("126493") == Entered(ZHAO.staff)
    assert door.acts()[-2:] == [
        ("staff_entered", LIU.staff.id, LIU.staff.id),
        ("staff_entered", "staff-zhao", "staff-zhao"),
    ]


@pytest.mark.parametrize(
    "typed", ["104272", "126492", "4271", "10", "", "994271", "134271", "10４271", "104271x", "1" * 50]
)
def test_nothing_else_lets_anybody_in(door: Door, typed: str) -> None:
    assert door.tried(typed) == NotEntered(Refusal.WRONG)


def test_a_card_lets_in_who_needs_no_pin_and_asks_the_others_for_theirs(door: Door) -> None:
    assert door.getting_in.by_card(LIUS_CARD) == Entered(LIU.staff)
    assert door.getting_in.by_card(ZHAOS_CARD) == PinWanted("12")
    assert door.getting_in.by_card("FFFFFFFFFF") == NotEntered(Refusal.CARD_UNKNOWN)


@pytest.mark.parametrize("role", Role)
def test_which_roles_need_no_pin(role: Role) -> None:
    alone = Staff(StaffId("x"), "x", frozenset({role}))
    assert alone.needs_no_pin == (role in (Role.RESTOCK, Role.COUNTER))
    assert not Staff(StaffId("x"), "x", frozenset({role, Role.MANAGER})).needs_no_pin
    assert not Staff(StaffId("x"), "x", frozenset()).needs_no_pin


def test_who_was_removed_does_not_get_in(door: Door) -> None:
    with door.store.transaction() as tx:
        tx.staff.hear("epoch-1", LIU.staff.id, None, [])
    assert door.tried("104271") == NotEntered(Refusal.WRONG)
    assert door.getting_in.by_card(LIUS_CARD) == NotEntered(Refusal.CARD_UNKNOWN)
    assert door.getting_in.who_is(LIU.staff.id) is None


def test_a_number_that_nobody_has_takes_as_long_and_says_the_same(door: Door) -> None:
    assert door.tried("774271") == door.tried("124271") == NotEntered(Refusal.WRONG)
    assert door.hashed == 2


def test_staff_without_a_pin_do_not_get_in_by_one(door: Door) -> None:
    with door.store.transaction() as tx:
        tx.staff.hear("epoch-1", LIU.staff.id, StaffEntry(LIU.staff, "10", ""), [])
    assert door.tried("104271") == NotEntered(Refusal.WRONG)


# --- the lock ---


def test_five_wrong_tries_then_doubling_waits(door: Door) -> None:
    waits = []
    for _ in range(12):
        outcome = door.tried("120000")
        assert isinstance(outcome, NotEntered)
        waits.append(outcome.wait_s)
        door.clock.passed_s += outcome.wait_s
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_while_waiting_nothing_is_looked_at_or_counted_not_even_the_right_pin(door: Door) -> None:
    door.wrong(times=5, patient=False)
    looked_at = door.hashed
    door.clock.passed_s += 10
    for typed in ("120000", "126493", "104271"):
        assert door.tried(typed) == NotEntered(Refusal.WAIT, 20.0)
    assert door.hashed == looked_at
    door.clock.passed_s += 20
    assert door.tried("126493") == Entered(ZHAO.staff)


def test_cards_work_meanwhile(door: Door) -> None:
    door.wrong(times=5, patient=False)
    assert door.getting_in.by_card(LIUS_CARD) == Entered(LIU.staff)


@pytest.mark.parametrize("clock", [timedelta(0), timedelta(days=365), timedelta(days=-365)])
def test_a_restart_saves_no_wait_whatever_the_clock_says(door: Door, clock: timedelta) -> None:
    door.wrong(times=7)
    door.clock.passed_s += 119
    door.restart(clock=clock)
    assert door.tried("126493") == NotEntered(Refusal.WAIT, 120.0)
    door.clock.passed_s += 119.5
    assert isinstance(door.tried("126493"), NotEntered)
    door.clock.passed_s += 0.5
    assert door.tried("126493") == Entered(ZHAO.staff)


def test_a_power_cut_in_the_middle_of_a_try_saves_none(door: Door) -> None:
    door.dies_while_hashing = True
    for _ in range(5):
        with pytest.raises(PowerCutError):
            door.tried("120000")
        door.restart()
    door.dies_while_hashing = False
    assert door.tried("120000") == NotEntered(Refusal.WAIT, 30.0)


def test_the_right_pin_sets_the_count_back(door: Door) -> None:
    door.wrong(times=4)
    assert door.tried("126493") == Entered(ZHAO.staff)
    assert door.wrong(times=4) == NotEntered(Refusal.WRONG)


def test_an_own_pin_buys_no_more_tries_at_another_number(door: Door) -> None:
    for _ in range(2):
        door.wrong(times=2)
        assert door.tried("104271") == Entered(LIU.staff)
    assert door.wrong() == NotEntered(Refusal.WRONG, 30.0)
    door.clock.passed_s += 29
    assert door.tried("126493") == NotEntered(Refusal.WAIT, 1.0)
    assert door.tried("104271") == Entered(LIU.staff)


def test_one_number_after_the_other_has_to_wait_too(door: Door) -> None:
    for number in range(20, 25):
        outcome = door.tried(f"{number}0000")
    assert outcome == NotEntered(Refusal.WRONG, 30.0)


def test_after_a_hundred_pins_are_locked_for_everybody_and_restarts(door: Door) -> None:
    for _ in range(MOST_WRONG_TRIES - 1):
        assert door.wrong() != NotEntered(Refusal.LOCKED)
    assert door.wrong() == NotEntered(Refusal.LOCKED)
    door.restart()
    door.clock.passed_s += 10 * LONGEST_WAIT_S
    looked_at = door.hashed
    for typed in ("126493", "104271"):
        assert door.tried(typed) == NotEntered(Refusal.LOCKED)
    assert door.hashed == looked_at
    assert door.getting_in.by_card(LIUS_CARD) == Entered(LIU.staff)
    assert door.acts().count(("pins_locked", "terminal", "")) == 1


def test_an_insider_gets_no_more_than_a_hundred_at_all_others(door: Door) -> None:
    guesses = 0
    for _ in range(2 * MOST_WRONG_TRIES):
        before = door.hashed
        door.wrong("120000")
        guesses += door.hashed - before
        door.clock.passed_s += LONGEST_WAIT_S
        door.tried("104271")
    assert guesses == MOST_WRONG_TRIES


def test_wrong_tries_are_written_down_without_digits(door: Door) -> None:
    door.wrong("120000")
    door.wrong("774271")
    assert door.acts()[-2:] == [("pin_refused", "terminal", "staff-zhao"), ("pin_refused", "terminal", "")]


def test_leaving_is_written_down(door: Door) -> None:
    door.getting_in.note_left(LIU.staff.id, "idle")
    assert door.acts()[-1] == ("staff_left", LIU.staff.id, LIU.staff.id)


# --- what is typed ---


@pytest.mark.parametrize("number", STAFF_NUMBERS)
def test_every_number_is_told_from_the_pin_behind_it(number: int) -> None:
    for pin in ("4271", "84271938", "00001"):
        assert split_entry(f"{number}{pin}") == (str(number), pin)


def test_waits_only_grow() -> None:
    waits = [wait_after(tries) for tries in range(MOST_WRONG_TRIES + 1)]
    assert waits == sorted(waits)
    assert (waits[4], waits[5], waits[-1]) == (0, 30, LONGEST_WAIT_S)


# --- planted bugs ---


class CountsAfterwards(GettingIn):
    """A try is counted when its PIN was found wrong: pulling the plug in between saves it."""

    def by_pin(self, typed: str) -> EntryOutcome:
        number = typed[:2]
        with self._store.transaction() as tx:
            if (refused := self._refused(number, tx.staff.tries(number))) is not None:
                return refused
            entry = tx.staff.by_number(number)
        if self._matches(entry.pin_hash if entry else "", typed[2:]) and entry is not None:
            return self._entered(entry, "pin")
        with self._store.transaction() as tx:
            tx.staff.count_try(number)
        return self._wrong(number, entry)


def test_a_second_person_confirms_by_the_same_lock_and_does_not_get_in(door: Door) -> None:
    assert door.getting_in.as_second(ZHAO.staff, "126493") == Entered(ZHAO.staff)
    assert door.acts()[-1] == ("staff_confirmed", "staff-zhao", "staff-zhao")
    for _ in range(5):
        door.getting_in.as_second(ZHAO.staff, "120000")
    waits = door.getting_in.as_second(ZHAO.staff, "126493")
    assert isinstance(waits, NotEntered)
    assert waits.refusal is Refusal.WAIT
    assert door.tried("126493") == waits, "and so does who wants to get in"


class WaitsFromTheStart(GettingIn):
    """After a restart, whatever the last run said, nobody waits."""

    def _wait_s(self, number: str, tries: object) -> float:
        return super()._wait_s(number, tries) if self._wrong_at_s else 0.0  # type: ignore[arg-type]


class ForgetsEverybodys(GettingIn):
    """Any right PIN sets all counts back."""

    def _entered(self, entry: StaffEntry, by: str, act: Act = Act.STAFF_ENTERED) -> Entered:
        with self._store.transaction() as tx:
            tx.staff.forget_all_tries()
        self._wrong_at_s.clear()
        return super()._entered(entry, by, act)


MUTANTS: dict[type[GettingIn], Callable[[Door], None]] = {
    CountsAfterwards: test_a_power_cut_in_the_middle_of_a_try_saves_none,
    WaitsFromTheStart: lambda door: test_a_restart_saves_no_wait_whatever_the_clock_says(door, timedelta(0)),
    ForgetsEverybodys: test_an_own_pin_buys_no_more_tries_at_another_number,
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(door: Door, mutant: type[GettingIn], monkeypatch: pytest.MonkeyPatch) -> None:
    def begin() -> None:
        door.getting_in = mutant(door.store, Audit(door.clock), door.clock, door._matches)

    monkeypatch.setattr(door, "_begin", begin)
    begin()
    with pytest.raises(AssertionError):
        MUTANTS[mutant](door)

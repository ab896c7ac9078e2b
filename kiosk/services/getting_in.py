"""Getting in to the admin screen, and the lock against whoever tries PINs (docs/decisions/0013).

A try is counted durably before its PIN is looked at, so pulling the plug saves none. How long to wait is measured by
the monotonic clock from the last wrong try, and begins anew, whole, with each start: no wall clock has a say.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import StaffId
from kiosk.domain.staff import MOST_WRONG_TRIES, Permission, Staff, split_entry, wait_after
from kiosk.services.audit import TERMINAL, Audit
from kiosk.services.entry import Entered, EntryOutcome, NotEntered, PinWanted, Refusal
from kiosk.services.ports import PinTries, StaffEntry, Store


class GettingIn:
    """`matches(pin_hash, pin)` takes a while; with a hash of "" it takes as long, and is false. One call at a time."""

    def __init__(self, store: Store, audit: Audit, clock: Clock, matches: Callable[[str, str], bool]) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock
        self._matches = matches
        self._started_s = clock.monotonic_s()
        self._wrong_at_s: dict[str, float] = {}  # by number: the last wrong try since the start

    def by_pin(self, typed: str) -> EntryOutcome:
        """`typed`: staff number and PIN. What cannot be both is no try: nothing was looked at. Raises StorageFailed."""
        return self._typed(typed, Act.STAFF_ENTERED)

    def as_second(self, by: Staff, typed: str) -> EntryOutcome:
        """Somebody confirms a correction that `by` asks for, at that one's visit: their number and PIN, with the same
        lock. A card alone confirms nothing. Raises NotPermitted, StorageFailed."""
        by.require(Permission.CORRECT_BALANCES)
        return self._typed(typed, Act.STAFF_CONFIRMED)

    def _typed(self, typed: str, act: Act) -> EntryOutcome:
        split = split_entry(typed)
        if split is None:
            return NotEntered(Refusal.WRONG)
        number, pin = split
        with self._store.transaction() as tx:
            tries = tx.staff.tries(number)
            refused = self._refused(number, tries)
            if refused is not None:
                return refused
            tx.staff.count_try(number)
            entry = tx.staff.by_number(number)
        if self._matches(entry.pin_hash if entry else "", pin) and entry is not None:
            self._wrong_at_s.pop(number, None)
            return self._entered(entry, "pin", act)
        return self._wrong(number, entry)

    def by_card(self, uid: str) -> EntryOutcome:
        """Raises StorageFailed."""
        with self._store.transaction() as tx:
            entry = tx.staff.by_card(uid)
        if entry is None:
            return NotEntered(Refusal.CARD_UNKNOWN)
        return self._entered(entry, "card") if entry.staff.needs_no_pin else PinWanted(entry.number)

    def who_is(self, staff_id: StaffId) -> Staff | None:
        """None: does not work here any more. Raises StorageFailed."""
        with self._store.transaction() as tx:
            entry = tx.staff.get(staff_id)
        return entry.staff if entry else None

    def note_left(self, staff_id: StaffId, left_by: str) -> None:
        """Raises StorageFailed."""
        with self._store.transaction() as tx:
            self._audit.record(tx, staff_id, Act.STAFF_LEFT, staff_id, left_by=left_by)

    def _refused(self, number: str, tries: PinTries) -> NotEntered | None:
        if tries.in_all >= MOST_WRONG_TRIES:
            return NotEntered(Refusal.LOCKED)
        wait_s = self._wait_s(number, tries)
        return NotEntered(Refusal.WAIT, wait_s) if wait_s > 0 else None

    def _wait_s(self, number: str, tries: PinTries) -> float:
        """Whoever tries one number after the other waits, too."""
        now_s = self._clock.monotonic_s()
        last_s = max(self._wrong_at_s.values(), default=self._started_s)
        last_here_s = self._wrong_at_s.get(number, self._started_s)
        return max(last_s + wait_after(tries.in_a_row), last_here_s + wait_after(tries.at_number)) - now_s

    def _entered(self, entry: StaffEntry, by: str, act: Act = Act.STAFF_ENTERED) -> Entered:
        staff = entry.staff
        with self._store.transaction() as tx:
            if by == "pin":
                tx.staff.forget_tries(entry.number)
            roles = " ".join(sorted(staff.roles))
            self._audit.record(tx, staff.id, act, staff.id, by=by, roles=roles)
        return Entered(staff)

    def _wrong(self, number: str, entry: StaffEntry | None) -> NotEntered:
        """Without the digits: a PIN may have been typed where the number belongs."""
        self._wrong_at_s[number] = self._clock.monotonic_s()
        with self._store.transaction() as tx:
            tries = tx.staff.tries(number)
            self._audit.record(tx, TERMINAL, Act.PIN_REFUSED, entry.staff.id if entry else "", in_all=tries.in_all)
            if tries.in_all >= MOST_WRONG_TRIES:
                self._audit.record(tx, TERMINAL, Act.PINS_LOCKED)
        if tries.in_all >= MOST_WRONG_TRIES:
            return NotEntered(Refusal.LOCKED)
        return NotEntered(Refusal.WRONG, max(0.0, self._wait_s(number, tries)))

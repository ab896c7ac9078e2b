"""Faces whose consent ended long ago go by themselves, and no clock alone decides that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.audit import Act, CountersignedHead
from kiosk.domain.ids import MemberId
from kiosk.domain.loyalty import PointsRule
from kiosk.services.audit import TERMINAL, Audit
from kiosk.services.ended_faces import EndedFaces
from kiosk.services.events import FacesChanged
from kiosk.services.ports import Transaction
from kiosk.store.face_keys import FaceKeys
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from kiosk.sync.encoder import WireEncoder
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.store.enrolling import consent, template
from tests.store.sales import NOON, new_store

KEEP = timedelta(days=30)
DAY = timedelta(days=1)
TEN_YEARS = timedelta(days=3653)
SHORT, LONG = MemberId("m-short"), MemberId("m-long")
OVER = NOON + 10 * DAY + KEEP  # what SHORT's consent came to


class Terminal:
    """One face whose consent is for 10 days, one for 365."""

    def __init__(self, folder: Path, mutant: type[EndedFaces] = EndedFaces) -> None:
        self.folder = folder
        self.store: SqliteStore = new_store(folder)
        self.clock, self.events, self.signal = FixedClock(NOON), EventLog(), Signal()
        self.consents = {SHORT: consent(SHORT, days=10), LONG: consent(LONG)}
        with self.store.transaction() as tx:
            for each in self.consents.values():
                tx.faces.enrol(each, template())
            Audit(self.clock).record(tx, TERMINAL, Act.STARTED)
        encoder = WireEncoder(PointsRule(100))
        self.ended = mutant(self.store, encoder, self.signal, self.events, self.clock, KEEP)

    def central_says(self, moment: datetime) -> None:
        """Under its signature, which sync has checked."""
        head = CountersignedHead("", 0, uuid4(), 1, bytes(32), moment.astimezone(UTC), b"signature")
        with self.store.transaction() as tx:
            log = tx.audit.open_log()
            assert log is not None
            tx.audit.keep(log[0], None, b"key", head)

    def here(self) -> set[MemberId]:
        with self.store.transaction() as tx:
            return {each.member_id for each in tx.faces.consents_after("", 10)}

    def keys(self) -> int:
        return len(FaceKeys(self.folder / "kiosk.face-keys").ids())


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.store.close()


def test_it_goes_when_both_clocks_say_so_and_central_is_told(terminal: Terminal) -> None:
    terminal.clock.moment = OVER + DAY
    terminal.central_says(OVER - DAY)
    assert terminal.ended.destroy() == 0
    terminal.central_says(OVER)
    assert terminal.ended.destroy() == 1
    assert terminal.here() == {LONG}
    assert terminal.keys() == 1, "and its key is destroyed"
    assert FacesChanged() in terminal.events.events
    assert terminal.signal.wakes == 1
    with terminal.store.transaction() as tx:
        (told,) = [wire.decode_event(body) for _, body in tx.outbox.next_batch(10, 10**6)[1]]
        newest = tx.audit.newest()
    assert told == wire.FaceDestroyed(terminal.consents[SHORT].id)
    assert newest is not None
    assert (newest.action, newest.subject) == (Act.FACE_ENDED, SHORT)
    assert terminal.ended.destroy() == 0


@pytest.mark.parametrize("jump", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])
def test_one_clock_that_is_ten_years_off_destroys_nothing(terminal: Terminal, jump: timedelta) -> None:
    terminal.central_says(NOON)
    terminal.clock.moment = NOON + jump
    assert terminal.ended.destroy() == 0, "this machine's"
    terminal.clock.moment = NOON
    terminal.central_says(NOON + jump)
    assert terminal.ended.destroy() == 0, "central's"
    assert terminal.here() == {SHORT, LONG}


def test_nothing_goes_before_central_has_ever_signed_anything(terminal: Terminal) -> None:
    terminal.clock.moment = OVER + TEN_YEARS
    assert terminal.ended.destroy() == 0


def test_a_renewed_one_stays(terminal: Terminal) -> None:
    with terminal.store.transaction() as tx:
        tx.faces.renew(consent(SHORT, days=100))
    terminal.clock.moment = OVER
    terminal.central_says(OVER)
    assert terminal.ended.destroy() == 0


def test_more_than_a_handful(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    with terminal.store.transaction() as tx:
        for number in range(450):
            tx.faces.enrol(consent(MemberId(f"x{number:03}"), days=10 if number % 2 else 365), template(poses=3))
    terminal.clock.moment = OVER
    terminal.central_says(OVER)
    assert terminal.ended.destroy() == 226
    assert len(terminal.here()) == 10
    assert terminal.keys() == 226
    terminal.store.close()


class BelievesItsOwnClock(EndedFaces):
    """A planted bug."""

    def _agreed(self, tx: Transaction) -> datetime | None:
        return self._clock.now()


class BelievesCentral(EndedFaces):
    """A planted bug."""

    def _agreed(self, tx: Transaction) -> datetime | None:
        return tx.audit.witnessed_at()


@pytest.mark.parametrize("mutant", [BelievesItsOwnClock, BelievesCentral])
def test_planted_bugs_are_caught(tmp_path: Path, mutant: type[EndedFaces]) -> None:
    terminal = Terminal(tmp_path, mutant)
    with pytest.raises(AssertionError):
        test_one_clock_that_is_ten_years_off_destroys_nothing(terminal, TEN_YEARS)
    terminal.store.close()

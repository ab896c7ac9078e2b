"""Staff ask that a face be enrolled: only for the member whose valid card it is, and it is written down who asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.audit import parse_entry
from kiosk.domain.ids import MemberId, StaffId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import CardState
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.services.begin_enrolment import EnrolmentHindrance, StaffEnrolments
from kiosk.services.forget_face import FaceForgetting
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.store.sales import CARD, MEMBER, NOON, new_store
from tests.store.test_feed import THE_MEMBER, read

MANAGER = Staff(StaffId("staff-12"), "王师傅", frozenset({Role.MANAGER}))
TECHNICIAN = Staff(StaffId("staff-13"), "李工", frozenset({Role.TECHNICIAN}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = new_store(tmp_path)
    read(opened, "first", more=False, cards={CARD.uid: CARD}, **THE_MEMBER)
    yield opened
    opened.close()


def written(store: SqliteStore) -> list[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    with store.transaction() as tx:
        log = tx.audit.open_log()
        entries = [parse_entry(row.body) for row in tx.audit.entries_after(log[0], 0, 100)] if log else []
    return [(e.actor, e.action, e.subject, e.details) for e in entries if e.action.startswith("face_enrol")]


def begins(store: SqliteStore, by: Staff = MANAGER, member_id: MemberId = MEMBER.id) -> EnrolmentHindrance | None:
    return StaffEnrolments(store, FixedClock(NOON)).begin(by, member_id, CARD.uid)


def test_who_asked_for_whom_is_written_down_by_their_ids(store: SqliteStore) -> None:
    assert begins(store) is None
    assert written(store) == [(MANAGER.id, "face_enrolment_asked", MEMBER.id, ())]


def test_nobody_else_may(store: SqliteStore) -> None:
    with pytest.raises(NotPermitted):
        begins(store, TECHNICIAN)
    assert written(store) == []


def test_a_card_of_another_or_blocked_begins_nothing(store: SqliteStore) -> None:
    assert begins(store, member_id=MemberId("m-2")) is EnrolmentHindrance.NOT_THEIRS
    read(store, "first", more=False, cards={CARD.uid: replace(CARD, state=CardState.BLOCKED)})
    assert begins(store) is EnrolmentHindrance.NOT_THEIRS
    assert written(store) == []


def test_not_while_the_last_face_is_still_being_forgotten(store: SqliteStore) -> None:
    forgetting = FaceForgetting(store, WireEncoder(PointsRule(100)), Signal(), EventLog(), FixedClock(NOON))
    forgetting.forget(UUID(int=1), MEMBER.id, by=MANAGER)
    assert begins(store) is EnrolmentHindrance.FORGETTING
    assert written(store) == []

"""My account: what this terminal knows of a member, in the canteen's time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

from kiosk.domain.ids import MemberId
from kiosk.services.accounts import Accounts
from kiosk.services.faces_of import FacesHere, FaceState
from kiosk.store.sqlite_store import SqliteStore
from tests.services.fakes import FixedClock
from tests.store.enrolling import MODELS, consent, template
from tests.store.sales import DAY, MEMBER, NOON, draft, new_store

CHINA = timezone(timedelta(hours=8))
OTHER = MemberId("m-2")


def accounts_on(store: SqliteStore) -> Accounts:
    here = FacesHere(store, FixedClock(NOON), MODELS)
    return Accounts(store, here, lambda moment: moment.astimezone(CHINA))


def ordered(store: SqliteStore, *members: MemberId | None) -> list[str]:
    """An order each, one after the other; their numbers."""
    numbers = []
    with store.transaction() as tx:
        for member_id in members:
            order = replace(draft(), number=tx.orders.next_number(DAY), member_id=member_id)
            tx.orders.add(order)
            numbers.append(order.number)
    return numbers


def test_a_members_own_orders_newest_first_and_nobody_elses(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    numbers = ordered(store, MEMBER.id, OTHER, None, MEMBER.id)
    seen = accounts_on(store).of(MEMBER.id)
    assert [order.number for order in seen.orders] == [numbers[3], numbers[0]]
    assert all(order.created_at.utcoffset() == timedelta(hours=8) for order in seen.orders)
    assert accounts_on(store).of(MemberId("m-3")).orders == ()
    store.close()


def test_only_the_newest_are_listed(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    numbers = ordered(store, *[MEMBER.id] * 9)
    assert [order.number for order in accounts_on(store).of(MEMBER.id).orders] == numbers[:-6:-1]
    store.close()


def test_a_consent_is_told_in_the_canteens_time(tmp_path: Path) -> None:
    """Half past eight in the evening in UTC is the next day there."""
    store = new_store(tmp_path)
    assert accounts_on(store).of(MEMBER.id).face.state is FaceState.NONE
    given = replace(consent(), given_at=NOON.replace(hour=20), until=NOON.replace(hour=20) + timedelta(days=300))
    with store.transaction() as tx:
        tx.faces.enrol(given, template())
    told = accounts_on(store).of(MEMBER.id).face.consent
    assert told is not None
    assert told.id == given.id
    assert told.given_at == given.given_at
    assert told.given_at.day == given.given_at.day + 1
    store.close()

"""Deletions of faces that were made since the backup: a restored central has the faces forgotten all the same."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from central.faces.sharing_repository import face_letter, put_shared
from central.transactions import Transaction
from kiosk.domain.ids import MemberId
from kiosk.services.forget_face import FaceForgetting, FaceForgotten
from kiosk.sync.encoder import WireEncoder
from tests.central.conftest import DATABASES
from tests.central.support import Diner
from tests.central.till import POINTS
from tests.restoring.site import Site, Till
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.store.enrolling import consent, template
from tests.store.sales import NOON

on_both = pytest.mark.parametrize("site", DATABASES, indirect=True)


def enrol(till: Till, diner: Diner) -> None:
    given = consent(MemberId(diner.id))
    with till.store.transaction() as tx:
        tx.faces.enrol(given, template())
        tx.outbox.add(WireEncoder(POINTS).face_consent(given))


def is_enrolled(till: Till, diner: Diner) -> bool:
    with till.store.transaction() as tx:
        return tx.faces.of(MemberId(diner.id)) is not None


def forget(till: Till, diner: Diner) -> None:
    forgetting = FaceForgetting(till.store, WireEncoder(POINTS), Signal(), EventLog(), FixedClock(NOON))
    assert isinstance(forgetting.forget(uuid4(), MemberId(diner.id)), FaceForgotten)


@on_both
@pytest.mark.parametrize("options", [(), ("--without-record",)], ids=["record", "no-record"])
def test_what_central_was_told_itself(site: Site, options: tuple[str, ...]) -> None:
    """The terminal was offline all the time. Without the record only what stands in the backup is known."""
    site.open()
    till, diner = site.till(), site.diner()
    till.pull()
    enrol(till, diner)
    till.sync()
    till.unplug()
    if options:
        assert site.command("forget-face", diner.id, "--by", "Li") == 0
    backup = site.back_up()
    if not options:
        assert site.command("forget-face", diner.id, "--by", "Li") == 0
    site.lose_and_restore(backup, *options)
    if options:
        till.enrol_anew()
    till.plug_in().sync()
    assert not is_enrolled(till, diner)


@on_both
def test_what_a_terminal_had_told(site: Site) -> None:
    site.open()
    here, offline, diner = site.till(), site.till(), site.diner()
    offline.pull()
    enrol(offline, diner)
    offline.push()
    offline.unplug()
    backup = site.back_up()
    here.pull()
    forget(here, diner)
    here.sync()
    site.lose_and_restore(backup)
    offline.plug_in().sync()
    assert is_enrolled(offline, diner), "the restored central does not know yet"
    here.plug_in().sync()
    offline.sync()
    assert not is_enrolled(offline, diner)


@on_both
def test_letters_with_faces_in_a_backup_go_nowhere(site: Site) -> None:
    """The backup was made while a copy was on its way; since then the face was forgotten, and the terminal that should
    have had the copy was never there."""
    site.open()
    here, offline, diner = site.till(), site.till(), site.diner()
    here.pull()
    letter = _letter(site, offline, diner)
    assert _letters(site) == [letter]
    backup = site.back_up()
    forget(here, diner)
    here.sync()
    assert _letters(site) == []
    site.lose_and_restore(backup)
    assert _letters(site) == []
    page = offline.plug_in().client.feed("", 0, 1000, 0)
    assert [row for row in page.rows if row.kind == "face_letter"] == []


def _letter(site: Site, till: Till, diner: Diner) -> UUID:
    letter_id, consent_id = uuid4(), uuid4()
    until = NOON.replace(year=2099)

    def put(tx: Transaction) -> None:
        shared = {"member_id": diner.id, "consent_id": consent_id, "after": None, "number": 1, "until": until}
        put_shared(tx.connection, shared)
        row = {"id": letter_id, "member_id": diner.id, "terminal_id": till.identity.terminal_id, "sealed": b"sealed"}
        tx.connection.execute(insert(face_letter), row | {"consent_id": consent_id, "box_id": uuid4()})
        tx.changes.face_letters.add(letter_id)

    site.central.parts.transactions.write(put)
    return letter_id


def _letters(site: Site) -> list[UUID]:
    return site.central.parts.transactions.read(lambda c: list(c.execute(select(face_letter.c.id)).scalars()))

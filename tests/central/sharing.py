"""Terminals that share faces, every step taken by the test itself, and a central that may."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert

from central.faces.sharing import leave
from central.faces.sharing_repository import face_letter, letters_of, remove_letters
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.services.enrol_face import ConsentForm, EnrolmentRules, FaceEnrolled, FaceEnrolment
from kiosk.services.forget_face import FaceForgetting, FaceForgotten
from kiosk.services.ports import TerminalIdentity
from kiosk.store.face_keys import FaceKeys
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.client import CentralClient
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.face_letters import SiteKey
from kiosk.sync.face_sharing import FaceLetterReader, FaceLetterWriter
from kiosk.sync.line import CentralAddress
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender
from kiosk.sync.wire import FaceBox
from kiosk.system_clock import SystemClock
from tests.central.support import Central, Diner
from tests.central.till import POINTS, enrolled
from tests.services.fakes import EventLog, Signal
from tests.store.enrolling import MODELS, template

SHARED = "\n[faces]\nshared = true\n"
SITE_KEY = secrets.token_bytes(32)
LOCAL = (ConsentPurpose.PAYING,)
SHARING = (ConsentPurpose.PAYING, ConsentPurpose.SHARING)


class RealTerminal:
    """What a planted bug may have otherwise (tests/central/sharing_mutants.py); here nothing is."""

    def site_key(self, key: bytes) -> SiteKey:
        return SiteKey(key)

    def store(self, store: SqliteStore) -> Any:
        return store


REAL = RealTerminal()


class SharingTill:
    """A terminal less its screens, devices and threads. `site_key` None: it does not share."""

    def __init__(
        self,
        folder: Path,
        identity: TerminalIdentity,
        url: str,
        site_key: bytes | None = SITE_KEY,
        program: RealTerminal = REAL,
    ) -> None:
        self.folder, self.identity = folder, identity
        self.real_store = open_store(folder / "kiosk.db", folder / "kiosk.key")
        self.store = program.store(self.real_store)
        self.client = CentralClient(CentralAddress(url, 10.0), identity)
        self.events = EventLog()
        key = program.site_key(site_key) if site_key else None
        reader = FaceLetterReader(key, identity) if key else None
        self.writer = FaceLetterWriter(self.client, self.store, identity, key, every_s=0) if key else None
        self.reader = FeedReader(self.client, self.store, identity, self.events, lambda: None, letters=reader)
        self.sender = OutboxSender(self.client, self.store)
        parts = (self.store, WireEncoder(POINTS), Signal(), self.events, SystemClock())
        self.enrolment = FaceEnrolment(*parts, EnrolmentRules(MODELS))
        self.forgetting = FaceForgetting(*parts)

    def close(self) -> None:
        self.client.line.close()
        self.real_store.close()

    # --- steps ---

    def pull(self) -> None:
        while self.reader.read_page(0):
            pass

    def push(self) -> None:
        while self.sender.send_batch():
            pass

    def exchange(self) -> None:
        """Until central asks for no more letters."""
        while self.writer and self.writer.exchange_if_due():
            pass

    def sync(self) -> None:
        self.pull()
        self.push()
        self.exchange()

    # --- faces ---

    def consent(self, member: Diner, purposes: tuple[ConsentPurpose, ...] = SHARING) -> FaceConsent:
        until = SystemClock().now() + timedelta(days=300)
        form = ConsentForm("2026-1", "zh", purposes, under_14=False, given_by=ConsentGiver.MEMBER, until=until)
        given = self.enrolment.take_consent(MemberId(member.id), form)
        assert isinstance(given, FaceConsent), given
        return given

    def enrol(
        self, member: Diner, purposes: tuple[ConsentPurpose, ...] = SHARING, made: FaceTemplate | None = None
    ) -> FaceTemplate:
        self.pull()
        made = made or template()
        done = self.enrolment.enrol(self.consent(member, purposes), made, ())
        assert isinstance(done, FaceEnrolled), done
        return made

    def renew(self, member: Diner, purposes: tuple[ConsentPurpose, ...] = SHARING) -> object:
        until = SystemClock().now() + timedelta(days=390)
        form = ConsentForm("2026-1", "zh", purposes, under_14=False, given_by=ConsentGiver.MEMBER, until=until)
        given = self.enrolment.take_consent(MemberId(member.id), form)
        assert isinstance(given, FaceConsent), given
        return self.enrolment.renew(given)

    def forget(self, member: Diner) -> None:
        assert isinstance(self.forgetting.forget(uuid4(), MemberId(member.id)), FaceForgotten)

    def face(self, member: Diner) -> tuple[FaceConsent, FaceTemplate] | None:
        with self.store.transaction() as tx:
            sealed = tx.faces.sealed(MemberId(member.id))
        return None if sealed is None else sealed.open()

    def template(self, member: Diner) -> FaceTemplate | None:
        found = self.face(member)
        return None if found is None else found[1]

    def keys(self) -> int:
        """In the file, as it is on the disk."""
        return len(FaceKeys(self.folder / "kiosk.face-keys").ids())

    def box_key(self) -> bytes:
        with self.store.transaction() as tx:
            return tx.faces.box()[1]

    def box(self) -> FaceBox:
        with self.store.transaction() as tx:
            return SiteKey(SITE_KEY).box_of(self.identity, *tx.faces.box())

    def waiting(self) -> int:
        with self.store.transaction() as tx:
            return tx.outbox.waiting()


@contextmanager
def sharing_site(
    central: Central,
    folder: Path,
    count: int = 2,
    programs: tuple[RealTerminal, ...] = (),
    site_keys: tuple[bytes | None, ...] = (),
) -> Iterator[list[SharingTill]]:
    """So many new terminals, and no others share; what is left out of `programs` and `site_keys` is as it should be."""
    central.parts.transactions.write(leave)
    with ExitStack() as stack:
        tills = []
        for i in range(count):
            home = folder / f"t{i}"
            program = programs[i] if i < len(programs) else REAL
            key = site_keys[i] if i < len(site_keys) else SITE_KEY
            till = SharingTill(home, enrolled(central, home), central.url, key, program)
            stack.callback(till.close)
            tills.append(till)
        yield tills


def change_central(central: Central, work: Callable[[Connection], Iterable[UUID]]) -> None:
    """As whoever rules over central's machine could: `work` changes the database, and the letters whose ids it returns
    are put on the feed."""
    central.parts.transactions.write(lambda tx: tx.changes.face_letters.update(work(tx.connection)))


def put_letter(central: Central, at: SharingTill, consent: FaceConsent, sealed: bytes) -> UUID:
    """Central has a letter for that terminal's present box which nobody was asked for; returns its id."""
    letter_id = uuid4()
    row = {
        "id": letter_id,
        "member_id": consent.member_id,
        "terminal_id": at.identity.terminal_id,
        "consent_id": consent.id,
        "box_id": at.box().id,
        "sealed": sealed,
    }

    def put(connection: Connection) -> list[UUID]:
        gone = remove_letters(connection, member_id=consent.member_id)
        connection.execute(insert(face_letter), row)
        return [*gone, letter_id]

    change_central(central, put)
    return letter_id


def shared_with_all(tills: list[SharingTill]) -> None:
    """Rounds enough for a face to get everywhere: told, asked for, written, read, answered."""
    for _ in range(3):
        for till in tills:
            till.sync()


def letters(central: Central, member: Diner) -> list[Any]:
    return list(central.parts.transactions.read(lambda c: letters_of(c, member.id)))

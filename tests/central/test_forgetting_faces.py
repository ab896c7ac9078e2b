"""From the touch at one terminal to the other terminals' key files, over a central that runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from central.faces.repository import consents_of
from central.faces.service import forget_face
from central.faces.sharing_repository import copies_of
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.domain.ids import MemberId
from kiosk.services.enrol_face import ConsentForm, EnrolmentRules, FaceEnrolled, FaceEnrolment, FaceRefused
from kiosk.services.forget_face import FaceForgetting, FaceForgotten
from kiosk.store.face_keys import FaceKeys
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.face_letters import SiteKey
from kiosk.system_clock import SystemClock
from tests.central.conftest import DATABASES
from tests.central.sharing import SHARED, SITE_KEY
from tests.central.support import Central, Diner, running_central, wait_until
from tests.central.till import POINTS, Till, enrolled, opened_till, running_till
from tests.services.fakes import EventLog
from tests.store.enrolling import MODELS, template

WITHIN_S = 60.0
NOWHERE = "http://127.0.0.1:9"


@dataclass
class Faces:
    """What a terminal does with faces."""

    till: Till
    folder: Path
    shares: bool = False

    def __post_init__(self) -> None:
        parts = (self.till.store, WireEncoder(POINTS), self.till.sync, EventLog(), SystemClock())
        self.enrolment = FaceEnrolment(*parts, EnrolmentRules(MODELS))
        self.forgetting = FaceForgetting(*parts)

    def consent(self, member: Diner) -> FaceConsent | FaceRefused:
        until = SystemClock().now() + timedelta(days=300)
        purposes = (ConsentPurpose.PAYING, ConsentPurpose.SHARING) if self.shares else (ConsentPurpose.PAYING,)
        form = ConsentForm("2026-1", "zh", purposes, under_14=False, given_by=ConsentGiver.MEMBER, until=until)
        return self.enrolment.take_consent(MemberId(member.id), form)

    def enrol(self, member: Diner) -> FaceConsent:
        wait_until(lambda: self.knows(member))
        given = self.consent(member)
        assert isinstance(given, FaceConsent), given
        assert isinstance(self.enrolment.enrol(given, template(), ()), FaceEnrolled)
        return given

    def forget(self, member: Diner) -> FaceForgotten:
        done = self.forgetting.forget(uuid4(), MemberId(member.id))
        assert isinstance(done, FaceForgotten)
        return done

    def knows(self, member: Diner) -> bool:
        with self.till.store.transaction() as tx:
            return tx.members.get(MemberId(member.id)) is not None

    def is_enrolled(self, member: Diner) -> bool:
        with self.till.store.transaction() as tx:
            return tx.faces.of(MemberId(member.id)) is not None

    def keys(self) -> int:
        """In the file, as it is on the disk."""
        return len(FaceKeys(self.folder / "kiosk.face-keys").ids())


def all_said_so(central: Central, member: Diner, count: int) -> bool:
    rows = central.parts.transactions.read(lambda c: consents_of(c, member.id))
    return len(rows) == count and all(row.destroyed_at is not None for row in rows)


def test_a_face_that_is_forgotten_at_one_terminal_is_at_the_other_too(central: Central, tmp_path: Path) -> None:
    member, other = central.add_member(), central.add_member()
    with running_till(central, tmp_path / "a") as till_a, running_till(central, tmp_path / "b") as till_b:
        a, b = Faces(till_a, tmp_path / "a"), Faces(till_b, tmp_path / "b")
        for faces in (a, b):
            faces.enrol(member)
            faces.enrol(other)
        assert (a.keys(), b.keys()) == (2, 2)
        asked_s = time.monotonic()
        assert a.forget(member).on_the_way
        assert a.keys() == 1, "here at once"
        wait_until(lambda: b.keys() == 1, WITHIN_S)
        took_s = time.monotonic() - asked_s
        assert took_s < 10, "milliseconds as a rule"
        assert not b.is_enrolled(member)
        assert b.is_enrolled(other)
        assert a.is_enrolled(other)
        wait_until(lambda: all_said_so(central, member, 2))
        wait_until(lambda: not isinstance(b.consent(member), FaceRefused))
        b.enrol(member)
        assert b.is_enrolled(member), "who wants to may enrol anew"


def test_at_first_contact_where_the_terminal_was_offline(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    identity = enrolled(central, tmp_path / "c")
    with opened_till(tmp_path / "c", identity, central.url) as till:
        Faces(till, tmp_path / "c").enrol(member)
        wait_until(lambda: till.waiting() == 0)
    central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
    with opened_till(tmp_path / "c", identity, NOWHERE) as till:
        assert Faces(till, tmp_path / "c").is_enrolled(member), "it cannot know yet"
    with opened_till(tmp_path / "c", identity, central.url) as till:
        faces = Faces(till, tmp_path / "c")
        wait_until(lambda: faces.keys() == 0)
        assert not faces.is_enrolled(member)
        wait_until(lambda: all_said_so(central, member, 1))


def test_an_enrolment_offline_that_the_deletion_did_not_know_of(central: Central, tmp_path: Path) -> None:
    """At a terminal without a network, before or after the deletion elsewhere: no clock can tell, so it goes."""
    member = central.add_member()
    identity = enrolled(central, tmp_path / "c")
    with opened_till(tmp_path / "c", identity, central.url) as till:
        wait_until(lambda: Faces(till, tmp_path / "c").knows(member))
    with running_till(central, tmp_path / "a") as till:
        wait_until(lambda: Faces(till, tmp_path / "a").knows(member))
        Faces(till, tmp_path / "a").forget(member)
        wait_until(lambda: till.waiting() == 0)
    with opened_till(tmp_path / "c", identity, NOWHERE) as till:
        Faces(till, tmp_path / "c").enrol(member)
    with opened_till(tmp_path / "c", identity, central.url) as till:
        faces = Faces(till, tmp_path / "c")
        wait_until(lambda: faces.keys() == 0)
        wait_until(lambda: all_said_so(central, member, 1))


def test_who_was_forgotten_offline_enrols_again_when_central_has_heard(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    identity = enrolled(central, tmp_path / "c")
    with opened_till(tmp_path / "c", identity, central.url) as till:
        Faces(till, tmp_path / "c").enrol(member)
    with opened_till(tmp_path / "c", identity, NOWHERE) as till:
        faces = Faces(till, tmp_path / "c")
        assert faces.forget(member).on_the_way
        assert faces.keys() == 0
        assert isinstance(faces.consent(member), FaceRefused)
    with opened_till(tmp_path / "c", identity, central.url) as till:
        faces = Faces(till, tmp_path / "c")
        wait_until(lambda: not isinstance(faces.consent(member), FaceRefused))
        faces.enrol(member)
        assert faces.keys() == 1


# --- shared between the terminals: a copy is forgotten like what was enrolled ---


@pytest.fixture(scope="module", params=DATABASES)
def sharing_central(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    url = request.getfixturevalue("postgresql_url")() if request.param == "postgresql" else None
    with running_central(tmp_path_factory.mktemp(f"sharing-{request.param}"), url, more=SHARED) as running:
        yield running


def test_a_copy_online_goes_too(sharing_central: Central, tmp_path: Path) -> None:
    """Two terminals as they run, with their threads."""
    member, site_key = sharing_central.add_member(), SiteKey(SITE_KEY)
    identities = [enrolled(sharing_central, tmp_path / name) for name in ("a", "b")]
    with ExitStack() as stack:
        a, b = (
            Faces(
                stack.enter_context(opened_till(tmp_path / n, i, sharing_central.url, site_key=site_key)),
                tmp_path / n,
                shares=True,
            )
            for n, i in zip(("a", "b"), identities, strict=True)
        )
        a.enrol(member)
        wait_until(lambda: woken(a, b) and b.is_enrolled(member), every_s=0.05)
        asked_s = time.monotonic()
        a.forget(member)
        wait_until(lambda: not b.is_enrolled(member), WITHIN_S)
        assert time.monotonic() - asked_s < 10, "milliseconds as a rule"
        wait_until(lambda: all_copies_said_so(sharing_central, member))


def test_a_copy_offline_goes_at_first_contact(sharing_central: Central, tmp_path: Path) -> None:
    member, site_key = sharing_central.add_member(), SiteKey(SITE_KEY)
    url = sharing_central.url
    identities = [enrolled(sharing_central, tmp_path / name) for name in ("a", "b")]
    with opened_till(tmp_path / "a", identities[0], url, site_key=site_key) as till_a:
        a = Faces(till_a, tmp_path / "a", shares=True)
        with opened_till(tmp_path / "b", identities[1], url, site_key=site_key) as till_b:
            b = Faces(till_b, tmp_path / "b", shares=True)
            a.enrol(member)
            wait_until(lambda: woken(a, b) and b.is_enrolled(member) and till_b.waiting() == 0, every_s=0.05)
        a.forget(member)
        wait_until(lambda: till_a.waiting() == 0)
    with opened_till(tmp_path / "b", identities[1], NOWHERE, site_key=site_key) as till_b:
        assert Faces(till_b, tmp_path / "b").is_enrolled(member), "it cannot know yet"
    with opened_till(tmp_path / "b", identities[1], url, site_key=site_key) as till_b:
        b = Faces(till_b, tmp_path / "b")
        wait_until(lambda: not b.is_enrolled(member))
        wait_until(lambda: all_copies_said_so(sharing_central, member))


def woken(*faces: Faces) -> bool:
    """They look for letters at once, not in half a minute."""
    for each in faces:
        each.till.sync.wake()
    return True


def all_copies_said_so(central: Central, member: Diner) -> bool:
    rows = central.parts.transactions.read(lambda c: copies_of(c, member.id))
    return len(rows) == 1 and rows[0].destroyed_at is not None and all_said_so(central, member, 1)

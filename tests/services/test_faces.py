"""Enrolling, renewing and forgetting a face, on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from kiosk.domain.audit import Act
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.domain.loyalty import PointsRule
from kiosk.services.enrol_face import (
    ConsentForm,
    EnrolmentRules,
    FaceEnrolled,
    FaceEnrolment,
    FaceRefused,
    FaceRefusedReason,
)
from kiosk.services.events import FacesChanged
from kiosk.services.faces_of import FacesHere, FaceState
from kiosk.services.forget_face import FaceForgetting, FaceForgotten
from kiosk.services.ports import StorageFailed
from kiosk.services.staff_acts import NotKnown
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from kiosk.sync.encoder import WireEncoder
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.store.enrolling import MODELS, template
from tests.store.sales import MEMBER, NOON, new_store

OTHER = MemberId("m-2")
FORM = ConsentForm(
    "2026-1",
    "zh",
    (ConsentPurpose.PAYING,),
    under_14=False,
    given_by=ConsentGiver.MEMBER,
    until=NOON + timedelta(days=300),
)
CHILD = replace(FORM, under_14=True, given_by=ConsentGiver.GUARDIAN, guardian="王芳", staff="李雷")


@dataclass
class Terminal:
    """The services of faces on one store. Members MEMBER and OTHER are known."""

    store: SqliteStore

    def __post_init__(self) -> None:
        self.clock, self.events = FixedClock(NOON), EventLog()
        parts = (self.store, WireEncoder(PointsRule(100)), Signal(), self.events, self.clock)
        self.enrolment = FaceEnrolment(*parts, EnrolmentRules(MODELS))
        self.enrolment_with = partial(FaceEnrolment, *parts, EnrolmentRules(MODELS))
        self.forgetting = FaceForgetting(*parts)
        self.here = FacesHere(self.store, self.clock, MODELS)

    def consent(self, form: ConsentForm = FORM, member_id: MemberId = MEMBER.id) -> FaceConsent:
        given = self.enrolment.take_consent(member_id, form)
        assert isinstance(given, FaceConsent), given
        return given

    def enrols(self, member_id: MemberId = MEMBER.id) -> FaceConsent:
        given = self.consent(member_id=member_id)
        assert self.enrolment.enrol(given, template(), ()) == FaceEnrolled(given)
        return given

    def told(self) -> list[object]:
        """What is on its way to central."""
        with self.store.transaction() as tx:
            return [wire.decode_event(body) for _, body in tx.outbox.next_batch(100, 10**6)[1]]

    def acts(self) -> list[tuple[str, str, str]]:
        with self.store.transaction() as tx:
            log = tx.audit.open_log()
            rows = list(tx.audit.entries_after(log[0], 0, 100)) if log else []
        entries = [msgspec.json.decode(row.body) for row in rows]
        return [(e["actor"], e["action"], e["subject"]) for e in entries if e["action"].startswith("face")]

    def central_has_heard(self) -> None:
        with self.store.transaction() as tx:
            tx.outbox.acknowledge(len(tx.outbox.next_batch(100, 10**6)[1]))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    store = new_store(tmp_path)
    members = {m.id: msgspec.json.encode(m) for m in (MEMBER, replace(MEMBER, id=OTHER))}
    with store.transaction() as tx:
        tx.feed.apply_page(epoch="e", next_after=1, more=False, menus=(), members=members, cards={}, stock={})
    yield Terminal(store)
    store.close()


def refused(outcome: object) -> FaceRefusedReason:
    assert isinstance(outcome, FaceRefused), outcome
    return outcome.reason


def test_enrolled_it_is_usable_told_and_written_down(terminal: Terminal) -> None:
    given = terminal.enrols()
    assert terminal.here.of(MEMBER.id).state is FaceState.USABLE
    assert terminal.here.usable(ConsentPurpose.PAYING) == {MEMBER.id: template()}
    assert terminal.here.usable(ConsentPurpose.ORDERING) == {}, "not consented to"
    assert terminal.told() == [wire.FaceConsentGiven(given)]
    assert terminal.acts() == [("member", Act.FACE_ENROLLED, MEMBER.id)]
    assert terminal.events.events == [FacesChanged()]
    assert terminal.enrolment.enrol(given, template(), ()) == FaceEnrolled(given)
    assert len(terminal.told()) == 1, "done once"


def test_a_guardian_consents_for_a_child_and_nobody_else(terminal: Terminal) -> None:
    given = terminal.consent(CHILD)
    assert given.guardian == "王芳"
    assert isinstance(terminal.enrolment.enrol(given, template(), ()), FaceEnrolled)
    assert terminal.acts() == [("staff", Act.FACE_ENROLLED, MEMBER.id)], "the log holds no name"
    for wrong in (
        replace(CHILD, guardian=""),
        replace(CHILD, given_by=ConsentGiver.MEMBER),
        replace(FORM, given_by=ConsentGiver.GUARDIAN, guardian="王芳"),
        replace(FORM, purposes=()),
        replace(FORM, until=NOON),
        replace(FORM, until=NOON + timedelta(days=500)),
    ):
        assert refused(terminal.enrolment.take_consent(MEMBER.id, wrong)) is FaceRefusedReason.CONSENT_INCOMPLETE
    nobody = MemberId("nobody")
    assert refused(terminal.enrolment.take_consent(nobody, FORM)) is FaceRefusedReason.MEMBER_UNKNOWN


def one_model(made: FaceTemplate) -> FaceTemplate:
    return FaceTemplate(made.made[:1])


@pytest.mark.parametrize(
    ("made", "too_near", "reason"),
    [
        (template(2), (), FaceRefusedReason.TOO_FEW_POSES),
        (template(6), (), FaceRefusedReason.TOO_MANY_POSES),
        (one_model(template()), (), FaceRefusedReason.MODELS_MISSING),
        (template(), (OTHER,), FaceRefusedReason.LOOKS_LIKE_ANOTHER),
        (template(), (MEMBER.id, OTHER), FaceRefusedReason.LOOKS_LIKE_ANOTHER),
    ],
)
def test_what_is_refused_leaves_nothing(
    terminal: Terminal, made: FaceTemplate, too_near: tuple[MemberId, ...], reason: FaceRefusedReason
) -> None:
    assert refused(terminal.enrolment.enrol(terminal.consent(), made, too_near)) is reason
    assert terminal.here.of(MEMBER.id).state is FaceState.NONE
    assert terminal.told() == []
    assert terminal.acts() == []


def test_who_enrols_anew_looks_like_themselves(terminal: Terminal) -> None:
    terminal.enrols()
    again = terminal.consent()
    assert terminal.enrolment.enrol(again, template(first=1.0), (MEMBER.id,)) == FaceEnrolled(again)
    assert terminal.here.usable(ConsentPurpose.PAYING) == {MEMBER.id: template(first=1.0)}


def test_a_consent_that_has_ended_is_of_no_use_until_it_is_renewed(terminal: Terminal) -> None:
    given = terminal.enrols()
    terminal.clock.moment = given.until
    assert terminal.here.of(MEMBER.id).state is FaceState.CONSENT_OVER
    assert terminal.here.usable(ConsentPurpose.PAYING) == {}
    newer = terminal.consent(replace(FORM, until=given.until + timedelta(days=300)))
    assert terminal.enrolment.renew(newer) == FaceEnrolled(newer)
    assert terminal.here.usable(ConsentPurpose.PAYING) == {MEMBER.id: template()}
    assert terminal.told()[1:] == [wire.FaceConsentGiven(newer)]
    assert terminal.acts()[1:] == [("member", Act.FACE_RENEWED, MEMBER.id)]
    shorter = terminal.consent(replace(FORM, until=given.until + timedelta(days=100)))
    assert refused(terminal.enrolment.renew(shorter)) is FaceRefusedReason.CONSENT_INCOMPLETE
    of_nobody = terminal.consent(replace(FORM, until=given.until + timedelta(days=300)), OTHER)
    assert refused(terminal.enrolment.renew(of_nobody)) is FaceRefusedReason.NOT_ENROLLED


class Alike:
    """kiosk.services.enrol_face.LookAlikes, as the test says."""

    def __init__(self, *found: MemberId, fails: bool = False) -> None:
        self._found, self._fails = found, fails

    def of(self, _member_id: MemberId) -> tuple[MemberId, ...]:
        if self._fails:
            raise StorageFailed
        return self._found


@pytest.mark.parametrize(("found", "is_kept"), [((), True), ((MEMBER.id,), True), ((OTHER,), False)])
def test_a_renewal_is_refused_like_an_enrolment_to_who_looks_like_another(
    terminal: Terminal, found: tuple[MemberId, ...], is_kept: bool
) -> None:
    """Who was enrolled since the consent ended was compared with nobody's whose consent was over."""
    given = terminal.enrols()
    terminal.clock.moment = given.until
    before = terminal.told(), terminal.acts()
    newer = terminal.consent(replace(FORM, until=given.until + timedelta(days=300)))
    outcome = terminal.enrolment_with(Alike(*found)).renew(newer)
    if is_kept:
        assert outcome == FaceEnrolled(newer)
    else:
        assert refused(outcome) is FaceRefusedReason.ANOTHER_SINCE
        assert terminal.here.of(MEMBER.id).state is FaceState.CONSENT_OVER
        assert (terminal.told(), terminal.acts()) == before


def test_a_renewal_that_cannot_be_compared_is_none(terminal: Terminal) -> None:
    given = terminal.enrols()
    newer = terminal.consent(replace(FORM, until=given.until + timedelta(days=10)))
    assert terminal.enrolment_with(Alike(fails=True)).renew(newer) == NotKnown(newer.id)
    assert terminal.here.of(MEMBER.id).consent == given


def test_another_model_makes_it_unusable_and_not_broken(terminal: Terminal) -> None:
    terminal.enrols()
    newer = FacesHere(terminal.store, terminal.clock, MODELS | {"sface": "2027jan"})
    assert newer.of(MEMBER.id).state is FaceState.MODEL_CHANGED
    assert newer.usable(ConsentPurpose.PAYING) == {}
    assert terminal.here.of(MEMBER.id).state is FaceState.USABLE


def test_forgotten_at_once_and_confirmed(terminal: Terminal) -> None:
    given, act = terminal.enrols(), uuid4()
    done = terminal.forgetting.forget(act, MEMBER.id)
    assert isinstance(done, FaceForgotten)
    assert done.on_the_way
    assert terminal.here.of(MEMBER.id).state is FaceState.FORGETTING
    assert terminal.here.usable(ConsentPurpose.PAYING) == {}
    assert terminal.told()[1:] == [wire.FaceForgotten(done.deletion, given.id)]
    assert terminal.acts()[1:] == [("member", Act.FACE_FORGOTTEN, MEMBER.id)]
    assert isinstance(terminal.forgetting.forget(act, MEMBER.id), FaceForgotten)
    assert len(terminal.told()) == 2, "done once"
    refusal = terminal.enrolment.take_consent(MEMBER.id, FORM)
    assert refused(refusal) is FaceRefusedReason.DELETION_ON_THE_WAY
    terminal.central_has_heard()
    assert terminal.here.of(MEMBER.id).state is FaceState.NONE
    assert terminal.enrols().after == done.deletion.id


def test_forgotten_where_it_was_not_enrolled_the_others_are_told(terminal: Terminal) -> None:
    done = terminal.forgetting.forget(uuid4(), OTHER, staff="李雷")
    assert isinstance(done, FaceForgotten)
    assert terminal.told() == [wire.FaceForgotten(done.deletion)]
    assert terminal.acts() == [("staff", Act.FACE_FORGOTTEN, OTHER)]


def test_a_consent_given_before_the_deletion_enrols_nobody(terminal: Terminal) -> None:
    """Consented, then deleted elsewhere while the poses were taken."""
    given = terminal.consent()
    terminal.forgetting.forget(uuid4(), MEMBER.id)
    assert refused(terminal.enrolment.enrol(given, template(), ())) is FaceRefusedReason.DELETION_ON_THE_WAY
    terminal.central_has_heard()
    assert refused(terminal.enrolment.enrol(given, template(), ())) is FaceRefusedReason.CONSENT_OVER


def test_a_disk_that_refuses_the_key_is_not_known_and_then_found_out(terminal: Terminal, tmp_path: Path) -> None:
    terminal.enrols()
    keys, aside, act = tmp_path / "kiosk.face-keys", tmp_path / "aside", uuid4()
    keys.rename(aside)
    keys.mkdir()
    assert terminal.forgetting.forget(act, MEMBER.id) == NotKnown(act)
    assert terminal.events.events[-1] == FacesChanged(), "whoever still holds it in memory asks again"
    keys.rmdir()
    aside.rename(keys)
    terminal.store.reopen()
    assert isinstance(terminal.forgetting.forget(act, MEMBER.id), FaceForgotten)
    assert len(terminal.told()) == 2
    assert not any(keys.read_bytes()[64:]), "destroyed"

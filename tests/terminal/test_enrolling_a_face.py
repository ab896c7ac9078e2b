"""A drawn face is enrolled at a whole terminal, through the real camera desk, engine and store: what is kept of it,
and that nothing is of whoever stops, is refused, or has it deleted."""

from __future__ import annotations

import base64
import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import FaceConsentId
from kiosk.logs import JsonLines
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.account_state import StaffPresent, Tried, Unable
from kiosk.screens.flow.enrolling import enrols_faces, may_try
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.faces_of import FaceState
from kiosk.services.forget_face import FaceForgotten
from kiosk.staff_enrolment import StaffEnrolment
from kiosk.sync.wire import FaceConsentGiven, decode_event
from tests.store.sales import CARD, MEMBER
from tests.terminal.enroller import OTHER, OTHER_CARD, Terminal
from tests.terminal.leftovers import contents, found_in, keys, pieces


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything that the terminal can write to lies in it: state, log, and what is temporary."""
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "tmp").mkdir()
    before = tempfile.tempdir
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder / "tmp"))
        tempfile.tempdir = None
        yield folder
    tempfile.tempdir = before


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Terminal]:
    """Its models take seconds to load: once for all."""
    handler = logging.FileHandler(folder / "kiosk.log")
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    terminal = Terminal(folder)
    terminal.start()
    yield terminal
    terminal.stop()
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


@pytest.fixture
def terminal(running: Terminal) -> Iterator[Terminal]:
    """At the attract screen; nobody is enrolled, and somebody can be."""
    running.until(lambda: enrols_faces(running.state))  # not if the test before has lost the encoders
    running.seen.clear()
    yield running
    running.leaves()
    for card in (CARD, OTHER_CARD):
        forget(running, card)


def forget(terminal: Terminal, card: object = CARD) -> None:
    """And central has heard of it at once."""
    terminal.opens_account(card)
    if terminal.state.account.seen.face.state is not FaceState.NONE:
        terminal.touch(acc.ForgetFaceTouched())
        terminal.touch(acc.ForgetFaceAnswered(is_meant=True))
        terminal.until(lambda: terminal.state.screen is ScreenName.FACE_RESULT)
        central_has_heard(terminal)
    terminal.leaves()


def central_has_heard(terminal: Terminal) -> None:
    with terminal.services.store.transaction() as tx:
        first, rows = tx.outbox.next_batch(1000, 10**7)
        tx.outbox.acknowledge(first + len(rows) - 1)


def kept(terminal: Terminal) -> dict[str, FaceTemplate]:
    return dict(terminal.services.face.here.usable(ConsentPurpose.PAYING))


# --- who stops on the way ---


def says_no(terminal: Terminal) -> None:
    terminal.reads()
    terminal.touch(acc.ConsentAnswered(agrees=False))


def leaves_at_the_text(terminal: Terminal) -> None:
    terminal.reads()
    terminal.touch(ev.CancelTouched())


def leaves_with_two_poses(terminal: Terminal) -> None:
    terminal.reads()
    terminal.agrees()
    terminal.has_taken(2)
    terminal.touch(ev.BackTouched())


def is_too_young(terminal: Terminal) -> None:
    terminal.touch(acc.EnrolFaceTouched())
    terminal.touch(acc.AgeAnswered(under_14=True))


@pytest.mark.parametrize("stops", [says_no, leaves_at_the_text, leaves_with_two_poses, is_too_young])
def test_who_stops_leaves_not_a_byte_behind(
    terminal: Terminal, folder: Path, stops: Callable[[Terminal], None]
) -> None:
    terminal.opens_account()
    before = contents(folder)
    stops(terminal)
    terminal.leaves()
    assert contents(folder) == before
    assert kept(terminal) == {}


def test_the_digests_see_what_is_kept(terminal: Terminal, folder: Path) -> None:
    """The test above can fail."""
    terminal.opens_account()
    before = contents(folder)
    assert isinstance(terminal.enrols(), FaceEnrolled)
    assert contents(folder) != before


# --- who agrees ---


def test_enrolled_with_the_consent_that_was_read_and_five_poses(terminal: Terminal) -> None:
    terminal.opens_account()
    end = terminal.enrols()
    assert isinstance(end, FaceEnrolled)
    assert (end.consent.text_version, end.consent.language, end.consent.under_14) == ("face-1", "zh", False)
    (template,) = kept(terminal).values()
    assert template.poses == len(EnrolmentPose)
    assert set(template.versions) == {"dlib", "sface"}
    terminal.until(lambda: may_try(terminal.state))
    terminal.touch(acc.TryFaceTouched())
    terminal.until(lambda: terminal.state.enrolling.end is not None)
    assert terminal.state.enrolling.end is Tried.RECOGNISED
    terminal.touch(acc.FaceResultRead())
    terminal.account_is_there()
    assert terminal.state.account.seen.face.state is FaceState.USABLE


def test_no_plain_template_or_picture_in_database_wal_log_backup_or_temporary_files(
    terminal: Terminal, folder: Path
) -> None:
    terminal.opens_account()
    assert isinstance(terminal.enrols(), FaceEnrolled)
    (template,) = kept(terminal).values()
    terminal.services.store.backup_to(folder / "copy.db")
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {"copy.db", "kiosk.log"} < names
    assert any(name.endswith("-wal") for name in names)
    wanted = pieces(template, terminal.poses)
    assert found_in(folder, wanted) == []
    vector, picture = template.made[0].vectors[3], terminal.poses[EnrolmentPose.UP].tobytes()
    numbers = np.frombuffer(vector, "<f4")
    for planted in (
        b"x" + vector + picture,
        numbers.astype(np.float64).tobytes(),
        json.dumps([float(number) for number in numbers]).encode(),
        repr(numbers.tolist()).encode(),
        ", ".join(str(number) for number in numbers).encode(),
        base64.b64encode(b"x" + vector),
        base64.urlsafe_b64encode(b"xy" + vector),
        vector.hex().encode(),
        base64.b64encode(picture),
    ):
        (folder / "planted").write_bytes(planted)
        assert len(found_in(folder, wanted)) >= 2, f"it does not find {planted[:40]!r}"
    (folder / "planted").unlink()
    (folder / "copy.db").unlink()


def test_a_deleted_face_cannot_be_used_and_its_key_is_gone(terminal: Terminal, folder: Path) -> None:
    terminal.opens_account()
    assert isinstance(terminal.enrols(), FaceEnrolled)
    (key,) = keys(folder)
    terminal.touch(acc.FaceResultRead())
    terminal.account_is_there()
    terminal.touch(acc.ForgetFaceTouched())
    terminal.touch(acc.ForgetFaceAnswered(is_meant=True))
    terminal.until(lambda: terminal.state.screen is ScreenName.FACE_RESULT)
    forgotten = terminal.state.account.forgotten
    assert isinstance(forgotten, FaceForgotten)
    assert forgotten.on_the_way, "central was never reached"
    assert kept(terminal) == {}
    assert not any(key in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    terminal.touch(acc.FaceResultRead())
    terminal.account_is_there()
    assert terminal.state.account.seen.face.state is FaceState.FORGETTING
    central_has_heard(terminal)


def test_somebody_who_looks_like_another_member_is_refused_and_nothing_is_kept(
    terminal: Terminal, folder: Path
) -> None:
    terminal.opens_account()
    assert isinstance(terminal.enrols(), FaceEnrolled)
    terminal.leaves()
    terminal.until(lambda: bool(terminal.state.face.purposes))
    terminal.opens_account(OTHER_CARD)
    before = contents(folder)
    assert terminal.enrols() == FaceRefused(FaceRefusedReason.LOOKS_LIKE_ANOTHER)
    assert contents(folder) == before
    assert set(kept(terminal)) == {MEMBER.id}


def test_whose_look_alike_was_enrolled_since_the_consent_ended_cannot_renew(terminal: Terminal) -> None:
    """While it was over nobody was compared with that face: it must be now."""
    terminal.opens_account()
    assert isinstance(terminal.enrols(), FaceEnrolled)
    services = terminal.services
    mine = kept(terminal)[MEMBER.id]
    with services.store.transaction() as tx:
        consent = tx.faces.of(MEMBER.id).consent
    enrolment = services.account.enrolment
    newer = replace(consent, id=FaceConsentId(uuid4()), until=consent.until + timedelta(days=1), number=2)
    twins = replace(consent, id=FaceConsentId(uuid4()), member_id=OTHER)
    with services.store.transaction() as tx:
        tx.faces.enrol(twins, mine)
    assert enrolment.renew(newer) == FaceRefused(FaceRefusedReason.ANOTHER_SINCE)
    with services.store.transaction() as tx:
        tx.faces.destroy(OTHER)
    assert enrolment.renew(newer) == FaceEnrolled(newer)


def test_enrolled_once_more_the_new_face_takes_the_olds_place(terminal: Terminal, folder: Path) -> None:
    terminal.opens_account()
    assert isinstance(terminal.enrols(), FaceEnrolled)
    (old,) = keys(folder)
    terminal.touch(acc.FaceResultRead())
    terminal.account_is_there()
    assert isinstance(terminal.enrols(), FaceEnrolled), "nobody looks too much like themselves"
    (new,) = keys(folder)
    assert old != new


def test_a_renewed_consent_keeps_the_face(terminal: Terminal) -> None:
    terminal.opens_account()
    first = terminal.enrols()
    assert isinstance(first, FaceEnrolled)
    before = kept(terminal)
    terminal.touch(acc.FaceResultRead())
    terminal.account_is_there()
    terminal.touch(acc.RenewFaceTouched())
    terminal.until(lambda: terminal.state.enrolling.text is not None)
    terminal.touch(acc.ConsentAnswered(agrees=True))
    terminal.until(lambda: terminal.state.screen is ScreenName.FACE_RESULT)
    renewed = terminal.state.enrolling.end
    assert isinstance(renewed, FaceEnrolled)
    assert renewed.consent.until > first.consent.until
    assert kept(terminal) == before


# --- shared with the site's other terminals ---


@pytest.fixture
def sharing(terminal: Terminal) -> Iterator[Terminal]:
    """It asks for the consent to sharing."""
    before = terminal.state.face_policy
    terminal.state = replace(terminal.state, face_policy=replace(before, shares=True))
    yield terminal
    terminal.state = replace(terminal.state, face_policy=before)


def consents_sent(terminal: Terminal) -> list[bool]:
    """Whether each that waits for central is shared."""
    with terminal.services.store.transaction() as tx:
        _, rows = tx.outbox.next_batch(1000, 10**7)
    events = [decode_event(body) for _, body in rows]
    return [event.consent.is_shared for event in events if isinstance(event, FaceConsentGiven)]


@pytest.mark.parametrize("ticks", [True, False])
def test_a_face_is_shared_where_that_was_ticked_and_only_there(sharing: Terminal, ticks: bool) -> None:
    sharing.opens_account()
    sharing.reads()
    if ticks:
        sharing.touch(acc.SharingTouched())
    sharing.agrees()
    sharing.until(lambda: sharing.state.screen is ScreenName.FACE_RESULT)
    end, kept_here = sharing.state.enrolling.end, sharing.services.face.here.of(MEMBER.id).consent
    assert isinstance(end, FaceEnrolled)
    assert kept_here is not None
    assert kept_here.is_shared is ticks
    assert consents_sent(sharing) == [ticks]


def test_staff_enrol_a_shared_face_anew(sharing: Terminal) -> None:
    """It stays shared without being asked for again: else it would be refused."""
    sharing.opens_account()
    sharing.reads()
    sharing.touch(acc.SharingTouched())
    sharing.agrees()
    sharing.until(lambda: sharing.state.screen is ScreenName.FACE_RESULT)
    sharing.leaves()
    enrolment, _window, _said = staff_begin(sharing, CARD.uid, "王芳")
    sharing.until(lambda: sharing.state.enrolling is not None and sharing.state.enrolling.text is not None)
    sharing.agrees()
    sharing.until(lambda: enrolment.succeeded)
    consent = sharing.services.face.here.of(MEMBER.id).consent
    assert consent is not None
    assert (consent.guardian, consent.is_shared) == ("王芳", True)


# --- staff ---


class Window:
    """The app and its window, for a script."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.is_closed = False

    @property
    def state(self) -> State:
        return self._terminal.state

    def tell(self, event: ev.FlowEvent) -> None:
        self._terminal.bridge.publish(event)

    def tap(self, name: str) -> None:
        raise AssertionError("staff touch the screen themselves")

    def picture(self, path: Path) -> None:
        raise AssertionError("nobody's picture is taken")

    def close_window(self) -> None:
        self.is_closed = True


def staff_begin(terminal: Terminal, card_uid: str, guardian: str = "") -> tuple[StaffEnrolment, Window, StringIO]:
    said, window = StringIO(), Window(terminal)
    enrolment = StaffEnrolment(StaffPresent(card_uid, "李雷", guardian), said)
    enrolment.start(window, terminal.services.store, window)
    return enrolment, window, said


def test_staff_enrol_a_child_with_the_guardians_consent(terminal: Terminal) -> None:
    enrolment, window, said = staff_begin(terminal, CARD.uid, "王芳")
    terminal.until(lambda: terminal.state.enrolling is not None and terminal.state.enrolling.text is not None)
    assert terminal.state.screen is ScreenName.FACE_CONSENT, "who is under 14 is not asked again"
    terminal.agrees()
    terminal.until(lambda: terminal.state.screen is ScreenName.FACE_RESULT)
    (face,) = [terminal.services.face.here.of(MEMBER.id)]
    assert face.consent is not None
    assert (face.consent.under_14, face.consent.guardian, face.consent.staff) == (True, "王芳", "李雷")
    assert not window.is_closed
    terminal.until(lambda: enrolment.succeeded)
    terminal.touch(acc.FaceResultRead())
    terminal.until(lambda: window.is_closed)
    assert said.getvalue() == "Enrolled.\n"


def test_what_staff_stop_is_not_enrolled(terminal: Terminal, folder: Path) -> None:
    before = contents(folder)
    enrolment, window, said = staff_begin(terminal, CARD.uid)
    terminal.until(lambda: terminal.state.screen is ScreenName.FACE_AGE)
    terminal.until(lambda: terminal.state.enrolling is not None and terminal.state.enrolling.text is not None)
    terminal.touch(acc.AgeAnswered(under_14=True))
    assert terminal.state.enrolling.end is Unable.GUARDIAN_NEEDED
    terminal.touch(ev.CancelTouched())
    terminal.until(lambda: window.is_closed)
    assert not enrolment.succeeded
    assert said.getvalue().startswith("Not enrolled: ")
    assert contents(folder) == before

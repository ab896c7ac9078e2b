"""A drawn face is enrolled at a whole terminal, through the real camera desk, engine and store: what is kept of it,
and that nothing is of whoever stops, is refused, or has it deleted."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.face_template import FaceTemplate
from kiosk.face.detection import Pixels
from kiosk.logs import JsonLines
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.account_state import Tried
from kiosk.screens.flow.enrolling import may_try
from kiosk.screens.flow.state import ScreenName
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.faces_of import FaceState
from kiosk.services.forget_face import FaceForgotten
from kiosk.store.face_keys import SLOT_BYTES
from tests.store.sales import CARD, MEMBER
from tests.terminal.enroller import OTHER_CARD, Terminal


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
    """At the attract screen; nobody is enrolled."""
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


def contents(folder: Path) -> dict[str, str]:
    """A digest of each file of the state folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "state").rglob("*"))
        if path.is_file() and path.suffix != ".db-shm"
    }


def keys(folder: Path) -> list[bytes]:
    """Every slot of the key file that holds something."""
    (path,) = (folder / "state").glob("*.face-keys")
    content = path.read_bytes()[SLOT_BYTES:]
    return [slot for i in range(0, len(content), SLOT_BYTES) if any(slot := content[i : i + SLOT_BYTES])]


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


def pieces(template: FaceTemplate, poses: dict[EnrolmentPose, Pixels]) -> dict[str, bytes]:
    """What must not be found in the clear: parts of each vector, and of each picture, as the camera and as the screen
    has it."""
    found = {}
    for made in template.made:
        for number, vector in enumerate(made.vectors):
            for start in (0, len(vector) // 2, len(vector) - 16):
                found[f"{made.model} pose {number} at {start}"] = vector[start : start + 16]
    for pose, pixels in poses.items():
        row = pixels[240, 300:340]  # the middle of the face
        found[f"picture {pose}"] = row.tobytes()
        found[f"preview {pose}"] = row[:, ::-1].tobytes()
    return found


def found_in(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """Also as hexadecimal digits, and whatever is in the format of a picture."""
    wanted = {**wanted, "JPEG": b"JFIF\x00", "PNG": b"\x89PNG\r\n\x1a\n"}
    wanted |= {f"{name} as digits": piece.hex().encode() for name, piece in wanted.items()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [f"{name} in {path.name}" for path in files for name, piece in wanted.items() if piece in path.read_bytes()]


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
    (folder / "planted").write_bytes(b"x" + template.made[0].vectors[3] + terminal.poses[EnrolmentPose.UP].tobytes())
    assert len(found_in(folder, wanted)) >= 4, "it finds what is there"
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

"""Health: a device by itself, its test page, what was read to try it, and the camera that stays on for nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from uuid import UUID

import pytest

from kiosk.domain.face import Fault
from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_flow import AdminState, step
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.admin_flow.health_state import Health, Reading, TestPrint
from kiosk.screens.admin_flow.state import SectionName, Tone
from kiosk.screens.flow import events as common
from kiosk.services import events as service
from kiosk.services.device_reports import DevicesSeen
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceState, PrintJobState
from kiosk.services.face_events import LookEnd
from kiosk.services.printer_check import PageSent
from kiosk.services.staff_acts import Refused, RefusedReason
from tests.admin_flow.answers import TERMINAL
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, wanted

DEVICES = {str(kind): DeviceHealth(str(kind), kind, DeviceState.READY) for kind in DeviceKind}
PRINTER, READER, SCANNER, CAMERA = (
    str(kind) for kind in (DeviceKind.PRINTER, DeviceKind.CARD_READER, DeviceKind.SCANNER, DeviceKind.CAMERA)
)
JOB, OTHER_JOB = UUID(int=1), UUID(int=2)
NOW = time(12, 3, 5)


def at(device: str = "", staff: Staff = MANAGER) -> AdminState:
    """Health, at that device."""
    state = after(inside(staff, devices=DEVICES), ev.SectionChosen(SectionName.HEALTH))
    state = after(state, common.Tick(state.now_s, NOW))
    return after(state, hs.DeviceTouched(device)) if device else state


def mine(state: AdminState) -> Health:
    assert isinstance(state.open, Health)
    return state.open


def news(state: PrintJobState, job_id: UUID = JOB, kind: PaperKind = PaperKind.TEST_PAGE) -> service.PrintJobChanged:
    return service.PrintJobChanged(job_id, OrderId(job_id), kind, state)


def passes(state: AdminState, seconds: float) -> AdminState:
    """With somebody touching the screen."""
    now_s = state.now_s + seconds
    return after(state, common.Touched(now_s), common.Tick(now_s, NOW))


# --- the list, and one device ---


def test_it_looks_when_it_is_opened_and_again_and_again() -> None:
    state = inside(devices=DEVICES)
    looks = [hs.LookAtTerminal(VISIT, MANAGER), hs.LookAtDevices(VISIT, MANAGER)]
    assert list(wanted(state, ev.SectionChosen(SectionName.HEALTH))) == looks
    state = after(state, ev.SectionChosen(SectionName.HEALTH))
    assert wanted(state, common.Tick(state.now_s + 1, NOW)) == ()
    assert list(wanted(state, common.Tick(state.now_s + 5, NOW))) == looks
    seen = DevicesSeen({}, datetime(2026, 3, 2, tzinfo=UTC))
    state = after(state, hs.TerminalLooked(VISIT, TERMINAL), hs.DevicesLooked(VISIT, seen))
    assert (mine(state).terminal, mine(state).seen) == (TERMINAL, seen)


def test_back_leads_from_a_device_to_the_list_and_home() -> None:
    state = at(PRINTER)
    assert state.screen == "health_device"
    state = after(state, ev.BackTouched())
    assert state.screen == "health"
    assert after(state, ev.BackTouched()).screen == "home"


def test_a_device_that_is_not_there_is_not_opened() -> None:
    assert after(at(), hs.DeviceTouched("none")).screen == "health"


# --- a card, a code ---


def test_a_card_is_shown_by_its_last_digits_and_pays_nothing() -> None:
    state = at(READER)
    card = service.CardPresented(READER, "04A1B2C3D4", 1.0)
    assert wanted(state, card) == ()
    state = after(state, card, card)
    assert mine(state).readings == {READER: Reading("C3D4", 10, NOW, 2)}


@pytest.mark.parametrize(("text", "end"), [("134567890123456789", "89"), ("1234", ""), ("", "")])
def test_a_code_is_shown_by_its_end_if_that_is_little_of_it(text: str, end: str) -> None:
    state = after(at(SCANNER), service.CodeScanned(SCANNER, text, 1.0))
    assert mine(state).readings[SCANNER] == Reading(end, len(text), NOW, 1)
    assert not text or text not in repr(state)


def test_whoever_may_not_try_devices_sees_nothing_of_a_card() -> None:
    state = at(READER, ANYBODY[Role.COUNTER])
    assert mine(after(state, service.CardPresented(READER, "04A1B2C3D4", 1.0))).readings == {}


# --- a test page ---


def test_a_test_page_is_asked_for_once_until_it_is_done() -> None:
    state = at(PRINTER)
    assert wanted(state, hs.PrintTouched()) == (hs.PrintTestPage(VISIT, MANAGER, PRINTER, "zh"),)
    state = after(state, hs.PrintTouched())
    assert wanted(state, hs.PrintTouched()) == ()
    state = after(state, hs.PageAnswered(VISIT, PRINTER, PageSent(JOB)))
    assert wanted(after(state, news(PrintJobState.SENDING)), hs.PrintTouched()) == ()
    assert wanted(after(state, news(PrintJobState.CONFIRMED)), hs.PrintTouched()) != ()


@pytest.mark.parametrize(
    ("end", "tone"),
    [
        (PrintJobState.CONFIRMED, Tone.POSITIVE),
        (PrintJobState.UNKNOWN, Tone.WARNING),
        (PrintJobState.SKIPPED, Tone.NEGATIVE),
    ],
)
@pytest.mark.parametrize("news_first", [False, True])
def test_what_became_of_it_is_said_whichever_comes_first(end: PrintJobState, tone: Tone, *, news_first: bool) -> None:
    answer = hs.PageAnswered(VISIT, PRINTER, PageSent(JOB))
    heard = [news(PrintJobState.SENDING), news(end)]
    state = after(at(PRINTER), hs.PrintTouched(), *([*heard, answer] if news_first else [answer, *heard]))
    page = mine(state).page
    assert page == TestPrint(PRINTER, state.now_s, JOB, end)
    assert state.notice is not None
    assert (state.notice.about, state.notice.tone) == (page, tone)


def test_news_of_other_papers_are_not_its() -> None:
    state = after(at(PRINTER), hs.PrintTouched(), hs.PageAnswered(VISIT, PRINTER, PageSent(JOB)))
    heard = news(PrintJobState.CONFIRMED, OTHER_JOB), news(PrintJobState.CONFIRMED, JOB, PaperKind.RECEIPT)
    page = mine(after(state, *heard)).page
    assert page is not None
    assert page.is_under_way


def test_silence_is_not_known() -> None:
    state = after(at(PRINTER), hs.PrintTouched(), hs.PageAnswered(VISIT, PRINTER, PageSent(JOB)))
    page = mine(passes(passes(state, 20), 30)).page
    assert page is not None
    assert page.state is PrintJobState.UNKNOWN


def test_a_refused_page_says_why() -> None:
    refused = Refused(RefusedReason.STILL_PRINTING)
    state = after(at(PRINTER), hs.PrintTouched(), hs.PageAnswered(VISIT, PRINTER, refused))
    page = mine(state).page
    assert page is not None
    assert page.refused == refused
    assert wanted(state, hs.PrintTouched()) != ()


def test_a_failed_disk_ends_the_waiting() -> None:
    state = at(PRINTER)
    (effect,) = wanted(state, hs.PrintTouched())
    assert isinstance(effect, hs.PrintTestPage)
    state = after(state, hs.PrintTouched(), ev.EffectFailed(VISIT, effect, ev.Failure.STORAGE_FAILED))
    assert mine(state).page is None


@pytest.mark.parametrize("role", [Role.RESTOCK, Role.COUNTER])
@pytest.mark.parametrize(("device", "touch"), [(PRINTER, hs.PrintTouched()), (CAMERA, hs.CameraTouched())])
def test_who_may_not_try_devices_begins_nothing(role: Role, device: str, touch: object) -> None:
    assert wanted(at(device, ANYBODY[role]), touch) == ()


@pytest.mark.parametrize("device", [READER, SCANNER, CAMERA, ""])
def test_only_a_printer_prints(device: str) -> None:
    assert wanted(at(device), hs.PrintTouched()) == ()


# --- the camera ---


def shown(staff: Staff = MANAGER) -> AdminState:
    state = after(at(CAMERA, staff), hs.CameraTouched())
    return after(state, hs.CameraAnswered(VISIT, task_of(state), has_desk=True))


def task_of(state: AdminState) -> int:
    live = mine(state).live
    assert live is not None
    return live.task


def let_go(state: AdminState, event: object) -> bool:
    return hs.LetCameraGo(VISIT, task_of(state)) in step(state, event)[1]


def test_the_picture_and_what_is_wrong_with_it() -> None:
    state = shown()
    state = after(state, service.CameraSeen(task_of(state), Fault.TOO_DARK))
    live = mine(state).live
    assert live is not None
    assert (live.seen, live.fault) == (True, Fault.TOO_DARK)
    assert mine(after(state, service.CameraSeen(99, None))).live == live, "of another task"
    assert mine(after(state, service.CameraWatching(CAMERA, is_on=True))).cameras_on == {CAMERA}


@pytest.mark.parametrize(
    "event", [hs.CameraTouched(), ev.BackTouched(), ev.LeaveTouched(), ev.StaffLookedUp(VISIT, None)], ids=repr
)
def test_the_camera_is_let_go_however_it_is_left(event: object) -> None:
    assert let_go(shown(), event)


def test_the_camera_is_let_go_when_nobody_touches_anything() -> None:
    state = shown()
    state = after(state, service.CameraSeen(task_of(state), None))
    assert let_go(state, common.Tick(state.now_s + 61, NOW))


def test_the_camera_is_let_go_when_the_role_is_taken_away() -> None:
    """With one that may look at health all the same."""
    looked_up = ev.StaffLookedUp(VISIT, replace(MANAGER, roles=frozenset({Role.COUNTER})))
    state = shown()
    assert let_go(state, looked_up)
    assert mine(after(state, looked_up)).live is None


def test_language_and_news_leave_it_on() -> None:
    for event in (ev.LanguageTouched(), service.StockChanged(), common.Tick(1001.0, NOW)):
        assert not let_go(shown(), event)


def test_each_look_is_a_task_of_its_own_that_no_customers_look_has() -> None:
    state = shown()
    again = after(state, hs.CameraTouched(), hs.CameraTouched())
    assert task_of(again) != task_of(state)
    assert max(task_of(again), task_of(state)) < 0


@pytest.mark.parametrize("end", LookEnd)
def test_its_end_is_said_and_it_can_be_shown_again(end: LookEnd) -> None:
    state = shown()
    state = after(state, service.CameraEnded(task_of(state), end))
    live = mine(state).live
    assert live is not None
    assert (live.end, live.is_on) == (end, False)
    assert isinstance(wanted(state, hs.CameraTouched())[0], hs.ShowCamera)


def test_a_desk_that_never_answers_is_given_up() -> None:
    state = shown()
    assert let_go(state, common.Tick(state.now_s + 16, NOW))


def test_without_a_desk_it_is_said() -> None:
    state = after(at(CAMERA), hs.CameraTouched())
    state = after(state, hs.CameraAnswered(VISIT, task_of(state), has_desk=False))
    live = mine(state).live
    assert live is not None
    assert not live.is_on

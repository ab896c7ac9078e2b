"""Health by touches: a device by itself, a test page, a card, the live picture; and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from types import MappingProxyType
from uuid import UUID

import pytest

from kiosk.domain.face import Fault
from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Role
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.admin_flow.health_state import Health, LiveCamera, Reading, TestPrint
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.services import events as service
from kiosk.services.device_reports import DeviceReport, DevicesSeen
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem, DeviceState, LinkState, PrintJobState
from kiosk.services.face_events import FaceProblem, FaceReadiness, LookEnd
from kiosk.services.face_ports import PreviewPicture
from kiosk.services.ports.devices import COUNTED_OF, Counted
from kiosk.services.printer_check import PageSent
from kiosk.services.staff_acts import Refused, RefusedReason
from tests.admin_flow.answers import TERMINAL
from tests.admin_flow.visits import ANYBODY
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.test_admin_shell import LEAST_PX_AT_WIDE, WIDE, open_admin

OpenApp = Callable[..., Driver]
PRINTER, READER, SCANNER, CAMERA = "receipts", "campus-card", "codes", "face-camera"
KINDS = {
    PRINTER: DeviceKind.PRINTER,
    READER: DeviceKind.CARD_READER,
    SCANNER: DeviceKind.SCANNER,
    CAMERA: DeviceKind.CAMERA,
}
GOOD = {name: DeviceHealth(name, kind, DeviceState.READY) for name, kind in KINDS.items()}
JOB = UUID(int=5)
MORNING, NOON = datetime(2026, 3, 9, 6, 41, tzinfo=UTC), datetime(2026, 3, 9, 12, 0, 7, tzinfo=UTC)


def counted(kind: DeviceKind) -> dict[Counted, int]:
    numbers = (1234, 3, 17)
    return {**dict(zip(COUNTED_OF[kind], numbers, strict=False)), Counted.CONNECTIONS_LOST: 2}


SEEN = DevicesSeen(
    {name: DeviceReport(counted(kind), DeviceProblem.DISCONNECTED, MORNING, NOON) for name, kind in KINDS.items()},
    MORNING,
)
HEALTH = Health(10**9, replace(TERMINAL, processor_c=46.0), SEEN, clock=time(12, 0, 7))


def broken(
    name: str, problem: DeviceProblem, state: DeviceState = DeviceState.UNAVAILABLE
) -> Mapping[str, DeviceHealth]:
    return {**GOOD, name: replace(GOOD[name], state=state, problem=problem)}


def seen_since(name: str, problem: DeviceProblem) -> DevicesSeen:
    """It has that problem now."""
    return DevicesSeen({name: replace(SEEN.reports[name], last_problem=problem, problem_at=NOON)}, MORNING)


def page(state: PrintJobState) -> TestPrint:
    return TestPrint(PRINTER, 10.0**9, JOB, state)


def at(name: str, **changes: object) -> Health:
    return replace(HEALTH, device=name, **changes)  # type: ignore[arg-type]


PRINTER_TRIED = at(PRINTER, page=page(PrintJobState.SKIPPED), seen=seen_since(PRINTER, DeviceProblem.PAPER_OUT))
DEVICES = broken(PRINTER, DeviceProblem.PAPER_OUT)
LIVE = LiveCamera(-7, 10.0**9, seen=True)
ON = frozenset({CAMERA})
# Section and devices of each picture; the longest texts are among them.
PICTURES: Mapping[str, tuple[Health, Mapping[str, DeviceHealth]]] = MappingProxyType(
    {
        "list-hot": (replace(HEALTH, terminal=replace(TERMINAL, processor_c=91.4)), broken(CAMERA, DeviceProblem.DARK)),
        "list-no-model": (HEALTH, GOOD),
        "list-read": (replace(HEALTH, readings={READER: Reading("6CED", 10, time(), 1)}), GOOD),
        "printer": (at(PRINTER), GOOD),
        "printer-printed": (at(PRINTER, page=page(PrintJobState.CONFIRMED)), GOOD),
        "printer-waits": (at(PRINTER, page=page(PrintJobState.SENDING)), GOOD),
        "printer-given-up": (PRINTER_TRIED, DEVICES),
        "printer-unknown": (at(PRINTER, page=page(PrintJobState.UNKNOWN)), broken(PRINTER, DeviceProblem.BUSY)),
        "reader": (at(READER), broken(READER, DeviceProblem.GARBLED, DeviceState.DEGRADED)),
        "reader-read": (at(READER, readings={READER: Reading("6CED", 10, time(12, 0, 7), 2)}), GOOD),
        "scanner": (at(SCANNER), broken(SCANNER, DeviceProblem.GARBLED)),
        "scanner-read": (at(SCANNER, readings={SCANNER: Reading("", 3, time(12, 0, 7), 1)}), GOOD),
        "camera": (at(CAMERA), GOOD),
        "camera-begins": (at(CAMERA, live=replace(LIVE, seen=False)), GOOD),
        "camera-good": (at(CAMERA, live=LIVE, cameras_on=ON), GOOD),
        "camera-dark": (at(CAMERA, live=replace(LIVE, fault=Fault.TOO_DARK), cameras_on=ON), GOOD),
        "camera-bright": (at(CAMERA, live=replace(LIVE, fault=Fault.TOO_BRIGHT), cameras_on=ON), GOOD),
        "camera-gone": (
            at(CAMERA, live=replace(LIVE, end=LookEnd.CAMERA_GONE)),
            broken(CAMERA, DeviceProblem.NO_PERMISSION),
        ),
        "camera-no-desk": (at(CAMERA, live=replace(LIVE, has_desk=False)), GOOD),
    }
)
KEPT = {"list-hot", "list-no-model", "printer-given-up", "printer-unknown", "reader-read", "camera-dark", "camera-gone"}
LOOKS = [
    (WIDE, View("zh", TextSize.NORMAL)),
    (WIDE, View("en", TextSize.LARGEST)),
    (UPRIGHT, View("zh", TextSize.NORMAL)),
    (UPRIGHT, View("en", TextSize.LARGEST)),
    (LYING, View("zh", TextSize.LARGEST)),
    (LYING, View("en", TextSize.NORMAL)),
]


def opened(kept_app: OpenApp, size: tuple[int, int] = UPRIGHT, role: Role = Role.MANAGER) -> Driver:
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=size)
    open_admin(ui, ANYBODY[role])
    ui.tap(test_id=f"section-{SectionName.HEALTH}")
    for health in GOOD.values():
        ui.publish(service.DeviceHealthChanged(health))
    answer(ui, hs.LookAtDevices, hs.DevicesLooked(ui.app.admin.state.visit, SEEN))
    return ui


def answer(ui: Driver, asked: type, event: object) -> None:
    assert any(isinstance(effect, asked) for effect in ui.effects), f"{asked} was not asked for"
    ui.happens(event)


def grey_picture() -> PreviewPicture:
    """A picture with light and dark, and nobody in it."""
    rows = [bytes(v for x in range(320) for v in ((x * 200 // 320 + 30,) * 2 + (90,))) for _ in range(240)]
    return PreviewPicture(b"".join(rows), 320, 240)


@pytest.mark.parametrize(("size", "view"), LOOKS, ids=str)
def test_pictures(kept_app: OpenApp, size: tuple[int, int], view: View) -> None:
    ui = opened(kept_app, size)
    ui.app.preview.newest = grey_picture()
    look = f"{size[0]}x{size[1]}-{view.language}-{view.text_size}"
    for name, (section, devices) in PICTURES.items():
        state = replace(ui.app.admin.state, view=view, open=section, link=LinkState.ONLINE, notice=None)
        face = FaceReadiness(problem=FaceProblem.MODELS if name == "list-no-model" else None)
        ui.app.admin.state = replace(state, devices={**devices}, face=face)
        ui.app._show()
        ui.step(3)
        look_at(ui, f"admin-health-{name}-{look}", keeps_picture=name in KEPT and is_pictured(size, view))
        if size == WIDE and section.device in (PRINTER, CAMERA):
            assert ui.find(test_id="try").height >= LEAST_PX_AT_WIDE
    ui.app.preview.newest = None


def test_a_device_is_touched_and_back_leads_to_the_list(kept_app: OpenApp) -> None:
    ui = opened(kept_app)
    ui.tap(test_id=f"device-{PRINTER}")
    assert ui.app.admin.state.open.device == PRINTER
    assert ui.find(contains="1234")
    ui.tap(test_id="back")
    assert ui.has(test_id=f"device-{READER}")


def test_three_touches_from_the_pin_to_a_test_page_and_what_became_of_it(kept_app: OpenApp) -> None:
    """Health, the printer, print."""
    ui = opened(kept_app)
    ui.tap(test_id=f"device-{PRINTER}")
    ui.tap(test_id="try")
    visit = ui.app.admin.state.visit
    assert ui.effects[-1] == hs.PrintTestPage(visit, ANYBODY[Role.MANAGER], PRINTER, "zh")
    ui.effects.clear()
    ui.tap(test_id="try")
    assert not ui.effects, "a second touch prints no second page"
    ui.happens(hs.PageAnswered(visit, PRINTER, PageSent(JOB)))
    for state, words in ((PrintJobState.SENDING, "正在打印"), (PrintJobState.CONFIRMED, "测试页已打印并切纸")):
        ui.publish(service.PrintJobChanged(JOB, OrderId(JOB), PaperKind.TEST_PAGE, state))
        assert words in ui.find(test_id="told").text
    assert ui.has(test_id="notice")


def test_a_page_that_is_refused_says_so(kept_app: OpenApp) -> None:
    ui = opened(kept_app)
    ui.tap(test_id=f"device-{PRINTER}")
    ui.tap(test_id="try")
    refused = Refused(RefusedReason.STILL_PRINTING)
    answer(ui, hs.PrintTestPage, hs.PageAnswered(ui.app.admin.state.visit, PRINTER, refused))
    assert "尚未完成" in ui.find(test_id="told").text
    assert not ui.find(test_id="try").disabled


def test_a_card_is_seen_by_its_end(kept_app: OpenApp) -> None:
    ui = opened(kept_app)
    ui.tap(test_id=f"device-{READER}")
    ui.publish(service.CardPresented(READER, "0062E36CED", 1.0))
    assert ui.find(test_id="read").text == "…6CED"
    assert not ui.has(contains="62E36CED")


def test_the_picture_is_live_only_while_it_is_looked_at(kept_app: OpenApp) -> None:
    ui = opened(kept_app)
    ui.tap(test_id=f"device-{CAMERA}")
    ui.tap(test_id="try")
    task = ui.app.admin.state.open.live.task
    answer(ui, hs.ShowCamera, hs.CameraAnswered(ui.app.admin.state.visit, task, has_desk=True))
    preview = ui.app.admin._stage._made["health_device"]._preview
    assert preview.active
    assert not preview.light_text
    ui.publish(service.CameraWatching(CAMERA, is_on=True))
    assert preview.light_text, "the light goes with the camera"
    ui.app.preview.newest = grey_picture()
    ui.advance(0.2)
    assert preview.pictures
    ui.publish(service.CameraSeen(task, Fault.TOO_DARK))
    assert "太暗" in ui.find(test_id="told").text
    ui.tap(test_id="back")
    assert ui.effects[-1] == hs.LetCameraGo(ui.app.admin.state.visit, task)
    assert not preview.active
    assert ui.has(text="摄像头已开启"), "until it is off"
    ui.publish(service.CameraWatching(CAMERA, is_on=False))
    assert not ui.has(text="摄像头已开启")
    assert preview._texture is None, "nobody's picture stays"
    ui.app.preview.newest = None


def test_left_alone_the_picture_ends_with_the_visit(kept_app: OpenApp) -> None:
    ui = opened(kept_app)
    ui.tap(test_id=f"device-{CAMERA}")
    ui.tap(test_id="try")
    task, visit = ui.app.admin.state.open.live.task, ui.app.admin.state.visit
    ui.happens(service.CameraSeen(task, None))
    ui.advance(61, frame_s=0.5)
    assert ui.app.admin.state is None
    assert hs.LetCameraGo(visit, task) in ui.effects
    ui.publish(service.CameraSeen(task, Fault.TOO_DARK))
    ui.publish(service.CameraEnded(task, LookEnd.TIME_OUT))
    assert ui.state.screen is ScreenName.ATTRACT, "late news are not the terminal's own"


def test_who_may_not_try_devices_sees_how_they_are_and_no_key(kept_app: OpenApp) -> None:
    ui = opened(kept_app, role=Role.COUNTER)
    ui.tap(test_id=f"device-{PRINTER}")
    assert ui.find(contains="1234")
    assert not ui.has(test_id="try")
    assert ui.find(test_id="hint").text == "你的角色无权测试设备。"

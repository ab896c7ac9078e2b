"""The customer's window: what it shows of a sale, pictures of it, and that it believes nothing it is told wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kiosk.domain.cart import Cart, Selection
from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault
from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Stage
from kiosk.domain.money import Money
from kiosk.screens.counter_flow.bill import bill_lines
from kiosk.screens.counter_flow.customer import CustomerShows, CustomerView, customer_view
from kiosk.screens.customer_display.message import MOST_LINES, BadMessage, decode, encode
from kiosk.screens.customer_display.stream import MAX_LINE_BYTES
from kiosk.screens.flow.face_state import FaceTrouble
from kiosk.screens.flow.state import TextSize, View
from kiosk.screens.theme import HIGH_CONTRAST, Look
from kiosk.services.face_events import FaceSeen
from kiosk.services.outcomes import NotChargedReason
from kiosk.services.posing import Posing
from tests.screens import counter_scenes as counter
from tests.screens.conftest import close
from tests.screens.customer_driver import CustomerDriver
from tests.screens.face_scenes import drawn_face
from tests.screens.gallery import Sight, look_at

SHOW = CustomerShows
VIEW = View("zh")
LINES = bill_lines(counter.SOME, counter.MENU)
DUE = counter.total(counter.SOME)
PAY = CustomerView("zh", SHOW.PAY, DUE, LINES, can_tap=True, can_look=True)
VIEWS = {
    "welcome": CustomerView("zh", SHOW.WELCOME, simulated=True),
    "undone": CustomerView("zh", SHOW.WELCOME, undone=Money(1250)),
    "sale": CustomerView("zh", SHOW.SALE, DUE, LINES),
    "sale-many": CustomerView("zh", SHOW.SALE, counter.total(counter.MANY), bill_lines(counter.MANY, counter.MENU)),
    "pay": replace(PAY, camera_on=True),
    "pay-card": replace(PAY, lines=(), can_look=False),
    "pay-cash-only": replace(PAY, can_look=False, can_tap=False),
    "look": replace(PAY, camera_on=True, seen=FaceSeen(1, Fault.TOO_FAR)),
    "turn": replace(PAY, camera_on=True, seen=FaceSeen(1, None, Stage.TURN, Direction.RIGHT, 2, 4)),
    "turn-up": replace(PAY, camera_on=True, seen=FaceSeen(1, None, Stage.TURN, Direction.UP, 3, 4)),
    "turn-down": replace(PAY, camera_on=True, seen=FaceSeen(1, None, Stage.TURN, Direction.DOWN, 1, 4)),
    "turn-back": replace(PAY, camera_on=True, seen=FaceSeen(1, None, Stage.BACK, None, 4, 4)),
    "not-recognised": replace(PAY, trouble=FaceTrouble.UNKNOWN),
    "enrol-reading": CustomerView("zh", SHOW.FACE),
    "enrol-ahead": CustomerView("zh", SHOW.FACE, camera_on=True, posing=Posing(EnrolmentPose.AHEAD, 0, Fault.TOO_FAR)),
    "enrol-left": CustomerView(
        "zh", SHOW.FACE, camera_on=True, posing=Posing(EnrolmentPose.LEFT, 1, PoseHint.TURN_MORE)
    ),
    "digits": replace(PAY, can_look=False, asks_digits=True),
    "digits-no-reader": replace(PAY, can_look=False, can_tap=False, asks_digits=True),
    "confirm": replace(PAY, shows=SHOW.CONFIRM, name="王*明", left_s=2, confirm_s=2),
    "charging": CustomerView("zh", SHOW.CHARGING, DUE),
    "cash": CustomerView("zh", SHOW.CASH, DUE, LINES, received=Money(5000)),
    "paid": CustomerView("zh", SHOW.PAID, DUE, number="C042"),
    "paid-and-looking": CustomerView("zh", SHOW.PAID, DUE, number="C042", camera_on=True),
    "paid-balance": CustomerView("zh", SHOW.PAID, DUE, number="C042", balance=Money(3750)),
    "paid-change": CustomerView("zh", SHOW.PAID, DUE, received=Money(5000), change=Money(1220), number="C042"),
    "not-paid": CustomerView("zh", SHOW.NOT_PAID, DUE, reason=NotChargedReason.INSUFFICIENT),
    "not-paid-face": CustomerView("zh", SHOW.NOT_PAID, DUE, reason=NotChargedReason.FACE_LIMIT),
    "not-paid-offline": CustomerView("zh", SHOW.NOT_PAID, DUE, reason=NotChargedReason.CENTRAL_UNREACHABLE),
    "checking": CustomerView("zh", SHOW.CHECKING, DUE),
    "ask-staff": CustomerView("zh", SHOW.ASK_STAFF, Money(1200)),
    "closed": CustomerView("zh", SHOW.CLOSED),
}
SMALL, WIDE = (1024, 600), (1920, 1080)
SIGHTS = (
    Sight("zh", View("zh"), SMALL),
    Sight("en", View("en"), SMALL),
    Sight("zh-largest", View("zh", TextSize.LARGEST), SMALL),
    Sight("en-largest-contrast", View("en", TextSize.LARGEST, high_contrast=True), SMALL),
    Sight("zh-wide", View("zh"), WIDE, keeps_picture=False),
    Sight("en-wide", View("en"), WIDE, keeps_picture=False),
)


@pytest.fixture
def open_window(kept: list[CustomerDriver]) -> Iterator[Callable[..., CustomerDriver]]:
    close(kept)
    windows: list[CustomerDriver] = []

    def opened(view: CustomerView, size: tuple[int, int] = SMALL, read: View = VIEW) -> CustomerDriver:
        windows.append(CustomerDriver(view, size, read))
        return windows[-1]

    yield opened
    close(windows)


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(open_window: Callable[..., CustomerDriver], sight: Sight) -> None:
    ui: CustomerDriver | None = None
    for name, view in VIEWS.items():
        seen = replace(view, language=sight.view.language)
        ui = ui or open_window(seen, sight.size, sight.view)
        ui.preview.newest = drawn_face() if seen.camera_on else None
        ui.tell(seen)
        ui.advance(0.2)
        look_at(ui, f"customer-{name}-{sight.name}", keeps_picture=sight.keeps_picture)


def test_what_it_says_of_each_end(open_window: Callable[..., CustomerDriver]) -> None:
    ui = open_window(VIEWS["paid-change"])
    assert ui.has("¥12.20")  # 50.00 was handed over
    assert ui.has(contains="找您")
    ui.tell(VIEWS["not-paid"])
    assert ui.has(contains="没有扣款")
    assert not ui.has(contains="余额")  # the queue reads it too
    ui.tell(VIEWS["checking"])
    assert ui.has(contains="请勿重复支付")
    ui.tell(VIEWS["pay"])
    assert ui.has("摄像头已开启")
    ui.tell(VIEWS["paid-and-looking"])
    assert ui.has("摄像头已开启"), "the lane looks for the next one already"
    ui.tell(VIEWS["pay-card"])
    assert not ui.has("摄像头已开启")
    assert ui.has("请刷卡")


def test_the_seconds_to_say_no_run_down_beside_who_pays(open_window: Callable[..., CustomerDriver]) -> None:
    ui = open_window(VIEWS["confirm"])
    for left_s in (2, 1):
        ui.tell(replace(VIEWS["confirm"], left_s=left_s))
        ring = ui.find(cls="CountRing")
        assert ui.find(test_id="count").text == str(left_s)
        assert (ring.left_s, ring.count_s) == (left_s, 2)
    assert ui.find(test_id="headline").text == "王*明"
    ui.tell(VIEWS["charging"])
    assert not ui.has(test_id="count")


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_who_is_looked_at_sees_themselves_large_and_the_arrow_beside_the_light(
    open_window: Callable[..., CustomerDriver], sight: Sight
) -> None:
    ui = open_window(VIEWS["look"], sight.size, sight.view)
    for towards in Direction:
        ui.tell(replace(VIEWS["turn"], language=sight.view.language, seen=FaceSeen(1, None, Stage.TURN, towards, 1, 4)))
        preview, light = ui.find(cls="FacePreview"), ui.find(test_id="camera-light").parent
        assert preview.width * preview.height > 0.4 * sight.size[0] * sight.size[1]
        (arrow,) = [part.parent for part in ui.find(cls="PoseGuide").walk(restrict=True) if getattr(part, "icon", "")]
        assert not arrow.collide_widget(light), towards
        assert ui.find(test_id="amount").text == "¥" + DUE.decimal_text()


def test_its_texts_are_as_large_and_as_dark_as_the_settings_say(open_window: Callable[..., CustomerDriver]) -> None:
    ui = open_window(VIEWS["welcome"], SMALL, View("zh", TextSize.LARGEST, high_contrast=True))
    size = ui.find(test_id="detail").font_size
    assert size > 1.1 * Look(*SMALL, View("zh")).font("headline")
    assert tuple(ui.find(test_id="detail").color) == HIGH_CONTRAST.ink_soft
    ui.tell(replace(VIEWS["welcome"], language="en"))
    assert ui.find(test_id="detail").font_size == size


def test_a_balance_is_told_only_when_it_was_touched() -> None:
    paid = counter.ended(counter.PAID)
    assert b"3750" not in encode(customer_view(paid))
    assert b"3750" in encode(customer_view(counter.of_sale(paid, balance_shown=True)))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"{}",
        b"[" * 3000,
        b'{"language": "zh", "shows": "paid", "amount_minor": "12"}',
        b'{"language": "xx", "shows": "paid"}',
        b'{"language": "zh", "shows": "sold"}',
        b'{"language": "zh", "shows": "paid", "more": 1}',
        b'{"language": "zh", "shows": "paid", "amount_minor": 99999999999999999999}',
        b'{"language": "zh", "shows": "paid", "number": "<b>"}',
        b'{"language": "zh", "shows": "pay", "trouble": "anything"}',
        b'{"language": "zh", "shows": "confirm", "name": "a\\u001b[2J"}',
        b'{"language": "zh", "shows": "sale", "lines": [{"name": "a\\u0007b", "total_minor": 1}]}',
        json.dumps({"language": "zh", "shows": "sale", "lines": [{"name": "x" * 41, "total_minor": 1}]}).encode(),
        json.dumps({"language": "zh", "shows": "sale", "lines": [{"name": "x", "total_minor": 1}] * 6}).encode(),
        b"\xff\xfe\x00",
        b" " * (MAX_LINE_BYTES + 1),
    ],
)
def test_what_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(BadMessage):
        decode(line)


def test_garbled_lines_leave_what_is_shown(open_window: Callable[..., CustomerDriver]) -> None:
    ui = open_window(VIEWS["paid"])
    ui.send(b"\x00\xff garbage\n{}\n" + b"x" * 100_000 + b"\n" + b"[" * 3000 + b"\n")
    ui.send(encode(VIEWS["charging"])[:-7] + b"\n")
    ui.tell(VIEWS["sale"])
    assert ui.find(test_id="amount").text == "¥" + DUE.decimal_text()


def test_of_a_flood_the_last_is_shown(open_window: Callable[..., CustomerDriver]) -> None:
    ui = open_window(VIEWS["welcome"])
    for minor in range(2000):
        ui.send(encode(replace(VIEWS["sale"], amount=Money(minor))) + b"\n")
        if minor % 100 == 0:
            ui.step()
    ui.tell(VIEWS["paid"])
    assert ui.has(contains="C042")


def test_a_long_sale_fits_into_a_line() -> None:
    cart = Cart()
    for dish in counter.MENU.dishes[:30]:
        cart = cart.add(Selection.of_dish(dish), 20)
    view = CustomerView("en", SHOW.SALE, counter.total(cart), bill_lines(cart, counter.MENU))
    line = encode(view)
    assert len(line) < MAX_LINE_BYTES
    message = decode(line)
    assert (len(message.lines), message.more_lines) == (MOST_LINES, 25)

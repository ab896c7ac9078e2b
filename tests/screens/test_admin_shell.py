"""The admin screen over the terminal's own: how it is opened, what reaches which screen, how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.health_state import TerminalLooked
from kiosk.screens.admin_flow.sections import open_to
from kiosk.screens.admin_flow.state import SectionName, ShellNotice, ShownNotice, Tone
from kiosk.screens.counter_flow.state import Paying, PayMethod
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import Identify, PlaySound
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.services import events as service
from kiosk.services.entry import Entered, NotEntered, PinWanted, Refusal
from kiosk.services.events import LinkState
from tests.admin_flow.answers import TERMINAL
from tests.admin_flow.visits import MANAGER
from tests.screens import counter_scenes, scenes
from tests.screens.counter_driver import CounterDriver
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import look_at

WIDE = (1920, 1080)
LEAST_PX_AT_WIDE = 83  # 15 mm on 15.6 inches
CARD = service.CardPresented("reader", "04A1B2C3D4", 1.0)
LOOKS = [
    (UPRIGHT, View("zh", TextSize.NORMAL)),
    (UPRIGHT, View("en", TextSize.LARGEST)),
    (LYING, View("zh", TextSize.NORMAL)),
    (LYING, View("en", TextSize.LARGEST)),
    (WIDE, View("zh", TextSize.LARGEST)),
]
HEALTH = {
    "good": (LinkState.ONLINE, scenes.devices()),
    "bad": (
        LinkState.OFFLINE,
        {
            problem: service.DeviceHealth(problem, kind, service.DeviceState.UNAVAILABLE, problem)
            for problem, kind in zip(list(service.DeviceProblem)[1:5], service.DeviceKind, strict=True)
        },
    ),
}
OpenApp = Callable[..., Driver]


def touch_corner(ui: Driver, times: int = 5) -> None:
    corner = ui.find(test_id="staff-corner")
    for _ in range(times):
        ui.tap(corner)


def open_admin(ui: Driver, staff: Staff | None = MANAGER) -> None:
    touch_corner(ui)
    if staff is not None:
        let_in(ui, staff)


def let_in(ui: Driver, staff: Staff) -> None:
    """Number and PIN on the pad; the effect's answer is given here. From the key that ends it on, touches count."""
    for digit in "123456":
        ui.tap(test_id=f"key-{digit}")
    ui.tap(test_id="key-enter")
    ui.touches = 0
    asked = ui.effects[-1]
    assert asked == fx.EnterByPin(ui.app.admin.state.visit, "123456")
    ui.happens(ev.EntryAnswered(asked.visit, Entered(staff)))


def test_five_touches_in_the_corner_open_the_gate_and_nothing_shows_there(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    touch_corner(ui, 4)
    assert ui.app.admin.state is None
    touch_corner(ui, 1)
    assert ui.has(test_id="key-enter")
    assert ui.state.screen is ScreenName.ATTRACT


def test_slow_touches_open_nothing(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    for _ in range(5):
        ui.happens()
        touch_corner(ui, 2)
        ui.advance(2.5)
    assert ui.app.admin.state is None


def test_one_touch_there_begins_to_order_as_anywhere(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    touch_corner(ui, 1)
    ui.advance(1.0)
    assert ui.state.screen is ScreenName.MENU


def test_a_card_at_the_gate_is_not_the_customers(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, None)
    ui.effects.clear()
    ui.publish(CARD)
    assert ui.effects == [fx.EnterByCard(ui.app.admin.state.visit, CARD.uid)]
    ui.tap(test_id="leave")
    ui.effects.clear()
    ui.publish(CARD)
    assert [type(effect) for effect in ui.effects] == [Identify]


def test_an_answer_after_leaving_opens_nothing(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, None)
    visit = ui.app.admin.state.visit
    ui.tap(test_id="leave")
    ui.happens(ev.EntryAnswered(visit, Entered(MANAGER)))
    assert ui.app.admin.state is None
    open_admin(ui, None)
    ui.happens(ev.EntryAnswered(visit, Entered(MANAGER)))
    assert ui.app.admin.state.staff is None


def test_left_alone_it_closes_and_the_terminal_sells_on(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui)
    ui.advance(61, frame_s=0.5)
    assert ui.app.admin.state is None
    ui.tap(test_id="begin")
    assert ui.state.screen is ScreenName.MENU


def test_news_reaches_both(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui)
    gone = scenes.health("receipts", service.DeviceKind.PRINTER, service.DeviceState.UNAVAILABLE)
    ui.publish(service.DeviceHealthChanged(gone))
    assert ui.state.devices["receipts"] == ui.app.admin.state.devices["receipts"] == gone


@pytest.mark.parametrize("role", ["self-service", "counter"])
def test_cards_and_codes_are_never_the_terminals_own_while_it_is_open(
    kept_app: OpenApp, kept_counter: Callable[..., CounterDriver], role: str
) -> None:
    """In whichever section, and while somebody is removed: nobody pays, collects or is recognised by them."""
    everybody = replace(MANAGER, roles=frozenset(Role))
    if role == "counter":
        ui: Any = kept_counter(counter_scenes.with_cart(counter_scenes.state(), counter_scenes.SOME))
        ui.tap(test_id="admin")
        let_in(ui, everybody)
    else:
        ui = kept_app(scenes.state(ScreenName.ATTRACT))
        open_admin(ui, everybody)
    _hold_cards_and_codes_before(ui, everybody)


def test_a_card_that_gets_past_it_is_found(kept_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.screens.admin_layer._ITS_ALONE", (common.Touched,))
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui)
    with pytest.raises(AssertionError, match="Identify"):
        _hold_cards_and_codes_before(ui, MANAGER)


def _hold_cards_and_codes_before(ui: Any, staff: Staff) -> None:
    """In each section; raises AssertionError if the terminal itself takes one of them."""
    home, own = ui.app.admin.state, replace(ui.state, now_s=0.0, touched_s=0.0)
    for name in (None, *open_to(staff, ui.app.role)):
        ui.app.admin.state = home
        if name is not None:
            ui.happens(ev.SectionChosen(name))
        ui.effects.clear()
        for uid, code in ((CARD.uid, "KS1:ABC"), ("", ""), ("F" * 500, "kiosk:order:" + "0" * 1000)):
            ui.publish(service.CardPresented("reader", uid, 1.0))
            ui.publish(service.CodeScanned("scanner", code, 1.0))
        ui.publish(service.StaffChanged())
        ui.publish(CARD)
        assert all(isinstance(effect, AdminEffect | PlaySound) for effect in ui.effects), (name, ui.effects)
        assert replace(ui.state, now_s=0.0, touched_s=0.0) == own, name


def test_a_counter_opens_it_by_its_lock_and_keeps_the_half_made_sale(
    kept_counter: Callable[..., CounterDriver],
) -> None:
    ui = kept_counter(counter_scenes.with_cart(counter_scenes.state(), counter_scenes.SOME))
    sale = ui.state.sale
    ui.tap(test_id="admin")
    ui.publish(CARD)
    assert ui.has(test_id="key-enter")
    ui.tap(test_id="leave")
    assert ui.state.sale == sale
    ui.tap(test_id="charge")
    assert ui.state.paying == Paying(PayMethod.MEMBER, counter_scenes.total(counter_scenes.SOME), in_flight=False)


@pytest.mark.parametrize("in_flight", [False, True])
def test_a_counter_does_not_open_it_while_somebody_pays(
    kept_counter: Callable[..., CounterDriver], *, in_flight: bool
) -> None:
    from kiosk.screens.admin_door import AdminOpened

    ui = kept_counter(counter_scenes.paying(in_flight=in_flight))
    assert not ui.has(test_id="admin")
    ui.happens(AdminOpened())
    assert ui.app.admin.state is None


@pytest.mark.parametrize(("size", "view"), LOOKS, ids=str)
def test_pictures(kept_app: OpenApp, size: tuple[int, int], view: View) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=size)
    open_admin(ui, None)
    name = f"{size[0]}x{size[1]}-{view.language}-{view.text_size}"
    gate = replace(ui.app.admin.state, view=view)
    refusals = [(refusal, 47.0 if refusal is Refusal.WAIT else 0.0) for refusal in Refusal]
    for refusal, wait_s in refusals:
        _show(ui, replace(gate, gate=replace(gate.gate, refusal=refusal, wait_until_s=gate.now_s + wait_s)))
        look_at(ui, f"admin-gate-{refusal}-{name}", keeps_picture=refusal is Refusal.WAIT)
    _show(ui, replace(gate, gate=replace(gate.gate, card_number="12", typed="345")))
    look_at(ui, f"admin-gate-card-{name}")
    inside = replace(gate, staff=MANAGER)
    for about in ShellNotice:
        notice = ShownNotice("home", about, Tone.NEGATIVE, gate.now_s + 100, ev.BackTouched())
        _show(ui, replace(inside, notice=notice))
        look_at(ui, f"admin-home-{about}-{name}", keeps_picture=about is ShellNotice.FAILED)
    ui.happens(ev.SectionChosen(SectionName.HEALTH))
    for found, (link, devices) in HEALTH.items():
        _show(ui, replace(ui.app.admin.state, view=view, link=link, devices=devices))
        ui.happens(TerminalLooked(gate.visit, TERMINAL))
        look_at(ui, f"admin-health-{found}-{name}")
    if size == WIDE:
        for test_id in ("back", "leave", "language", "text-size"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE


def _show(ui: Driver, state: object) -> None:
    ui.app.admin.state = state
    ui.app._show()
    ui.step(2)


def test_nobody_with_no_role_sees_an_empty_home_that_says_so(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, replace(MANAGER, roles=frozenset()))
    assert not ui.widgets(lambda widget: str(getattr(widget, "test_id", "")).startswith("section-"))
    assert ui.find(contains="权限")


def test_a_pin_after_a_card(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, None)
    ui.publish(CARD)
    ui.happens(ev.EntryAnswered(ui.app.admin.state.visit, PinWanted("12")))
    for digit in "3456":
        ui.tap(test_id=f"key-{digit}")
    ui.tap(test_id="key-enter")
    assert ui.effects[-1] == fx.EnterByPin(ui.app.admin.state.visit, "123456")
    ui.happens(ev.EntryAnswered(ui.app.admin.state.visit, NotEntered(Refusal.WRONG)))
    assert ui.app.admin.state.gate.card_number == ""


def test_staff_with_one_role_see_only_theirs(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    staff = replace(MANAGER, roles=frozenset({Role.RESTOCK}))
    open_admin(ui, staff)
    for name in SectionName:
        assert ui.has(test_id=f"section-{name}") is (name in open_to(staff, "order"))

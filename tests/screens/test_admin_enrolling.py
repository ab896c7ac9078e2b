"""From the section members into the enrolment of the terminal's own, on the real window of both kinds of terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.domain.staff import Role
from kiosk.screens.admin_effects import answered
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow.members_events import BeginEnrolment
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.counter_flow.state import ScreenName as CounterScreen
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import Identify
from kiosk.screens.flow.state import ScreenName
from kiosk.services import events as service
from kiosk.services.begin_enrolment import StaffEnrolments
from kiosk.services.face_events import FaceReadiness
from kiosk.services.identify import identify
from kiosk.store.sqlite_store import SqliteStore
from tests.admin_flow.visits import ANYBODY, MANAGER
from tests.screens import counter_scenes, scenes
from tests.screens.counter_driver import CounterDriver
from tests.screens.driver import Driver
from tests.screens.test_admin_orders import Services, Visit, store  # noqa: F401  (a fixture)
from tests.screens.test_admin_shell import let_in, open_admin
from tests.store.sales import CARD, MEMBER, NOON
from tests.store.test_feed import THE_MEMBER, read

CAMERA = service.DeviceHealth("face-camera", service.DeviceKind.CAMERA, service.DeviceState.READY)
ON_READER = service.CardPresented("reader", CARD.uid, 1.0)


def at_member(ui: Driver, store: SqliteStore) -> Visit:  # noqa: F811
    """Who has got in has tapped a member's card."""
    read(store, "first", more=False, cards={CARD.uid: CARD}, **THE_MEMBER)
    services: Any = Services(store)
    services.staff_enrolments = StaffEnrolments(store, services.clock)
    ui.effects.clear()
    here = Visit(ui, services)
    here.touch(f"section-{SectionName.MEMBERS}")
    here.happens(ON_READER)
    assert here.ui.find(test_id="name").text == MEMBER.masked_name
    return here


def with_camera(state: Any) -> Any:
    return replace(state, devices={**state.devices, CAMERA.name: CAMERA}, face=FaceReadiness(is_ready=True))


def handed_over(here: Visit) -> None:
    """The key is touched, the service asked, the admin screen left."""
    here.ui.tap(test_id="act-face")
    here.ui.tap(test_id="reason-enrol")
    told: list[Any] = here.ui.effects
    (asked,) = [effect for effect in told if isinstance(effect, BeginEnrolment)]
    told.clear()
    here.ui.happens(answered(asked, lambda: here.services))
    assert here.ui.app.admin.state is None
    assert [effect.left_by for effect in told if isinstance(effect, fx.NoteLeft)] == [fx.LeftBy.HANDED_OVER]


def identified(here: Visit) -> None:
    """By the terminal's own service, as the one whose card was asked about."""
    (asked,) = [effect for effect in here.ui.effects if isinstance(effect, Identify)]
    here.ui.happens(common.CustomerIdentified(asked.session_id, identify(here.services.store, asked.card_uid, NOON)))


def test_at_a_self_service_terminal_the_member_is_asked_at_once(
    kept_app: Callable[..., Driver],
    store: SqliteStore,  # noqa: F811
) -> None:
    ui = kept_app(with_camera(scenes.state(ScreenName.ATTRACT)))
    open_admin(ui, MANAGER)
    here = at_member(ui, store)
    handed_over(here)
    identified(here)
    assert ui.state.screen is ScreenName.FACE_AGE
    assert ui.has(test_id="age-older")
    assert ui.state.enrolling is not None
    assert (ui.state.enrolling.member_id, ui.state.enrolling.staff) == (MEMBER.id, MANAGER.id)


def test_at_a_counter_staff_say_who_agrees_and_the_member_taps_the_card(
    kept_counter: Callable[..., CounterDriver],
    store: SqliteStore,  # noqa: F811
) -> None:
    ui = kept_counter(with_camera(counter_scenes.state()))
    ui.tap(test_id="admin")
    let_in(ui, MANAGER)
    here = at_member(ui, store)
    handed_over(here)
    assert ui.state.screen is CounterScreen.ENROL
    assert ui.has(test_id="guardian-mother")
    assert not [key for key in ui.widgets(lambda w: type(w).__name__ == "GuardianButton") if key.chosen]
    ui.tap(test_id="guardian-nobody")
    ui.happens(ON_READER)
    identified(here)
    begun = ui.state.enrolment.flow.enrolling
    assert (begun.member_id, begun.staff) == (MEMBER.id, MANAGER.id)
    assert ui.has(test_id="age-older")


def test_without_a_camera_there_is_no_such_key(
    kept_app: Callable[..., Driver],
    store: SqliteStore,  # noqa: F811
) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, MANAGER)
    at_member(ui, store)
    ui.tap(test_id="act-face")
    assert ui.has(test_id="confirm"), "it can be deleted"
    assert not ui.has(test_id="reason-enrol")


def test_who_may_enrol_and_not_delete_has_a_key_for_it(
    kept_app: Callable[..., Driver],
    store: SqliteStore,  # noqa: F811
) -> None:
    ui = kept_app(with_camera(scenes.state(ScreenName.ATTRACT)))
    open_admin(ui, ANYBODY[Role.COUNTER])
    at_member(ui, store)
    assert not ui.has(test_id="act-face")
    ui.tap(test_id="act-enrol")
    assert [type(effect) for effect in ui.effects if isinstance(effect, BeginEnrolment)] == [BeginEnrolment]

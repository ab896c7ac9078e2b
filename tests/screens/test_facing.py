"""By face, on the screens: what is asked for, what is said, what can be touched; in every look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from kivy.uix.label import Label

from kiosk.domain.face import Fault
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.head_turn import Direction
from kiosk.domain.ids import FaceConsentId, MemberId
from kiosk.domain.liveness import Stage
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace
from kiosk.domain.pricing import price_cart
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.face_state import FaceTrouble, Facing
from kiosk.screens.flow.state import Customer, PayMethod, ScreenName, State
from kiosk.screens.theme import TOUCH_UNITS, TYPE_SCALE
from kiosk.screens.widgets.emblem import Emblem
from kiosk.screens.widgets.labels import Glyph
from kiosk.screens.widgets.pose_guide import PoseGuide
from kiosk.services.events import DeviceKind, FaceSeen
from kiosk.services.face_events import FaceReadiness
from kiosk.services.identify import Identified
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.face_scenes import drawn_face
from tests.screens.gallery import SIGHTS, Sight, check_scene, look_at

Open = Callable[..., Driver]
ORDERING, PAYING = ConsentPurpose.ORDERING, ConsentPurpose.PAYING
CAMERA = "face-camera"
FACE = ByFace(scenes.MEMBER.id, FaceConsentId(UUID(int=7)))
TOTAL = price_cart(scenes.SOME, scenes.MENU).total
FOUND = Identified(scenes.MEMBER, FACE, Money(0))


def working(screen: ScreenName, *, paying: bool = False) -> State:
    """Camera and engine work, and somebody is enrolled."""
    state = scenes.state(screen)
    devices = {**state.devices, CAMERA: scenes.health(CAMERA, DeviceKind.CAMERA)}
    state = replace(state, devices=devices, face=FaceReadiness(is_ready=True, purposes=frozenset(ConsentPurpose)))
    return scenes.with_cart(state, scenes.SOME) if paying else state


def looking(purpose: ConsentPurpose, **facing: object) -> State:
    state = working(ScreenName.FACE_LOOK, paying=purpose is PAYING)
    return replace(state, facing=Facing(1, purpose, turn=purpose is PAYING, **facing), cameras_on=frozenset({CAMERA}))


def troubled(purpose: ConsentPurpose, trouble: Fault | FaceTrouble) -> State:
    return replace(looking(purpose, trouble=trouble), cameras_on=frozenset())


def digits(purpose: ConsentPurpose, **facing: object) -> State:
    of = {"candidates": frozenset({MemberId("1")}), **facing}
    state = working(ScreenName.FACE_DIGITS, paying=purpose is PAYING)
    return replace(state, facing=Facing(1, purpose, turn=False, **of))


def confirming(amount: Money | None) -> State:
    purpose = ORDERING if amount is None else PAYING
    state = working(ScreenName.FACE_CONFIRM, paying=amount is not None)
    return replace(state, facing=Facing(1, purpose, turn=False, found=FOUND, amount=amount, left_s=2))


def with_face(state: State) -> State:
    return replace(state, session=replace(state.session, customer=Customer(scenes.MEMBER, FACE, Money(0))))


VARIANTS = {
    "look": looking(ORDERING),
    "look-too-dark": looking(ORDERING, seen=FaceSeen(1, Fault.TOO_DARK)),
    "look-to-pay": looking(PAYING),
    **{
        f"look-turn-{towards}": looking(PAYING, seen=FaceSeen(1, None, Stage.TURN, towards, 2, 4))
        for towards in Direction
    },
    "look-unknown": troubled(ORDERING, FaceTrouble.UNKNOWN),
    "look-not-turned": troubled(PAYING, FaceTrouble.NOT_TURNED),
    "look-no-camera": troubled(PAYING, FaceTrouble.CAMERA_GONE),
    "digits": digits(ORDERING, typed="12"),
    "digits-again": digits(PAYING, tries_left=1),
    "confirm": confirming(None),
    "confirm-payment": confirming(Money(4550)),
    "attract-face": working(ScreenName.ATTRACT),
    "checkout-face": working(ScreenName.CHECKOUT, paying=True),
    "checkout-recognised": with_face(working(ScreenName.CHECKOUT, paying=True)),
    "member-by-face": with_face(working(ScreenName.MEMBER)),
}


def arrows(ui: Driver) -> list[Glyph]:
    """Where the head is to be turned."""
    guides = ui.widgets(lambda widget: isinstance(widget, PoseGuide))
    return [part for guide in guides for part in guide.walk(restrict=True) if isinstance(part, Glyph) and part.icon]


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    for name, state in VARIANTS.items():
        ui = kept_app(scenes.with_view(state, sight.view), size=sight.size)
        ui.app.preview.newest = drawn_face()
        ui.advance(0.2)
        look_at(ui, f"face-{name}-{sight.name}", keeps_picture=sight.keeps_picture)
        check_scene(ui, name, scenes.with_view(state, sight.view))
        ui.app.preview.newest = None


def touched(ui: Driver, test_id: str) -> list[fx.Effect]:
    ui.effects.clear()
    ui.tap(test_id=test_id)
    return ui.effects


def test_it_is_offered_only_where_it_works(kept_app: Open) -> None:
    ui = kept_app(working(ScreenName.ATTRACT))
    assert ui.has(test_id="look-here")
    ui.show(replace(working(ScreenName.ATTRACT), face=FaceReadiness()))
    assert not ui.has(test_id="look-here")
    ui.show(working(ScreenName.CHECKOUT, paying=True))
    assert ui.has(test_id="pay-face")
    ui.show(replace(working(ScreenName.CHECKOUT, paying=True), face=FaceReadiness()))
    assert not ui.has(test_id="pay-face")


def test_a_touch_begins_a_look_with_its_light_and_its_picture(kept_app: Open) -> None:
    ui = kept_app(working(ScreenName.ATTRACT))
    (asked,) = [effect for effect in touched(ui, "look-here") if isinstance(effect, fx.LookForFace)]
    assert asked.request.purpose is ORDERING
    ui.app.preview.newest = drawn_face()
    ui.step(6)
    preview = ui.find(cls="FacePreview")
    assert preview.pictures > 0
    middle = ui.pixels()[round(ui.size[1] - preview.center_y), round(preview.center_x)]
    assert tuple(middle) != tuple(round(255 * part) for part in ui.app.look.color.sunken_pressed[:3]), "not seen"
    ui.tap(test_id="see-menu")
    assert ui.state.screen is ScreenName.MENU
    assert not preview.active, "it goes on to fetch pictures"


def test_beside_the_picture_nothing_clear_is_drawn(kept_app: Open) -> None:
    """A hidden text's or sign's pixels take as long as any, of every frame."""
    ui = kept_app(looking(ORDERING))
    shown = {id(widget) for widget in ui.widgets()}
    hidden = [widget for widget in ui.find(cls="FaceLookScreen").walk() if id(widget) not in shown]
    assert not [w for w in hidden if isinstance(w, Emblem) or (isinstance(w, Label) and w.text)]
    ui.show(VARIANTS["look-turn-left"])
    assert [arrow.icon for arrow in arrows(ui)] == ["arrow-left"]
    ui.show(VARIANTS["look-unknown"])
    assert not arrows(ui)


def test_the_arrow_stands_where_the_head_is_to_be_turned(kept_app: Open) -> None:
    ui, places = kept_app(looking(PAYING)), {}
    for towards in Direction:
        ui.show(VARIANTS[f"look-turn-{towards}"])
        ui.step(2)
        (arrow,) = arrows(ui)
        assert arrow.icon == f"arrow-{towards}"
        places[towards] = tuple(arrow.center)
    (left, right), (up, down) = (
        (places[one], places[other])
        for one, other in ((Direction.LEFT, Direction.RIGHT), (Direction.UP, Direction.DOWN))
    )
    assert left[0] < up[0] < right[0]
    assert down[1] < left[1] < up[1]


def test_between_turns_nothing_is_left_of_the_arrow(kept_app: Open) -> None:
    ui = kept_app(VARIANTS["look-turn-down"])
    (arrow,) = arrows(ui)
    x, y, half = round(arrow.center_x), round(ui.size[1] - arrow.center_y), round(arrow.height / 4)
    accent = tuple(round(255 * part) for part in ui.app.look.color.accent[:3])

    def is_there() -> bool:
        ui.step(2)
        part = ui.pixels()[y - half : y + half, x - half : x + half]
        return bool((part == accent).all(axis=-1).any())

    assert is_there()
    ui.show(looking(PAYING, seen=FaceSeen(1, None, Stage.BACK, None, 3, 4)))
    assert not is_there()


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_one_light_says_that_the_camera_is_on_and_covers_no_arrow(kept_app: Open, sight: Sight) -> None:
    for towards in Direction:
        ui = kept_app(scenes.with_view(VARIANTS[f"look-turn-{towards}"], sight.view), size=sight.size)
        ui.step(2)
        assert not ui.app._stage.camera_strip.text, "it is said twice"
        light = ui.find(test_id="camera-light")
        assert light.font_size >= 0.9 * ui.app.look.u(TYPE_SCALE["title"]), "too small for 1.5 m"
        (arrow,) = arrows(ui)
        assert not arrow.parent.collide_widget(light.parent)


def test_without_a_picture_the_strip_says_that_the_camera_is_on(kept_app: Open) -> None:
    ui = kept_app(replace(VARIANTS["look-unknown"], cameras_on=frozenset({CAMERA})))
    assert ui.app._stage.camera_strip.text
    assert not ui.has(test_id="camera-light")


def test_the_keys_type_digits_and_take_them_back(kept_app: Open) -> None:
    ui = kept_app(digits(ORDERING))
    for key in ("1", "2", "back", "3"):
        ui.tap(test_id=f"digit-{key}")
    assert ui.state.facing is not None
    assert ui.state.facing.typed == "13"
    assert ui.find(test_id="dots").text == "● ● ○ ○"
    assert not any("王" in text for text in ui.texts()), "nothing of who it might be"


def test_masked_name_amount_and_count_stand_there_and_cancel_ends_it(kept_app: Open) -> None:
    ui = kept_app(confirming(TOTAL))
    assert ui.find(test_id="name").text == "王*明"
    assert ui.find(test_id="amount").text == "¥45.50"
    assert ui.find(test_id="count").text == "2"
    ui.tap(test_id="not-me")
    assert ui.state.screen is ScreenName.CHECKOUT
    ui.advance(10)
    assert not [effect for effect in ui.effects if isinstance(effect, fx.PayByFace)]


def test_who_pays_and_how_much_is_read_before_the_seconds(kept_app: Open) -> None:
    ui = kept_app(confirming(TOTAL))
    name, amount, count = (ui.find(test_id=part) for part in ("name", "amount", "count"))
    assert amount.font_size > name.font_size > count.font_size
    assert name.center_y > amount.center_y > count.center_y
    assert ui.find(test_id="not-me").height >= 2 * ui.app.look.u(TOUCH_UNITS)


def test_the_ring_runs_down_with_the_seconds(kept_app: Open) -> None:
    ui = kept_app(confirming(TOTAL))
    ring = ui.find(cls="CountRing")
    x, y = (
        round(ring.center_x - 0.46 * ring.width),
        round(ui.size[1] - ring.center_y),
    )  # at nine o'clock: the second half
    green = tuple(round(255 * part) for part in ui.app.look.color.positive[:3])
    assert tuple(ui.pixels()[y, x]) == green
    ui.show(replace(ui.state, facing=replace(ui.state.facing, left_s=1)))
    assert tuple(ui.pixels()[y, x]) != green


def test_the_count_ends_in_one_payment(kept_app: Open) -> None:
    ui = kept_app(confirming(TOTAL))
    policy = replace(ui.state.face_policy, turn_from_minor=10**6)
    ui.show(replace(ui.state, face_policy=policy))
    ui.effects.clear()
    ui.advance(10)
    (asked,) = [effect for effect in ui.effects if isinstance(effect, fx.PayByFace)]
    assert asked.payer == FACE


@pytest.mark.parametrize("trouble", [*Fault, *FaceTrouble], ids=str)
def test_every_trouble_has_a_sentence_and_the_card_beside_it(kept_app: Open, trouble: Fault | FaceTrouble) -> None:
    ui = kept_app(troubled(PAYING, trouble))
    assert ui.find(test_id="headline").text
    assert "校园卡" in ui.find(test_id="detail").text
    assert any(isinstance(e, fx.LookForFace) for e in touched(ui, "pay-card")) is False
    assert ui.state.paying is not None
    assert ui.state.paying.method is PayMethod.CARD

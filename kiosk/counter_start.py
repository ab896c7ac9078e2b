"""What a counter terminal starts with, in place of a self-service one. Part of the composition root (kiosk.bootstrap),
imported only where the role asks for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kiosk.back_room import BackRoom
from kiosk.counter_app import CounterApp
from kiosk.customer_window import CustomerWindow
from kiosk.domain.menu import Menu
from kiosk.screens.bridge import Bridge
from kiosk.screens.counter_effects import CounterEffects
from kiosk.screens.counter_flow.customer import CustomerView
from kiosk.screens.counter_flow.state import CounterRules, Sale, State
from kiosk.screens.customer_display.message import encode
from kiosk.screens.customer_display.pictures import SharedPreview
from kiosk.screens.flow.effects import SoundKind
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.screens.flow.state import View
from kiosk.screens.texts import texts_for
from kiosk.settings import Settings


def first_counter_state(settings: Settings, menu: Menu | None) -> State:
    """An empty sale with the menu that the last run left."""
    policy, staff = _face_policy(settings), settings.counter.staff
    rules = CounterRules(settings.counter_limits(), result_s=settings.idle.result_s, face_policy=policy, staff=staff)
    return State(Sale(1), rules, menu=menu, view=View(language=settings.screen.language))


def _face_policy(settings: Settings) -> FacePolicy | None:
    face = settings.face
    if face is None or settings.camera is None:
        return None
    shares = face.site_key_file is not None
    return FacePolicy(face.look_s, settings.counter.turn_from_minor, face.largest_minor, face.confirm_s, shares)


def counter_effects(
    settings: Settings, room: BackRoom, bridge: Bridge, play_sound: Callable[[SoundKind], None]
) -> CounterEffects:
    """What runs the flow's effects."""
    reason = texts_for(settings.screen.language).gettext("Undone at the counter")
    return CounterEffects(room.wait_for, bridge.publish, play_sound, settings.counter.staff, reason)


def counter_app(window: CustomerWindow | None) -> Callable[..., CounterApp]:
    """The app, still to be made, that tells the customer's window what to show."""
    if window is None:
        return CounterApp

    def tell(view: CustomerView) -> None:
        window.show(encode(view))

    return partial(CounterApp, tell_customer=tell)


def customer_window(settings: Settings, config_path: Path, bridge: Bridge) -> CustomerWindow | None:
    """Still to be started; None where the settings name none. Where there is a camera the bridge's preview goes there
    too."""
    if not settings.counter.customer_display:
        return None
    command = [sys.executable, "-m", "kiosk.screens.customer_display", "--config", str(config_path)]
    if settings.camera is None:
        return CustomerWindow(command)
    bridge.preview = preview = SharedPreview()
    return CustomerWindow([*command, "--pictures", str(preview.descriptor)], shared=(preview.descriptor,))

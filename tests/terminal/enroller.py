"""A terminal without a window that enrols a drawn face: the real flow, effects, services, store, desk and engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import time as wall_time
from pathlib import Path

import msgspec

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card
from kiosk.opening import build_services
from kiosk.screens.bridge import Bridge
from kiosk.screens.effects import EffectRunner
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import step
from kiosk.screens.flow.enrolling import enrols_faces
from kiosk.screens.flow.state import ScreenName, Session, State
from kiosk.services.events import (
    CardPresented,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    PosingChanged,
)
from kiosk.services.posing import Posing
from kiosk.settings import load_settings
from tests.domain.canteen import MENU
from tests.face.booth import PlayedCamera
from tests.face.posed import drawn_poses
from tests.store.sales import CARD, IDENTITY, MEMBER

WITHIN_S = 60.0
OTHER = MemberId("m-2")
OTHER_CARD = Card("02004DB005", OTHER)
NOON = wall_time(12)
SETTINGS = """
[terminal]
name = "Terminal 1"
state_dir = "{folder}"
[central]
url = "http://127.0.0.1:9"
[camera]
source = "nobody-opens-this.mp4"
[face]
"""


class Terminal:
    """MEMBER's card is CARD, OTHER's OTHER_CARD. `poses`: the pictures of whoever stands before the camera, who does
    what they are asked to. It is one thread that must go on: `until` and `touch` let it."""

    def __init__(self, folder: Path) -> None:
        config = folder / "terminal.toml"
        config.write_text(SETTINGS.format(folder=folder / "state"), encoding="utf-8")
        self.bridge, self.camera, self.poses = Bridge(), PlayedCamera(), drawn_poses()
        self.services = build_services(load_settings(config), self.bridge)
        self.services.store.save_identity(IDENTITY)
        members = {m.id: msgspec.json.encode(m) for m in (MEMBER, replace(MEMBER, id=OTHER))}
        cards = {card.uid: card for card in (CARD, OTHER_CARD)}
        with self.services.store.transaction() as tx:
            tx.feed.apply_page(epoch="e", next_after=1, more=False, menus=(), members=members, cards=cards, stock={})
        self.effects = EffectRunner(lambda: self.services, self.bridge.publish, lambda _kind: None)
        self.state = State(Session(1), menu=MENU)
        self.seen: list[ev.FlowEvent] = []
        assert self.services.face is not None
        self.desk = self.services.face.desk

    def start(self) -> None:
        """Returns when faces can be enrolled."""
        camera = DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY)
        self.bridge.publish(DeviceHealthChanged(camera))
        self.desk.start(self.camera)
        self.until(lambda: enrols_faces(self.state))

    def stop(self) -> None:
        self.effects.stop()
        self.desk.stop()
        self.services.store.close()

    # --- as the app does ---

    def happens(self, *events: ev.FlowEvent) -> None:
        for event in events:
            self.seen.append(event)
            self.state, effects = step(self.state, event)
            for effect in effects:
                self.effects(effect)
            self._holds_the_head_as_asked(event)

    def _holds_the_head_as_asked(self, event: ev.FlowEvent) -> None:
        if isinstance(event, PosingChanged) and isinstance(event.step, Posing):
            self.camera.picture = self.poses[event.step.asked or EnrolmentPose.AHEAD]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let everything happen until then."""
        deadline_s = time.monotonic() + WITHIN_S
        while not is_so():
            assert time.monotonic() < deadline_s, (self.state.screen, self.state.enrolling, self.state.account)
            self.happens(ev.Tick(time.monotonic(), NOON), *self.bridge.drain())
            time.sleep(0.005)

    def touch(self, event: ev.FlowEvent) -> None:
        self.happens(ev.Touched(time.monotonic()), event)

    # --- what somebody does ---

    def opens_account(self, card: Card = CARD) -> None:
        """With that card, from the attract screen."""
        self.happens(CardPresented("campus-card", card.uid, time.monotonic()))
        self.until(lambda: self.state.screen is ScreenName.MEMBER)
        self.touch(acc.AccountOpened())
        self.account_is_there()

    def account_is_there(self) -> None:
        self.until(lambda: self.state.account is not None and self.state.account.seen is not None)

    def reads(self) -> None:
        """Up to yes or no, and 14 or older."""
        self.touch(acc.EnrolFaceTouched())
        self.touch(acc.AgeAnswered(under_14=False))
        self.until(lambda: self.state.enrolling is not None and self.state.enrolling.text is not None)

    def agrees(self) -> None:
        self.camera.picture = self.poses[EnrolmentPose.AHEAD]
        self.touch(acc.ConsentAnswered(agrees=True))
        self.until(lambda: self.state.screen is ScreenName.FACE_POSES)

    def has_taken(self, count: int) -> None:
        """Before the camera, until that many poses are taken."""
        self.until(lambda: any(isinstance(e, PosingChanged) and _taken(e) >= count for e in self.seen))

    def enrols(self) -> object:
        """All the way; how it ended."""
        self.seen.clear()
        self.reads()
        self.agrees()
        self.until(lambda: self.state.screen is ScreenName.FACE_RESULT)
        assert self.state.enrolling is not None
        return self.state.enrolling.end

    def leaves(self) -> None:
        """The attract screen again, and the camera off."""
        self.touch(ev.CancelTouched())
        self.until(lambda: self.state.screen is ScreenName.ATTRACT and self.camera.watches == 0)


def _taken(event: PosingChanged) -> int:
    return event.step.taken if isinstance(event.step, Posing) else 0

"""What a kitchen's screen and a pickup board start with, in place of a self-service terminal. Part of the composition
root (kiosk.bootstrap), imported only where the role asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.back_room import BackRoom
from kiosk.screens.announcer import Announcer
from kiosk.screens.board_flow.state import BoardRules
from kiosk.screens.board_flow.state import State as BoardState
from kiosk.screens.bridge import Bridge
from kiosk.screens.flow.effects import SoundKind
from kiosk.screens.flow.state import View
from kiosk.screens.kitchen_effects import BoardEffects, KitchenEffects
from kiosk.screens.kitchen_flow.state import KitchenRules
from kiosk.screens.kitchen_flow.state import State as KitchenState
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.app import FlowApp

KitchenRoleState = KitchenState | BoardState


def first_kitchen_state(settings: Settings) -> KitchenRoleState:
    """Nothing is known yet: central tells what there is."""
    language, kitchen = settings.screen.language, settings.kitchen
    if settings.terminal.role == "board":
        rules = BoardRules(kitchen.stall, settings.board.show_ready_s, settings.board.new_for_s)
        return BoardState(rules, View(language=language, high_contrast=True))
    return KitchenState(
        KitchenRules(kitchen.stall, kitchen.late_after_s, kitchen.very_late_after_s), View(language=language)
    )


def parts(
    settings: Settings, room: BackRoom, bridge: Bridge, play_sound: Callable[[SoundKind], None]
) -> tuple[Callable[..., FlowApp[Any]], KitchenEffects | BoardEffects]:
    """The app of the role, still to be made, and what runs its flow's effects."""
    from kiosk.kitchen_app import BoardApp, KitchenApp  # not above: a widget needs a window

    if settings.terminal.role == "board":
        folder, voice = settings.terminal.state_dir, settings.board.voice
        announcer = Announcer(folder, voice) if settings.screen.sound else None
        return BoardApp, BoardEffects(room.wait_for, bridge.publish, play_sound, announcer)
    return KitchenApp, KitchenEffects(room.wait_for, bridge.publish, play_sound)

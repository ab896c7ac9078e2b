"""What the steps of the admin screen have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.domain.staff import Staff
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_flow.state import AdminState, ShownNotice, Tone
from kiosk.screens.flow.effects import CheckPayment, LoadLevels, PlaySound, SoundKind

Effect = AdminEffect | PlaySound | CheckPayment | LoadLevels
Step = tuple[AdminState, tuple[Effect, ...]]
Handler = Callable[[AdminState, Any], Step]

_NOTICE_S = 8.0
_SOUNDS = {Tone.POSITIVE: SoundKind.SUCCESS, Tone.WARNING: SoundKind.WARNING, Tone.NEGATIVE: SoundKind.FAILURE}


def noticed(state: AdminState, about: object, tone: Tone = Tone.POSITIVE, undo: AdminEvent | None = None) -> Step:
    """Say what an act did, with its sound. The screen that shows now finds the words: AdminScreen.notice_words."""
    notice = ShownNotice(state.screen, about, tone, state.now_s + _NOTICE_S, undo)
    return replace(state, notice=notice), (PlaySound(_SOUNDS[tone]),)


def acting(state: AdminState) -> Staff:
    """Who has got in; sections are open to nobody else."""
    if state.staff is None:
        raise RuntimeError("a section is open and nobody has got in")
    return state.staff

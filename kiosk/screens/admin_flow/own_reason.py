"""A reason that none of the keys says: it is typed. What the sections that ask for one have in common."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.admin_door import AdminEvent

MAX_TYPED = 40
"""As much as a paper and a screen have room for."""


@dataclass(frozen=True, slots=True)
class OwnReasonTouched(AdminEvent):
    """None of the keys says it: it is typed."""


@dataclass(frozen=True, slots=True)
class ReasonTyped(AdminEvent):
    """A character more."""

    key: str


@dataclass(frozen=True, slots=True)
class ReasonErased(AdminEvent):
    """The last one goes."""


OwnReasonEvent = OwnReasonTouched | ReasonTyped | ReasonErased


def typed_after(typed: str | None, event: OwnReasonEvent) -> str | None:
    """The reason so far; None: it is chosen from keys."""
    match event:
        case OwnReasonTouched():
            return ""
        case ReasonErased():
            return None if typed is None else typed[:-1]
        case ReasonTyped(key) if typed is not None and len(key) == 1 and key.isprintable():
            return (typed + key).lstrip()[:MAX_TYPED]
    return typed

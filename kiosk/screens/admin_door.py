"""What the terminal's own screens know of the admin screen: how it is opened, and which events and effects are its own.
All the rest of it is imported when somebody opens it: a start does not wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class AdminEvent:
    """What happens on the admin screen; the terminal's own flow is never offered it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AdminOpened(AdminEvent):
    """The hidden gesture, or the lock in a counter's bar."""


@dataclass(frozen=True, slots=True)
class AdminAnswer(AdminEvent):
    """What came of an effect. One that carries another `visit` belongs to somebody who has left, and is dropped."""

    visit: int


@dataclass(frozen=True, slots=True)
class AdminEffect:
    """What the admin screen wants done by a service, for that visit."""

    visit: int


@dataclass(frozen=True, slots=True)
class TellTerminal(AdminEffect):
    """The visit is over, and what was asked for goes on there: `event` is for the terminal's own flow."""

    event: Any

"""What the desk does with the frames of one person, until it is over: a look, or whatever else takes pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.face.engine import FaceEngine
from kiosk.services.face_events import LookEnd
from kiosk.services.face_ports import Frame


class Task(Protocol):
    """For the desk's thread, which owns the engine meanwhile. It publishes what comes of it, under its number."""

    def see(self, frame: Frame) -> bool:
        """The next frame; True: the task is over and has said so."""
        ...

    def fail(self, end: LookEnd) -> None:
        """It cannot go on: no picture comes, or there is no engine. Called once, and nothing after it."""
        ...

    def give_up(self) -> None:
        """Nobody waits for it any more: let go of what is on its way. Called at the end, however it ended."""
        ...


MakeTask = Callable[[FaceEngine], Task]
"""Called on the desk's thread."""

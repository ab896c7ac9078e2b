"""What every screen and overlay is: it shows a State, and says what was touched by dispatching flow events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.art import Art
from kiosk.screens.flow.state import State
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look

S = TypeVar("S")


class FlowScreen(FloatLayout, Generic[S]):
    """A subclass builds its widgets in kv, sets texts and values in `render`, and calls `self.dispatch_flow(event)`
    when something was touched. It keeps no state of its own that the flow should know.

    `look` and `texts` are set before `render` is called, and whenever they change `render` is called again.
    """

    test_id = StringProperty("")

    def __init__(self, dispatch: Callable[[Any], None], art: Art, **kwargs: Any) -> None:
        self.dispatch_flow = dispatch
        self.art = art
        self.look = Look()
        self.texts: Texts
        self._shown: dict[str, object] = {}
        super().__init__(**kwargs)

    def show(self, state: S, look: Look, texts: Texts) -> None:
        """Called by the stage on every new state while this screen is on it."""
        self.look, self.texts = look, texts
        self.render(state)

    def render(self, state: S) -> None:
        """Bring the widgets in line with the state; cheap when nothing of it changed."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Nobody waits: a subclass may make what it will need."""

    def left(self) -> None:
        """The screen goes off the stage."""

    def changed(self, name: str, *parts: object) -> bool:
        """Whether `parts` or the look differ from the last call with this name: is there anything to redo?"""
        return self.differs(name, self.look, *parts)

    def differs(self, name: str, *parts: object) -> bool:
        """The same, whatever the look."""
        if self._shown.get(name) == parts:
            return False
        self._shown[name] = parts
        return True


class KioskScreen(FlowScreen[State]):
    """One of the self-service terminal's."""

"""What a script that plays on a running terminal may do: the demonstration, proofs and benchmarks are such scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from kiosk.screens.flow.events import FlowEvent
from kiosk.services.ports import Store


class ShowsState(Protocol):
    """The app, as far as a script looks at it."""

    @property
    def state(self) -> Any:
        """Of the flow of the terminal's role."""
        ...

    def tell(self, event: FlowEvent) -> None:
        """From any thread: that has happened."""
        ...


class Hand(Protocol):
    """kiosk.screens.fingers.Fingers: what touches the screen."""

    def tap(self, name: str) -> None: ...
    def picture(self, path: Path) -> None: ...
    def close_window(self) -> None: ...


class Script(Protocol):
    """What plays on a running terminal by itself: the demonstration, or a test's own."""

    def start(self, app: ShowsState, store: Store, hand: Hand) -> None:
        """Called on the UI thread after the first frame; returns at once."""
        ...

"""The admin screen over a terminal's own: open or not, which events are its alone, whose widgets are on the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.screens.admin_door import AdminEvent, AdminOpened, TellTerminal
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import View
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.services import events as service

if TYPE_CHECKING:
    from kiosk.screens.admin.stage import AdminStage
    from kiosk.screens.admin_flow.state import AdminState, Terminal, TerminalRole
    from kiosk.screens.art import Art

# While it is open these are not told to the terminal's own flow: they are meant for whoever stands before this screen.
_ITS_ALONE = (common.Touched, service.CardPresented, service.CodeScanned)
# Nor are these ever, also when they come after somebody has left.
_NEVER_THE_TERMINALS = (AdminEvent, service.CameraSeen, service.CameraEnded)


class AdminLayer:
    """`state` None: closed. `run_effect` starts what the flow wants done and returns at once. While it is open the
    terminal's own widgets are off the window: nothing reaches them, and nothing is drawn twice."""

    def __init__(
        self,
        role: TerminalRole,
        dispatch: Callable[[Any], None],
        run_effect: Callable[[Any], None],
        art: Art,
        leave_after_s: float,
    ) -> None:
        self._role = role
        self.state: AdminState | None = None
        self._dispatch = dispatch
        self._run_effect = run_effect
        self._art = art
        self._leave_after_s = leave_after_s
        self._visits = 0
        self._stage: AdminStage | None = None
        self._below: Widget | None = None  # the terminal's own, while it is off the window

    def open(self, terminal: Terminal, view: View) -> None:
        """The gate. What is imported here, a start does not wait for."""
        from kiosk.screens.admin_flow import opened

        if self.state is None:
            self._visits += 1
            self.state = opened(self._visits, terminal, self._role, view, self._leave_after_s)

    def take(self, event: Any) -> bool:
        """Take the event through the admin screen's flow, if it is open. Whether the terminal's own is told, too."""
        if self.state is not None and not isinstance(event, AdminOpened):
            from kiosk.screens.admin_flow import step

            is_its_alone = isinstance(event, (*_NEVER_THE_TERMINALS, *_ITS_ALONE))
            self.state, effects = step(self.state, event)
            for effect in effects:
                if isinstance(effect, TellTerminal):
                    self._dispatch(effect.event)
                else:
                    self._run_effect(effect)
            return not is_its_alone
        return not isinstance(event, _NEVER_THE_TERMINALS)

    def show(self, own: Widget, look: Look, texts: Texts) -> bool:
        """Bring the window in line. `own`: the terminal's own widgets. False: it is closed, they are shown."""
        if self.state is None:
            self._give_back(own)
            return False
        if self._stage is None:
            from kiosk.screens.admin.stage import AdminStage

            self._stage = AdminStage(self._dispatch, self._art)
        if self._below is None:
            self._below = own
            Window.remove_widget(own)
            Window.add_widget(self._stage)
        self._stage.show(self.state, look, texts)
        return True

    def _give_back(self, own: Widget) -> None:
        if self._below is None or self._stage is None:
            return
        self._stage.left()
        Window.remove_widget(self._stage)
        Window.add_widget(own)
        self._below = None

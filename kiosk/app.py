"""The Kivy App: holds the flow's state, shows it, and takes touches and events to the flow. What every role's app
shares is FlowApp; KioskApp is the self-service terminal's.

Import this only after kiosk.screens.window.prepare_window.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import time
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ObjectProperty

from kiosk.domain.clock import Clock as ProgramClock
from kiosk.screens.admin_door import AdminOpened
from kiosk.screens.admin_layer import AdminLayer
from kiosk.screens.art import Art
from kiosk.screens.bridge import Bridge
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import step
from kiosk.screens.flow.state import ScreenName, State, View
from kiosk.screens.pace import Pace
from kiosk.screens.pictures import PictureLoader
from kiosk.screens.stage import PREPARED, Stage
from kiosk.screens.texts import texts_for
from kiosk.screens.theme import Look
from kiosk.services.events import RestartWanted
from kiosk.services.face_ports import Preview

if TYPE_CHECKING:
    from kiosk.screens.admin_flow.state import Terminal, TerminalRole

S = TypeVar("S")

_TICK_S = 1.0
_PREPARE_AFTER_S, _PREPARE_EVERY_S = 0.5, 0.15


class FlowApp(App, Generic[S]):
    """`state`: what is shown first. `run_effect` starts what the flow wants done and returns at once. `local_time`
    tells the canteen's wall time. Events from other threads come through `bridge`. A subclass says which flow and
    which stage; the stage is a widget with `show` and `prepare` as kiosk.screens.stage.Stage has them. `admin`: the
    admin screen, which lies over it while it is open."""

    role: TerminalRole
    prepared: Sequence[str] = ()  # the screens that are made before the first touch asks for them
    look = ObjectProperty(Look(), rebind=True)  # kv rules bind to app.look.…

    def __init__(
        self,
        state: S,
        run_effect: Callable[[Any], None],
        bridge: Bridge,
        pictures: PictureLoader,
        clock: ProgramClock,
        local_time: Callable[[], time],
        *,
        reduce_motion: bool = False,
        leave_admin_after_s: float = 60.0,
    ) -> None:
        super().__init__()
        self.state = state
        self.art = Art(pictures)
        self.admin = AdminLayer(self.role, self.dispatch_flow, run_effect, self.art, leave_admin_after_s)
        self._run_effect = run_effect
        self._bridge = bridge
        self._clock = clock
        self._local_time = local_time
        self._reduce_motion = reduce_motion
        self._pace = Pace()
        self._events: deque[Any] = deque()
        self._stage: Any = None  # once built
        self._ticking: Any = None
        self.is_to_start_again = False

    # --- which flow ---

    def flow_step(self, state: S, event: Any) -> tuple[S, Sequence[Any]]:
        """The next state, and the effects to start."""
        raise NotImplementedError

    def make_stage(self) -> Any:
        """The root widget."""
        raise NotImplementedError

    def view_of(self, state: S) -> View:
        """How whoever stands here wants to read."""
        raise NotImplementedError

    def tick(self, now_s: float, local: time) -> Any:
        """The flow's event for time that has passed."""
        raise NotImplementedError

    def touched(self, now_s: float) -> Any:
        """The flow's event for a finger anywhere."""
        raise NotImplementedError

    def under_admin(self, _state: S) -> Terminal | None:
        """The state if the admin screen may lie over it now; None: not while somebody is in the middle of something."""
        return None

    @property
    def preview(self) -> Preview:
        """What the camera sees, for whoever shows it (kv: `app.preview`)."""
        return self._bridge.preview

    # --- life ---

    def run(self) -> None:
        """Until the window closes."""
        self.after_first_frame(self._prepare_screens)
        super().run()

    def build(self) -> Any:
        Window.fbind("on_request_close", _stay_open)
        Window.fbind("on_touch_down", self._on_any_touch)
        Window.fbind("size", self._on_window_size)
        self.look = self._look_now()
        Window.clearcolor = self.look.color.background
        self._stage = self.make_stage()
        return self._stage

    def on_start(self) -> None:
        self.art.start()
        self._pace.start()
        self._bridge.attach(lambda: Clock.schedule_once_free(self._drain, 0))
        self._ticking = Clock.schedule_interval(self._tick, _TICK_S)
        self._tick(0)
        self._show()

    def on_stop(self) -> None:
        self._bridge.detach()
        if self._ticking is not None:
            self._ticking.cancel()
        self._pace.stop()
        self.art.stop()
        Window.funbind("on_request_close", _stay_open)
        Window.funbind("on_touch_down", self._on_any_touch)
        Window.funbind("size", self._on_window_size)

    def after_first_frame(self, begin: Callable[[], None]) -> None:
        """Call `begin` once, on the UI thread, when the window has shown something: what takes time starts then."""

        def shown(*_: object) -> None:
            Window.funbind("on_flip", shown)
            begin()

        Window.fbind("on_flip", shown)

    def _prepare_screens(self) -> None:
        """One screen after the other while nobody waits for it, so that the first touch finds them made."""
        for number, name in enumerate(self.prepared):
            Clock.schedule_once(partial(self._prepare_screen, name), _PREPARE_AFTER_S + _PREPARE_EVERY_S * number)

    def _prepare_screen(self, name: str, _dt: float) -> None:
        self._stage.prepare(name, self.state, self.look, texts_for(self.look.view.language))

    def tell(self, event: ev.FlowEvent) -> None:
        """From any thread: that has happened."""
        self._bridge.publish(event)

    def stop_soon(self) -> None:
        """Close the window at the next pass of its loop. May be called from a signal handler."""
        Clock.schedule_once(lambda _dt: self.stop(), 0)

    def open_settings(self, *_: object) -> bool:
        """No settings panel on a public screen."""
        return False

    # --- events in, picture out ---

    def dispatch_flow(self, *events: Any) -> None:
        """On the UI thread: take the events through the flow, start its effects, show the new state."""
        outermost = not self._events
        self._events.extend(events)
        if not outermost:  # an effect or a screen dispatched in the middle: the outer call goes on with it
            return
        before = self.state, self.admin.state
        try:
            while self._events:
                self._take(self._events[0])
                self._events.popleft()
        finally:
            self._events.clear()
        if self.state is not before[0] or self.admin.state is not before[1]:
            self._show()

    def _take(self, event: Any) -> None:
        """What is the admin screen's alone is not told to the terminal's own flow."""
        if isinstance(event, RestartWanted):
            self.is_to_start_again = True
            self.stop_soon()
            return
        if isinstance(event, AdminOpened) and (terminal := self.under_admin(self.state)) is not None:
            self.admin.open(terminal, self.view_of(self.state))
        if not self.admin.take(event):
            return
        self.state, effects = self.flow_step(self.state, event)
        for effect in effects:
            self._run_effect(effect)

    def _show(self) -> None:
        if self._stage is None:
            return
        look = self._look_now()
        if look != self.look:
            self.look = look
            Window.clearcolor = look.color.background
        texts = texts_for(look.view.language)
        if not self.admin.show(self._stage, look, texts):
            self._stage.show(self.state, look, texts)

    def _look_now(self) -> Look:
        width, height = (int(side) for side in Window.size)
        view = self.admin.state.view if self.admin.state is not None else self.view_of(self.state)
        look = Look(width, height, view, self._reduce_motion)
        return self.look if look == self.look else look

    # --- what Kivy tells ---

    def _drain(self, _dt: float) -> None:
        events = self._bridge.drain()
        if events:
            self._pace.liven()
            self.dispatch_flow(*events)

    def _tick(self, _dt: float) -> None:
        self.dispatch_flow(self.tick(self._clock.monotonic_s(), self._local_time()))

    def _on_any_touch(self, _window: object, _touch: object) -> bool:
        self.dispatch_flow(self.touched(self._clock.monotonic_s()))
        return False

    def _on_window_size(self, *_: object) -> None:
        self._show()


class KioskApp(FlowApp[State]):
    """The self-service terminal."""

    role = "order"
    prepared = PREPARED

    def flow_step(self, state: State, event: ev.FlowEvent) -> tuple[State, Sequence[fx.Effect]]:
        return step(state, event)

    def make_stage(self) -> Stage:
        return Stage(self.dispatch_flow, self.art)

    def view_of(self, state: State) -> View:
        return state.session.view

    def under_admin(self, state: State) -> Terminal | None:
        return state if state.screen is ScreenName.ATTRACT and not state.in_flight else None

    def tick(self, now_s: float, local: time) -> ev.Tick:
        return ev.Tick(now_s, local)

    def touched(self, now_s: float) -> ev.Touched:
        return ev.Touched(now_s)


def _stay_open(*_: object, **__: object) -> bool:
    """Nobody closes the terminal from its window."""
    return True

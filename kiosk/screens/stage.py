"""The root of the widget tree: which screen, sheet and overlay stand on it for a state."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.art import Art
from kiosk.screens.flow.events import FlowEvent
from kiosk.screens.flow.state import Notice, ScreenName, State
from kiosk.screens.screen import KioskScreen
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.status_strip import StatusStrip
from kiosk.screens.widgets.toast import Toast
from kiosk.screens.words import camera_words
from kiosk.services.events import LinkState

_CLASSES = {
    ScreenName.ATTRACT: ("attract", "AttractScreen"),
    ScreenName.MENU: ("menu", "MenuScreen"),
    ScreenName.MEMBER: ("member", "MemberScreen"),
    ScreenName.CHECKOUT: ("checkout", "CheckoutScreen"),
    ScreenName.PAYING: ("paying", "PayingScreen"),
    ScreenName.RESULT: ("result", "ResultScreen"),
    ScreenName.PROBLEM: ("problem", "ProblemScreen"),
    ScreenName.ACCOUNT: ("account", "AccountScreen"),
    ScreenName.FACE_AGE: ("face_age", "FaceAgeScreen"),
    ScreenName.FACE_CONSENT: ("face_consent", "FaceConsentScreen"),
    ScreenName.FACE_POSES: ("face_poses", "FacePosesScreen"),
    ScreenName.FACE_RESULT: ("face_result", "FaceResultScreen"),
    ScreenName.FACE_LOOK: ("face_look", "FaceLookScreen"),
    ScreenName.FACE_DIGITS: ("face_digits", "FaceDigitsScreen"),
    ScreenName.FACE_CONFIRM: ("face_confirm", "FaceConfirmScreen"),
    "dish_sheet": ("dish_sheet", "DishSheet"),
    "combo_sheet": ("combo_sheet", "ComboSheet"),
    "coupon_sheet": ("coupon_sheet", "CouponSheet"),
    "forget_face_sheet": ("forget_face_sheet", "ForgetFaceSheet"),
    "idle": ("idle", "IdleOverlay"),
}
# What a customer is likely to see first, in that order.
PREPARED = (ScreenName.MENU, "dish_sheet", ScreenName.CHECKOUT, ScreenName.PAYING, ScreenName.RESULT, "combo_sheet")
_SAYS_UNREACHABLE_AFTER_S = 5.0
_TOAST_AT = 0.13  # of the height: above the bar with the next step
_NOTICE_TONES = {
    Notice.CARD_UNKNOWN: "negative",
    Notice.CARD_BLOCKED: "negative",
    Notice.CARD_OF_ANOTHER: "negative",
    Notice.WELCOME: "positive",
}


class Stage(BoxLayout):
    """From the bottom: the screen, the sheet of a dish or combo, the idle warning, a passing notice; above all of
    them strips that say what is special about this terminal, and that a camera takes pictures. Screens are made when
    first shown and kept."""

    def __init__(self, dispatch: Callable[[FlowEvent], None], art: Art) -> None:
        super().__init__(orientation="vertical")
        self._dispatch = dispatch
        self._art = art
        self._made: dict[str, KioskScreen] = {}
        self._on: dict[str, KioskScreen] = {}
        self.strip = StatusStrip(test_id="simulated-strip")
        self.link_strip = StatusStrip(test_id="link-strip", icon="wifi-off")
        self.camera_strip = StatusStrip(test_id="camera-strip", icon="circle")
        self._unreachable_since_s: float | None = None
        self.layers = FloatLayout()
        self.toast = Toast(pos_hint={"center_x": 0.5, "y": _TOAST_AT})
        self.add_widget(self.strip)
        self.add_widget(self.link_strip)
        self.add_widget(self.camera_strip)
        self.add_widget(self.layers)

    def show(self, state: State, look: Look, texts: Texts) -> None:
        """Bring what is seen in line with the state."""
        self.strip.text = _simulated_text(state, texts)
        self.link_strip.text = self._link_text(state, texts)
        self.camera_strip.text = _camera_text(state, texts)
        self._put("screen", str(state.screen))
        self._put("sheet", _sheet_name(state))
        self._put("idle", "idle" if state.idle_left_s is not None else None)
        for screen in self._on.values():
            screen.show(state, look, texts)
        self._show_notice(state, texts)

    def _link_text(self, state: State, texts: Texts) -> str:
        """Said only after a while: at the start, and when a cable is moved, the link comes by itself."""
        if state.link is LinkState.ONLINE:
            self._unreachable_since_s = None
            return ""
        if self._unreachable_since_s is None:
            self._unreachable_since_s = state.now_s
        if state.now_s - self._unreachable_since_s < _SAYS_UNREACHABLE_AFTER_S:
            return ""
        return texts.gettext("The canteen's server cannot be reached: not every card works. The counter does.")

    def prepare(self, name: str, state: State, look: Look, texts: Texts) -> None:
        """Make a screen before it is needed, at its real size; it shows the state but is not on the stage."""
        if name not in self._made:
            screen = self._screen(name)
            screen.size = self.layers.size
            screen.show(state, look, texts)
            screen.prepare()

    def _put(self, layer: str, name: str | None) -> None:
        """Let the screen `name` stand in that layer, or nothing."""
        before = self._on.get(layer)
        after = self._screen(name) if name else None
        if before is after:
            return
        if before is not None:
            del self._on[layer]
            self.layers.remove_widget(before)
            before.left()
        if after is not None:
            self._on[layer] = after
            layers_above = ("screen", "sheet", "idle").index(layer) + 1
            above = sum(1 for other in ("screen", "sheet", "idle")[layers_above:] if other in self._on)
            above += self.toast.parent is not None
            self.layers.add_widget(after, index=above)

    def _screen(self, name: str) -> KioskScreen:
        if name not in self._made:
            self._made[name] = screen_class(name)(self._dispatch, self._art)
        return self._made[name]

    def _show_notice(self, state: State, texts: Texts) -> None:
        notice = state.notice.notice if state.notice else None
        self.toast.text = _notice_text(notice, texts) if notice else ""
        self.toast.tone = _NOTICE_TONES.get(notice, "warning") if notice else "positive"
        shown = self.toast.parent is not None
        if notice and not shown:
            self.layers.add_widget(self.toast)
        elif shown and not notice:
            self.layers.remove_widget(self.toast)


def _sheet_name(state: State) -> str | None:
    if state.choosing_coupon:
        return "coupon_sheet"
    if state.account is not None and state.account.confirming:
        return "forget_face_sheet"
    if state.editing is None:
        return None
    return "dish_sheet" if state.editing.selection.combo_id is None else "combo_sheet"


def screen_class(name: str) -> type[KioskScreen]:
    """The class of a screen, sheet or overlay. Imported late: only what is seen costs start-up time."""
    module, class_name = _CLASSES[name]
    found: type[KioskScreen] = getattr(import_module(f"kiosk.screens.{module}"), class_name)
    return found


def _simulated_text(state: State, texts: Texts) -> str:
    if not state.simulated_devices:
        return ""
    template = texts.gettext("Demonstration: these devices are simulated: {names}")
    return template.format(names=texts.listed(state.simulated_devices))


def _camera_text(state: State, texts: Texts) -> str:
    """Where the picture is shown, its own light says so."""
    shows_picture = state.screen is ScreenName.FACE_POSES or (
        state.screen is ScreenName.FACE_LOOK and state.facing is not None and state.facing.trouble is None
    )
    return camera_words(texts) if state.cameras_on and not shows_picture else ""


def _notice_text(notice: Notice, texts: Texts) -> str:
    _ = texts.gettext
    return {
        Notice.CARD_UNKNOWN: _("This card is not known here."),
        Notice.CARD_BLOCKED: _("This card is blocked. Please ask at the counter."),
        Notice.CARD_OF_ANOTHER: _("This is another member's card."),
        Notice.WELCOME: _("Welcome! Your card was recognised."),
        Notice.CART_FULL: _("The cart cannot hold more of this."),
        Notice.MENU_CHANGED: _("The menu has just changed: some of your choices are no longer offered."),
        Notice.OTHER_CARD: _("Points and coupons are another card's: this is the price without them."),
        Notice.PRICE_CHANGED: _("The price has just changed, nothing was charged. Please look at your order again."),
        Notice.TOO_MUCH_FOR_FACE: _("This is more than can be paid by face. Please use your card."),
        Notice.NOT_SERVED_NOW: _("This is not served at this time of day."),
        Notice.SOLD_OUT: _("Sorry, there is no more of this today."),
    }[notice]

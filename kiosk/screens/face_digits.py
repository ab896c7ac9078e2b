"""Not sure who it is: the last four digits of the number on the card. Nothing of who it might be is shown."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.face_words import digits_words
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.face_state import DIGITS
from kiosk.screens.flow.state import PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.widgets.push_button import PushButton

_ROWS = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("", "0", "back"))


class FaceDigitsScreen(PageScreen):
    """Digits are shown as dots: others stand behind."""

    def on_kv_post(self, _base_widget: object) -> None:
        for row in _ROWS:
            line = BoxLayout(spacing=self.look.u(18))
            for key in row:
                line.add_widget(self._key(key))
            self.ids.pad.add_widget(line)

    def _key(self, key: str) -> PushButton:
        button = PushButton(size_hint_y=1, role="headline", test_id=f"digit-{key}")
        if key == "back":
            button.icon, button.icon_units = "backspace-outline", 60
        else:
            button.text = key
        button.opacity, button.disabled = (1, False) if key else (0, True)
        button.bind(on_release=lambda _button: self.type_digit(None if key == "back" else key))
        return button

    # --- touches ---

    def type_digit(self, digit: str | None) -> None:
        self.dispatch_flow(ev.DigitTouched(digit))

    def use_card(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.CARD))

    def see_menu(self) -> None:
        self.dispatch_flow(ev.OrderingStarted())

    # --- what is shown ---

    def render(self, state: State) -> None:
        facing = state.facing
        if facing is None or not self.changed("all", facing, state.card_reader_works):
            return
        _, ids = self.texts.gettext, self.ids
        is_paying = facing.purpose is ConsentPurpose.PAYING
        self.title(_("One more question"))
        ids.bar.back_icon = "arrow-left" if is_paying else "close"
        ids.asked.text = _("The last four digits of the number on your card")
        ids.dots.text = " ".join("●" if i < len(facing.typed) else "○" for i in range(DIGITS))
        unsure = _("Your face alone does not tell us clearly enough who you are.")
        ids.told.text = digits_words(facing, unsure, self.texts)
        ids.card.offered, ids.menu.offered = is_paying, not is_paying
        ids.card.text, ids.card.detail = _("Campus card"), _("Tap it on the reader now")
        ids.card.disabled = not state.card_reader_works
        ids.menu.text, ids.menu.detail = _("Order without it"), _("Or tap your card on the reader now")


load_kv(__file__)

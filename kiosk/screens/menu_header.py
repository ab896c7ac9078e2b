"""The head of the menu: where we are, which meal it is, how this person wants to read, and who they are."""

from __future__ import annotations

from collections.abc import Callable

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import Customer, State, TextSize, View
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets import CachedBox
from kiosk.screens.words import other_language

_NEXT_SIZE = {
    TextSize.NORMAL: TextSize.LARGE,
    TextSize.LARGE: TextSize.LARGEST,
    TextSize.LARGEST: TextSize.NORMAL,
}
_HIDDEN_BALANCE = "••••"


class MenuHeader(CachedBox):
    """The canteen's name, the meal that is served, and four buttons: language, text size, contrast, low layout."""

    canteen = StringProperty("")
    meal = StringProperty("")
    language_text = StringProperty("")
    larger = BooleanProperty(defaultvalue=False)
    contrast = BooleanProperty(defaultvalue=False)
    low = BooleanProperty(defaultvalue=False)

    def __init__(self, dispatch: Callable[[ev.FlowEvent], None]) -> None:
        self._dispatch = dispatch
        self._view = View()
        self._other_language = ""
        super().__init__()

    def show(self, state: State, texts: Texts) -> None:
        view = self._view = state.session.view
        menu = state.menu
        period = next((p for p in menu.meal_periods if p.id == state.serving_id), None) if menu else None
        self.canteen = texts.of(menu.canteen) if menu else ""
        self.meal = texts.meal_period(period) if period else self._closed_text(state, texts)
        self._other_language = other_language(texts).code
        self.language_text = other_language(texts).short_name
        self.larger = view.text_size is not TextSize.NORMAL
        self.contrast = view.high_contrast
        self.low = view.low_layout

    def _closed_text(self, state: State, texts: Texts) -> str:
        periods = state.menu.meal_periods if state.menu else ()
        following = next((p for p in periods if p.id == state.next_serving_id), None)
        if following is None:
            return texts.gettext("Nothing is served right now")
        return texts.gettext("Closed now. Next: {meal}").format(meal=texts.meal_period(following))

    def switch_language(self) -> None:
        self._dispatch(ev.LanguageChosen(self._other_language))

    def next_text_size(self) -> None:
        self._dispatch(ev.TextSizeChosen(_NEXT_SIZE[self._view.text_size]))

    def switch_contrast(self) -> None:
        self._dispatch(ev.ContrastChosen(not self._view.high_contrast))

    def switch_layout(self) -> None:
        self._dispatch(ev.LayoutChosen(not self._view.low_layout))


class MemberRow(BoxLayout):
    """Who has tapped a card: masked name and points; the balance only while its owner wants to see it."""

    name = StringProperty("")
    points = StringProperty("")
    balance = StringProperty("")
    balance_icon = StringProperty("eye")

    def __init__(self, dispatch: Callable[[ev.FlowEvent], None]) -> None:
        self._dispatch = dispatch
        super().__init__()

    def show(self, customer: Customer, balance_shown: bool, texts: Texts) -> None:
        member = customer.member
        _ = texts.gettext
        self.name = _("Hello, {name}").format(name=member.masked_name)
        self.points = texts.ngettext("{n} point", "{n} points", member.points).format(n=member.points)
        amount = texts.money(member.balance) if balance_shown else _HIDDEN_BALANCE
        self.balance = _("Balance {amount}").format(amount=amount)
        self.balance_icon = "eye-off" if balance_shown else "eye"

    def toggle_balance(self) -> None:
        self._dispatch(ev.BalanceTouched())


load_kv(__file__)

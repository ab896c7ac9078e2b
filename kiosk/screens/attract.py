"""The first screen: what canteen this is, what is served, and the two ways to begin."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.dish import Dish
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.menu import Combo, MealPeriod, Menu
from kiosk.screens.admin_door import AdminOpened
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State, TextSize
from kiosk.screens.kv import load_kv
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.words import other_language, payment_words
from kiosk.services.events import DeviceKind, LinkState, works_here
from kiosk.services.journal import Fate

_HERO = "hero"  # the canteen's own picture, beside those of the menu
_FEATURED = 3
_NEXT_FEATURED_S = 20.0  # nothing else moves, and these without a fade: a resting terminal costs next to nothing

_TILE_ICONS = ("gesture-tap", "contactless-payment")
_FATE_ICONS = {
    Fate.PAID: "check-circle",
    Fate.DUE: "information-outline",
    Fate.NOT_CHARGED: "information-outline",
    Fate.BEING_CHECKED: "timer-sand",
}
_NEXT_TEXT_SIZE = {
    TextSize.NORMAL: TextSize.LARGE,
    TextSize.LARGE: TextSize.LARGEST,
    TextSize.LARGEST: TextSize.NORMAL,
}


class StartArea(Pressable, BoxLayout):
    """Everything on the screen that is not a button of its own."""


class Sign(BoxLayout):
    """One piece of small print: an icon and a few words; louder when it does not work. `weight` is its share of the
    width, by the length of its text."""

    icon = StringProperty("")
    text = StringProperty("")
    weight = NumericProperty(1)
    works = BooleanProperty(True)


class PaymentNote(BoxLayout):
    """What became of the last payment by card. Shown while it has a text, else without height; lets touches through."""

    icon = StringProperty("")
    text = StringProperty("")
    test_id = StringProperty("")


class FeaturedCard(BoxLayout):
    """A dish that is served now."""

    name = StringProperty("")
    price = StringProperty("")


class AttractScreen(KioskScreen):
    """A touch anywhere that is not a button begins to order. `features`: there are dishes to show. `crowded`: there is
    no room for a greeting beside all ways to begin."""

    features = BooleanProperty(defaultvalue=False)
    crowded = BooleanProperty(defaultvalue=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered: tuple[Dish | Combo, ...] = ()
        self._first = 0
        self._featuring = Clock.create_trigger(self._next_featured, _NEXT_FEATURED_S, interval=True)

    # --- touches ---

    def begin(self) -> None:
        self.dispatch_flow(ev.OrderingStarted())

    def open_admin(self) -> None:
        self.dispatch_flow(AdminOpened())

    def be_looked_at(self) -> None:
        self.dispatch_flow(ev.FaceLookTouched())

    def switch_language(self) -> None:
        self.dispatch_flow(ev.LanguageChosen(other_language(self.texts).code))

    def next_text_size(self) -> None:
        self.dispatch_flow(ev.TextSizeChosen(_NEXT_TEXT_SIZE[self.look.view.text_size]))

    def switch_contrast(self) -> None:
        self.dispatch_flow(ev.ContrastChosen(not self.look.view.high_contrast))

    def switch_low(self) -> None:
        self.dispatch_flow(ev.LayoutChosen(not self.look.view.low_layout))

    # --- what is shown ---

    def render(self, state: State) -> None:
        if self.changed("words", state.menu, state.serving_id, state.next_serving_id, state.out_of_order):
            self._render_words(state)
            self._render_aids()
        if self.changed("face", state.can_recognise(ConsentPurpose.ORDERING), state.out_of_order, state.menu is None):
            self._render_face(state)
        if self.changed("payment", state.last_payment):
            self._render_payment(state)
        if self.changed("signs", state.link, state.devices):
            self._render_signs(state)
        if self.changed("offered", state.menu, state.serving_id, state.next_serving_id, state.out_of_order):
            self._offered, self._first = _offered(state), 0
            self._featuring.cancel()  # there may be nothing to turn to
            self._render_featured()
        if len(self._offered) > _FEATURED and not self.look.reduce_motion and not self._featuring.is_triggered:
            self._featuring()

    def left(self) -> None:
        self._featuring.cancel()
        self.ids.staff.forget()

    def _render_words(self, state: State) -> None:
        _ = self.texts.gettext
        ids, menu = self.ids, state.menu
        ids.canteen.text = self.texts.of(menu.canteen) if menu else ""
        ids.period.text = self._period_words(state)
        ids.period_icon.icon = "silverware-fork-knife" if state.serving_id else "clock-outline"
        ids.period_icon.opacity = 1 if ids.period.text else 0
        ids.begin.disabled = menu is None or state.out_of_order
        ids.hero.show(self.art, _HERO)
        ids.begin.icon, ids.card.icon = ("alert-octagon", "alert-circle-outline") if state.out_of_order else _TILE_ICONS
        ids.card.disabled = state.out_of_order
        if state.out_of_order:
            self._render_out_of_order()
            return
        if menu is None:
            ids.greeting.text = _("Good day!")
            ids.begin.text, ids.begin.detail = _("One moment"), _("The menu is on its way")
        elif state.serving_id is None:
            ids.greeting.text = _("We are closed right now")
            ids.begin.text, ids.begin.detail = _("Touch to see the menu"), ""
        else:
            ids.greeting.text = _("What would you like?")
            ids.begin.text, ids.begin.detail = _("Touch to order"), _("Anywhere on the screen")
        ids.card.text = _("Tap your campus card")
        ids.card.detail = _("for your usual, your points and your balance")

    def _render_out_of_order(self) -> None:
        """For the customer first; for the staff what to do, and that nothing is lost."""
        _, ids = self.texts.gettext, self.ids
        ids.greeting.text = _("Out of order")
        ids.begin.text = _("Please use another terminal")
        ids.begin.detail = _("or order at the counter")
        ids.card.text = _("Staff: the disk is full or failing")
        ids.card.detail = _("All orders are kept. Make room, then start the terminal again.")

    def _render_face(self, state: State) -> None:
        """Only where it works; nobody is looked at before it is touched."""
        _, face = self.texts.gettext, self.ids.face
        sells = state.menu is not None and not state.out_of_order
        face.offered = sells and state.can_recognise(ConsentPurpose.ORDERING)
        self.crowded = face.offered and self.look.lying and self.look.view.text_size is TextSize.LARGEST
        face.text, face.detail = _("Look here"), _("to order your usual; touch first")

    def _render_payment(self, state: State) -> None:
        note, shown = self.ids.last_payment, state.last_payment
        note.icon = _FATE_ICONS[shown.payment.fate] if shown else ""
        note.text = payment_words(shown.payment, self.texts) if shown else ""

    def _period_words(self, state: State) -> str:
        _ = self.texts.gettext
        if state.menu is None:
            return ""
        now, after = (_period(state.menu, i) for i in (state.serving_id, state.next_serving_id))
        if now:
            return _("Now: {meal}").format(meal=self.texts.meal_period(now))
        if after:
            return _("Next: {meal}").format(meal=self.texts.meal_period(after))
        return ""

    def _render_aids(self) -> None:
        _ = self.texts.gettext
        aids, view = self.ids.aids, self.look.view
        aids.language_text = other_language(self.texts).name
        aids.text_size_text = {
            TextSize.NORMAL: _("Text"),
            TextSize.LARGE: _("Large"),
            TextSize.LARGEST: _("Largest"),
        }[view.text_size]
        aids.contrast_text, aids.low_text = _("Contrast"), _("Lower")
        aids.larger = view.text_size is not TextSize.NORMAL
        aids.contrast_on, aids.low_on = view.high_contrast, view.low_layout

    def _render_signs(self, state: State) -> None:
        """Small print: what of the terminal works."""
        _ = self.texts.gettext
        prints = works_here(state.devices, DeviceKind.PRINTER)
        online = state.link is LinkState.ONLINE
        for sign, works, icons, texts in (
            (
                self.ids.reader_sign,
                state.card_reader_works,
                ("credit-card-wireless", "credit-card-off-outline"),
                (_("Card reader ready"), _("Card reader not working")),
            ),
            (
                self.ids.printer_sign,
                prints,
                ("printer", "printer-off"),
                (_("Receipts ready"), _("No receipts right now")),
            ),
            (
                self.ids.link_sign,
                online,
                ("cloud-check", "cloud-off-outline"),
                (_("Connected"), _("Not connected: pay at the counter")),
            ),
        ):
            sign.works = works
            sign.icon, sign.text = (icons[0], texts[0]) if works else (icons[1], texts[1])
            sign.weight = len(sign.text) + 2

    def _next_featured(self, _dt: float) -> None:
        self._first = (self._first + _FEATURED) % len(self._offered)
        self._render_featured()

    def _render_featured(self) -> None:
        """The next few dishes, around the end to the beginning."""
        self.features = bool(self._offered)
        cards = list(reversed(self.ids.featured.children))
        items = _around(self._offered, self._first, len(cards))
        for card, item in zip_longest(cards, items):
            card.opacity = 1 if item else 0
            if item:
                card.name, card.price = self.texts.of(item.name), self.texts.money(item.price)
                card.ids.picture.show(self.art, item.art)


def _period(menu: Menu, period_id: str | None) -> MealPeriod | None:
    return next((p for p in menu.meal_periods if p.id == period_id), None)


def _offered(state: State) -> tuple[Dish | Combo, ...]:
    """What is served now, or next: combos first, then one dish of each category in turn."""
    if state.menu is None or state.out_of_order:
        return ()
    meal = state.serving_id or state.next_serving_id
    combos = [combo for combo in state.menu.combos if meal in combo.meal_period_ids]
    dishes = [dish for dish in state.menu.dishes if meal in dish.meal_period_ids]
    of_category = [[d for d in dishes if d.category_id == c.id] for c in state.menu.categories]
    in_turn = [dish for row in zip_longest(*of_category) for dish in row if dish is not None]
    return (*combos, *in_turn)


def _around(items: tuple[Dish | Combo, ...], first: int, count: int) -> tuple[Dish | Combo, ...]:
    return tuple(items[(first + i) % len(items)] for i in range(min(count, len(items))))


load_kv(__file__)

"""Another price of a dish or combo: typed, from when, and why; a touch on the reason does it."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.menu_of_day import MenuRefusal
from kiosk.domain.money import Money
from kiosk.screens.admin.menu_of_day import done_words, price_words, refusal_words, told_words
from kiosk.screens.admin.parts import ReasonKey
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import menu_of_day_events as ev
from kiosk.screens.admin_flow.menu_of_day_state import MenuOfDayState
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE


class MenuPriceScreen(AdminScreen):
    tomorrow = BooleanProperty(defaultvalue=False)

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("New price")

    def notice_words(self, about: object) -> str:
        return refusal_words(about, self.texts) if isinstance(about, MenuRefusal) else done_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        section, _, ids = state.open, self.texts.gettext, self.ids
        if not isinstance(section, MenuOfDayState) or not self.changed("all", section):
            return
        pricing = section.pricing
        if pricing is None:
            return
        ids.name.text = self.texts.of(pricing.item.name)
        ids.before.text = price_words(pricing.item, self.texts)
        ids.after.text = self.texts.money(Money(pricing.typed_minor, pricing.item.price.currency))
        ids.now.text, ids.tomorrow.text = _("From now on"), _("From tomorrow")
        self.tomorrow = pricing.from_tomorrow
        waits = section.asked is not None
        ids.ask.text = _("One moment") if waits else told_words(section, self.texts) or self._question(pricing.is_ready)
        ids.pad.disabled = waits
        self._render_reasons(is_open=pricing.is_ready and not waits)

    def _question(self, is_ready: bool) -> str:
        _ = self.texts.gettext
        return _("Why? Touch the reason to change it.") if is_ready else _("Type the new price.")

    def _render_reasons(self, *, is_open: bool) -> None:
        _, keys = self.texts.gettext, self.ids.reasons
        words = (_("Costs have changed"), _("Special offer"), _("Offer is over"), _("It was wrong"))
        if self.changed("reasons", words):
            keys.clear_widgets()
            for number, reason in enumerate(words):
                key = ReasonKey(test_id=f"reason-{number}", text=reason)
                key.fbind("on_release", self._confirm, reason)
                keys.add_widget(key)
        for key in keys.children:
            key.disabled = not is_open

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.PriceErased() if key == ERASE else ev.PriceTyped(key))

    def choose(self, *, tomorrow: bool) -> None:
        self.dispatch_flow(ev.SinceChosen(tomorrow))

    def _confirm(self, reason: str, _key: ReasonKey) -> None:
        self.dispatch_flow(ev.PriceConfirmed(reason))


load_kv(__file__)

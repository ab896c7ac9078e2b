"""What a member must not eat and what they keep to: kept with their word, so that every terminal warns of it."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.screens.admin.members_words import notice_words, waiting_words
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_state import Diet, members_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.push_button import PushButton

_SPICY = "spicy"


class DietKey(PushButton):
    """One thing that is avoided or kept to, on or off."""

    key = StringProperty("")


class MemberDietScreen(AdminScreen):
    can_keep = BooleanProperty(defaultvalue=False)

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Diet")

    def notice_words(self, about: object) -> str:
        return notice_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        members, _, ids = members_of(state), self.texts.gettext, self.ids
        if members.seen is None or not isinstance(members.detail, Diet) or not self.changed("all", members):
            return
        profile = members.detail.profile
        ids.name.text = members.seen.masked_name
        ids.avoids_title.text, ids.keeps_title.text = _("Must not eat"), _("Keeps to")
        self._render_keys(profile, is_open=members.is_free)
        waiting = waiting_words(members, self.texts)
        if profile.is_empty:
            ids.told.text, ids.keep.text = waiting or _("Nothing is kept then."), _("Keep nothing")
        else:
            ids.told.text = waiting or _("Ask the member first whether this may be kept. They can have it deleted.")
            ids.keep.text = _("The member agrees: keep it")
        self.can_keep = members.is_free and profile != members.seen.diet

    def _render_keys(self, profile: DietProfile, *, is_open: bool) -> None:
        _, ids, texts = self.texts.gettext, self.ids, self.texts
        avoids = {allergen.value: texts.allergen_title(allergen) for allergen in Allergen}
        keeps = {tag.value: texts.diet_tag(tag) for tag in DietTag} | {_SPICY: _("Not spicy")}
        if self.changed("keys", avoids, keeps):
            for grid, words in ((ids.avoids, avoids), (ids.keeps, keeps)):
                grid.clear_widgets()
                for key, text in words.items():
                    button = DietKey(test_id=f"diet-{key}", key=key, text=text)
                    button.bind(on_release=lambda button: self._touch(button.key))
                    grid.add_widget(button)
        chosen = {*profile.avoids, *profile.keeps} | ({_SPICY} if profile.no_spicy else set())
        for button in (*ids.avoids.children, *ids.keeps.children):
            button.chosen, button.disabled = button.key in chosen, not is_open
            button.icon = "check-bold" if button.chosen else ""

    # --- touches ---

    def _touch(self, key: str) -> None:
        if key == _SPICY:
            self.dispatch_flow(ev.SpicyTouched())
        elif key in set(DietTag):
            self.dispatch_flow(ev.TagTouched(DietTag(key)))
        else:
            self.dispatch_flow(ev.AllergenTouched(Allergen(key)))

    def keep(self) -> None:
        self.dispatch_flow(ev.DietKept())


load_kv(__file__)

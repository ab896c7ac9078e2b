"""Search and diet above the dishes, and the sheet with all diet filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kivy.properties import StringProperty

from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.menu_cards import TAG_ICONS
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets import CachedBox, Chip, Sheet
from kiosk.screens.widgets.typesetting import text_width

Dispatch = Callable[[ev.FlowEvent], None]

ALLERGEN_ICONS = {
    Allergen.GLUTEN: "barley",
    Allergen.CRUSTACEAN: "shrimp",
    Allergen.FISH: "fish",
    Allergen.EGG: "egg",
    Allergen.PEANUT: "peanut",
    Allergen.SOY: "soy-sauce",
    Allergen.MILK: "cup-water",
    Allergen.NUT: "seed",
    Allergen.SESAME: "sprout",
}
_CHIP_EXTRA_UNITS = 2 * 26 + 36 + 10 + 12  # padding, icon, spacing, gap to the next


def toggled_tag(diet: DietProfile, tag: DietTag) -> DietProfile:
    return replace(diet, keeps=diet.keeps ^ {tag})


def toggled_allergen(diet: DietProfile, allergen: Allergen) -> DietProfile:
    return replace(diet, avoids=diet.avoids ^ {allergen})


class FilterRow(CachedBox):
    """Search, the three commonest filters (as many as there is room for), and the way to all of them."""

    search = StringProperty("")
    filters = StringProperty("")
    filters_short = StringProperty("")

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._diet = DietProfile()
        super().__init__()
        self._search = Chip(test_id="search", icon="magnify")
        self._filters = Chip(test_id="filters", icon="filter-variant")
        self._chips = {
            DietTag.VEGETARIAN: Chip(test_id="filter-vegetarian", icon="leaf"),
            DietTag.HALAL: Chip(test_id="filter-halal", icon="food-halal"),
            "no_spicy": Chip(test_id="filter-no-spicy", icon="chili-off"),
        }
        self._search.fbind("on_release", lambda *_: self._dispatch(ev.SearchChanged("")))
        self._filters.fbind("on_release", lambda *_: self._dispatch(ev.FiltersOpened(is_open=True)))
        for key, chip in self._chips.items():
            chip.fbind("on_release", self._on_chip, key)

    def show(self, state: State, look: Look, texts: Texts) -> None:
        _ = texts.gettext
        diet = self._diet = state.session.diet
        profile = state.session.profile
        self._search.text = _("Search")
        self._chips[DietTag.VEGETARIAN].text = texts.diet_tag(DietTag.VEGETARIAN)
        self._chips[DietTag.HALAL].text = texts.diet_tag(DietTag.HALAL)
        self._chips["no_spicy"].text = _("Not spicy")
        active = len(profile.avoids) + len(profile.keeps) + profile.no_spicy
        self._filters.text = _("Diet & allergies")
        if active:
            self._filters.text = _("Diet & allergies ({n})").format(n=active)
        self._filters.active = bool(active)
        for key, chip in self._chips.items():
            chip.active = diet.no_spicy if key == "no_spicy" else key in diet.keeps
        self._place(look)

    def _place(self, look: Look) -> None:
        """The chips in a row; where a text is too long for all of them, the quick ones stay in the sheet."""
        everything = [self._search, *self._chips.values(), self._filters]
        fitting = everything
        room = self.width - self.padding[0] - self.padding[2]
        while sum(_wide(chip, look) for chip in fitting) > room and len(fitting) > 2:
            fitting = [*fitting[:-2], fitting[-1]]
        if list(reversed(self.children)) != fitting:
            self.clear_widgets()
            for chip in fitting:
                self.add_widget(chip)

    def _on_chip(self, key: DietTag | str, _chip: Chip) -> None:
        if isinstance(key, DietTag):
            self._dispatch(ev.DietChosen(toggled_tag(self._diet, key)))
        else:
            self._dispatch(ev.DietChosen(replace(self._diet, no_spicy=not self._diet.no_spicy)))


def _wide(chip: Chip, look: Look) -> int:
    return text_width(chip.text, look.font("body"), bold=True) + look.u(_CHIP_EXTRA_UNITS)


class FilterSheet(Sheet):
    """Every diet filter; what a member's profile asks for stays on."""

    title = StringProperty("")
    keeps_title = StringProperty("")
    avoids_title = StringProperty("")
    unknown_note = StringProperty("")
    profile_note = StringProperty("")
    clear_text = StringProperty("")
    done_text = StringProperty("")

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._diet = DietProfile()
        super().__init__(test_id="filter-sheet")
        self._tags = {tag: Chip(test_id=f"sheet-{tag}", icon=TAG_ICONS[tag]) for tag in DietTag}
        self._no_spicy = Chip(test_id="sheet-no-spicy", icon="chili-off")
        self._allergens = {a: Chip(test_id=f"sheet-{a}", icon=ALLERGEN_ICONS[a]) for a in Allergen}
        for tag, chip in self._tags.items():
            chip.fbind("on_release", lambda _chip, tag=tag: self._choose(toggled_tag(self._diet, tag)))
            self.ids.keeps.add_widget(chip)
        self._no_spicy.fbind(
            "on_release", lambda *_: self._choose(replace(self._diet, no_spicy=not self._diet.no_spicy))
        )
        self.ids.keeps.add_widget(self._no_spicy)
        for allergen, chip in self._allergens.items():
            chip.fbind("on_release", lambda _chip, one=allergen: self._choose(toggled_allergen(self._diet, one)))
            self.ids.avoids.add_widget(chip)

    def show(self, state: State, texts: Texts) -> None:
        _ = texts.gettext
        self._diet = state.session.diet
        fixed = state.session.customer.member.diet if state.session.customer else DietProfile()
        profile = state.session.profile
        self.title = _("Diet and allergies")
        self.keeps_title = _("Show me only")
        self.avoids_title = _("I must not eat")
        self.unknown_note = _("A dish whose ingredients are not fully known is then blocked as well.")
        self.profile_note = "" if fixed.is_empty else _("What your member profile says is always on.")
        self.clear_text = _("Clear all")
        self.done_text = _("Show dishes")
        for tag, chip in self._tags.items():
            chip.text = texts.diet_tag(tag)
            chip.active, chip.disabled = tag in profile.keeps, tag in fixed.keeps
        self._no_spicy.text = _("Not spicy")
        self._no_spicy.active, self._no_spicy.disabled = profile.no_spicy, fixed.no_spicy
        for allergen, chip in self._allergens.items():
            chip.text = texts.allergen_title(allergen)
            chip.active, chip.disabled = allergen in profile.avoids, allergen in fixed.avoids

    def on_dismiss(self) -> None:
        self.close()

    def close(self) -> None:
        self._dispatch(ev.FiltersOpened(is_open=False))

    def clear(self) -> None:
        self._choose(DietProfile())

    def _choose(self, diet: DietProfile) -> None:
        self._dispatch(ev.DietChosen(diet))


load_kv(__file__)

"""Parts of the sheets of dishes and combos: option groups, the reason why something does not suit, facts."""

from __future__ import annotations

from collections.abc import Callable

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.cart import DishChoice
from kiosk.domain.menu import OptionChoice, OptionGroup
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets import Chip


class OptionGroupView(BoxLayout):
    """One option group as chips. `choose` is called with the dish's new choice."""

    title = StringProperty("")
    rule = StringProperty("")

    def __init__(self, group: OptionGroup, choose: Callable[[DishChoice], None]) -> None:
        super().__init__()
        self.group = group
        self._choose = choose
        self._choice: DishChoice | None = None
        self._chips = {option.id: Chip(test_id=f"option-{group.id}-{option.id}") for option in group.choices}
        for option in group.choices:
            chip = self._chips[option.id]
            chip.fbind("on_release", lambda _chip, option=option: self._on_chip(option))
            self.ids.chips.add_widget(chip)

    def show(self, choice: DishChoice, texts: Texts) -> None:
        self._choice = choice
        group, chosen = self.group, choice.choice_ids(self.group.id)
        self.title = texts.of(group.name)
        self.rule = _rule(group, texts)
        for option in group.choices:
            chip = self._chips[option.id]
            chip.text = texts.of(option.name)
            chip.detail = texts.price_difference(option.price_delta)
            chip.active = option.id in chosen

    def _on_chip(self, option: OptionChoice) -> None:
        if self._choice is not None:
            ids = chosen_after(self.group, self._choice.choice_ids(self.group.id), option.id)
            self._choose(self._choice.with_option(self.group.id, ids))


def chosen_after(group: OptionGroup, chosen: tuple[str, ...], touched: str) -> tuple[str, ...]:
    """The choices after a touch on one of them: the last of a full group makes room, a needed one stays."""
    if touched in chosen:
        return tuple(i for i in chosen if i != touched) if len(chosen) > group.min_choices else chosen
    kept = chosen if len(chosen) < group.max_choices else chosen[: group.max_choices - 1]
    return (*kept, touched)


def _rule(group: OptionGroup, texts: Texts) -> str:
    if group.max_choices == 1:
        return ""
    if group.min_choices == 0:
        return texts.gettext("up to {n}").format(n=group.max_choices)
    return texts.gettext("{least} to {most}").format(least=group.min_choices, most=group.max_choices)


class BlockBanner(BoxLayout):
    """Why it does not suit, with an icon; without height while `reason` is empty."""

    reason = StringProperty("")
    advice = StringProperty("")


class Fact(BoxLayout):
    """A small icon and a sentence."""

    icon = StringProperty("information-outline")
    tone = StringProperty("ink_soft")
    text = StringProperty("")


class Mark(BoxLayout):
    """An icon and a word on a quiet pill: spicy, vegetarian. Nothing to touch."""

    icon = StringProperty("")
    tone = StringProperty("ink_soft")
    text = StringProperty("")


class Figure(BoxLayout):
    """A number over its name: nutrition."""

    value = StringProperty("")
    name = StringProperty("")


load_kv(__file__)

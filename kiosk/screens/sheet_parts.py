"""Parts of the sheets of dishes and combos: option groups, the reason why something does not suit, facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.cart import DishChoice
from kiosk.domain.dish import OptionGroup
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets import Chip


class OptionGroupView(BoxLayout):
    """One option group as chips. `choose` is called with the dish's new choice. Its chips are used again for the next
    group: making them is what costs."""

    title = StringProperty("")
    rule = StringProperty("")

    def __init__(self) -> None:
        super().__init__()
        self._group: OptionGroup | None = None
        self._choice: DishChoice | None = None
        self._choose: Callable[[DishChoice], None] = _nothing
        self._chips: list[Chip] = []

    def set_group(self, group: OptionGroup, choose: Callable[[DishChoice], None]) -> None:
        """Stand for that group from now on."""
        self._group, self._choose = group, choose
        while len(self._chips) < len(group.choices):
            chip = Chip()
            chip.fbind("on_release", self._on_chip, len(self._chips))
            self._chips.append(chip)
        row = self.ids.chips
        if len(row.children) != len(group.choices):
            row.clear_widgets()
            for chip in self._chips[: len(group.choices)]:
                row.add_widget(chip)

    def show(self, choice: DishChoice, texts: Texts) -> None:
        self._choice, group = choice, self._group
        if group is None:
            return
        chosen = choice.choice_ids(group.id)
        self.title = texts.of(group.name)
        self.rule = _rule(group, texts)
        for chip, option in zip(self._chips, group.choices, strict=False):
            chip.test_id = f"option-{group.id}-{option.id}"
            chip.text = texts.of(option.name)
            chip.detail = texts.price_difference(option.price_delta)
            chip.active = option.id in chosen

    def _on_chip(self, number: int, _chip: Chip) -> None:
        group, choice = self._group, self._choice
        if group is not None and choice is not None:
            ids = chosen_after(group, choice.choice_ids(group.id), group.choices[number].id)
            self._choose(choice.with_option(group.id, ids))


class OptionGroups(BoxLayout):
    """All option groups of a dish."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._views: list[OptionGroupView] = []

    def set_groups(self, groups: tuple[OptionGroup, ...], choose: Callable[[DishChoice], None]) -> None:
        """Stand for those groups from now on."""
        while len(self._views) < len(groups):
            self._views.append(OptionGroupView())
        shown = self._views[: len(groups)]
        for view, group in zip(shown, groups, strict=True):
            view.set_group(group, choose)
        if len(self.children) != len(groups):
            self.clear_widgets()
            for view in shown:
                self.add_widget(view)

    def show(self, choice: DishChoice, texts: Texts) -> None:
        for view in self.children:
            view.show(choice, texts)


def _nothing(_choice: DishChoice) -> None:
    """Nobody listens yet."""


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

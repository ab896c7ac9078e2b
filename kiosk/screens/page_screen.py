"""What the screens that follow the menu have in common: the bar with the way back, the title, the language."""

from __future__ import annotations

from kiosk.screens.flow import events as ev
from kiosk.screens.screen import KioskScreen
from kiosk.screens.words import other_language


class PageScreen(KioskScreen):
    """A subclass has a PageBar with the id `bar` in its kv rule."""

    def go_back(self) -> None:
        self.dispatch_flow(ev.BackTouched())

    def switch_language(self) -> None:
        self.dispatch_flow(ev.LanguageChosen(other_language(self.texts).code))

    def title(self, text: str) -> None:
        self.ids.bar.title = text
        self.ids.bar.language_text = other_language(self.texts).short_name

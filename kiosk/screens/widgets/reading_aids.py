"""How somebody wants to read: language, text size, contrast, everything lower."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class ReadingAids(BoxLayout):
    """Four buttons in a row; dispatches `on_language`, `on_text_size`, `on_contrast`, `on_low`. The owner sets the
    texts and which are on. A lying screen has nothing out of reach, so there is no fourth."""

    language_text = StringProperty("")
    text_size_text = StringProperty("")
    contrast_text = StringProperty("")
    low_text = StringProperty("")
    larger = BooleanProperty(False)
    contrast_on = BooleanProperty(False)
    low_on = BooleanProperty(False)

    __events__ = ("on_language", "on_text_size", "on_contrast", "on_low")

    def on_language(self) -> None:
        """Bound by the owner."""

    def on_text_size(self) -> None:
        """Bound by the owner."""

    def on_contrast(self) -> None:
        """Bound by the owner."""

    def on_low(self) -> None:
        """Bound by the owner."""


load_kv(__file__)

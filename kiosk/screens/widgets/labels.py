"""Text and icons as widgets. Roles are those of theme.TYPE_SCALE, tones the names of theme.Palette."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.label import Label

from kiosk.screens.kv import load_kv
from kiosk.screens.theme import Look
from kiosk.screens.widgets.line_breaks import with_line_breaks
from kiosk.screens.widgets.typesetting import fitting_font_px, icon_character, text_width

# Kivy's Label names a script, which SDL's font takes over only when it first draws: until then it measured a text some
# pixels narrower, and the last figure of what was set by then was shaved off. Unnamed, the text's own script counts.
Label._font_properties = tuple(name for name in Label._font_properties if name != "font_script_name")  # noqa: SLF001

_FLOOR_UNITS = 19  # better a little small than cut off; no designed text comes near


class TextBlock(Label):
    """Text that wraps to the widget's width; the height follows the text. For sentences."""

    role = StringProperty("body")
    tone = StringProperty("ink")
    test_id = StringProperty("")

    def texture_update(self, *args: object) -> None:
        """Drawn is the text with its line breaks; `text` stays without."""
        width = int(self.text_size[0] or 0)
        self._label.text = with_line_breaks(self.text, width, self.font_name, self.font_size, bold=self.bold)
        super().texture_update(*args)


class FitText(Label):
    """Text in a box of given size: as large as its role says, smaller only where it would not fit."""

    role = StringProperty("label")
    tone = StringProperty("ink")
    test_id = StringProperty("")
    ink_width = NumericProperty(0)

    def fitting(self, look: Look, role: str, text: str, bold: bool, size: Sequence[float]) -> int:
        """The font size; kv calls it with everything it depends on."""
        largest = look.font(role)
        width, height = int(size[0]), int(size[1])
        if not text or width <= 1 or height <= 1:
            return largest
        return fitting_font_px(text, width, height, largest, min(look.u(_FLOOR_UNITS), largest), bold=bold)

    def drawn_width(self, text: str, bold: bool, font_px: float, width: float) -> float:
        """Pixels that the text really takes of the box's width."""
        return min(text_width(text, round(font_px), bold=bold), width) if text else 0


class Glyph(Label):
    """An icon by its name (assets/fonts/icons.json), `units` large."""

    icon = StringProperty("")
    tone = StringProperty("ink")
    units = NumericProperty(44)

    def on_icon(self, _widget: Glyph, icon: str) -> None:
        self.text = icon_character(icon) if icon else ""


load_kv(__file__)

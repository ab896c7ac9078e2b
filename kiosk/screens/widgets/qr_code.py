"""A QR code as a widget."""

from __future__ import annotations

from typing import Any

import qrcode
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

_QUIET_MODULES = 4  # ISO/IEC 18004: the light border
# Any of the eight masks can be read; the library would draw all of them to find the most even one (46 ms a sale).
_MASK = 0
_BLACK, _WHITE = b"\x00", b"\xff"


class QrCode(Widget):
    """Draws `content` dark on white, square, in whole pixels a module, centred."""

    content = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._square = Rectangle(size=(0, 0))
        self.fbind("pos", self._place)
        self.fbind("size", self._place)

    def on_content(self, _widget: QrCode, content: str) -> None:
        self._square.texture = _texture(content) if content else None
        self._place()

    def _place(self, *_: object) -> None:
        texture = self._square.texture
        if not self.content or texture is None:
            self._square.size = (0, 0)
            return
        side = int(min(self.size)) // texture.width * texture.width
        self._square.size = (side, side)
        self._square.pos = (round(self.center_x - side / 2), round(self.center_y - side / 2))


def _texture(content: str) -> Texture:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=_QUIET_MODULES, mask_pattern=_MASK)
    code.add_data(content)
    rows = code.get_matrix()
    texture = Texture.create(size=(len(rows), len(rows)), colorfmt="luminance")
    pixels = b"".join(_BLACK if dark else _WHITE for row in reversed(rows) for dark in row)
    texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
    texture.mag_filter = texture.min_filter = "nearest"
    return texture

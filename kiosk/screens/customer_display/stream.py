"""A stream of bytes cut into lines, however long and wild it is."""

from __future__ import annotations

MAX_LINE_BYTES = 4096


class LineReader:
    """Keeps at most one unfinished line. A line longer than MAX_LINE_BYTES is thrown away, up to its end."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete now, without their ends."""
        lines: list[bytes] = []
        *ended, begun = data.split(b"\n")
        for part in ended:
            self._add(part)
            if not self._too_long:
                lines.append(bytes(self._begun))
            self._begun.clear()
            self._too_long = False
        self._add(begun)
        return lines

    def _add(self, part: bytes) -> None:
        if self._too_long or len(self._begun) + len(part) > MAX_LINE_BYTES:
            self._too_long = True
            self._begun.clear()
            return
        self._begun += part

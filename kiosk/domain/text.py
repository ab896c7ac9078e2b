"""Short texts that people type: a name, a reason. Bounded, and nothing in them that a screen or a log would obey."""

from __future__ import annotations

from kiosk.domain.errors import DomainError


class TextError(DomainError):
    """A text that cannot be one."""


def check_text(text: str, max_chars: int, what: str) -> None:
    """Raises TextError unless it has 1 to `max_chars` printable characters that are not only blanks."""
    if not (1 <= len(text) <= max_chars and text.isprintable() and text.strip()):
        raise TextError(f"{what} must be 1 to {max_chars} printable characters")

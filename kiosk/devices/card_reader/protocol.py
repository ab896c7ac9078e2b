"""What card readers' bytes mean, whatever the family; rdm6300.py and ic_reader.py turn bytes into these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A whole, checked frame that names one card. `uid` as the reader sent it, first byte first."""

    uid: bytes


@dataclass(frozen=True, slots=True)
class NoCard:
    """The reader answers: there is no card."""


@dataclass(frozen=True, slots=True)
class SeveralCards:
    """The reader answers: more than one card lies there. Which one is meant is the customer's to say."""


@dataclass(frozen=True, slots=True)
class BadFrame:
    """A frame began and was not sound; `reason` is for the log and holds nothing of the card."""

    reason: str


ReaderMessage = CardSeen | NoCard | SeveralCards | BadFrame


class Framer(Protocol):
    """Cuts a byte stream into messages, with bounded memory, whatever the bytes are."""

    def feed(self, data: bytes) -> list[ReaderMessage]:
        """The messages that `data` completes; the rest waits for more."""
        ...

    def flush(self) -> list[ReaderMessage]:
        """The line fell silent: what began will not be completed. Whole frames that it hid are returned."""
        ...

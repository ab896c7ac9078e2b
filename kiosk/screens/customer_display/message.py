"""What the terminal tells the customer's window: one JSON object a line. The window trusts none of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.domain.money import Money
from kiosk.screens.counter_flow.bill import BillLine
from kiosk.screens.counter_flow.customer import CustomerShows, CustomerView
from kiosk.screens.customer_display.stream import MAX_LINE_BYTES
from kiosk.screens.texts import CATALOGUES, texts_for
from kiosk.services.outcomes import NotChargedReason

MOST_LINES = 5
_MAX_NAME_CHARS = 40

Minor = Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
Number = Annotated[str, msgspec.Meta(max_length=12, pattern=r"^[A-Za-z0-9-]*\Z")]
Name = Annotated[str, msgspec.Meta(max_length=_MAX_NAME_CHARS)]


class BadMessage(Exception):
    """Not a message of the terminal; what it holds is not shown."""


class ShownLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    total_minor: Minor


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A CustomerView with the names in its language. `lines`: the last ones of the sale, `more_lines` are not told.
    Amounts in minor units of `currency`."""

    language: str
    shows: CustomerShows
    currency: Currency = "CNY"
    amount_minor: Minor | None = None
    lines: Annotated[tuple[ShownLine, ...], msgspec.Meta(max_length=MOST_LINES)] = ()
    more_lines: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    received_minor: Minor | None = None
    change_minor: Minor | None = None
    number: Number = ""
    balance_minor: Minor | None = None
    reason: NotChargedReason | None = None
    undone_minor: Minor | None = None
    can_tap: bool = False
    can_look: bool = False
    camera_on: bool = False
    simulated: bool = False

    def money(self, minor: int) -> Money:
        """An amount of it."""
        return Money(minor, self.currency)


def message_of(view: CustomerView) -> Message:
    """The names of the last lines, cut to what the window may be told."""
    amounts = (view.amount, view.received, view.change, view.balance, view.undone)
    shown = view.lines[-MOST_LINES:]
    return Message(
        language=view.language,
        shows=view.shows,
        currency=next((amount.currency for amount in amounts if amount is not None), "CNY"),
        amount_minor=_minor(view.amount),
        lines=tuple(ShownLine(_name(line, view.language), line.total.minor) for line in shown),
        more_lines=len(view.lines) - len(shown),
        received_minor=_minor(view.received),
        change_minor=_minor(view.change),
        number=view.number,
        balance_minor=_minor(view.balance),
        reason=view.reason,
        undone_minor=_minor(view.undone),
        can_tap=view.can_tap,
        can_look=view.can_look,
        camera_on=view.camera_on,
        simulated=view.simulated,
    )


def encode(view: CustomerView) -> bytes:
    """One line, without its end."""
    return msgspec.json.encode(message_of(view))


def decode(line: bytes) -> Message:
    """Raises BadMessage."""
    if len(line) > MAX_LINE_BYTES:
        raise BadMessage("the line is too long")
    try:
        message = _DECODER.decode(line)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadMessage("the line is no message") from error
    if message.language not in CATALOGUES:
        raise BadMessage("the language is not known")
    if any(not line.name.isprintable() for line in message.lines):
        raise BadMessage("a name cannot be shown")
    return message


_DECODER = msgspec.json.Decoder(Message)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _name(line: BillLine, language: str) -> str:
    name = texts_for(language).of(line.name)
    name = "".join(char for char in name if char.isprintable())
    return f"{name} × {line.quantity}"[:_MAX_NAME_CHARS] if line.quantity > 1 else name[:_MAX_NAME_CHARS]

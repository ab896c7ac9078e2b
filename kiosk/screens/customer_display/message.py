"""What the terminal tells the customer's window: one JSON object a line. The window trusts none of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault
from kiosk.domain.head_turn import MAX_TURNS, Direction
from kiosk.domain.liveness import Stage
from kiosk.domain.money import Money
from kiosk.screens.counter_flow.bill import BillLine
from kiosk.screens.counter_flow.customer import CustomerShows, CustomerView
from kiosk.screens.customer_display.stream import MAX_LINE_BYTES
from kiosk.screens.flow.face_state import FaceTrouble
from kiosk.screens.texts import CATALOGUES, texts_for
from kiosk.services.face_events import FaceSeen
from kiosk.services.outcomes import NotChargedReason
from kiosk.services.posing import Posing

MOST_LINES = 5
_MAX_NAME_CHARS = 40

Minor = Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
Number = Annotated[str, msgspec.Meta(max_length=12, pattern=r"^[A-Za-z0-9-]*\Z")]
Turn = Annotated[int, msgspec.Meta(ge=1, le=MAX_TURNS)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=60)]
Name = Annotated[str, msgspec.Meta(max_length=_MAX_NAME_CHARS)]


class BadMessage(Exception):
    """Not a message of the terminal; what it holds is not shown."""


class ShownLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    total_minor: Minor


class LookShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the look at them goes on: a FaceSeen without its task."""

    fault: Fault | None
    stage: Stage | None
    direction: Direction | None
    turn: Turn
    turns: Turn

    @property
    def seen(self) -> FaceSeen:
        """The same as the services say it."""
        return FaceSeen(0, self.fault, self.stage, self.direction, self.turn, self.turns)


class PoseShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Their face is being enrolled: a Posing, whose hint is a `fault` or a `hint`."""

    asked: EnrolmentPose | None
    taken: Annotated[int, msgspec.Meta(ge=0, le=len(EnrolmentPose))]
    fault: Fault | None
    hint: PoseHint | None


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A CustomerView with the names in its language. `lines`: the last ones of the sale, `more_lines` are not told.
    Amounts in minor units of `currency`. `look`: at whoever stands there; `trouble`: why nothing came of it, a Fault or
    a FaceTrouble; `asks_digits`: those of their card are to be told to staff. `posing`: an enrolment. `left_s` of
    `confirm_s` are left to say that they are not `name`."""

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
    look: LookShown | None = None
    trouble: str | None = None
    posing: PoseShown | None = None
    asks_digits: bool = False
    name: Name = ""
    left_s: Seconds = 0
    confirm_s: Seconds = 0

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
        look=_look(view.seen),
        posing=_posing(view.posing),
        trouble=None if view.trouble is None else view.trouble.value,
        asks_digits=view.asks_digits,
        name=_printable(view.name),
        left_s=view.left_s,
        confirm_s=view.confirm_s,
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
    if message.trouble is not None and trouble_of(message.trouble) is None:
        raise BadMessage("the trouble is not known")
    if message.language not in CATALOGUES:
        raise BadMessage("the language is not known")
    if not all(name.isprintable() for name in (message.name, *(line.name for line in message.lines))):
        raise BadMessage("a name cannot be shown")
    return message


def trouble_of(name: str) -> Fault | FaceTrouble | None:
    """None: no such trouble."""
    for kind in (Fault, FaceTrouble):
        if name in [trouble.value for trouble in kind]:
            return kind(name)
    return None


_DECODER = msgspec.json.Decoder(Message)


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:_MAX_NAME_CHARS]


def _look(seen: FaceSeen | None) -> LookShown | None:
    return None if seen is None else LookShown(seen.fault, seen.stage, seen.direction, seen.turn, seen.turns)


def _posing(posing: Posing | None) -> PoseShown | None:
    if posing is None:
        return None
    fault, hint = (posing.hint, None) if isinstance(posing.hint, Fault) else (None, posing.hint)
    return PoseShown(posing.asked, posing.taken, fault, hint)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _name(line: BillLine, language: str) -> str:
    name = _printable(texts_for(language).of(line.name))
    return f"{name} ×{line.quantity}"[:_MAX_NAME_CHARS] if line.quantity > 1 else name[:_MAX_NAME_CHARS]

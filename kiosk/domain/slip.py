"""The slip's QR code: an order that is due at the counter, signed by the terminal that took it, so that a counter
terminal can settle it without a network (docs/decisions/0010).

Text: `KS1:` and base45 of payload and signature (Ed25519, 64 bytes). Payload: format, flags, the ids of order and
payment, then terminal, incarnation, number, seconds since 2020, dining mode, language, currency, total, due, each as
below; then the lines, deflated where that is shorter, or, where they do not fit, their SHA-256. Whole numbers are
LEB128, texts are UTF-8 behind their length. Nothing in it says who ordered.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from kiosk.domain import base45
from kiosk.domain.bytefields import BytesRefused, FieldReader, FieldWriter
from kiosk.domain.cart import MAX_LINES, MAX_QUANTITY, DishChoice, Selection
from kiosk.domain.due_order import DueLine, DueOrder
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import ComboId, DishId, OrderId, PaymentId, TerminalId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode

PREFIX = "KS1:"
MAX_SLIP_CHARS = 970
"""What a QR code of version 20 (97 modules, error correction M) holds in its alphanumeric mode: 3 dots a module across
the 384 of 58 mm paper."""
SIGNATURE_BYTES = 64
SIGNED_AS = b"kiosk-slip-1\n"
"""Stands before whatever a terminal signs as a slip. Its requests to central begin otherwise (kiosk.sync.wire)."""

_FORMAT = 1
_DEFLATED, _HASHED = 1, 2
_HASH_BYTES = 32
_MAX_LINES_BYTES = 16 * 1024
_MAX_TEXT_BYTES = 160
_MAX_DISHES = 10
_MAX_GROUPS = 20
_MAX_CHOICES = 20
_FIRST_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
_MAX_SECONDS = 2**32
_RAW_DEFLATE = -15


class SlipFault(StrEnum):
    """not_a_slip: some other code."""

    NOT_A_SLIP = "not_a_slip"
    TOO_LONG = "too_long"
    DAMAGED = "damaged"
    OTHER_FORMAT = "other_format"


class SlipError(DomainError):
    """A text that is no slip of ours. The message quotes nothing of it."""

    def __init__(self, fault: SlipFault) -> None:
        super().__init__(f"the code is refused: {fault}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Slip:
    """As it was read; nobody has looked whether the signature is its terminal's. `lines_hash` where `due` has no
    lines."""

    due: DueOrder
    payload: bytes
    signature: bytes
    lines_hash: bytes | None = None


def slip_payload(due: DueOrder) -> bytes:
    """What is signed: with its lines, or with their hash when the code would be too large for the paper."""
    lines = _lines_bytes(due.lines)
    deflated = _deflate(lines)
    if len(deflated) < len(lines):
        payload = _payload(due, _DEFLATED, deflated)
    else:
        payload = _payload(due, 0, lines)
    if _is_too_long(payload) or not _is_readable(payload):
        payload = _payload(due, _HASHED, sha256(lines).digest())
    return payload


def _is_too_long(payload: bytes) -> bool:
    return len(PREFIX) + base45.encoded_chars(len(payload) + SIGNATURE_BYTES) > MAX_SLIP_CHARS


def _is_readable(payload: bytes) -> bool:
    """A menu may have more options, or longer ids, than a slip is read with."""
    try:
        _read_payload(payload)
    except DomainError:
        return False
    return True


def signed_as_slip(payload: bytes) -> bytes:
    """The bytes that the terminal's key signs."""
    return SIGNED_AS + payload


def slip_text(payload: bytes, signature: bytes) -> str:
    """The code's text."""
    return PREFIX + base45.encode(payload + signature)


def read_slip(text: str) -> Slip:
    """Raises SlipError for any text that is not one, whatever it is."""
    if not text.startswith(PREFIX):
        raise SlipError(SlipFault.NOT_A_SLIP)
    if len(text) > MAX_SLIP_CHARS:
        raise SlipError(SlipFault.TOO_LONG)
    try:
        data = base45.decode(text.removeprefix(PREFIX))
    except base45.Base45Error as error:
        raise SlipError(SlipFault.DAMAGED) from error
    payload, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    if payload and payload[0] != _FORMAT:
        raise SlipError(SlipFault.OTHER_FORMAT)
    try:
        due, lines_hash = _read_payload(payload)
    except DomainError as error:
        raise SlipError(SlipFault.DAMAGED) from error
    return Slip(due, payload, signature, lines_hash)


def has_lines(slip: Slip, due: DueOrder) -> bool:
    """Whether `due`, with its lines from elsewhere, is the order of a slip that had no room for them."""
    same = replace(due, lines=()) == slip.due
    return same and bool(due.lines) and sha256(_lines_bytes(due.lines)).digest() == slip.lines_hash


# --- bytes ---


def _payload(due: DueOrder, flags: int, lines: bytes) -> bytes:
    out = FieldWriter()
    out.number(_FORMAT)
    out.number(flags)
    out.raw(due.order_id.bytes)
    out.raw(due.payment_id.bytes)
    _write_terminal_id(out, due.terminal_id)
    out.number(due.incarnation)
    out.text(due.number)
    # A clock that is wrong by decades must not be in the way of a sale.
    out.number(min(max(0, int((due.taken_at - _FIRST_MOMENT).total_seconds())), _MAX_SECONDS))
    out.number(list(DiningMode).index(due.dining_mode))
    out.text(due.language)
    out.text(due.total.currency)
    out.number(due.total.minor)
    out.number(due.due.minor)
    out.raw(lines)
    return out.done()


def _read_payload(payload: bytes) -> tuple[DueOrder, bytes | None]:
    fields = FieldReader(payload)
    fields.number(_FORMAT)
    flags = fields.number(_DEFLATED | _HASHED)
    order_id, payment_id = (UUID(bytes=fields.raw(16)) for _ in range(2))
    terminal_id = _read_terminal_id(fields)
    incarnation = fields.number()
    number = fields.text(_MAX_TEXT_BYTES)
    taken_at = _FIRST_MOMENT + timedelta(seconds=fields.number(_MAX_SECONDS))
    mode = list(DiningMode)[fields.number(len(DiningMode) - 1)]
    language = fields.text(_MAX_TEXT_BYTES)
    currency = fields.text(_MAX_TEXT_BYTES)
    total, due = (Money(fields.number(), currency) for _ in range(2))
    rest = fields.rest()
    lines_hash = None
    lines: tuple[DueLine, ...] = ()
    if flags == _HASHED:
        if len(rest) != _HASH_BYTES:
            raise BytesRefused("a hash of another length")
        lines_hash = rest
    elif flags in (0, _DEFLATED):
        lines = _read_lines(_inflate(rest) if flags else rest, currency)
    else:
        raise BytesRefused("flags that mean nothing")
    read = DueOrder(
        OrderId(order_id), PaymentId(payment_id), TerminalId(terminal_id), incarnation, number, taken_at, mode,
        language, total, due, lines,
    )  # fmt: skip
    return read, lines_hash


def _write_terminal_id(out: FieldWriter, terminal_id: str) -> None:
    """Central's are UUIDs: sixteen bytes behind a length of 0."""
    try:
        is_uuid = str(UUID(terminal_id)) == terminal_id
    except ValueError:
        is_uuid = False
    if is_uuid:
        out.text("")
        out.raw(UUID(terminal_id).bytes)
    else:
        out.text(terminal_id)


def _read_terminal_id(fields: FieldReader) -> str:
    return fields.text(_MAX_TEXT_BYTES) or str(UUID(bytes=fields.raw(16)))


def _lines_bytes(lines: tuple[DueLine, ...]) -> bytes:
    out = FieldWriter()
    out.number(len(lines))
    for line in lines:
        out.number(line.quantity)
        out.number(line.unit_price.minor)
        out.text(line.selection.combo_id or "")
        out.number(len(line.selection.dishes))
        for dish in line.selection.dishes:
            out.text(dish.dish_id)
            out.text(dish.slot_id)
            out.number(len(dish.options))
            for group_id, choice_ids in dish.options:
                out.text(group_id)
                out.number(len(choice_ids))
                for choice_id in choice_ids:
                    out.text(choice_id)
    return out.done()


def _read_lines(data: bytes, currency: str) -> tuple[DueLine, ...]:
    fields = FieldReader(data)
    lines = tuple(_read_line(fields, currency) for _ in range(fields.number(MAX_LINES, least=1)))
    if fields.rest():
        raise BytesRefused("bytes behind the last line")
    return lines


def _read_line(fields: FieldReader, currency: str) -> DueLine:
    quantity = fields.number(MAX_QUANTITY, least=1)
    unit_price = Money(fields.number(), currency)
    combo_id = fields.text(_MAX_TEXT_BYTES)
    dishes = tuple(_read_dish(fields) for _ in range(fields.number(_MAX_DISHES, least=1)))
    return DueLine(Selection(dishes, ComboId(combo_id) if combo_id else None), quantity, unit_price)


def _read_dish(fields: FieldReader) -> DishChoice:
    dish_id, slot_id = fields.text(_MAX_TEXT_BYTES), fields.text(_MAX_TEXT_BYTES)
    options = tuple(
        (fields.text(_MAX_TEXT_BYTES), tuple(fields.text(_MAX_TEXT_BYTES) for _ in range(fields.number(_MAX_CHOICES))))
        for _ in range(fields.number(_MAX_GROUPS))
    )
    return DishChoice(DishId(dish_id), options, slot_id)


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
    return packer.compress(data) + packer.flush()


def _inflate(data: bytes) -> bytes:
    """Never more than _MAX_LINES_BYTES, however much it would become."""
    unpacker = zlib.decompressobj(_RAW_DEFLATE)
    try:
        lines = unpacker.decompress(data, _MAX_LINES_BYTES)
    except zlib.error as error:
        raise BytesRefused("not deflated") from error
    if not unpacker.eof or unpacker.unused_data or unpacker.unconsumed_tail:
        raise BytesRefused("too much, too little, or something behind it")
    return lines

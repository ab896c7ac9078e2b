"""The rows of a feed page, decoded and checked, by what they are of."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from kiosk.domain.ids import DishId, FaceDeletionId, GrantId, MemberId, PaymentId, StaffId, TerminalId
from kiosk.domain.member import Card, Member
from kiosk.domain.menu import Menu
from kiosk.domain.portions import MAX_COUNTER, MAX_PORTIONS, AllotmentTold
from kiosk.domain.staff import Role, Staff
from kiosk.domain.stock import ToldStock
from kiosk.services.ports import SiteTerminal, StaffEntry
from kiosk.sync.wire import (
    MAX_FACE_LETTER_BYTES,
    UNREADABLE,
    AllotmentRecord,
    CollectedRecord,
    FaceLetterRecord,
    FaceRecord,
    FeedRow,
    GrantRecord,
    StaffRecord,
    StockRecord,
    TerminalRecord,
    WireError,
    decode,
)

LETTER = "face_letter"
MAX_KEY_CHARS = 100
_PUBLIC_KEY_BYTES = 32  # Ed25519
_MAX_STAFF_ITEMS = 20
_ROLES = frozenset(Role)
# At most 99,999 KiB and nine passes.
_PIN_HASH = re.compile(r"\$argon2id\$v=19\$m=\d{1,5},t=\d,p=\d\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,86}")
# Members are stored as they came, unknown fields too.
_MAX_MEMBER_BYTES = 64 * 1024
# Of these come a hundred thousand in a first read: what stands between costs a quarter of the reading.
_read_member = msgspec.json.Decoder(Member).decode
_read_card = msgspec.json.Decoder(Card).decode

log = logging.getLogger(__name__)


@dataclass(slots=True)
class RowsByKind:
    """A page's rows by kind, members as their JSON; None is gone."""

    menus: list[Menu | None] = field(default_factory=list)
    members: dict[MemberId, bytes | None] = field(default_factory=dict)
    cards: dict[str, Card | None] = field(default_factory=dict)
    stock: dict[DishId, ToldStock | None] = field(default_factory=dict)
    grants: dict[GrantId, GrantRecord | None] = field(default_factory=dict)
    faces: dict[MemberId, FaceDeletionId] = field(default_factory=dict)
    letters: dict[UUID, FaceLetterRecord] = field(default_factory=dict)
    terminals: dict[TerminalId, SiteTerminal | None] = field(default_factory=dict)
    collected: dict[PaymentId, bool] = field(default_factory=dict)
    allotments: dict[tuple[DishId, int], AllotmentTold] = field(default_factory=dict)
    staff: dict[StaffId, tuple[StaffEntry, tuple[str, ...]] | None] = field(default_factory=dict)  # with their cards


def rows_by_kind(rows: Iterable[FeedRow]) -> RowsByKind:
    """Decoded and checked. A row that cannot be used is left out and logged: what stood before stays, and it does not
    hold up the rows behind it."""
    found = RowsByKind()
    for row in rows:
        if row.kind not in _PUT:
            continue
        try:
            _put(found, row)
        except (WireError, *UNREADABLE) as error:
            # Of a person's row the reason may quote what stands in it.
            reason = str(error) if row.kind == "menu" else ""
            log.warning("feed_row_refused", extra={"kind": row.kind, "seq": row.seq, "reason": reason})
    return found


def _put(found: RowsByKind, row: FeedRow) -> None:
    if len(row.key) > MAX_KEY_CHARS:
        raise WireError("the key is too long")
    _PUT[row.kind](found, row)


def _put_menu(found: RowsByKind, row: FeedRow) -> None:
    found.menus.append(None if row.is_gone else decode(row.body, Menu))


def _put_member(found: RowsByKind, row: FeedRow) -> None:
    if row.is_gone:
        found.members[MemberId(row.key)] = None
        return
    member = _read_member(row.body)
    _check_key(row, member.id)
    if len(row.body) > _MAX_MEMBER_BYTES:
        raise WireError("a member is too large")
    found.members[member.id] = bytes(row.body)


def _put_card(found: RowsByKind, row: FeedRow) -> None:
    card = None
    if not row.is_gone:
        card = _read_card(row.body)
        _check_key(row, card.uid)
    found.cards[row.key] = card


def _put_stock(found: RowsByKind, row: FeedRow) -> None:
    entry = None
    if not row.is_gone:
        record = decode(row.body, StockRecord)
        _check_key(row, record.dish_id)
        if abs(record.portions or 0) > MAX_PORTIONS or not 0 <= (record.free or 0) <= MAX_PORTIONS:
            raise WireError("portions out of bounds")
        entry = ToldStock(record.portions, record.sold_out, record.count_id, record.free)
    found.stock[DishId(row.key)] = entry


def _put_grant(found: RowsByKind, row: FeedRow) -> None:
    record = None
    if not row.is_gone:
        record = decode(row.body, GrantRecord)
        _check_key(row, str(record.id))
        if record.amount.minor <= 0:
            raise WireError("a grant is above zero")
    found.grants[GrantId(_uuid(row.key))] = record


def _put_face(found: RowsByKind, row: FeedRow) -> None:
    if row.is_gone:
        return  # a deletion stands for ever
    record = decode(row.body, FaceRecord)
    _check_key(row, record.member_id)
    found.faces[record.member_id] = record.deletion_id


def _put_letter(found: RowsByKind, row: FeedRow) -> None:
    if row.is_gone:
        return
    if len(row.body) > 2 * MAX_FACE_LETTER_BYTES:
        raise WireError("a letter is too large")
    found.letters[_uuid(row.key)] = decode(row.body, FaceLetterRecord)


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError as error:
        raise WireError("the key is no id") from error


def _put_terminal(found: RowsByKind, row: FeedRow) -> None:
    if row.is_gone:
        found.terminals[TerminalId(row.key)] = None
        return
    record = decode(row.body, TerminalRecord)
    _check_key(row, record.id)
    if len(record.public_key) != _PUBLIC_KEY_BYTES or len(record.letter) > MAX_KEY_CHARS:
        raise WireError("a terminal's key or letter cannot be one")
    terminal_id = TerminalId(record.id)
    found.terminals[terminal_id] = SiteTerminal(
        terminal_id, record.incarnation, record.letter, record.public_key, record.is_revoked
    )


def _put_collected(found: RowsByKind, row: FeedRow) -> None:
    if not row.is_gone:
        _check_key(row, str(decode(row.body, CollectedRecord).due_payment_id))
    found.collected[PaymentId(_uuid(row.key))] = not row.is_gone


def _put_allotment(found: RowsByKind, row: FeedRow) -> None:
    if row.is_gone:
        return  # counters only grow
    record = decode(row.body, AllotmentRecord)
    counts = record.handed, record.beyond
    if min(counts) < 0 or max(counts) > MAX_COUNTER or not 0 < len(record.dish_id) <= MAX_KEY_CHARS:
        raise WireError("an allotment out of bounds")
    told = AllotmentTold(record.handed, record.beyond, record.recalled)
    found.allotments[record.dish_id, record.incarnation] = told


def _put_staff(found: RowsByKind, row: FeedRow) -> None:
    """A hash that would take long, or much memory, to look at is refused: whoever types a PIN waits for it."""
    if row.is_gone:
        found.staff[StaffId(row.key)] = None
        return
    record = decode(row.body, StaffRecord)
    _check_key(row, record.id)
    texts = (record.number, record.name, *record.roles, *record.cards)
    are_texts = all(len(text) <= MAX_KEY_CHARS and text.isprintable() for text in (record.id, *texts))
    if not are_texts or max(len(record.roles), len(record.cards)) > _MAX_STAFF_ITEMS:
        raise WireError("a staff member is too large")
    if record.pin_hash and not _PIN_HASH.fullmatch(record.pin_hash):
        raise WireError("that is no hash of a PIN")
    roles = frozenset(Role(role) for role in record.roles if role in _ROLES)
    entry = StaffEntry(Staff(record.id, record.name, roles), record.number, record.pin_hash)
    found.staff[record.id] = entry, record.cards


def _check_key(row: FeedRow, key: str) -> None:
    if key != row.key:
        raise WireError("the key is another one than the body's")


_PUT = {
    "menu": _put_menu,
    "member": _put_member,
    "card": _put_card,
    "stock": _put_stock,
    "grant": _put_grant,
    "face": _put_face,
    LETTER: _put_letter,
    "terminal": _put_terminal,
    "collected": _put_collected,
    "allotment": _put_allotment,
    "staff": _put_staff,
}

"""The audit log: who did what, when, to what. A chain of entries, each over the hash of the one before, whose head
central countersigns (docs/decisions/0006).

No personal data stands in an entry, only ids: a person can be deleted without touching the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kiosk.domain.errors import DomainError

MAX_NAME_CHARS = 40
MAX_VALUE_CHARS = 100
MAX_DETAILS = 10
MAX_BODY_BYTES = 8 * 1024
MAX_SEQ = 2**53  # what every reader of JSON can count to
HASH_BYTES = 32
_NAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class Act(StrEnum):
    """What is written down, at the terminal or at central. An entry may hold others: a newer version's."""

    LOG_BEGUN = "log_begun"
    STARTED = "started"
    STOPPED = "stopped"
    CLOCK_SET_BACK = "clock_set_back"
    ENROLLED = "enrolled"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    ENROL_CODE_MADE = "enrol_code_made"
    TERMINAL_ENROLLED = "terminal_enrolled"
    TERMINAL_REVOKED = "terminal_revoked"
    TOP_UP = "top_up"
    REFUNDED = "refunded"
    COUPON_OFFERED = "coupon_offered"
    COUPONS_ISSUED = "coupons_issued"
    WRITE_OFF_ASKED = "write_off_asked"
    WRITE_OFF_CONFIRMED = "write_off_confirmed"
    GIVING_UP_ASKED = "giving_up_asked"
    GIVING_UP_CONFIRMED = "giving_up_confirmed"
    MEMBER_BLOCKED = "member_blocked"
    MEMBER_UNBLOCKED = "member_unblocked"
    MEMBER_DELETED = "member_deleted"
    CARD_BOUND = "card_bound"
    CARD_BLOCKED = "card_blocked"
    CARD_UNBLOCKED = "card_unblocked"
    BALANCE_CORRECTED = "balance_corrected"
    DIET_CHANGED = "diet_changed"
    PAY_OUT_ASKED = "pay_out_asked"
    PAID_OUT = "paid_out"
    MEMBERS_IMPORTED = "members_imported"
    MENU_IMPORTED = "menu_imported"
    MENU_CHANGED = "menu_changed"
    AUDIT_DISPUTED = "audit_disputed"
    FACE_ENROLMENT_ASKED = "face_enrolment_asked"
    FACE_ENROLLED = "face_enrolled"
    FACE_RENEWED = "face_renewed"
    FACE_FORGOTTEN = "face_forgotten"
    FACE_ENDED = "face_ended"
    PAID_BY_FACE = "paid_by_face"
    DRAWER_OPENED = "drawer_opened"
    SHIFT_OPENED = "shift_opened"
    CASH_MOVED = "cash_moved"
    SHIFT_CLOSED = "shift_closed"
    Z_REPORT_CORRECTED = "z_report_corrected"
    Z_REPORT_COPIED = "z_report_copied"
    ORDER_VOIDED = "order_voided"
    ORDER_CANCELLED = "order_cancelled"
    REPRINTED = "reprinted"
    SENT_TO_KITCHEN_AGAIN = "sent_to_kitchen_again"
    STAFF_ENTERED = "staff_entered"
    STAFF_LEFT = "staff_left"
    STAFF_CONFIRMED = "staff_confirmed"
    PIN_REFUSED = "pin_refused"
    PINS_LOCKED = "pins_locked"
    PINS_UNLOCKED = "pins_unlocked"
    STAFF_ADDED = "staff_added"
    STAFF_CHANGED = "staff_changed"
    STAFF_REMOVED = "staff_removed"
    ALLOTMENTS_ENDED = "allotments_ended"
    DISH_RESTOCKED = "dish_restocked"
    DISH_COUNTED = "dish_counted"
    DISH_WASTED = "dish_wasted"
    DISH_SOLD_OUT = "dish_sold_out"
    DISH_BACK = "dish_back"
    TEST_PAGE_PRINTED = "test_page_printed"
    CAMERA_SHOWN = "camera_shown"
    SUPPORT_BUNDLE_MADE = "support_bundle_made"
    RESTART_ASKED = "restart_asked"
    RECIPES_IMPORTED = "recipes_imported"
    INGREDIENT_DELIVERED = "ingredient_delivered"
    INGREDIENT_COUNTED = "ingredient_counted"
    INGREDIENT_WASTED = "ingredient_wasted"


class AuditError(DomainError):
    """That is no entry of an audit log."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """The `seq`-th act (1 …) of a log. `actor` and `subject` are ids such as "os-uid:1000" or an order's; `details`
    are sorted by name. `previous` is the hash of the entry before, of the first one `genesis(log_id)`."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: tuple[tuple[str, str], ...]
    previous: bytes

    def __post_init__(self) -> None:
        """Raises AuditError."""
        names = [name for name, _ in self.details]
        if type(self.seq) is not int or not 1 <= self.seq <= MAX_SEQ or len(self.previous) != HASH_BYTES:
            raise AuditError("the number or the hash before is out of bounds")
        if self.at.utcoffset() != timedelta(0):
            raise AuditError("the moment is in UTC")
        if not all(_is_name(name) for name in (self.action, *names)):
            raise AuditError(f"a name is 1 to {MAX_NAME_CHARS} of a-z, 0-9 and _")
        if len(names) > MAX_DETAILS or names != sorted(set(names)):
            raise AuditError(f"there are at most {MAX_DETAILS} details, sorted, each name once")
        if not all(_is_value(value) for value in (self.actor, self.subject, *(v for _, v in self.details))):
            raise AuditError(f"a value has at most {MAX_VALUE_CHARS} printable characters")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as a database has it: `body` is its canonical JSON, `hash` was made over that."""

    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class CountersignedHead:
    """Central has seen that log of that terminal up to entry `seq`, whose hash was `head`. `signature` is central's
    (Ed25519) over `signed_head(…)`. A head of central's own log has no terminal: "" and incarnation 0."""

    terminal_id: str
    incarnation: int
    log_id: UUID
    seq: int
    head: bytes
    received_at: datetime
    signature: bytes = b""

    def __post_init__(self) -> None:
        """Raises AuditError."""
        if not (0 < self.seq <= MAX_SEQ and 0 <= self.incarnation < 2**31 and len(self.terminal_id) <= MAX_NAME_CHARS):
            raise AuditError("a head's numbers are out of bounds")
        if self.received_at.utcoffset() != timedelta(0):
            raise AuditError("the moment is in UTC")


def genesis(log_id: UUID) -> bytes:
    """What stands for the hash before a log's first entry: no entry fits into another log."""
    return hashlib.sha256(b"kiosk audit log 1\0" + log_id.bytes).digest()


def entry_body(entry: AuditEntry) -> bytes:
    """The entry's canonical JSON: the same bytes for the same entry, for ever."""
    fields = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": dict(entry.details),
        "previous": entry.previous.hex(),
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def entry_hash(body: bytes) -> bytes:
    """The entry's hash; the body names its number and the hash before, so it stands for the whole log up to there."""
    return hashlib.sha256(b"kiosk audit entry 1\0" + body).digest()


def parse_entry(body: object) -> AuditEntry:
    """Read an entry's body, which may be anything. Raises AuditError unless it is canonical."""
    if not isinstance(body, bytes) or len(body) > MAX_BODY_BYTES:
        raise AuditError("no bytes, or too many")
    try:
        fields = json.loads(body)
        entry = AuditEntry(
            fields["seq"],
            datetime.fromisoformat(fields["at"]),
            fields["actor"],
            fields["action"],
            fields["subject"],
            tuple(fields["details"].items()),
            bytes.fromhex(fields["previous"]),
        )
        canonical = entry_body(entry)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AuditError("it cannot be read as an entry") from error
    if canonical != body:
        raise AuditError("it is not written in the one way that an entry is")
    return entry


def next_entry(
    log_id: UUID,
    last: StoredEntry | None,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, object],
) -> StoredEntry:
    """The entry behind `last` (None: the log's first). Raises AuditError for values out of bounds."""
    seq, previous = (last.seq, last.hash) if last else (0, genesis(log_id))
    pairs = tuple(sorted((name, str(value)) for name, value in details.items()))
    body = entry_body(AuditEntry(seq + 1, at.astimezone(UTC), actor, action, subject, pairs, previous))
    return StoredEntry(seq + 1, body, entry_hash(body))


def signed_head(head: CountersignedHead) -> bytes:
    """What central signs: all of the head but the signature."""
    parts = (
        head.terminal_id,
        str(head.incarnation),
        head.log_id.hex,
        str(head.seq),
        head.head.hex(),
        head.received_at.astimezone(UTC).isoformat(timespec="microseconds"),
    )
    return "\n".join(["kiosk-audit-head-1", *parts]).encode()


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 1 <= len(name) <= MAX_NAME_CHARS and set(name) <= _NAME_CHARS


def _is_value(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_VALUE_CHARS and (value.isprintable() or not value)

"""Who works at a terminal, how they say who they are, and what each may do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import StaffId


class Role(StrEnum):
    RESTOCK = "restock"
    COUNTER = "counter"
    MANAGER = "manager"
    TECHNICIAN = "technician"


class Permission(StrEnum):
    """One kind of act on the admin screen."""

    SEE_STOCK = "see_stock"
    MARK_SOLD_OUT = "mark_sold_out"
    RESTOCK = "restock"
    COUNT_STOCK = "count_stock"
    WRITE_OFF_WASTE = "write_off_waste"
    SWITCH_DISHES = "switch_dishes"
    CHANGE_PRICES = "change_prices"
    FIND_ORDERS = "find_orders"
    REPRINT = "reprint"
    RESEND_TO_KITCHEN = "resend_to_kitchen"
    VOID_ORDERS = "void_orders"
    REFUND = "refund"
    WORK_SHIFTS = "work_shifts"
    CORRECT_SHIFTS = "correct_shifts"
    LOOK_UP_MEMBERS = "look_up_members"
    BIND_CARDS = "bind_cards"
    BLOCK_CARDS = "block_cards"
    TOP_UP = "top_up"
    CORRECT_BALANCES = "correct_balances"
    ENROL_FACES = "enrol_faces"
    DELETE_FACES = "delete_faces"
    CHANGE_DIET = "change_diet"
    SEE_HEALTH = "see_health"
    TEST_DEVICES = "test_devices"
    EXPORT_SUPPORT_BUNDLE = "export_support_bundle"
    RESTART = "restart"


_RESTOCK = frozenset(
    {
        Permission.SEE_STOCK,
        Permission.MARK_SOLD_OUT,
        Permission.RESTOCK,
        Permission.COUNT_STOCK,
        Permission.WRITE_OFF_WASTE,
        Permission.SEE_HEALTH,
    }
)
_COUNTER = frozenset(
    {
        Permission.SEE_STOCK,
        Permission.MARK_SOLD_OUT,
        Permission.FIND_ORDERS,
        Permission.REPRINT,
        Permission.RESEND_TO_KITCHEN,
        Permission.VOID_ORDERS,
        Permission.REFUND,
        Permission.WORK_SHIFTS,
        Permission.LOOK_UP_MEMBERS,
        Permission.TOP_UP,
        Permission.ENROL_FACES,
        Permission.SEE_HEALTH,
    }
)
_TECHNICIAN = frozenset(
    {
        Permission.FIND_ORDERS,
        Permission.REPRINT,
        Permission.RESEND_TO_KITCHEN,
        Permission.SEE_HEALTH,
        Permission.TEST_DEVICES,
        Permission.EXPORT_SUPPORT_BUNDLE,
        Permission.RESTART,
    }
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.RESTOCK: _RESTOCK,
    Role.COUNTER: _COUNTER,
    Role.MANAGER: frozenset(Permission),
    Role.TECHNICIAN: _TECHNICIAN,
}


# The first digit of a staff number says how many it has, so that the PIN behind it needs no mark.
_LONG_FROM = "8"
STAFF_NUMBERS = (*range(10, 80), *range(800, 1000))
MIN_PIN_DIGITS, MAX_PIN_DIGITS = 4, 8
MAX_ENTRY_DIGITS = 3 + MAX_PIN_DIGITS
_FREE_TRIES = 5
_FIRST_WAIT_S, _LONGEST_WAIT_S = 30.0, 900.0
MOST_WRONG_TRIES = 100
BY_CARD_ALONE = frozenset({Role.RESTOCK, Role.COUNTER})


class PinTooSimple(DomainError):
    """No PIN, or one that anybody would try first."""


def check_pin(pin: str) -> None:
    """Raises PinTooSimple: 4 to 8 digits, neither one digit again and again nor counting up or down."""
    if not (pin.isascii() and pin.isdigit() and MIN_PIN_DIGITS <= len(pin) <= MAX_PIN_DIGITS):
        raise PinTooSimple(f"a PIN has {MIN_PIN_DIGITS} to {MAX_PIN_DIGITS} digits")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}) or pin[: len(pin) // 2] * 2 == pin:
        raise PinTooSimple("a PIN is not one digit, a row of digits or the same half twice")


def split_entry(typed: str) -> tuple[str, str] | None:
    """The staff number and the PIN that were typed as one; None: that cannot be both."""
    if not (typed.isascii() and typed.isdigit()):
        return None
    digits = 3 if typed[0] >= _LONG_FROM else 2
    number, pin = typed[:digits], typed[digits:]
    is_one = number.isdigit() and int(number) in STAFF_NUMBERS
    return (number, pin) if is_one and MIN_PIN_DIGITS <= len(pin) <= MAX_PIN_DIGITS else None


def wait_after(wrong_tries: int) -> float:
    """Seconds from the last of so many wrong tries in a row until the next is taken: none at first, then doubling."""
    if wrong_tries < _FREE_TRIES:
        return 0.0
    doublings = min(wrong_tries - _FREE_TRIES, 10)
    return min(_FIRST_WAIT_S * (1 << doublings), _LONGEST_WAIT_S)


class NotPermitted(DomainError):
    """That staff member may not do this."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone who works here, with all of their roles. `name` is for screens and papers, `id` for the audit log."""

    id: StaffId
    name: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        return any(permission in PERMISSIONS[role] for role in self.roles)

    @property
    def needs_no_pin(self) -> bool:
        """Their card alone lets them in: cards can be copied, so not those who can do harm with more than portions."""
        return bool(self.roles) and self.roles <= BY_CARD_ALONE

    def require(self, permission: Permission) -> None:
        """Raises NotPermitted."""
        if not self.may(permission):
            raise NotPermitted(f"{self.id} may not {permission}")

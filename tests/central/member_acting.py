"""Who does what staff at terminals do for members, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from central.staff.repository import add_staff, find_present
from central.transactions import Transaction
from kiosk.domain.audit import parse_entry
from kiosk.domain.ids import CardBlockId, MemberId, StaffId
from kiosk.domain.member_act import (
    BindCard,
    CardBlock,
    ChangeDiet,
    CorrectBalance,
    CorrectionReason,
    UnblockCard,
)
from kiosk.domain.money import Money
from kiosk.domain.staff import Role
from kiosk.sync import wire
from tests.central.sales import new_id
from tests.central.support import Central, Diner, Terminal

MANAGER, SECOND, COUNTER, LEFT = "s-first", "s-second", "s-counter", "s-left"
_cards = iter(range(0xA0000000, 0xB0000000))


def hire(tx: Transaction) -> None:
    for number, (staff_id, role) in enumerate(
        [(MANAGER, Role.MANAGER), (SECOND, Role.MANAGER), (COUNTER, Role.COUNTER), (LEFT, Role.MANAGER)], start=901
    ):
        if find_present(tx.connection, staff_id) is None and staff_id != LEFT:
            row = {"id": staff_id, "name": "x", "number": str(number), "roles": role.value, "pin_hash": ""}
            add_staff(tx.connection, row | {"created_at": tx.now})


@pytest.fixture(autouse=True)
def staff(central: Central) -> None:
    central.parts.transactions.write(hire)


def new_card() -> str:
    return f"{next(_cards):08X}"


def act(
    terminal: Terminal, of: Diner, change: object, staff_id: str = MANAGER, act_id: UUID | None = None
) -> wire.MemberActReply:
    field = {BindCard: "bind", UnblockCard: "unblock", CorrectBalance: "correct", ChangeDiet: "diet"}[type(change)]
    request = wire.MemberActRequest(act_id or uuid4(), staff_id, of.id, **{field: change})  # type: ignore[arg-type]
    return terminal.ask("POST", "/v1/member-acts", request, wire.MemberActReply)


def block_of(of: Diner, uid: str = "", staff_id: str = MANAGER) -> wire.CardBlocked:
    made_at = datetime.now(UTC)
    return wire.CardBlocked(
        CardBlock(CardBlockId(new_id()), uid or of.card_uid, MemberId(of.id), StaffId(staff_id), made_at)
    )


def cards_at(terminal: Terminal) -> dict[str, tuple[str, str]]:
    """By number: whose and in which state, as terminals hear it."""
    states = terminal.states().items()
    return {
        key: (body["member_id"], body.get("state", "active")) for (kind, key), body in states if kind == "card" and body
    }


def correction(text: str, confirmed_by: str = SECOND) -> CorrectBalance:
    return CorrectBalance(Money.parse(text), CorrectionReason.WRONG_TOP_UP, StaffId(confirmed_by))


def newest_act(central: Central, action: str) -> Any:
    from central.audit.repository import audit_entry

    with central.parts.database.read() as connection:
        bodies = connection.scalars(select(audit_entry.c.body).order_by(audit_entry.c.seq)).all()
    return next(entry for body in reversed(bodies) if (entry := parse_entry(bytes(body))).action == action)

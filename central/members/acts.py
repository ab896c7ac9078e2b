"""What staff at a terminal do for a member, at once (docs/decisions/0020). Central asks its own list of staff who may:
a terminal may have heard of their roles long ago."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row

from central.errors import CentralError, Conflict
from central.members import act_repository, repository
from central.members.cards import bind_card, unblock_card
from central.staff.service import staff_here
from central.terminals.identity import Terminal
from central.terminals.repository import any_awaited
from central.transactions import Transaction
from central.wallet.corrections import Corrected, TooLittle, correct_balance
from kiosk.domain.audit import Act
from kiosk.domain.diet import NO_DIET
from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card, CardState
from kiosk.domain.member_act import (
    MAX_ID_CHARS,
    PERMISSION_FOR,
    BindCard,
    ChangeDiet,
    CorrectBalance,
    MemberActRefusal,
    MemberChange,
    UnblockCard,
)
from kiosk.domain.money import Money
from kiosk.domain.text import TextError, check_text
from kiosk.sync import wire

_KINDS: dict[type, tuple[str, Act]] = {
    BindCard: ("bind_card", Act.CARD_BOUND),
    UnblockCard: ("unblock_card", Act.CARD_UNBLOCKED),
    CorrectBalance: ("correct_balance", Act.BALANCE_CORRECTED),
    ChangeDiet: ("change_diet", Act.DIET_CHANGED),
}


class BadMemberAct(CentralError):
    """The message itself makes no sense, whatever the state of things."""


def do_member_act(
    tx: Transaction, terminal: Terminal, request: wire.MemberActRequest, largest_minor: int, *, may_wait: bool = False
) -> wire.MemberActReply | None:
    """Done once for that id, or why not. `largest_minor` of a correction. None, only if it `may_wait`: terminals hold
    what is to be taken away, and were asked to give it back; ask again soon. Raises BadMemberAct."""
    change = _checked(tx, request)
    member = repository.lock_present_member(tx.connection, request.member_id)
    if member is None:
        return _refused(MemberActRefusal.MEMBER_UNKNOWN)
    known = act_repository.find_act(tx.connection, request.act_id)
    if known is not None:
        if not _is_same(known, terminal, request, change):
            return _refused(MemberActRefusal.OTHER_ACT)
        return _standing(tx, request.member_id, known)
    if not _may(tx, request, change):
        return _refused(MemberActRefusal.NOT_PERMITTED)
    if isinstance(change, CorrectBalance):
        return _correct(tx, terminal, request, change, largest_minor, may_wait=may_wait)
    if isinstance(change, BindCard):
        refusal = bind_card(tx, request.act_id, request.member_id, change)
    elif isinstance(change, UnblockCard):
        refusal = unblock_card(tx, request.act_id, request.member_id, change)
    else:
        refusal = None
        repository.set_diet(tx.connection, request.member_id, change.diet, request.act_id)
        tx.changes.members.add(request.member_id)
    if refusal is not None:
        return _refused(refusal)
    _note(tx, terminal, request, change)
    return _standing(tx, request.member_id, None)


def _checked(tx: Transaction, request: wire.MemberActRequest) -> MemberChange:
    """The one change. Raises BadMemberAct."""
    if len(request.changes) != 1:
        raise BadMemberAct("an act is exactly one change")
    try:
        check_text(request.staff, MAX_ID_CHARS, "the staff member's id")
        check_text(request.member_id, MAX_ID_CHARS, "the member's id")
    except TextError as error:
        raise BadMemberAct(str(error)) from error
    (change,) = request.changes
    if isinstance(change, CorrectBalance) and change.amount.currency != tx.currency:
        raise BadMemberAct(f"amounts here are in {tx.currency}")
    return change


def _is_same(known: Row[Any], terminal: Terminal, request: wire.MemberActRequest, change: MemberChange) -> bool:
    """What a second touch says of a card that has been forgotten since does not matter."""
    kept = known.kind, known.member_id, known.staff_id, known.terminal_id, known.confirmed_by, known.amount_minor
    confirmed_by, amount_minor = None, None
    if isinstance(change, CorrectBalance):
        confirmed_by, amount_minor = change.confirmed_by, change.amount.minor
    asked = _KINDS[type(change)][0], request.member_id, request.staff, terminal.id, confirmed_by, amount_minor
    return kept == asked and known.card_uid in (None, _card_of(change))


def _may(tx: Transaction, request: wire.MemberActRequest, change: MemberChange) -> bool:
    people = [request.staff, change.confirmed_by] if isinstance(change, CorrectBalance) else [request.staff]
    found = [staff_here(tx.connection, staff_id) for staff_id in people]
    return all(by is not None and by.may(PERMISSION_FOR[type(change)]) for by in found)


def _correct(
    tx: Transaction,
    terminal: Terminal,
    request: wire.MemberActRequest,
    change: CorrectBalance,
    largest_minor: int,
    *,
    may_wait: bool,
) -> wire.MemberActReply | None:
    if change.confirmed_by == request.staff:
        return _refused(MemberActRefusal.SAME_PERSON)
    if abs(change.amount.minor) > largest_minor:
        return wire.MemberActReply(MemberActRefusal.TOO_MUCH, limit=Money(largest_minor, tx.currency))
    if any_awaited(tx.connection):
        return _refused(MemberActRefusal.AWAITING_TERMINALS)
    done = correct_balance(tx, request.act_id, request.member_id, change)
    if isinstance(done, TooLittle):
        if may_wait and done.free + done.held >= -change.amount:
            return None
        return wire.MemberActReply(MemberActRefusal.BELOW_CREDIT_LINE, after=done.free, held=done.held)
    _note(tx, terminal, request, change, done)
    return _with_money(_standing(tx, request.member_id, None), done)


def _note(
    tx: Transaction,
    terminal: Terminal,
    request: wire.MemberActRequest,
    change: MemberChange,
    corrected: Corrected | None = None,
) -> None:
    """Kept, and in the audit log, which is for ever: neither a card's number nor what somebody must not eat."""
    kind, audited = _KINDS[type(change)]
    values: dict[str, Any] = {"kind": kind, "member_id": request.member_id, "card_uid": _card_of(change)}
    details: dict[str, Any] = {"act": request.act_id, "terminal": terminal.id}
    if isinstance(change, CorrectBalance) and corrected is not None:
        about = {
            "confirmed_by": change.confirmed_by,
            "amount_minor": change.amount.minor,
            "before_minor": corrected.before.minor,
            "after_minor": corrected.after.minor,
            "reason": change.reason.value,
        }
        values, details = values | about, details | about | {"currency": tx.currency}
    ids = {"id": request.act_id, "terminal_id": terminal.id, "staff_id": request.staff}
    if not act_repository.add_act(tx.connection, **ids, **values, booked_at=tx.now):
        raise Conflict("another act of that id stands already")
    tx.record(audited, request.member_id, actor=request.staff, **details)


def _card_of(change: MemberChange) -> str | None:
    return change.card_uid if isinstance(change, BindCard | UnblockCard) else None


def _standing(tx: Transaction, member_id: str, known: Row[Any] | None) -> wire.MemberActReply:
    """How things stand, with what a correction that was done before came to."""
    member = repository.find_member(tx.connection, member_id)
    cards = sorted(repository.cards_of(tx.connection, [member_id]), key=lambda row: str(row.uid))
    reply = wire.MemberActReply(
        cards=tuple(Card(row.uid, MemberId(member_id), CardState(row.state)) for row in cards),
        diet=NO_DIET if member is None else repository.diet_of(member),
    )
    if known is None or known.before_minor is None:
        return reply
    before, after = (Money(minor, tx.currency) for minor in (known.before_minor, known.after_minor))
    return _with_money(reply, Corrected(before, after))


def _with_money(reply: wire.MemberActReply, done: Corrected) -> wire.MemberActReply:
    return msgspec.structs.replace(reply, before=done.before, after=done.after)


def _refused(refusal: MemberActRefusal) -> wire.MemberActReply:
    return wire.MemberActReply(refusal)

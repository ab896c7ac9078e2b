"""Use of balances: grants for terminals, spends under them, top-ups.

What holds after every transaction: a member's ledger + credit line = free + what open grants hold, and free >= 0.
Whoever changes one of these holds the member's row until the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central.errors import CentralError, Conflict, NotFound
from central.members import repository as members
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger, repository
from central.wallet.accounts import read_accounts
from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId, uuid7
from kiosk.domain.member import CardState
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant, Spend
from kiosk.sync import wire

MAX_ABANDONS = 100


class Refusal(StrEnum):
    """Why a grant is not issued, as the wire says it (GrantReply.refusal)."""

    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    ABANDONED = "abandoned"


class BadRequest(CentralError):
    """The message itself makes no sense, whatever the state of things."""


class SpendRefused(CentralError):
    """The spend does not fit its grant."""


def request_grant(tx: Transaction, terminal: Terminal, request: wire.GrantRequest) -> wire.GrantReply:
    """A grant of exactly the amount, or why not. The same request gets the same answer for ever, except that one
    abandoned since is refused. Raises BadRequest, or Conflict when the id stood for another request."""
    _check(request, tx.currency)
    for request_id in request.abandons:
        try:
            release(tx, terminal, request_id)
        except Conflict:
            pass  # not this terminal's to give up, or spent: it stays as it is
    row = {
        "request_id": request.request_id,
        "terminal_id": terminal.id,
        "incarnation": terminal.incarnation,
        "card_uid": request.card_uid,
        "amount_minor": request.amount.minor,
        "is_abandoned": False,
        "received_at": tx.now,
    }
    if not repository.claim_request(tx.connection, row):
        return _answer_again(tx, terminal, request)
    reply = _decide(tx, terminal, request)
    repository.keep_reply(tx.connection, request.request_id, wire.encode(reply))
    return reply


def _check(request: wire.GrantRequest, currency: str) -> None:
    if request.amount.currency != currency:
        raise BadRequest(f"amounts here are in {currency}")
    if request.amount.minor <= 0:
        raise BadRequest("a grant is above zero")
    if not 1 <= len(request.card_uid) <= 20 or not set(request.card_uid) <= set("0123456789ABCDEF"):
        raise BadRequest("card_uid must be upper-case hex")
    if len(request.abandons) > MAX_ABANDONS or request.request_id in request.abandons:
        raise BadRequest(f"abandons names this very request, or more than {MAX_ABANDONS}")


def _answer_again(tx: Transaction, terminal: Terminal, request: wire.GrantRequest) -> wire.GrantReply:
    known = repository.lock_request(tx.connection, request.request_id)
    if not _is_of(known, terminal):
        raise Conflict("this request_id belongs to another terminal")
    if known.is_abandoned:
        return wire.GrantReply(refusal=Refusal.ABANDONED)
    if (known.card_uid, known.amount_minor) != (request.card_uid, request.amount.minor):
        raise Conflict("this request_id stood for another card or amount")
    reply: wire.GrantReply = wire.decode(known.reply, wire.GrantReply)
    return reply


def _decide(tx: Transaction, terminal: Terminal, request: wire.GrantRequest) -> wire.GrantReply:
    member = members.lock_holder(tx.connection, request.card_uid)
    if member is None:
        return wire.GrantReply(refusal=Refusal.CARD_UNKNOWN)
    if member.card_state != CardState.ACTIVE:
        return wire.GrantReply(refusal=Refusal.CARD_BLOCKED)
    if member.is_blocked:
        return wire.GrantReply(refusal=Refusal.MEMBER_BLOCKED)
    free = _free(tx, member.id)
    if request.amount > free:
        return wire.GrantReply(refusal=Refusal.INSUFFICIENT, free=free)
    grant = Grant(
        GrantId(uuid7(int(tx.now.timestamp() * 1000))),
        PaymentId(request.request_id),
        MemberId(member.id),
        TerminalId(terminal.id),
        terminal.incarnation,
        request.amount,
    )
    repository.add_grant(tx.connection, grant, tx.now)
    tx.changes.members.add(member.id)
    return wire.GrantReply(grant_id=grant.id, member_id=grant.member_id, free_after=free - grant.amount)


def release(tx: Transaction, terminal: Terminal, request_id: UUID) -> None:
    """The request will never be spent: close its grant, and refuse the request should it arrive only now.
    Raises Conflict when it is another terminal's, or its grant was spent."""
    tombstone = {
        "request_id": request_id,
        "terminal_id": terminal.id,
        "incarnation": terminal.incarnation,
        "is_abandoned": True,
        "received_at": tx.now,
    }
    if repository.claim_request(tx.connection, tombstone):
        return
    known = repository.lock_request(tx.connection, request_id)
    if not _is_of(known, terminal):
        raise Conflict("the released request belongs to another terminal")
    grant = repository.grant_of_request(tx.connection, request_id)
    if grant is not None:
        members.lock_member(tx.connection, grant.member_id)
        if repository.spends_of(tx.connection, grant.id):
            raise Conflict("the released grant was spent")
        repository.update_grant(tx.connection, grant.id, is_open=False)
        tx.changes.members.add(grant.member_id)
    repository.abandon_request(tx.connection, request_id)


def book_spend(tx: Transaction, terminal: Terminal, made: Spend, close_after: int | None) -> str:
    """Settle a spend: the amount moves from the member to sales. Once all `close_after` spends are in, the grant is
    closed, which frees its rest. Returns the member's id. Raises SpendRefused; then nothing was written."""
    grant = repository.find_grant(tx.connection, made.grant_id)
    if grant is None:
        raise SpendRefused("the spend names a grant that was never issued")
    if not _is_of(grant, terminal):
        raise SpendRefused("the spend names a grant of another terminal or incarnation")
    member_id: str = grant.member_id
    members.lock_member(tx.connection, member_id)
    grant = repository.get_grant(tx.connection, made.grant_id)
    spent = {row.number: row.amount_minor for row in repository.spends_of(tx.connection, grant.id)}
    if close_after is None:
        close_after = grant.close_after
    _check_spend(grant, made, close_after, spent)
    entry = ledger.transfer("sale", ledger.member_account(member_id), ledger.SALES, made.amount)
    ledger.book(tx.connection, [(f"payment:{made.payment_id}", entry)], tx.now)
    repository.add_spend(tx.connection, made)
    is_last = close_after is not None and len(spent) + 1 >= close_after
    repository.update_grant(tx.connection, grant.id, is_open=not is_last, close_after=close_after)
    tx.changes.members.add(member_id)
    return member_id


def _check_spend(grant: Row[Any], made: Spend, close_after: int | None, spent: Mapping[int, int]) -> None:
    if not grant.is_open:
        raise SpendRefused("the spend's grant is closed")
    if grant.close_after not in (None, close_after):
        raise SpendRefused("the spend names another number of spends than one before")
    if close_after is not None and made.number > close_after:
        raise SpendRefused("the spend's number is beyond the grant's last")
    if made.number in spent:
        raise SpendRefused("a spend of that number stands already")
    if sum(spent.values()) + made.amount.minor > grant.amount_minor:
        raise SpendRefused("the spend is more than its grant has left")


def top_up(tx: Transaction, top_up_id: UUID, member_id: str, amount: Money) -> tuple[Money, bool]:
    """Add money to a balance, once for that id. Returns the free balance afterwards, and whether it was booked now.
    Raises NotFound, or Conflict when the id stood for another top-up."""
    if members.lock_member(tx.connection, member_id) is None:
        raise NotFound(f"there is no member {member_id}")
    reference = f"top_up:{top_up_id}"
    entry = ledger.transfer("top_up", ledger.TOP_UPS, ledger.member_account(member_id), amount)
    known = ledger.postings_of(tx.connection, reference)
    if not known:
        ledger.book(tx.connection, [(reference, entry)], tx.now)
        tx.changes.members.add(member_id)
    elif [(p.account, p.amount_minor) for p in known] != [(p.account, p.amount.minor) for p in entry.postings]:
        raise Conflict(f"top-up {top_up_id} was booked before, for another member or amount")
    return _free(tx, member_id), not known


def _free(tx: Transaction, member_id: str) -> Money:
    return read_accounts(tx.connection, [member_id], tx.currency)[member_id].free


def _is_of(row: Row[Any], terminal: Terminal) -> bool:
    return (row.terminal_id, row.incarnation) == (terminal.id, terminal.incarnation)

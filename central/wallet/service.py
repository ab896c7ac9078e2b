"""Use of balances, points and coupons: grants for payments under way; and top-ups. (Spends: settling.py; what is set
aside: pre_grants.py.)

What holds after every transaction: a member's ledger + credit line = free + what open grants hold, and free >= 0.
Whoever changes one of these holds the member's row until the commit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central.coupons.service import is_usable
from central.errors import CentralError, Conflict, NotFound
from central.faces.service import whose_face
from central.members import repository as members
from central.terminals import repository as terminals
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger, pre_grants, repository
from central.wallet.accounts import Account, read_accounts
from kiosk.domain.audit import Act
from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId, uuid7
from kiosk.domain.member import CardState
from kiosk.domain.money import Money
from kiosk.domain.unit import POINTS, coupon_in
from kiosk.domain.wallet import Grant
from kiosk.sync import wire

MAX_FURTHER = 2  # points and a coupon


class Refusal(StrEnum):
    """Why a grant is not issued, as the wire says it (GrantReply.refusal)."""

    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    ABANDONED = "abandoned"
    POINTS_INSUFFICIENT = "points_insufficient"
    COUPON_NOT_VALID = "coupon_not_valid"
    FACE_NOT_ALLOWED = "face_not_allowed"  # to pay: deleted, or the consent has ended, or was never heard of
    AWAITING_TERMINALS = "awaiting_terminals"  # after a restore: nothing is issued yet


class BadRequest(CentralError):
    """The message itself makes no sense, whatever the state of things."""


def request_grant(
    tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool = False
) -> wire.GrantReply | None:
    """Grants of exactly the amounts, all of them, or why not. The same request gets the same answer for ever, except
    that one abandoned since is refused. None, only if it `may_wait`: other terminals hold what is missing and were
    asked to give it back; ask again soon. Raises BadRequest, or Conflict when the id stood for another request."""
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
        "card_uid": request.card_uid or None,
        "face_consent_id": request.face_consent,
        "amount_minor": request.amount.minor,
        "further": _further_bytes(request),
        "is_abandoned": False,
        "received_at": tx.now,
    }
    if not repository.claim_request(tx.connection, row):
        known = _known_answer(tx, terminal, request)
        if known is not None:
            return known
    reply = _decide(tx, terminal, request, may_wait=may_wait)
    if reply is not None:
        repository.keep_reply(tx.connection, request.request_id, wire.encode(reply))
    if reply is not None and reply.refusal == Refusal.CARD_UNKNOWN:
        repository.forget_card(tx.connection, request.request_id)
    return reply


def _check(request: wire.GrantRequest, currency: str) -> None:
    if request.amount.currency != currency:
        raise BadRequest(f"amounts here are in {currency}")
    if request.amount.is_negative or not (request.amount or request.further):
        raise BadRequest("a grant is above zero")
    _check_further(request.further)
    if request.face_consent is not None and request.card_uid:
        raise BadRequest("a grant is for the member of a card or of a face")
    if request.face_consent is None and not _is_card_uid(request.card_uid):
        raise BadRequest("card_uid must be upper-case hex")
    if len(request.abandons) > wire.MAX_ABANDONS or request.request_id in request.abandons:
        raise BadRequest(f"abandons names this very request, or more than {wire.MAX_ABANDONS}")


def _is_card_uid(text: str) -> bool:
    return 1 <= len(text) <= 20 and set(text) <= set("0123456789ABCDEF")


def _check_further(further: tuple[Money, ...]) -> None:
    units = [amount.currency for amount in further]
    if len(further) > MAX_FURTHER or len(set(units)) < len(units):
        raise BadRequest("further amounts are points and one coupon at most")
    for amount in further:
        if amount.currency != POINTS and coupon_in(amount.currency) is None:
            raise BadRequest("a further amount is of points or of a coupon")
        if amount.minor <= 0 or (amount.currency != POINTS and amount.minor > 1):
            raise BadRequest("a grant is above zero, and a coupon is one")


def _further_bytes(request: wire.GrantRequest) -> bytes | None:
    return wire.encode(request.further) if request.further else None


def _known_answer(tx: Transaction, terminal: Terminal, request: wire.GrantRequest) -> wire.GrantReply | None:
    """None for a request that is not decided yet; nobody else decides it until the transaction ends."""
    known = repository.lock_request(tx.connection, request.request_id)
    if not _is_of(known, terminal):
        raise Conflict("this request_id belongs to another terminal")
    if known.is_abandoned:
        return wire.GrantReply(refusal=Refusal.ABANDONED)
    if known.card_uid is None and known.face_consent_id is None and known.amount_minor is not None:
        return wire.GrantReply(refusal=Refusal.CARD_UNKNOWN)  # it was, or its member was deleted since
    asked = (request.card_uid or None, request.face_consent, request.amount.minor, _further_bytes(request))
    if (known.card_uid, known.face_consent_id, known.amount_minor, known.further) != asked:
        raise Conflict("this request_id stood for another card, face or amount")
    if known.reply is None:
        return None
    reply: wire.GrantReply = wire.decode(known.reply, wire.GrantReply)
    return reply


def _decide(
    tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool
) -> wire.GrantReply | None:
    if terminals.any_awaited(tx.connection) or terminal.incarnation <= terminal.given_up_to:
        return wire.GrantReply(refusal=Refusal.AWAITING_TERMINALS)
    member = _payer(tx, request)
    if isinstance(member, Refusal):
        return wire.GrantReply(refusal=member)
    if member.is_blocked:
        return wire.GrantReply(refusal=Refusal.MEMBER_BLOCKED)
    account = _account(tx, member.id)
    lacking = _lacking(tx, account, request.further)
    if lacking is not None:
        return wire.GrantReply(refusal=lacking)
    if request.amount > account.free:
        elsewhere = pre_grants.recall_elsewhere(tx, member.id, terminal.id, request.amount - account.free)
        if elsewhere is not None and may_wait:
            return None
        return wire.GrantReply(refusal=Refusal.INSUFFICIENT, free=account.spendable, held_elsewhere=elsewhere)
    money = _grant(tx, terminal, request, member.id, request.amount) if request.amount else None
    further = [_grant(tx, terminal, request, member.id, amount) for amount in request.further]
    return wire.GrantReply(
        grant_id=money.id if money else None,
        member_id=MemberId(member.id),
        free_after=account.spendable - request.amount,
        further=tuple(grant.id for grant in further),
        seal=tx.safe.seals.seal(money) if money else "",
        further_seals=tuple(tx.safe.seals.seal(grant) for grant in further),
    )


def _payer(tx: Transaction, request: wire.GrantRequest) -> Row[Any] | Refusal:
    """The member's row, held until the transaction ends."""
    if request.face_consent is not None:
        return whose_face(tx, request.face_consent) or Refusal.FACE_NOT_ALLOWED
    holder = members.lock_holder(tx.connection, request.card_uid)
    if holder is None:
        return Refusal.CARD_UNKNOWN
    return holder if holder.card_state == CardState.ACTIVE else Refusal.CARD_BLOCKED


def _lacking(tx: Transaction, account: Account, further: tuple[Money, ...]) -> Refusal | None:
    """Why the points or the coupon cannot be granted."""
    for amount in further:
        coupon_id = coupon_in(amount.currency)
        if coupon_id is None and amount.minor > account.free_points:
            return Refusal.POINTS_INSUFFICIENT
        if coupon_id is not None and not is_usable(tx, coupon_id, account.member.id):
            return Refusal.COUPON_NOT_VALID
    return None


def _grant(tx: Transaction, terminal: Terminal, request: wire.GrantRequest, member_id: str, amount: Money) -> Grant:
    grant = Grant(
        GrantId(uuid7(int(tx.now.timestamp() * 1000))),
        PaymentId(request.request_id),
        MemberId(member_id),
        TerminalId(terminal.id),
        terminal.incarnation,
        amount,
    )
    repository.add_grant(tx.connection, grant, tx.now)
    tx.changes.members.add(member_id)
    return grant


def release(tx: Transaction, terminal: Terminal, request_id: UUID) -> None:
    """The request will never be spent: close its grants, and refuse the request should it arrive only now. It may be
    one of an earlier incarnation: the terminal was enrolled anew with the release still to send; or, when that came in
    before as a backlog, one that the later incarnation has given up meanwhile. Raises Conflict when it is another
    terminal's, or a grant of it was spent."""
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
    is_of_later = known.incarnation > terminal.incarnation and not known.is_abandoned
    if known.terminal_id != terminal.id or is_of_later:
        raise Conflict("the released request belongs to another terminal")
    grants = repository.grants_of_request(tx.connection, request_id)
    for member_id in {grant.member_id for grant in grants}:
        members.lock_member(tx.connection, member_id)
        tx.changes.members.add(member_id)
    if any(repository.spends_of(tx.connection, grant.id) for grant in grants):
        raise Conflict("the released grant was spent")
    for grant in grants:
        repository.update_grant(tx.connection, grant.id, is_open=False)
    repository.abandon_request(tx.connection, request_id)


def top_up(tx: Transaction, top_up_id: UUID, member_id: str, amount: Money) -> tuple[Money, bool]:
    """Add money to a balance, once for that id. Returns the free balance afterwards, and whether it was booked now.
    Raises NotFound, or Conflict when the id stood for another top-up."""
    if members.lock_present_member(tx.connection, member_id) is None:
        raise NotFound(f"there is no member {member_id}")
    reference = f"top_up:{top_up_id}"
    entry = ledger.transfer("top_up", ledger.TOP_UPS, ledger.member_account(member_id), amount)
    known = ledger.postings_of(tx.connection, reference)
    if not known:
        ledger.book(tx.connection, [(reference, entry)], tx.now)
        tx.record(Act.TOP_UP, member_id, top_up=top_up_id, amount_minor=amount.minor, currency=amount.currency)
        tx.changes.members.add(member_id)
        tx.moved.add(member_id)
    elif [(p.account, p.amount_minor) for p in known] != [(p.account, p.amount.minor) for p in entry.postings]:
        raise Conflict(f"top-up {top_up_id} was booked before, for another member or amount")
    return _account(tx, member_id).spendable, not known


def _account(tx: Transaction, member_id: str) -> Account:
    return read_accounts(tx.connection, [member_id], tx.currency)[member_id]


def _is_of(row: Row[Any], terminal: Terminal) -> bool:
    return (row.terminal_id, row.incarnation) == (terminal.id, terminal.incarnation)

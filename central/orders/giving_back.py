"""Giving back what has paid for an order: each part in its own unit, to where it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from central.orders.sold import SoldOrder
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.accounts import read_accounts
from central.wallet.parts import BORNE_BY
from central.wallet.repository import spends_of_payment
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.refund import RefundPart
from kiosk.domain.wallet import LedgerEntry, Posting


def give_back(
    tx: Transaction, sold: SoldOrder, parts: Iterable[RefundPart], drawer: str, reference: str, before: Sequence[str]
) -> None:
    """Book it under that reference, an entry for each unit; cash comes out of `drawer`. `before`: the references under
    which some of the order was given back already. Whoever calls holds the payers."""
    of_unit: dict[str, list[Posting]] = defaultdict(list)
    for part in parts:
        for posting in (Posting(ledger.REFUNDS, -part.amount), *_postings(tx, sold, part, drawer, before)):
            if posting.amount:
                of_unit[posting.amount.currency].append(posting)
    entries = [(_in_unit(tx, reference, unit), LedgerEntry("refund", tuple(of_unit[unit]))) for unit in of_unit]
    ledger.book(tx.connection, entries, tx.now)


def take_points(tx: Transaction, member_id: str, points: int, reference: str) -> int:
    """Take back that many points, as far as they are free: neither redeemed nor in open grants. Returns how many."""
    taken = min(points, max(0, read_accounts(tx.connection, [member_id], tx.currency)[member_id].free_points))
    if taken:
        ledger.add_points(tx.connection, reference, member_id, -taken, "refund", tx.now)
    return taken


def _postings(tx: Transaction, sold: SoldOrder, part: RefundPart, drawer: str, before: Sequence[str]) -> list[Posting]:
    if part.method is PaymentMethod.COUNTER:
        return [Posting(drawer, part.amount)]
    payer, paid_by = _payer_of(sold, part), [payment.id for payment in sold.payments]
    if part.used is None:
        return _to_wallet(tx, payer, paid_by, part.amount, before)
    back = _to_wallet(tx, payer, paid_by, part.used, before)
    taken = Posting(ledger.spent_to(part.used.currency), -part.used)
    return [Posting(BORNE_BY[part.method], part.amount), taken, *back]


def give_back_collected(
    tx: Transaction, member_id: str, payment_id: UUID, amount: Money, reason: str, reference: str
) -> None:
    """All of what a collection took from a balance. Whoever calls holds the member."""
    back = _to_wallet(tx, member_id, [payment_id], amount, ())
    postings = tuple(posting for posting in (Posting(ledger.REFUNDS, -amount), *back) if posting.amount)
    ledger.book(tx.connection, [(reference, LedgerEntry(reason, postings))], tx.now)


def payers_of(sold: SoldOrder) -> set[str]:
    """Whoever paid the order may have some of it back: the member who ordered, and who paid the rest at a counter."""
    return {m for m in (sold.order.member_id, *(p.member_id for p in sold.payments)) if m is not None}


def _payer_of(sold: SoldOrder, part: RefundPart) -> str | None:
    payment = next((p for p in sold.payments if p.id == part.payment_id), None)
    return (payment and payment.member_id) or sold.order.member_id


def _to_wallet(
    tx: Transaction, member_id: str | None, payment_ids: Sequence[UUID], amount: Money, before: Sequence[str]
) -> list[Posting]:
    """Who gets what came out of a wallet: the member what the member paid. A spend under a grant that was written off
    was paid by the loss account, as the member has had that back: there the rest goes."""
    if not amount or member_id is None:
        return []
    account = ledger.account_of(member_id, amount.currency)
    spends = [s for payment_id in payment_ids for s in spends_of_payment(tx.connection, payment_id)]
    paid_minor = -_booked_minor(tx, account, [f"spend:{s.grant_id}:{s.number}" for s in spends])
    given_minor = _booked_minor(tx, account, [_in_unit(tx, reference, amount.currency) for reference in before])
    to_member = min(amount, Money(max(0, paid_minor - given_minor), amount.currency))
    return [Posting(account, to_member), Posting(ledger.lost_from(amount.currency), amount - to_member)]


def _in_unit(tx: Transaction, reference: str, unit: str) -> str:
    return reference if unit == tx.currency else f"{reference}:{unit}"


def _booked_minor(tx: Transaction, account: str, references: Sequence[str]) -> int:
    rows = (row for reference in references for row in ledger.postings_of(tx.connection, reference))
    return sum(row.amount_minor for row in rows if row.account == account)

"""Correcting a balance that is wrong: with a reason, by two people (docs/decisions/0020)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from central.transactions import Transaction
from central.wallet import ledger, pre_grants
from central.wallet.accounts import read_accounts
from kiosk.domain.member_act import CorrectBalance
from kiosk.domain.money import Money


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the member could spend before and can now."""

    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class TooLittle:
    """So much may be taken away, `held` beside it is set aside at terminals, which were asked to give it back."""

    free: Money
    held: Money


def correct_balance(tx: Transaction, act_id: UUID, member_id: str, change: CorrectBalance) -> Corrected | TooLittle:
    """Booked under the act's id. The member's row is held, so what is free stays so."""
    account = read_accounts(tx.connection, [member_id], tx.currency)[member_id]
    if change.amount.is_negative and -change.amount > account.free:
        pre_grants.recall_all(tx, member_id)
        return TooLittle(account.free, account.pre_granted)
    theirs = ledger.member_account(member_id)
    if change.amount.is_negative:
        entry = ledger.transfer("correction", theirs, ledger.CORRECTIONS, -change.amount)
    else:
        entry = ledger.transfer("correction", ledger.CORRECTIONS, theirs, change.amount)
    ledger.book(tx.connection, [(f"correction:{act_id}", entry)], tx.now)
    tx.changes.members.add(member_id)
    tx.moved.add(member_id)
    return Corrected(account.spendable, account.spendable + change.amount)

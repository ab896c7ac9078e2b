"""What a payment takes from the member's wallet: from grants that are here, and what central is to be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.ids import MemberId
from kiosk.domain.member import CardState
from kiosk.domain.money import Money
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.domain.wallet import GrantUse, Spend, SpendPlan, WalletError, plan_spends
from kiosk.services.ports import GrantIssued, Transaction


@dataclass(frozen=True, slots=True)
class Needed:
    """What grants here do not cover: `money`, and `further` amounts of points or a coupon, which are never set aside
    ahead (docs/decisions/0004)."""

    money: Money
    further: tuple[Money, ...]

    def __bool__(self) -> bool:
        return bool(self.money or self.further)


def needed(tx: Transaction, payment: Payment) -> Needed:
    """What central is to be asked for."""
    money = _plan(tx, payment, payment.from_balance).missing
    points_and_coupon = (part for part in payment.all_parts if part.method is not PaymentMethod.BALANCE)
    return Needed(money, tuple(part.spends for part in points_and_coupon if part.spends is not None))


def fits(issued: GrantIssued, payment: Payment, wanted: Needed) -> bool:
    """What was asked for, and for the member whose pre-grants pay the rest: a card may have changed hands."""
    amounts = (wanted.money, *wanted.further) if wanted.money else wanted.further
    if tuple(grant.amount for grant in issued.grants) != amounts:
        return False
    has_pre_grants = wanted.money != payment.from_balance
    members = {grant.member_id for grant in issued.grants} | ({payment.member_id} if has_pre_grants else set())
    return len(members) == 1 and all(grant.request_id == payment.id for grant in issued.grants)


def spend(tx: Transaction, issued: GrantIssued | None, payment: Payment) -> tuple[tuple[GrantUse, Spend], ...]:
    """A just-in-time grant is spent whole, once, and closed with it; the rest of the money comes from pre-grants.
    Raises WalletError when these do not cover it any more."""
    uses: list[tuple[GrantUse, Spend]] = []
    rest = payment.from_balance
    for grant in issued.grants if issued else ():
        tx.grants.add(grant)
        uses.append(GrantUse(grant, Money.zero(grant.amount.currency)).spend(payment.id, grant.amount))
        if grant.amount.currency == rest.currency:
            rest -= grant.amount
    plan = _plan(tx, payment, rest)
    if plan.missing:
        raise WalletError("a pre-grant is gone that was there when the payment began")
    uses += plan.uses
    for use, made in uses:
        tx.grants.record_spend(use, made)
    return tuple(uses)


def holder(tx: Transaction, card_uid: str) -> MemberId | None:
    """Whose card it is, as far as this terminal knows; None for one that is blocked: then central is to say why."""
    found = tx.members.by_card(card_uid)
    return found[0].id if found and found[1].state is CardState.ACTIVE else None


def balance_after(tx: Transaction, issued: GrantIssued | None, payment: Payment) -> Money | None:
    """What central last told, less what was spent here since and central has not heard of. None for a meal that took
    no money."""
    if not payment.from_balance or payment.member_id is None:
        return None
    member = tx.members.get(payment.member_id)
    told = issued.free_after if issued else member.balance if member else None
    return None if told is None else told - tx.grants.unacknowledged(payment.member_id, told.currency)


def _plan(tx: Transaction, payment: Payment, amount: Money) -> SpendPlan:
    """How much of `amount` the pre-grants of the payment's member cover."""
    open_grants = tx.grants.open_pre_grants(payment.member_id) if payment.member_id else ()
    return plan_spends(open_grants, payment.id, amount)

"""What a payment takes from the member's wallet: from grants that are here, and what central is to be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.ids import MemberId
from kiosk.domain.member import CardHolder, CardState, Member
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace, Payer
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.domain.wallet import GrantUse, Spend, SpendPlan, WalletError, plan_spends
from kiosk.services.ports import GrantIssued, Transaction


@dataclass(frozen=True, slots=True)
class Needed:
    """`plan`: how pre-grants here pay the money, and what of it they do not cover. `further`: amounts of points or a
    coupon, which are never set aside ahead (docs/decisions/0004)."""

    plan: SpendPlan
    further: tuple[Money, ...]

    @property
    def money(self) -> Money:
        """What central is to be asked for of it."""
        return self.plan.missing

    def __bool__(self) -> bool:
        return bool(self.money or self.further)


def needed(tx: Transaction, payment: Payment) -> Needed:
    """What the payment takes from the wallet."""
    points_and_coupon = (part for part in payment.all_parts if part.method is not PaymentMethod.BALANCE)
    further = tuple(part.spends for part in points_and_coupon if part.spends is not None)
    return Needed(_plan(tx, payment, payment.from_balance), further)


def fits(issued: GrantIssued, payment: Payment, wanted: Needed) -> bool:
    """What was asked for, and for the member whose pre-grants pay the rest: a card may have changed hands."""
    amounts = (wanted.money, *wanted.further) if wanted.money else wanted.further
    if tuple(grant.amount for grant in issued.grants) != amounts:
        return False
    has_pre_grants = wanted.money != payment.from_balance
    members = {grant.member_id for grant in issued.grants} | ({payment.member_id} if has_pre_grants else set())
    return len(members) == 1 and all(grant.request_id == payment.id for grant in issued.grants)


def spend_issued(tx: Transaction, issued: GrantIssued, payment: Payment) -> tuple[tuple[GrantUse, Spend], ...]:
    """A just-in-time grant is spent whole, once, and closed with it; the rest of the money comes from pre-grants.
    Raises WalletError when these do not cover it any more."""
    uses: list[tuple[GrantUse, Spend]] = []
    rest = payment.from_balance
    for grant in issued.grants:
        tx.grants.add(grant)
        uses.append(GrantUse(grant, Money.zero(grant.amount.currency)).spend(payment.id, grant.amount))
        if grant.amount.currency == rest.currency:
            rest -= grant.amount
    for use, made in uses:
        tx.grants.record_spend(use, made)
    return (*uses, *spend_planned(tx, _plan(tx, payment, rest)))


def spend_planned(tx: Transaction, plan: SpendPlan) -> tuple[tuple[GrantUse, Spend], ...]:
    """From pre-grants alone, as they are in this very transaction. Raises WalletError when they do not cover it."""
    if plan.missing:
        raise WalletError("a pre-grant is gone that was there when the payment began")
    for use, made in plan.uses:
        tx.grants.record_spend(use, made)
    return plan.uses


def holder(tx: Transaction, payer: Payer) -> Member | CardHolder | None:
    """Who pays, as far as this terminal knows; None for a card that is blocked: then central is to say why."""
    if isinstance(payer, ByFace):
        return tx.members.get(payer.member_id)
    found = tx.members.holder(payer.uid)
    return found if found and found.card_state is CardState.ACTIVE else None


def whose(tx: Transaction, payer: Payer) -> MemberId | None:
    """Also a blocked card's: only what is charged asks for more."""
    if isinstance(payer, ByFace):
        return payer.member_id
    found = tx.members.holder(payer.uid)
    return found.id if found else None


def balance_after(tx: Transaction, told: Money | None, payment: Payment) -> Money | None:
    """What central last `told`, less what was spent here since and central has not heard of. None for a meal that took
    no money."""
    if not payment.from_balance or payment.member_id is None or told is None:
        return None
    return told - tx.grants.unacknowledged(payment.member_id, told.currency)


def _plan(tx: Transaction, payment: Payment, amount: Money) -> SpendPlan:
    """How much of `amount` the pre-grants of the payment's member cover."""
    open_grants = tx.grants.open_pre_grants(payment.member_id) if payment.member_id and amount else ()
    return plan_spends(open_grants, payment.id, amount)

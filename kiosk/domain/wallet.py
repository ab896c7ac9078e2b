"""Balance as a ledger, and grants: amounts that central handed to one terminal to spend there (escrow).

Central:  ledger + credit_line = free + Σ open grants (amount − settled), and free >= 0, always.
Terminal: spends under one grant are numbered 1, 2, 3 …; their sum never exceeds the grant.
Hence balance minus unsynced spends never falls below −credit_line, whatever is lost, repeated or late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId
from kiosk.domain.money import Money


class WalletError(DomainError):
    """The ledger or a grant does not allow it."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a ledger entry: `amount` is added to `account` (negative: taken from it)."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A balanced entry: its postings sum to zero, so money moves and never appears."""

    reason: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if len(self.postings) < 2:
            raise WalletError("an entry has at least two postings")
        if Money.sum((p.amount for p in self.postings), self.postings[0].amount.currency):
            raise WalletError("an entry must balance")


def free_balance(ledger_balance: Money, credit_line: Money, held: Iterable[Money]) -> Money:
    """What may still be granted: balance and credit less what open grants hold (amount − settled of each)."""
    return ledger_balance + credit_line - Money.sum(held, ledger_balance.currency)


@dataclass(frozen=True, slots=True)
class Grant:
    """`amount` of one unit of a member's wallet (money, points, one coupon) that `terminal_id` in that incarnation may
    spend. Just in time: exactly what the payment `request_id` needs. A pre-grant (no request) is money set aside where
    the member usually eats, so that their card works there without central. `seal` is central's, by which it knows the
    grant again after a restore; `epoch` that central's in which the grant was told of, "" where it does not matter."""

    id: GrantId
    request_id: PaymentId | None
    member_id: MemberId
    terminal_id: TerminalId
    incarnation: int
    amount: Money
    seal: str = ""
    epoch: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.amount.is_negative or not self.amount:
            raise WalletError("a grant is above zero")

    @property
    def is_pre_grant(self) -> bool:
        return self.request_id is None


@dataclass(frozen=True, slots=True)
class Spend:
    """The `number`-th use (1 …) of a grant, for one payment."""

    grant_id: GrantId
    number: int
    payment_id: PaymentId
    amount: Money


@dataclass(frozen=True, slots=True)
class GrantUse:
    """A grant at the terminal with what was spent under it so far."""

    grant: Grant
    spent: Money
    spends: int = 0
    closed: bool = False

    @property
    def left(self) -> Money:
        return self.grant.amount - self.spent

    def spend(self, payment_id: PaymentId, amount: Money) -> tuple[GrantUse, Spend]:
        """The next spend and the grant after it, closed when nothing is left. Raises WalletError beyond what is left
        or after closing."""
        if self.closed:
            raise WalletError("the grant is closed")
        if amount.is_negative or amount > self.left:
            raise WalletError("more than the grant has left")
        spend = Spend(self.grant.id, self.spends + 1, payment_id, amount)
        return GrantUse(self.grant, self.spent + amount, self.spends + 1, closed=amount == self.left), spend

    def close(self) -> GrantUse:
        """No spend may follow; `spends` is the N of Close(grant, N), which frees the rest at central."""
        return GrantUse(self.grant, self.spent, self.spends, closed=True)


@dataclass(frozen=True, slots=True)
class SpendPlan:
    """How a payment is made from grants: each spend with its grant after it. `missing` is what they do not cover."""

    uses: tuple[tuple[GrantUse, Spend], ...]
    missing: Money


def plan_spends(open_grants: Sequence[GrantUse], payment_id: PaymentId, amount: Money) -> SpendPlan:
    """Spend `amount` from these grants of one member, as far as they are of its unit, the smallest rest first: so that
    few stay open."""
    uses: list[tuple[GrantUse, Spend]] = []
    missing = amount
    usable = [use for use in open_grants if use.grant.amount.currency == amount.currency]
    for use in sorted(usable, key=lambda use: (use.left.minor, use.grant.id)):
        part = min(missing, use.left)
        if part:
            uses.append(use.spend(payment_id, part))
            missing -= part
    return SpendPlan(tuple(uses), missing)

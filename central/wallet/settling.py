"""What terminals tell of their grants: spends that were made, and that no more will be.

The caller is the intake of events (central.push): whoever is refused here goes to quarantine, and blocks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Row

from central.errors import CentralError
from central.members import repository as members
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger, repository
from kiosk.domain.wallet import Spend


class SpendRefused(CentralError):
    """The spend, or the closing, does not fit its grant."""


class GrantState(Protocol):
    """A grant as it stands: its row, or the same in memory."""

    @property
    def terminal_id(self) -> str: ...
    @property
    def incarnation(self) -> int: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def is_written_off(self) -> bool: ...
    @property
    def close_after(self) -> int | None: ...


G = TypeVar("G", bound=GrantState)


def book_spend(tx: Transaction, terminal: Terminal, made: Spend, close_after: int | None) -> str:
    """Settle a spend: the amount moves from the member's account in its unit, money to sales; from the loss account
    when the grant was written off meanwhile. Once all `close_after` spends are in, the grant is closed, which frees its
    rest. Returns the member's id. Raises SpendRefused; then nothing was written."""
    grant = _lock_grant(tx, terminal, made.grant_id)
    spent = _spent(tx, grant)
    if close_after is None:
        close_after = grant.close_after
    check_spend(grant, made, close_after, spent)
    unit = made.amount.currency
    payer = ledger.lost_from(unit) if grant.is_written_off else ledger.account_of(grant.member_id, unit)
    entry = ledger.transfer("sale", payer, ledger.spent_to(unit), made.amount)
    ledger.book(tx.connection, [(f"spend:{made.grant_id}:{made.number}", entry)], tx.now)
    repository.add_spend(tx.connection, made)
    if grant.is_open:
        is_last = close_after is not None and len(spent) + 1 >= close_after
        repository.update_grant(tx.connection, grant.id, is_open=not is_last, close_after=close_after)
    _tell(tx, grant)
    tx.moved.add(grant.member_id)
    return str(grant.member_id)


def close_grant(tx: Transaction, terminal: Terminal, grant_id: UUID, spends: int) -> None:
    """No spend beyond that number will come. What is left is free when all of them are in. Raises SpendRefused."""
    grant = _lock_grant(tx, terminal, grant_id)
    spent = _spent(tx, grant)
    if spends < 0 or any(number > spends for number in spent):
        raise SpendRefused("the grant is said to be closed after fewer spends than were made")
    if grant.close_after not in (None, spends):
        raise SpendRefused("the grant was said to be closed after another number of spends")
    if not grant.is_open:
        return  # used up, or written off
    repository.update_grant(tx.connection, grant.id, is_open=len(spent) < spends, close_after=spends)
    _tell(tx, grant)
    tx.moved.add(grant.member_id)


def _lock_grant(tx: Transaction, terminal: Terminal, grant_id: UUID) -> Row[Any]:
    """The grant with its member held."""
    grant = check_grant_of(terminal, repository.find_grant(tx.connection, grant_id))
    members.lock_member(tx.connection, grant.member_id)
    return repository.get_grant(tx.connection, grant_id)


def _spent(tx: Transaction, grant: Row[Any]) -> dict[int, int]:
    """Minor units by the spend's number."""
    return {row.number: row.amount_minor for row in repository.spends_of(tx.connection, grant.id)}


def check_grant_of(terminal: Terminal, grant: G | None) -> G:
    """That grant, if the terminal may spend it. A spend may come from a later incarnation of the terminal than the one
    that made it: it was enrolled anew with sales still to send. Numbers and amounts are checked all the same. Raises
    SpendRefused."""
    if grant is None:
        raise SpendRefused("the spend names a grant that was never issued")
    if grant.terminal_id != terminal.id or grant.incarnation > terminal.incarnation:
        raise SpendRefused("the spend names a grant of another terminal")
    return grant


def check_spend(grant: GrantState, made: Spend, close_after: int | None, spent: Mapping[int, int]) -> None:
    """Does the spend fit its grant, of which `spent` is booked (minor units by number)? Raises SpendRefused."""
    if not grant.is_open and not grant.is_written_off:
        raise SpendRefused("the spend's grant is closed")
    if grant.close_after not in (None, close_after):
        raise SpendRefused("the spend names another number of spends than one before")
    if close_after is not None and made.number > close_after:
        raise SpendRefused("the spend's number is beyond the grant's last")
    if made.number in spent:
        raise SpendRefused("a spend of that number stands already")
    if made.amount.minor <= 0:
        raise SpendRefused("a spend is above zero")
    if made.amount.currency != grant.unit:
        raise SpendRefused("the spend is of another unit than its grant")
    if sum(spent.values()) + made.amount.minor > grant.amount_minor:
        raise SpendRefused("the spend is more than its grant has left")


def _tell(tx: Transaction, grant: Row[Any]) -> None:
    tx.changes.members.add(grant.member_id)
    if grant.request_id is None:
        tx.changes.pre_grants.add(grant.id)

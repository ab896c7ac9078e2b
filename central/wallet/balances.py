"""What a member may still spend: ledger + credit line − what open grants hold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from central.members import repository as members
from central.wallet import ledger
from central.wallet.repository import held_by_grants
from kiosk.domain.money import Money
from kiosk.domain.wallet import free_balance


def free_balances(connection: Connection, member_ids: Sequence[str], currency: str) -> dict[str, Money]:
    """By member id; unknown members are left out. To decide on it, hold the members' rows (lock_member)."""
    accounts = {member_id: ledger.member_account(member_id) for member_id in member_ids}
    booked = ledger.balances(connection, list(accounts.values()))
    held = held_by_grants(connection, member_ids)
    return {
        row.id: free_balance(
            Money(booked.get(accounts[row.id], 0), currency),
            Money(row.credit_line_minor, currency),
            [Money(held.get(row.id, 0), currency)],
        )
        for row in members.find_members(connection, member_ids)
    }

"""What has to be settled before a member can be deleted, in words that say by what."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from central.deleting import repository
from central.push.repository import senders_waiting
from central.terminals.repository import any_awaited
from central.wallet.accounts import Account


def obstacles(connection: Connection, account: Account, coupons: int, *, let_lapse: bool) -> Iterator[str]:
    """With `let_lapse` points and coupons are none."""
    if any_awaited(connection):
        yield "central was restored, and terminals have yet to say what they hold: see `terminals`"
    if senders_waiting(connection):
        yield "what a terminal sent is still being booked: try again in a minute"
    yield from _money(connection, account)
    numbers = repository.due_orders_of(connection, account.member.id)
    if numbers:
        yield f"orders wait to be paid at the counter: {', '.join(numbers)}; have them paid or cancelled"
    if let_lapse:
        return
    if account.points > 0:
        yield f"{account.points} points are left: have them used, or give --let-lapse"
    if coupons:
        yield f"coupons are left: {coupons}; have them used, or give --let-lapse"


def _money(connection: Connection, account: Account) -> Iterator[str]:
    held = repository.open_grants_of(connection, account.member.id)
    if held:
        letters = ", ".join(dict.fromkeys(grant.letter for grant in held))
        yield (
            f"terminals hold money for this member: {letters}; `block-member` asks it back, and they answer when they "
            "are online. Of a lost terminal: `grants`, `write-off`"
        )
    if account.booked.is_negative:
        yield f"the balance is {account.booked.decimal_text()}: have it topped up to zero"
    elif account.booked:
        yield f"{account.booked.decimal_text()} are on the balance: have them spent, or `pay-out`"

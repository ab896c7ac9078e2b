"""Pre-grants: part of a balance set aside for the terminals where a member usually eats, and asked back when it is
needed elsewhere (docs/decisions/0004)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from central.members import repository as members
from central.orders.repository import latest_orders
from central.terminals import repository as terminals
from central.transactions import Transaction
from central.wallet import repository
from central.wallet.accounts import read_accounts
from central.wallet.habits import LATEST_ORDERS, Habit, amounts_to_set_aside, habit_of
from kiosk.domain.ids import GrantId, MemberId, TerminalId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant

FIRST_PROTOCOL = 2  # the first that reads pre-grants: an older terminal would never spend one, nor give it back


@dataclass(frozen=True, slots=True)
class PreGrantRule:
    """Minor units. `limit_minor`: the most for one member at one terminal, 0 for no pre-grants at all.
    `terminal_cap_minor`: the most that a terminal holds of everybody's together."""

    limit_minor: int
    terminal_cap_minor: int


def issue(tx: Transaction, rule: PreGrantRule, member_ids: Sequence[str]) -> int:
    """Set aside what the rule says for these members. Returns how many grants were made."""
    if not rule.limit_minor or not member_ids or terminals.any_awaited(tx.connection):
        return 0
    orders = latest_orders(tx.connection, member_ids, LATEST_ORDERS)
    habits = {member_id: habit_of(orders[member_id]) for member_id in sorted(orders)}
    # Members first, then terminals, each in order: whoever else locks them does so too.
    held_by = members.lock_members(tx.connection, list(habits))
    room = _room(tx, rule, {t for habit in habits.values() for t in habit.terminal_ids})
    held: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))  # by member and terminal
    for grant in repository.open_pre_grants(tx.connection, list(habits)):
        held[grant.member_id][grant.terminal_id] += grant.left_minor
    made = 0
    for member_id, account in read_accounts(tx.connection, list(habits), tx.currency).items():
        if held_by[member_id].is_blocked:
            continue
        habit = habits[member_id]
        at = Habit(tuple(t for t in habit.terminal_ids if t in room), habit.meal_minor)
        added = amounts_to_set_aside(at, account.free.minor, held[member_id], rule.limit_minor)
        for terminal_id, minor in added.items():
            terminal, room_minor = room[terminal_id]
            if minor > room_minor:
                continue
            room[terminal_id] = terminal, room_minor - minor
            _issue_one(tx, member_id, terminal, Money(minor, tx.currency))
            made += 1
    return made


def recall_elsewhere(tx: Transaction, member_id: str, terminal_id: str, missing: Money) -> Money | None:
    """Ask other terminals to give back what they hold for the member, if that covers what is missing at this one.
    Returns how much they hold; None when it does not cover it, and nothing was asked."""
    elsewhere = [g for g in repository.open_pre_grants(tx.connection, [member_id]) if g.terminal_id != terminal_id]
    held = Money(sum(grant.left_minor for grant in elsewhere), tx.currency)
    if held < missing:
        return None
    _recall(tx, elsewhere)
    return held


def recall_all(tx: Transaction, member_id: str) -> None:
    """Ask every terminal to give back what it holds for the member, whose row the caller holds."""
    _recall(tx, repository.open_pre_grants(tx.connection, [member_id]))


def _recall(tx: Transaction, grants: Sequence[Row[Any]]) -> None:
    for grant in grants:
        if not grant.is_recalled:
            repository.recall(tx.connection, grant.id)
            tx.changes.pre_grants.add(grant.id)


def _room(tx: Transaction, rule: PreGrantRule, terminal_ids: set[str]) -> dict[str, tuple[Row[Any], int]]:
    """The terminals that can be given pre-grants, each held until the commit, with how much more it may hold."""
    return {
        terminal.id: (terminal, rule.terminal_cap_minor - repository.exposure_minor(tx.connection, terminal.id))
        for terminal in terminals.lock_terminals(tx.connection, terminal_ids)
        if not terminal.is_revoked and terminal.protocol >= FIRST_PROTOCOL and _may_hold(terminal)
    }


def _may_hold(terminal: Row[Any]) -> bool:
    """After a restore: it has announced what it holds, and is not what staff has given up."""
    return bool(terminal.is_announced) and terminal.incarnation > terminal.given_up_to


def _issue_one(tx: Transaction, member_id: str, terminal: Row[Any], amount: Money) -> None:
    grant_id = GrantId(uuid7(int(tx.now.timestamp() * 1000)))
    grant = Grant(grant_id, None, MemberId(member_id), TerminalId(terminal.id), terminal.incarnation, amount)
    repository.add_grant(tx.connection, grant, tx.now)
    tx.changes.pre_grants.add(grant_id)
    tx.changes.members.add(member_id)

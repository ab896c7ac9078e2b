"""Bringing members in, and stopping them from paying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from central.errors import NotFound
from central.members import repository
from central.members.members_file import MemberRow, load_members
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.accounts import read_accounts
from central.wallet.pre_grants import recall_all
from kiosk.configfile import ConfigFileError
from kiosk.domain.audit import Act
from kiosk.domain.member import CardState


@dataclass(frozen=True, slots=True)
class MembersImported:
    """How many members were new, and how many known ones were changed."""

    new: int
    changed: int


def import_members(tx: Transaction, path: Path, credit_lines: Mapping[str, int]) -> MembersImported:
    """Add the file's members and bring those that are known up to date: name, unit, diet, credit line, cards. Their
    balances stay; only a new member gets the opening balance. `credit_lines`: of each group, in minor units. All of it
    happens, or none: raises ConfigFileError."""
    rows = load_members(path, credit_lines)
    if any(a.currency != tx.currency for row in rows for a in (row.balance, row.credit_line)):
        raise ConfigFileError(path, f"amounts here are in {tx.currency}", field="balance")
    known = repository.lock_members(tx.connection, [row.id for row in rows])
    for row in rows:
        if row.id in known and known[row.id].deleted_at is not None:
            reason = f"member {row.id} was deleted: take the line out, or give the person another id"
            raise ConfigFileError(path, reason, field="member_id")
    values = [_values(tx, row, known.get(row.id)) for row in rows]
    changed = [v for v in values if v["id"] not in known or _differs(v, known[v["id"]])]
    repository.put_members(tx.connection, changed)
    new = [row for row in rows if row.id not in known]
    _book_opening_balances(tx, new)
    _check_credit(tx, path, [row for row in rows if row.id in known])
    touched = {v["id"] for v in changed} | _replace_cards(tx, path, rows)
    tx.changes.members |= touched
    tx.record(Act.MEMBERS_IMPORTED, new=len(new), changed=len(touched) - len(new))
    return MembersImported(len(new), len(touched) - len(new))


def block_member(tx: Transaction, member_id: str, *, is_blocked: bool) -> None:
    """A blocked member's cards pay nothing until they are unblocked, but for what was set aside at a terminal that is
    without a network. Raises NotFound."""
    if repository.lock_present_member(tx.connection, member_id) is None:
        raise NotFound(f"there is no member {member_id}")
    repository.set_blocked(tx.connection, member_id, is_blocked=is_blocked)
    tx.record(Act.MEMBER_BLOCKED if is_blocked else Act.MEMBER_UNBLOCKED, member_id)
    if is_blocked:
        recall_all(tx, member_id)


def _values(tx: Transaction, row: MemberRow, known: Row[Any] | None) -> dict[str, Any]:
    """What they must not eat stays as they told staff at a terminal."""
    stays = known is not None and known.diet_act_id is not None
    return {
        "id": row.id,
        "name": row.name,
        "unit": row.unit,
        "is_blocked": False,
        "credit_line_minor": row.credit_line.minor,
        "diet": known.diet if known is not None and stays else repository.encode_diet(row.diet),
        "created_at": tx.now,
    }


def _differs(values: dict[str, Any], known: Row[Any]) -> bool:
    return any(values[name] != getattr(known, name) for name in ("name", "unit", "credit_line_minor", "diet"))


def _book_opening_balances(tx: Transaction, new: Sequence[MemberRow]) -> None:
    entries = [
        (
            f"opening:{row.id}",
            ledger.transfer("opening", ledger.OPENING_BALANCES, ledger.member_account(row.id), row.balance),
        )
        for row in new
        if row.balance
    ]
    ledger.book(tx.connection, entries, tx.now)


def _check_credit(tx: Transaction, path: Path, rows: Sequence[MemberRow]) -> None:
    """A credit line that is used already cannot be taken away."""
    for account in read_accounts(tx.connection, [row.id for row in rows], tx.currency).values():
        if account.free.is_negative:
            more = (-account.free).decimal_text()
            reason = f"member {account.member.id} has used {more} more of it than that"
            raise ConfigFileError(path, reason, field="credit_line")


def _replace_cards(tx: Transaction, path: Path, rows: Sequence[MemberRow]) -> set[str]:
    """The file's cards become the members' only ones, but for those that staff have bound or blocked at a terminal
    since: a file that knows nothing of it neither takes these away nor unblocks them. Returns the members whose cards
    changed. Raises ConfigFileError where it gives one to another member."""
    wanted = {card.uid: (card.member_id, card.state.value) for row in rows for card in row.cards}
    found = {card.uid: card for card in repository.find_cards(tx.connection, sorted(wanted))}
    for uid, (member_id, state) in list(wanted.items()):
        if uid not in found or found[uid].act_id is None:
            continue
        if found[uid].member_id != member_id:
            reason = f"a card of {member_id} was bound to {found[uid].member_id} at a terminal: take it out"
            raise ConfigFileError(path, reason, field="card_uids")
        if state == CardState.ACTIVE:
            del wanted[uid]
    had = {uid: (card.member_id, card.state) for uid, card in found.items()}
    theirs = repository.cards_of(tx.connection, [row.id for row in rows])
    gone = [card for card in theirs if card.uid not in wanted and card.act_id is None]
    repository.remove_cards(tx.connection, [card.uid for card in gone])
    changed = {uid: card for uid, card in wanted.items() if had.get(uid) != card}
    repository.put_cards(
        tx.connection,
        [{"uid": uid, "member_id": member_id, "state": state} for uid, (member_id, state) in changed.items()],
    )
    tx.changes.cards |= {*changed, *(card.uid for card in gone)}
    return {member_id for member_id, _ in changed.values()} | {card.member_id for card in gone}

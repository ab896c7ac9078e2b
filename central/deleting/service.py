"""Deleting a member: everything goes that tells who it was (docs/decisions/0012). Ledger, orders and audit log stay,
under an id that leads to nobody.

It happens in one transaction, and terminals hear of it by the feed. What an offline terminal has sold to the member
meanwhile is booked all the same when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from central.coupons.repository import usable_coupons
from central.deleting import repository
from central.deleting.obstacles import obstacles
from central.errors import Conflict, NotFound
from central.faces.repository import consents_of
from central.faces.service import forget_for_deletion
from central.installation import lock_installation
from central.members import repository as members
from central.restoring.record import MemberDeleted
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.accounts import read_accounts
from kiosk.domain.audit import Act
from kiosk.domain.refund import MAX_REASON_CHARS, MAX_STAFF_CHARS
from kiosk.domain.text import check_text


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept of a member: `faces` at which terminals, by letter, that have not said that they are destroyed;
    `obstacles` to deleting the member, and what removes those."""

    name: str
    unit: str
    cards: int
    faces: tuple[str, ...]
    points: int
    coupons: int
    obstacles: tuple[str, ...]


def standing_of(
    connection: Connection, member_id: str, currency: str, now: datetime, *, let_lapse: bool = False
) -> Standing:
    """With `let_lapse` neither points nor coupons are in the way. Raises NotFound, also for who was deleted."""
    account = read_accounts(connection, [member_id], currency).get(member_id)
    if account is None:
        raise NotFound(f"there is no member {member_id}")
    member = account.member
    if member.deleted_at is not None:
        raise NotFound(f"member {member_id} was deleted on {member.deleted_at:%Y-%m-%d}")
    coupons = len(usable_coupons(connection, [member_id], now).get(member_id, ()))
    return Standing(
        member.name,
        member.unit,
        len(members.cards_of(connection, [member_id])),
        tuple(row.letter for row in consents_of(connection, member_id) if row.destroyed_at is None),
        account.points,
        coupons,
        tuple(obstacles(connection, account, coupons, let_lapse=let_lapse)),
    )


def delete_member(tx: Transaction, member_id: str, by: str, reason: str, *, let_lapse: bool = False) -> None:
    """Raises NotFound, TextError, or Conflict: with all that has to be settled before."""
    check_text(by, MAX_STAFF_CHARS, "who deletes")
    check_text(reason, MAX_REASON_CHARS, "the reason")
    members.lock_member(tx.connection, member_id)
    standing = standing_of(tx.connection, member_id, tx.currency, tx.now, let_lapse=let_lapse)
    if standing.obstacles:
        raise Conflict("not deleted, something is left to settle:\n" + "\n".join(f"- {o}" for o in standing.obstacles))
    if standing.name.casefold() in f"{by} {reason}".casefold():
        raise Conflict("who deletes and why is kept: it must not name the member")
    lock_installation(tx.connection)
    tx.safe.record.append(MemberDeleted(member_id))
    if standing.points > 0:
        ledger.add_points(tx.connection, f"lapsed:{member_id}", member_id, -standing.points, "lapsed", tx.now)
    _take_all(tx, member_id, by, reason)
    tx.record(Act.MEMBER_DELETED, member_id)


def delete_again(tx: Transaction, member_ids: Iterable[str]) -> None:
    """After a restore: members who were deleted since the backup, whatever money it gives them back. Of those who came
    after it only the id is put there, so that no import brings them back."""
    for member_id in sorted(member_ids):
        known = members.lock_member(tx.connection, member_id)
        if known is None:
            members.add_nobody(tx.connection, member_id, tx.now)
        if known is None or known.deleted_at is None:
            _take_all(tx, member_id, "", "")


def _take_all(tx: Transaction, member_id: str, by: str, reason: str) -> None:
    """The member's row is held."""
    forget_for_deletion(tx, member_id)
    repository.take_refused_events(tx.connection, member_id)
    card_uids = members.take_cards(tx.connection, member_id)
    repository.take_card_numbers(tx.connection, member_id, card_uids)
    members.take_name(tx.connection, member_id, by, reason, tx.now)
    tx.changes.members.add(member_id)

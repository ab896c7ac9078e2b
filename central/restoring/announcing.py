"""Taking up what a terminal announces: grants that the restored database has never heard of are known by their seal."""

from __future__ import annotations

from collections.abc import Sequence

from central.coupons.service import missing_coupons
from central.errors import Conflict
from central.members.repository import lock_members
from central.push.repository import lock_positions
from central.restoring import repository
from central.restoring.giving_up import write_off
from central.stock.portions import take_announced
from central.terminals import repository as terminals
from central.terminals.identity import Terminal
from central.terminals.signatures import NotAdmitted
from central.transactions import Transaction
from central.wallet import repository as wallet
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import GrantId, PaymentId, TerminalId
from kiosk.domain.unit import coupon_in
from kiosk.domain.wallet import Grant
from kiosk.sync import wire


def take_announcement(
    tx: Transaction, terminal: Terminal, message: wire.Announcement
) -> tuple[wire.AnnouncementReply, int]:
    """Take up the grants that are not known here and carry this central's seal; with the last message the terminal
    has announced. Returns the reply, and how many grants were left out as not ours. What people decided meanwhile
    holds: a grant that was written off is taken up as written off. Raises NotAdmitted when the terminal was enrolled
    anew meanwhile, and Conflict for a grant of a member, or of a coupon, that is not known here."""
    known = repository.known_grants(tx.connection, [told.id for told in message.grants])
    unknown = {told.id: told for told in message.grants if told.id not in known}
    ours = [grant for told in unknown.values() if (grant := _sealed_grant(tx, terminal, told)) is not None]
    _hold_members(tx, ours)
    _check_coupons(tx, ours)
    (row,) = terminals.lock_terminals(tx.connection, {terminal.id})
    if row.incarnation != terminal.incarnation:
        raise NotAdmitted("this terminal was enrolled again since: its old incarnation is not accepted")
    written_off = tx.safe.record.facts().written_off if ours else set()
    for grant in ours:
        is_written_off = grant.id in written_off or grant.incarnation <= row.given_up_to
        _take_up(tx, grant, is_written_off=is_written_off)
    take_announced(tx, terminal, message.allotments, row.given_up_to)
    if not message.more:
        terminals.change_terminal(tx.connection, terminal.id, {"is_announced": True, "is_awaited": False})
    sender = terminal.id, terminal.incarnation
    return wire.AnnouncementReply(lock_positions(tx.connection, [sender])[sender]), len(unknown) - len(ours)


def _sealed_grant(tx: Transaction, terminal: Terminal, told: wire.AnnouncedGrant) -> Grant | None:
    """None for a grant that this central never issued to this terminal."""
    try:
        grant = Grant(
            GrantId(told.id),
            None if told.request_id is None else PaymentId(told.request_id),
            told.member_id,
            TerminalId(terminal.id),
            told.incarnation,
            told.amount,
        )
    except DomainError:
        return None
    return grant if tx.safe.seals.fits(grant, told.seal) else None


def _hold_members(tx: Transaction, grants: Sequence[Grant]) -> None:
    wanted = {str(grant.member_id) for grant in grants}
    missing = wanted - lock_members(tx.connection, sorted(wanted)).keys()
    if missing:
        raise Conflict(
            f"member {min(missing)} has a grant and is not known here: import the members again that were "
            "imported since the backup"
        )


def _check_coupons(tx: Transaction, grants: Sequence[Grant]) -> None:
    owners = {coupon: grant.member_id for grant in grants if (coupon := coupon_in(grant.amount.currency)) is not None}
    missing = missing_coupons(tx, list(owners))
    if missing:
        raise Conflict(
            f"a coupon of member {owners[missing[0]]} has a grant and is not known here: import the offers and issue "
            "the coupons again that were given since the backup"
        )


def _take_up(tx: Transaction, grant: Grant, *, is_written_off: bool) -> None:
    if grant.request_id is not None:
        request = {
            "request_id": grant.request_id,
            "terminal_id": grant.terminal_id,
            "incarnation": grant.incarnation,
            "is_abandoned": False,
            "received_at": tx.now,
        }
        wallet.claim_request(tx.connection, request)
    wallet.add_grant(tx.connection, grant, tx.now)
    tx.changes.members.add(str(grant.member_id))
    if grant.request_id is None:
        tx.changes.pre_grants.add(grant.id)
    if is_written_off:
        write_off(tx, wallet.get_grant(tx.connection, grant.id))

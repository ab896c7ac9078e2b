"""After the database was put back to a backup: a new epoch, in which nothing is issued before every terminal has told
what it holds (docs/decisions/0004, rule 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from central.audit.own import begin_after_restore
from central.deleting.service import delete_again
from central.errors import DatabaseUnusable
from central.faces.repository import deletions_made_here
from central.faces.service import forget_again
from central.faces.sharing import leave
from central.installation import Installation, change_installation, lock_installation
from central.members.repository import deleted_members, lock_members
from central.restoring import repository
from central.restoring.giving_up import write_off, write_off_up_to
from central.restoring.record import (
    Entry,
    FaceForgottenHere,
    Facts,
    GrantWrittenOff,
    Marked,
    MemberDeleted,
    RecordUnusable,
    Restored,
    StaffRemoved,
    TerminalEnrolled,
    TerminalGivenUp,
    TerminalRevoked,
)
from central.staff.repository import removed_staff
from central.staff.service import remove_again
from central.terminals import repository as terminals
from central.transactions import Transaction, Transactions
from central.wallet.repository import find_grant, written_off_grants

# Without its record central cannot know how often it was restored since the backup, and no number may come twice.
SURELY_NOT_RESTORED_SO_OFTEN = 1000


@dataclass(frozen=True, slots=True)
class Fenced:
    """Letters of the terminals that are waited for, and of those among them that must be enrolled anew."""

    awaited: tuple[str, ...]
    to_enrol: tuple[str, ...]


def check_not_put_back(installation: Installation, facts: Facts) -> None:
    """Raises DatabaseUnusable for a database that is older than the record beside it."""
    if facts.mark > installation.mark or facts.restores > installation.restores:
        raise DatabaseUnusable(
            "the database is older than the record beside it: it was put back to a backup. Run `python -m central "
            "restore`, so that no money is handed out twice"
        )


def mark(transactions: Transactions) -> None:
    """Tell a database that is put back to today's backup from today's: both it and the record count one up. The
    database first: after a crash in between it is not older than the record."""

    def count(tx: Transaction) -> int:
        number = lock_installation(tx.connection).mark + 1
        change_installation(tx.connection, {"mark": number})
        return number

    def note(tx: Transaction) -> None:
        lock_installation(tx.connection)
        tx.safe.record.append(Marked(number))

    number = transactions.write(count)
    transactions.write(note)


def entries_of_database(tx: Transaction) -> list[Entry]:
    """What the database knows of what a restore must not forget: a record to begin with."""
    entries: list[Entry] = []
    for row in terminals.all_terminals(tx.connection):
        entries.append(TerminalEnrolled(row.id, row.letter, row.incarnation))
        if row.is_revoked:
            entries.append(TerminalRevoked(row.id))
        if row.given_up_to:
            entries.append(TerminalGivenUp(row.id, row.given_up_to))
    entries += [FaceForgottenHere(row.member_id, row.id) for row in deletions_made_here(tx.connection)]
    entries += [MemberDeleted(row.id) for row in deleted_members(tx.connection)]
    entries += [StaffRemoved(staff_id) for staff_id in removed_staff(tx.connection)]
    return entries + [GrantWrittenOff(grant_id) for grant_id in written_off_grants(tx.connection)]


def begin_epoch(tx: Transaction, *, without_record: bool = False) -> Fenced:
    """Turn a database that was put back into one that central may serve from. Reads the record beside it; with
    `without_record` that begins anew with what the database knows, and every terminal must be enrolled anew. Raises
    RecordUnusable."""
    installation = lock_installation(tx.connection)
    number = installation.restores + 1
    if without_record:
        number += SURELY_NOT_RESTORED_SO_OFTEN
        tx.safe.record.start(entries_of_database(tx))
    facts = tx.safe.record.facts()
    if facts.mark < installation.mark and not without_record:
        tx.safe.record.set_aside()
        raise RecordUnusable(
            "the record is older than the backup: an old copy of it was put back, which is set aside now. Put a newer "
            "one in its place and `restore` again, without a file; or do without it (--without-record)"
        )
    number = max(number, facts.restores + 1)
    tx.safe.record.append(Restored(number))
    values = {"epoch": str(uuid4()), "restores": number, "mark": max(facts.mark, installation.mark)}
    change_installation(tx.connection, values)
    begin_after_restore(tx.connection, tx.now, {"restores": number})
    _restore_terminals(tx, facts, without_record=without_record)
    _restore_write_offs(tx, facts)
    leave(tx)  # what the backup has of letters may be of faces that were forgotten since
    forget_again(tx, facts.faces_forgotten)
    delete_again(tx, facts.members_deleted)
    remove_again(tx, facts.staff_removed)
    rows = terminals.all_terminals(tx.connection)
    return Fenced(tuple(r.letter for r in rows), tuple(r.letter for r in rows if not r.public_key))


def _restore_terminals(tx: Transaction, facts: Facts, *, without_record: bool) -> None:
    """Everybody is waited for. A key that is not of the newest incarnation opens nothing any more."""
    for row in terminals.all_terminals(tx.connection):
        _, newest = facts.terminals.get(row.id, (row.letter, 0))
        values: dict[str, Any] = {
            "incarnation": max(newest, row.incarnation),
            "is_revoked": row.id in facts.revoked,
            "given_up_to": max(row.given_up_to, facts.given_up.get(row.id, 0)),
        }
        if row.incarnation != newest or without_record:
            values["public_key"] = b""
        terminals.change_terminal(tx.connection, row.id, values)
    known = {row.id for row in terminals.all_terminals(tx.connection)}
    for terminal_id, (letter, incarnation) in facts.terminals.items():
        if terminal_id not in known:
            _add_forgotten(tx, facts, terminal_id, letter, incarnation)
    tx.changes.terminals |= {row.id for row in terminals.all_terminals(tx.connection)}
    repository.restored_terminals(tx.connection)


def _add_forgotten(tx: Transaction, facts: Facts, terminal_id: str, letter: str, incarnation: int) -> None:
    """A terminal that was first enrolled after the backup. Its key is not known: it must be enrolled anew."""
    row = {
        "id": terminal_id,
        "letter": letter,
        "name": letter,
        "incarnation": incarnation,
        "public_key": b"",
        "is_revoked": terminal_id in facts.revoked,
        "enrolled_at": tx.now,
        "protocol": 1,
        "given_up_to": facts.given_up.get(terminal_id, 0),
    }
    terminals.add_terminal(tx.connection, row)


def _restore_write_offs(tx: Transaction, facts: Facts) -> None:
    forgotten = [
        grant for grant_id in facts.written_off if (grant := find_grant(tx.connection, grant_id)) and grant.is_open
    ]
    lock_members(tx.connection, sorted({grant.member_id for grant in forgotten}))
    for grant in forgotten:
        write_off(tx, grant)
    for row in terminals.all_terminals(tx.connection):
        if row.given_up_to:
            write_off_up_to(tx, row.id, row.given_up_to)

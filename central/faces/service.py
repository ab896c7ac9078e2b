"""Keeping consents to faces, and having faces forgotten: at each terminal, by the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from central.errors import CentralError, NotFound
from central.faces import repository
from central.faces.sharing import note_destroyed, share, take_back
from central.installation import lock_installation
from central.members import repository as members
from central.orders.checks import check_moment
from central.restoring.record import FaceForgottenHere
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.audit import Act
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import FaceDeletionId
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.domain.text import check_text
from kiosk.sync.wire import FaceConsentGiven, FaceDestroyed, FaceForgotten, decode

CONTENT_GONE = b""
"""In the place of the consent of a member who was deleted: a guardian's name stood in it."""


class FaceEventRefused(CentralError):
    """It cannot be kept as it was told."""


def record_consent(tx: Transaction, terminal: Terminal, event: FaceConsentGiven, body: bytes) -> None:
    """Once for its id. Whether a deletion has voided it is seen where it is shown: terminals know by themselves. Of a
    member who was deleted only that there was a consent is kept. Raises FaceEventRefused."""
    consent = event.consent
    check_moment(consent.given_at)
    check_moment(consent.until)
    member = members.lock_member(tx.connection, consent.member_id)
    if member is None:
        raise FaceEventRefused("the consent is of a member who is not known here")
    is_deleted = member.deleted_at is not None
    kept = CONTENT_GONE if is_deleted else body
    known = repository.find_consent(tx.connection, consent.id)
    if known is not None and known.event != kept:
        raise FaceEventRefused("another consent of that id stands already")
    if known is not None:
        return
    row = {
        "id": consent.id,
        "member_id": consent.member_id,
        "terminal_id": terminal.id,
        "after": consent.after,
        "given_by": consent.given_by.value,
        "given_at": consent.given_at,
        "until": consent.until,
        "recorded_at": tx.now,
        "event": kept,
    }
    repository.add_consent(tx.connection, row)
    if not is_deleted:
        share(tx, terminal, consent)


def record_forgotten(tx: Transaction, terminal: Terminal, event: FaceForgotten) -> None:
    """Every terminal is told; that one has forgotten it. Raises FaceEventRefused."""
    deletion = event.deletion
    check_moment(deletion.made_at)
    if members.lock_member(tx.connection, deletion.member_id) is None:
        raise FaceEventRefused("the face is of a member who is not known here")
    known = repository.find_deletion(tx.connection, deletion.id)
    if known is not None and known.member_id != deletion.member_id:
        raise FaceEventRefused("another deletion of that id stands already")
    if event.consent_id is not None:
        _note_destroyed(tx, terminal, event.consent_id)
    if known is not None:
        return
    row = {
        "id": deletion.id,
        "member_id": deletion.member_id,
        "terminal_id": terminal.id,
        "staff": deletion.staff,
        "made_at": deletion.made_at,
        "recorded_at": tx.now,
    }
    _add_deletion(tx, row)


def record_destroyed(tx: Transaction, terminal: Terminal, event: FaceDestroyed) -> None:
    """The terminal says that it has forgotten a face that it was told to, or whose consent has ended."""
    _note_destroyed(tx, terminal, event.consent_id)


def whose_face(tx: Transaction, consent_id: UUID) -> Row[Any] | None:
    """The row of the member who consented, held until the transaction ends; None unless they may be charged by face
    now: the consent is known here, is for paying, holds, and no deletion came after it."""
    told = repository.find_consent(tx.connection, consent_id)
    member = None if told is None else members.lock_member(tx.connection, told.member_id)
    known = repository.find_consent(tx.connection, consent_id)  # as it is now that nobody changes it
    if member is None or member.deleted_at is not None or known is None or known.destroyed_at is not None:
        return None
    consent = decode(known.event, FaceConsentGiven).consent
    newest = repository.newest_deletions(tx.connection, [member.id]).get(member.id)
    if consent.is_void(None if newest is None else FaceDeletionId(newest)):
        return None
    return member if consent.allows(ConsentPurpose.PAYING, tx.now) else None


def forget_face(tx: Transaction, member_id: str, staff: str) -> UUID:
    """Have that member's face forgotten everywhere, whether or not central knows of one; returns the deletion's id.
    Raises NotFound, TextError."""
    check_text(staff, MAX_STAFF_CHARS, "who deletes it")
    if members.lock_member(tx.connection, member_id) is None:
        raise NotFound(f"there is no member {member_id}")
    deletion_id = uuid4()
    lock_installation(tx.connection)
    tx.safe.record.append(FaceForgottenHere(member_id, deletion_id))
    _add(tx, member_id, deletion_id, staff)
    tx.record(Act.FACE_FORGOTTEN, member_id)
    return deletion_id


def forget_for_deletion(tx: Transaction, member_id: str) -> None:
    """The member, whose row the caller holds, is being deleted: their face is forgotten everywhere, and what consents
    said of them goes. That they were deleted stands in the record, which is enough for a restore."""
    _add(tx, member_id, uuid4(), "")
    repository.empty_consents(tx.connection, member_id, CONTENT_GONE)


def forget_again(tx: Transaction, forgotten: Mapping[UUID, str]) -> None:
    """After a restore: deletions that were made here since the backup, member by deletion. (Terminals tell of theirs
    again.) A member who came after the backup is not known here, and is imported anew: nothing of theirs is kept."""
    for deletion_id, member_id in forgotten.items():
        known = repository.find_deletion(tx.connection, deletion_id)
        if known is None and members.lock_member(tx.connection, member_id) is not None:
            _add(tx, member_id, deletion_id, "")


def _add(tx: Transaction, member_id: str, deletion_id: UUID, staff: str) -> None:
    row = {
        "id": deletion_id,
        "member_id": member_id,
        "terminal_id": None,
        "staff": staff,
        "made_at": tx.now,
        "recorded_at": tx.now,
    }
    _add_deletion(tx, row)


def _add_deletion(tx: Transaction, row: dict[str, Any]) -> None:
    repository.add_deletion(tx.connection, row)
    take_back(tx, row["member_id"])
    tx.changes.faces.add(row["member_id"])


def _note_destroyed(tx: Transaction, terminal: Terminal, consent_id: UUID) -> None:
    repository.set_destroyed(tx.connection, consent_id, terminal.id, tx.now)
    note_destroyed(tx, terminal, consent_id)

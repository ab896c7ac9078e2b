"""Passing sealed copies of faces from terminal to terminal. Nothing here can open one (docs/decisions/0008).

What ends a face ends its letters in the same transaction: under the member's row, so that no letter comes in behind it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central.errors import CentralError
from central.faces import sharing_repository as repository
from central.faces.repository import newest_deletions
from central.installation import lock_installation
from central.members import repository as members
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.face_consent import FaceConsent
from kiosk.sync import wire

# Ciphertext that is kept for a terminal which does not fetch it: some 3 MB.
MAX_WAITING_LETTERS = 500
# A terminal that was asked for a letter writes it in that time, or another is asked.
ASKED_FOR = timedelta(seconds=60)
NOT_HELD = "not_held"


class BadFaceExchange(CentralError):
    """The message itself makes no sense."""


class FaceAnswerRefused(CentralError):
    """It cannot be kept as it was told."""


def share(tx: Transaction, terminal: Terminal, consent: FaceConsent) -> None:
    """A consent was given at that terminal, which has the face: if it is to be shared, every other terminal that shares
    lacks it. The member's row is held by the caller."""
    newest = newest_deletions(tx.connection, [consent.member_id]).get(consent.member_id)
    if not consent.is_shared or consent.after != newest:
        return
    lock_installation(tx.connection)  # a terminal that joins just now is seen, or sees this
    _put_copy(tx, terminal, consent.member_id, consent.id)
    standing = repository.find_shared(tx.connection, consent.member_id)
    if standing is not None and (standing.number, standing.consent_id) > (consent.number, consent.id):
        return
    row = {
        "member_id": consent.member_id,
        "consent_id": consent.id,
        "after": consent.after,
        "number": consent.number,
        "until": consent.until,
    }
    repository.put_shared(tx.connection, row)
    tx.changes.face_letters.update(repository.remove_letters(tx.connection, member_id=consent.member_id))
    repository.want_letters(tx.connection, member_id=consent.member_id)


def take_back(tx: Transaction, member_id: str) -> None:
    """A deletion was made: what was shared without knowing of it is not any more, and letters with it go. The member's
    row is held by the caller."""
    standing = repository.find_shared(tx.connection, member_id)
    if standing is None or standing.after == newest_deletions(tx.connection, [member_id]).get(member_id):
        return
    repository.remove_shared(tx.connection, member_id)
    tx.changes.face_letters.update(repository.remove_letters(tx.connection, member_id=member_id))


def note_destroyed(tx: Transaction, terminal: Terminal, consent_id: UUID) -> None:
    """That terminal has destroyed what it had under the consent."""
    repository.set_copy_destroyed(tx.connection, consent_id, terminal.id, tx.now)


def take_answer(tx: Transaction, terminal: Terminal, event: wire.FaceCopyAnswered) -> None:
    """What became of a letter at its terminal. Raises FaceAnswerRefused."""
    if members.lock_member(tx.connection, event.member_id) is None:
        raise FaceAnswerRefused("the copy is of a member who is not known here")
    if len(event.refusal) > wire.MAX_FACE_REFUSAL_CHARS or not event.refusal.isprintable():
        raise FaceAnswerRefused("the reason is no reason")
    if not event.refusal:
        _put_copy(tx, terminal, event.member_id, event.consent_id)
    for letter in repository.letters_of(tx.connection, event.member_id):
        if letter.terminal_id != terminal.id or letter.consent_id != event.consent_id:
            continue
        if not event.refusal:
            repository.remove_letter(tx.connection, letter.id)
        elif letter.id == event.letter_id:
            repository.change_letters(tx.connection, [letter.id], {"sealed": None, "refusal": event.refusal})
        tx.changes.face_letters.add(letter.id)


def leave(tx: Transaction, terminal_id: str | None = None) -> None:
    """That terminal shares no more (None: nobody does): what waits for it goes."""
    repository.remove_boxes(tx.connection, terminal_id)
    tx.changes.face_letters.update(repository.remove_letters(tx.connection, terminal_id=terminal_id))


# --- what a terminal that shares asks ---


def exchange(tx: Transaction, terminal: Terminal, message: wire.FaceExchange) -> wire.FaceExchangeReply:
    """Take its box and the letters that it has written, and ask it for others. Raises BadFaceExchange."""
    if max(len(message.letters), len(message.declined)) > wire.MAX_FACE_LETTERS:
        raise BadFaceExchange(f"an exchange has at most {wire.MAX_FACE_LETTERS} letters")
    if message.box is not None:
        _take_box(tx, terminal, message.box)
    refused = [
        wire.FaceLetterRefused(letter.letter_id, reason)
        for letter in message.letters
        if (reason := _take_letter(tx, terminal, letter))
    ]
    for declined in message.declined:
        _note_declined(tx, terminal, declined)
    wanted = _ask(tx, terminal) if message.box is not None else ()
    boxes = repository.boxes(tx.connection) if message.lists_sharers else ()
    sharers = tuple(wire.FaceSharer(row.letter, _box(row)) for row in boxes)
    return wire.FaceExchangeReply(is_on=True, wanted=wanted, refused=tuple(refused), sharers=sharers)


def _take_box(tx: Transaction, terminal: Terminal, box: wire.FaceBox) -> None:
    """Letters to an older one cannot be opened any more: they are wanted anew."""
    if (box.terminal_id, box.incarnation) != (terminal.id, terminal.incarnation):
        raise BadFaceExchange("the box is another terminal's")
    if (len(box.public_key), len(box.certificate)) != (wire.BOX_KEY_BYTES, wire.BOX_CERTIFICATE_BYTES):
        raise BadFaceExchange("a box has a key and a certificate")
    known = repository.find_box(tx.connection, terminal.id)
    if known is not None and _box(known) == box:
        return
    lock_installation(tx.connection)
    row = {
        "terminal_id": box.terminal_id,
        "incarnation": box.incarnation,
        "box_id": box.id,
        "public_key": box.public_key,
        "certificate": box.certificate,
        "announced_at": tx.now,
    }
    repository.put_box(tx.connection, row)
    tx.changes.face_letters.update(repository.remove_letters(tx.connection, terminal_id=terminal.id))
    repository.want_letters(tx.connection, terminal_id=terminal.id)


def _take_letter(tx: Transaction, terminal: Terminal, letter: wire.FaceLetter) -> str:
    """Why it is not taken, or "". A deletion removes the letters that are wanted, so one that comes behind it is not
    wanted any more."""
    if not 0 < len(letter.sealed) <= wire.MAX_FACE_LETTER_BYTES:
        return f"a letter has at most {wire.MAX_FACE_LETTER_BYTES} bytes"
    wanted = _wanted_of(tx, terminal, letter.letter_id)
    if wanted is None:
        return "nobody asks for it of this terminal: the face was forgotten, or another has written it"
    if (wanted.consent_id, wanted.box_id) != (letter.consent_id, letter.box_id):
        return "it is under another consent or for another box than was asked for"
    repository.change_letters(tx.connection, [letter.letter_id], {"sealed": letter.sealed})
    tx.changes.face_letters.add(letter.letter_id)
    return ""


def _wanted_of(tx: Transaction, terminal: Terminal, letter_id: UUID) -> Row[Any] | None:
    """The letter that this terminal was asked for and that nobody has written, if it is still wanted. Its member is
    held from then on."""
    for found in repository.find_letters(tx.connection, [letter_id]):
        members.lock_member(tx.connection, found.member_id)
    for row in repository.find_letters(tx.connection, [letter_id]):
        if row.asked_of == terminal.id and row.sealed is None and not row.refusal:
            return row
    return None


def _note_declined(tx: Transaction, terminal: Terminal, declined: wire.FaceLetterRefused) -> None:
    """It does not have the face any more, and another is asked; or the box is not of its site, and nobody is."""
    wanted = _wanted_of(tx, terminal, declined.letter_id)
    if wanted is None:
        return
    if declined.reason == NOT_HELD:
        repository.remove_copy(tx.connection, wanted.consent_id, terminal.id)
        repository.change_letters(tx.connection, [wanted.id], {"asked_of": None, "asked_at": None})
    else:
        reason = "".join(filter(str.isprintable, declined.reason))[: wire.MAX_FACE_REFUSAL_CHARS]
        repository.change_letters(tx.connection, [wanted.id], {"refusal": reason or "declined"})


def _ask(tx: Transaction, terminal: Terminal) -> tuple[wire.FaceLetterWanted, ...]:
    counts = repository.count_letters(tx.connection)
    rows = repository.letters_to_write(
        tx.connection,
        terminal.id,
        terminal.incarnation,
        now=tx.now,
        asked_before=tx.now - ASKED_FOR,
        limit=wire.MAX_FACE_LETTERS,
        full=[terminal_id for terminal_id, (sealed, _, _) in counts.items() if sealed >= MAX_WAITING_LETTERS],
    )
    asked = {"asked_of": terminal.id, "asked_at": tx.now}
    repository.change_letters(tx.connection, [row.id for row in rows], asked)
    return tuple(wire.FaceLetterWanted(row.id, row.member_id, row.consent_id, _box(row)) for row in rows)


def _put_copy(tx: Transaction, terminal: Terminal, member_id: str, consent_id: UUID) -> None:
    row = {
        "member_id": member_id,
        "terminal_id": terminal.id,
        "incarnation": terminal.incarnation,
        "consent_id": consent_id,
        "taken_at": tx.now,
    }
    repository.put_copy(tx.connection, row)


def _box(row: Row[Any]) -> wire.FaceBox:
    return wire.FaceBox(row.terminal_id, row.incarnation, row.box_id, row.public_key, row.certificate)

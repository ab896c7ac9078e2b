"""Copies of faces for the other terminals of the site, and from them (docs/decisions/0008).

Nothing leaves this terminal that a member has not consented to share, whatever central asks for, and nothing goes to a
box that a terminal of this site has not certified.
"""

from __future__ import annotations

import logging
import time
from uuid import UUID

from kiosk.domain.face_copy import CopyRefusal
from kiosk.services.ports import CentralRefused, CentralUnreachable, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.face_letters import FaceCopy, SiteKey
from kiosk.sync.ports import SyncStore, SyncTransaction
from kiosk.sync.wire import (
    MAX_FACE_LETTERS,
    FaceBox,
    FaceCopyAnswered,
    FaceExchange,
    FaceExchangeReply,
    FaceLetter,
    FaceLetterRecord,
    FaceLetterRefused,
    FaceLetterWanted,
    encode,
)

# With nothing to do, and while sales are pushed.
EXCHANGE_EVERY_S = 10.0
TRY_AGAIN_AFTER_S = 30.0
# Central does not share faces, or is too old to: staff may switch it on.
OFF_FOR_S = 300.0
NOT_HELD = "not_held"
NOT_OF_SITE = "not_of_site"

log = logging.getLogger(__name__)


class FaceLetterReader:
    """Takes letters from the feed."""

    def __init__(self, site_key: SiteKey, identity: TerminalIdentity) -> None:
        self._site_key = site_key
        self._identity = identity

    def take(self, tx: SyncTransaction, letter_id: UUID, letter: FaceLetterRecord) -> None:
        """Keep the copy that is in it, or say why not. Raises StorageFailed."""
        box_id, private_key = tx.faces.box()
        if letter.box_id != box_id:
            return  # that box was destroyed since; when central has heard of it, it asks for another letter
        box = self._site_key.box_of(self._identity, box_id, private_key)
        refusal = _refusal(tx, letter, self._site_key.open(letter.sealed, box, private_key))
        tx.outbox.add(encode(FaceCopyAnswered(letter_id, letter.member_id, letter.consent_id, refusal or "")))
        if refusal is not None:
            log.warning("face_letter_refused", extra={"letter": str(letter_id), "reason": refusal.value})


def _refusal(tx: SyncTransaction, letter: FaceLetterRecord, copy: FaceCopy | None) -> CopyRefusal | None:
    if copy is None or (copy.consent.member_id, copy.consent.id) != (letter.member_id, letter.consent_id):
        return CopyRefusal.UNREADABLE
    return tx.faces.take_copy(copy.consent, copy.template)


class FaceLetterWriter:
    """Tells central of this terminal's box, and writes the letters that it asks for. For one thread. Whatever fails is
    tried again later: it never holds up the sales."""

    def __init__(
        self,
        client: CentralClient,
        store: SyncStore,
        identity: TerminalIdentity,
        site_key: SiteKey,
        every_s: float = EXCHANGE_EVERY_S,
    ) -> None:
        self._client = client
        self._store = store
        self._identity = identity
        self._site_key = site_key
        self._every_s = every_s
        self._not_before_s = 0.0
        self._wanted: tuple[FaceLetterWanted, ...] = ()
        self._is_on: bool | None = None

    def exchange_if_due(self) -> bool:
        """At most one exchange; whether another should follow at once. Raises StorageFailed, nothing else."""
        now_s = time.monotonic()
        if now_s < self._not_before_s and not self._wanted:
            return False
        wanted, self._wanted = self._wanted[:MAX_FACE_LETTERS], ()
        try:
            reply = self._client.exchange_faces(self._message(wanted))
        except (CentralRefused, CentralUnreachable) as error:
            is_refused = isinstance(error, CentralRefused)
            self._not_before_s = now_s + (OFF_FOR_S if is_refused else TRY_AGAIN_AFTER_S)
            log.warning("face_letters_not_exchanged", extra={"reason": str(error)})
            return False
        self._hear(reply)
        self._not_before_s = now_s + (self._every_s if reply.is_on else OFF_FOR_S)
        self._wanted = reply.wanted if reply.is_on else ()
        return bool(self._wanted)

    def _message(self, wanted: tuple[FaceLetterWanted, ...]) -> FaceExchange:
        answers = [self._answer(each) for each in wanted]
        letters = tuple(answer for answer in answers if isinstance(answer, FaceLetter))
        declined = tuple(answer for answer in answers if isinstance(answer, FaceLetterRefused))
        return FaceExchange(self._box(), letters, declined)

    def _box(self) -> FaceBox:
        with self._store.transaction() as tx:
            box_id, private_key = tx.faces.box()
        return self._site_key.box_of(self._identity, box_id, private_key)

    def _answer(self, wanted: FaceLetterWanted) -> FaceLetter | FaceLetterRefused:
        if not self._site_key.has_certified(wanted.box):
            log.error("face_box_not_of_this_site", extra={"terminal": wanted.box.terminal_id})
            return FaceLetterRefused(wanted.letter_id, NOT_OF_SITE)
        with self._store.transaction() as tx:
            face, newest = tx.faces.sealed(wanted.member_id), tx.faces.newest_deletion(wanted.member_id)
        opened = None if face is None else face.open()
        if opened is None:
            return FaceLetterRefused(wanted.letter_id, NOT_HELD)
        consent, template = opened
        if consent.id != wanted.consent_id or not consent.is_shared or consent.is_void(newest):
            return FaceLetterRefused(wanted.letter_id, NOT_HELD)
        try:
            sealed = self._site_key.seal(FaceCopy(consent, template), wanted.box)
        except ValueError:  # certified, and yet no key
            return FaceLetterRefused(wanted.letter_id, NOT_OF_SITE)
        return FaceLetter(wanted.letter_id, consent.id, wanted.box.id, sealed)

    def _hear(self, reply: FaceExchangeReply) -> None:
        for refused in reply.refused:
            log.info("face_letter_not_taken", extra={"letter": str(refused.letter_id), "reason": refused.reason})
        if reply.is_on != self._is_on:
            log.info("face_sharing", extra={"is_on": reply.is_on})
        self._is_on = reply.is_on

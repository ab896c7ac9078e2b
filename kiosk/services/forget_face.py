"""Forgetting a face: here at once, whoever asks; central tells the other terminals."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.face_consent import FaceDeletion
from kiosk.domain.ids import FaceDeletionId, MemberId
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.events import EventSink, FacesChanged
from kiosk.services.ports import EventEncoder, OutboxSignal, StorageFailed, Store, Transaction
from kiosk.services.staff_acts import NotKnown


@dataclass(frozen=True, slots=True)
class FaceForgotten:
    """Here the key is destroyed and the face can never be read again. `on_the_way`: central has not said yet that it
    has heard of it, and until it has the other terminals have not either."""

    deletion: FaceDeletion
    on_the_way: bool


class FaceForgetting:
    """Its calls block (disk) and are made one at a time."""

    def __init__(
        self, store: Store, encoder: EventEncoder, outbox_signal: OutboxSignal, events: EventSink, clock: Clock
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._outbox_signal = outbox_signal
        self._events = events
        self._clock = clock
        self._audit = Audit(clock)

    def forget(
        self, act_id: UUID, member_id: MemberId, staff: str = "", *, by: Staff | None = None
    ) -> FaceForgotten | NotKnown:
        """Also where it is not enrolled here: it may be elsewhere. `act_id` is made once, when it is asked for: under
        it this is done once, and what a failing disk left undone is finished. `staff`: who does it for the member; "":
        they themselves. `by`: who does it on the admin screen. Raises NotPermitted, TextError."""
        if by is not None:
            by.require(Permission.DELETE_FACES)
            staff = by.id
        deletion = FaceDeletion(FaceDeletionId(act_id), member_id, self._clock.now(), staff)
        try:
            with self._store.transaction() as tx:
                if tx.faces.newest_deletion(member_id) != deletion.id:
                    self._record(tx, deletion, by)
                on_the_way = tx.faces.deletion_on_the_way(member_id)
        except StorageFailed:
            return NotKnown(act_id)
        finally:
            self._events.publish(FacesChanged())
        self._outbox_signal.wake()
        return FaceForgotten(deletion, on_the_way)

    def _record(self, tx: Transaction, deletion: FaceDeletion, by: Staff | None) -> None:
        face = tx.faces.forget(deletion)
        consent_id = None if face is None else face.consent.id
        tx.outbox.add(self._encoder.face_forgotten(deletion, consent_id))
        actor = by.id if by is not None else "staff" if deletion.staff else "member"
        self._audit.record(tx, actor, Act.FACE_FORGOTTEN, deletion.member_id, was_here=face is not None)

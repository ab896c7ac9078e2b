"""What a member sees of themselves at this terminal, beside what central has told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.ids import MemberId
from kiosk.domain.order import Order
from kiosk.services.faces_of import FacesHere, FaceStatus
from kiosk.services.ports import Store

_SHOWN_ORDERS = 5


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """`orders`: the newest that were taken here, newest first. All moments are in the canteen's time zone."""

    face: FaceStatus
    orders: tuple[Order, ...] = ()


class Accounts:
    """`to_local`: a moment in the canteen's time zone."""

    def __init__(self, store: Store, faces: FacesHere, to_local: Callable[[datetime], datetime]) -> None:
        self._store = store
        self._faces = faces
        self._to_local = to_local

    def of(self, member_id: MemberId) -> AccountSeen:
        """Raises StorageFailed."""
        face = self._faces.of(member_id)
        with self._store.transaction() as tx:
            orders = tx.orders.of_member(member_id, _SHOWN_ORDERS)
        if face.consent is not None:
            face = replace(face, consent=self.in_local_time(face.consent))
        return AccountSeen(face, tuple(replace(o, created_at=self._to_local(o.created_at)) for o in orders))

    def in_local_time(self, consent: FaceConsent) -> FaceConsent:
        """As it is told to people."""
        return replace(consent, given_at=self._to_local(consent.given_at), until=self._to_local(consent.until))

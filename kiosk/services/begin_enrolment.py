"""Staff ask on the admin screen that a member's face be enrolled; the terminal's own screens then do it."""

from __future__ import annotations

from enum import StrEnum

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import MemberId
from kiosk.domain.member import CardState
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.ports import Store


class EnrolmentHindrance(StrEnum):
    """Why it cannot begin. not_theirs: the card is not that member's (any more), or it is blocked. forgetting: central
    has not heard yet that the last face is to be forgotten, and no consent could come behind that."""

    NOT_THEIRS = "not_theirs"
    FORGETTING = "forgetting"


class StaffEnrolments:
    """Its calls block (disk)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._audit = Audit(clock)

    def begin(self, by: Staff, member_id: MemberId, card_uid: str) -> EnrolmentHindrance | None:
        """None: it may begin, and who asked for whom is written down. `card_uid`: the member's, who is there with it.
        Raises NotPermitted, StorageFailed."""
        by.require(Permission.ENROL_FACES)
        with self._store.transaction() as tx:
            found = tx.members.by_card(card_uid)
            if found is None or found[0].id != member_id or found[1].state is not CardState.ACTIVE:
                return EnrolmentHindrance.NOT_THEIRS
            if tx.faces.deletion_on_the_way(member_id):
                return EnrolmentHindrance.FORGETTING
            self._audit.record(tx, by.id, Act.FACE_ENROLMENT_ASKED, member_id)
        return None

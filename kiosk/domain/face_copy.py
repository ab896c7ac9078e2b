"""A face that another terminal of the site has enrolled: whether this one may keep a copy of it.

No clock is read: what came after what is known from deletions and from the consents' numbers.
"""

from __future__ import annotations

from enum import StrEnum

from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.ids import FaceDeletionId


class CopyRefusal(StrEnum):
    """Why a copy was not kept. unreadable: it was not made for this terminal, not by one of the site, or changed on the
    way. not_shared: the consent is for the terminal alone where it was given. void: the face was deleted since. older:
    a newer one of the member is here."""

    UNREADABLE = "unreadable"
    NOT_SHARED = "not_shared"
    VOID = "void"
    OLDER = "older"


def refusal_of(
    offered: FaceConsent, held: FaceConsent | None, newest_deletion: FaceDeletionId | None
) -> CopyRefusal | None:
    """None: a copy under the consent `offered` takes the place of what is `held` of that member, which may be the same.
    `newest_deletion` is the member's that is known here."""
    if not offered.is_shared:
        return CopyRefusal.NOT_SHARED
    if offered.is_void(newest_deletion):
        return CopyRefusal.VOID
    if held is None or held.id == offered.id:
        return None
    # Another `after` that is not void: given after a deletion that is not known here yet.
    if held.after == offered.after and not offered.is_newer_than(held):
        return CopyRefusal.OLDER
    return None

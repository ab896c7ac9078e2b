"""Grants that are asked for: amounts of a member's wallet, for one payment (docs/decisions/0004)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.ids import FaceConsentId, MemberId
from kiosk.domain.money import Money

MAX_ABANDONS = 100


class GrantRequest(msgspec.Struct, frozen=True):
    """Exactly `amount` for the member of that card, and exactly each of `further` (points, one coupon): all or nothing.
    `amount` may be zero when there are further ones. `abandons`: earlier request ids that will never be spent, at
    most MAX_ABANDONS. `face_consent`: the member was recognised by face, under that consent, and there is no card
    (`card_uid` is "")."""

    request_id: UUID
    card_uid: str
    amount: Money
    abandons: tuple[UUID, ...] = ()
    further: tuple[Money, ...] = ()
    epoch: str = ""
    face_consent: FaceConsentId | None = None


class GrantReply(msgspec.Struct, frozen=True):
    """Issued when there are ids: `grant_id` for an amount above zero, in `further` those of the further amounts in the
    request's order. Then `member_id` and `free_after` are set too. Else `refusal` says why
    (kiosk.services.ports.Refusal) and, for insufficient only, `free` how much there is in all, `held_elsewhere` how
    much of it other terminals hold and did not give back in time. `seal` belongs to the first grant, `further_seals`
    to the further ones, for announcing them."""

    grant_id: UUID | None = None
    member_id: MemberId | None = None
    free_after: Money | None = None
    refusal: str | None = None
    free: Money | None = None
    held_elsewhere: Money | None = None
    further: tuple[UUID, ...] = ()
    seal: str = ""
    further_seals: tuple[str, ...] = ()

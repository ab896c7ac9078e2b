"""What staff at a terminal do for a member, at central at once (docs/decisions/0020)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.member import Card
from kiosk.domain.member_act import BindCard, ChangeDiet, CorrectBalance, MemberChange, UnblockCard
from kiosk.domain.money import Money


class MemberActRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `staff` (an id) does for that member: exactly one of the four. The same `act_id` is the same act."""

    act_id: UUID
    staff: str
    member_id: str
    bind: BindCard | None = None
    unblock: UnblockCard | None = None
    correct: CorrectBalance | None = None
    diet: ChangeDiet | None = None

    @property
    def changes(self) -> tuple[MemberChange, ...]:
        every = self.bind, self.unblock, self.correct, self.diet
        return tuple(change for change in every if change is not None)


class MemberActReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`refusal`: why nothing was done (kiosk.domain.member_act.MemberActRefusal), "" when it was. `cards` and `diet` as
    they stand now. `before` and `after`: of a correction, what the member could spend; in a refusal BELOW_CREDIT_LINE
    `after` is what of it may be taken, and `held` what terminals hold of it, who were asked to give it back. `limit`:
    the most that a correction may be, in a refusal TOO_MUCH."""

    refusal: str = ""
    cards: tuple[Card, ...] = ()
    diet: DietProfile = NO_DIET
    before: Money | None = None
    after: Money | None = None
    held: Money | None = None
    limit: Money | None = None

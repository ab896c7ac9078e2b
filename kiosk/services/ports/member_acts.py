"""What the acts of staff for members need: of central, and of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.diet import DietProfile
from kiosk.domain.ids import MemberActId, MemberId, StaffId
from kiosk.domain.member import Card
from kiosk.domain.member_act import CardBlock, MemberActRefusal, MemberChange
from kiosk.domain.money import Money


@dataclass(frozen=True, slots=True)
class MemberActDone:
    """As it stands at central now. `before` and `after`: of a correction, what the member could spend and can."""

    cards: tuple[Card, ...]
    diet: DietProfile
    before: Money | None = None
    after: Money | None = None


@dataclass(frozen=True, slots=True)
class MemberActRefused:
    """Nothing was done. `limit`: the most that may be corrected. `free`: the most that may be taken away; beside it
    terminals hold `held`, and were asked to give it back."""

    reason: MemberActRefusal
    limit: Money | None = None
    free: Money | None = None
    held: Money | None = None


class MembersAtCentral(Protocol):
    def act_for_member(
        self, act_id: MemberActId, staff_id: StaffId, member_id: MemberId, change: MemberChange
    ) -> MemberActDone | MemberActRefused:
        """The same act once. Raises CentralUnreachable, CentralRefused."""
        ...


class CardBlocks(Protocol):
    """Cards that staff blocked here. Each stays blocked until central, which by then has heard of it, says otherwise of
    that very card."""

    def add(self, block: CardBlock) -> None: ...

    def holds(self, card_uid: str) -> bool: ...

"""What staff do for a member beside taking cash: cards, a balance that is wrong, what the member must not eat
(docs/decisions/0020). All of it is done at central, at once; only a lost card is blocked here first, with or without a
network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.diet import DietProfile
from kiosk.domain.ids import CardBlockId, MemberActId, MemberId
from kiosk.domain.member import CardState
from kiosk.domain.member_act import (
    BindCard,
    CardBlock,
    ChangeDiet,
    CorrectBalance,
    CorrectionReason,
    MemberActRefusal,
    MemberChange,
    UnblockCard,
)
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.events import EventSink, MembersChanged
from kiosk.services.ports import (
    CentralRefused,
    CentralUnreachable,
    EventEncoder,
    MemberActDone,
    MemberActRefused,
    MembersAtCentral,
    OutboxSignal,
    StorageFailed,
    Store,
)
from kiosk.services.staff_acts import NotKnown


class MemberActTrouble(StrEnum):
    """unreachable: whether it was done is not known; asked for again under the same id it is done once. on_the_way: a
    block of that very card was made here, and central has not heard of it yet."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    ON_THE_WAY = "on_the_way"


MemberActAnswer = MemberActDone | MemberActRefused | MemberActTrouble


class BlockEnd(StrEnum):
    """blocked: here from now on, and at central and every other terminal as soon as they hear of it. not_theirs: the
    card is not that member's (any more)."""

    BLOCKED = "blocked"
    NOT_THEIRS = "not_theirs"


@dataclass(frozen=True, slots=True)
class Correcting:
    """A correction as the first of two asks for it."""

    member_id: MemberId
    amount: Money
    reason: CorrectionReason


class MemberActs:
    """Its calls block (disk, network) and are made one at a time. The id of an act is made once, when it is begun. All
    raise NotPermitted."""

    def __init__(
        self,
        store: Store,
        central: MembersAtCentral,
        encoder: EventEncoder,
        outbox_signal: OutboxSignal,
        events: EventSink,
        clock: Clock,
    ) -> None:
        self._store = store
        self._central = central
        self._encoder = encoder
        self._outbox_signal = outbox_signal
        self._events = events
        self._clock = clock
        self._audit = Audit(clock)

    def block(self, by: Staff, act_id: MemberActId, member_id: MemberId, card_uid: str) -> BlockEnd | NotKnown:
        """A card that is lost: from the moment that this returns it pays nothing here. Done twice it is done once."""
        by.require(Permission.BLOCK_CARDS)
        block = CardBlock(CardBlockId(act_id), card_uid, member_id, by.id, self._clock.now())
        try:
            with self._store.transaction() as tx:
                cards = {card.uid: card.state for card in tx.members.cards_of(member_id)}
                if card_uid not in cards:
                    return BlockEnd.NOT_THEIRS
                if cards[card_uid] is CardState.ACTIVE:
                    tx.card_blocks.add(block)
                    tx.outbox.add(self._encoder.card_blocked(block))
                    self._audit.record(tx, by.id, Act.CARD_BLOCKED, member_id, act=act_id)
        except StorageFailed:
            return NotKnown(act_id)
        self._outbox_signal.wake()
        self._events.publish(MembersChanged())
        return BlockEnd.BLOCKED

    def bind(
        self, by: Staff, act_id: MemberActId, member_id: MemberId, card_uid: str, *, instead: bool
    ) -> MemberActAnswer:
        """That card is the member's from now on; `instead` of all others, which are blocked. Raises MemberActError for
        what is no card's number."""
        by.require(Permission.BIND_CARDS)
        return self._ask(by, act_id, member_id, BindCard(card_uid, instead))

    def unblock(self, by: Staff, act_id: MemberActId, member_id: MemberId, card_uid: str) -> MemberActAnswer:
        """It was found again. Not while a block of it is on the way to central, which would come behind. Raises
        StorageFailed."""
        by.require(Permission.BIND_CARDS)
        with self._store.transaction() as tx:
            is_on_the_way = tx.card_blocks.holds(card_uid)
        if is_on_the_way:
            return MemberActTrouble.ON_THE_WAY
        return self._ask(by, act_id, member_id, UnblockCard(card_uid))

    def correct(self, by: Staff, confirmed_by: Staff, act_id: MemberActId, asked: Correcting) -> MemberActAnswer:
        """As two of the staff say: `by` asks for it, `confirmed_by` has typed their PIN to confirm it. Raises
        MemberActError for what is no correction."""
        by.require(Permission.CORRECT_BALANCES)
        confirmed_by.require(Permission.CORRECT_BALANCES)
        if confirmed_by.id == by.id:
            return MemberActRefused(MemberActRefusal.SAME_PERSON)
        return self._ask(by, act_id, asked.member_id, CorrectBalance(asked.amount, asked.reason, confirmed_by.id))

    def change_diet(self, by: Staff, act_id: MemberActId, member_id: MemberId, diet: DietProfile) -> MemberActAnswer:
        """With the member's word that it is kept; nothing is kept of an empty one."""
        by.require(Permission.CHANGE_DIET)
        return self._ask(by, act_id, member_id, ChangeDiet(diet))

    def _ask(self, by: Staff, act_id: MemberActId, member_id: MemberId, change: MemberChange) -> MemberActAnswer:
        try:
            return self._central.act_for_member(act_id, by.id, member_id, change)
        except CentralUnreachable:
            return MemberActTrouble.UNREACHABLE
        except CentralRefused:
            return MemberActTrouble.REFUSED

"""Cards that staff at terminals bind, block and unblock. A card is one member's or nobody's: its number is the key."""

from __future__ import annotations

from uuid import UUID

from central.errors import CentralError
from central.members import act_repository, repository
from central.orders.checks import check_moment
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.audit import Act
from kiosk.domain.member import CardState
from kiosk.domain.member_act import MAX_CARDS, BindCard, MemberActRefusal, UnblockCard
from kiosk.sync import wire

MOST_KEPT = 40  # of one member, blocked ones among them
BLOCK = "block_card"


class CardBlockRefused(CentralError):
    """The block does not fit what stands here."""


def bind_card(tx: Transaction, act_id: UUID, member_id: str, change: BindCard) -> MemberActRefusal | None:
    """The member's row is held. Nothing is done where it is refused."""
    mine = {card.uid: card.state for card in repository.cards_of(tx.connection, [member_id])}
    active = {uid for uid, state in mine.items() if state == CardState.ACTIVE}
    if change.card_uid in mine.keys() - active:
        return MemberActRefusal.CARD_BLOCKED
    others = active - {change.card_uid}
    if change.card_uid not in mine:
        kept = 0 if change.instead else len(others)
        if kept >= MAX_CARDS or len(mine) >= MOST_KEPT:
            return MemberActRefusal.TOO_MANY_CARDS
        # Two terminals may bind it to two members at the same moment: whoever comes second finds it there.
        if not repository.add_card(tx.connection, change.card_uid, member_id, act_id):
            return MemberActRefusal.CARD_OF_ANOTHER
    blocked = sorted(others) if change.instead else []
    for uid in blocked:
        repository.set_card_state(tx.connection, uid, CardState.BLOCKED, act_id)
    tx.changes.cards |= {change.card_uid, *blocked}
    return None


def unblock_card(tx: Transaction, act_id: UUID, member_id: str, change: UnblockCard) -> MemberActRefusal | None:
    """The member's row is held."""
    if change.card_uid not in {card.uid for card in repository.cards_of(tx.connection, [member_id])}:
        return MemberActRefusal.CARD_UNKNOWN
    repository.set_card_state(tx.connection, change.card_uid, CardState.ACTIVE, act_id)
    tx.changes.cards.add(change.card_uid)
    return None


def record_card_block(tx: Transaction, terminal: Terminal, event: wire.CardBlocked) -> None:
    """Once for that id, whoever works here by now: what was blocked stays so until somebody unblocks it. Raises
    CardBlockRefused or OrderRefused."""
    block = event.block
    check_moment(block.made_at)
    member = repository.lock_member(tx.connection, block.member_id)
    if member is None:
        raise CardBlockRefused("the card is said to be of a member who is not known here")
    if member.deleted_at is not None:
        return  # their cards went with them
    known = act_repository.find_act(tx.connection, block.id)
    if known is not None:
        asked = BLOCK, block.member_id, terminal.id, block.card_uid
        if (known.kind, known.member_id, known.terminal_id, known.card_uid) != asked:
            raise CardBlockRefused("another act of that id stands already")
        return
    for card in repository.find_cards(tx.connection, [block.card_uid]):
        if card.member_id != block.member_id:
            raise CardBlockRefused("the card is another member's")
    values = {"kind": BLOCK, "member_id": block.member_id, "terminal_id": terminal.id, "staff_id": block.staff_id}
    act_repository.add_act(tx.connection, id=block.id, card_uid=block.card_uid, booked_at=tx.now, **values)
    repository.set_card_state(tx.connection, block.card_uid, CardState.BLOCKED, block.id)
    # Also where nothing was changed: the terminal hears by the row that its block is known.
    tx.changes.cards.add(block.card_uid)
    tx.record(Act.CARD_BLOCKED, block.member_id, actor=block.staff_id, act=block.id, terminal=terminal.id)

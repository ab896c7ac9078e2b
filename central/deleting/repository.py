"""Where it stands, over all tables, who a member was; and what of theirs is not settled yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, not_, or_, select, update

from central.feed.repository import remove_rows
from central.members.act_repository import take_numbers
from central.members.repository import card
from central.orders.repository import customer_order
from central.push.repository import quarantined_event
from central.terminals.repository import terminal
from central.wallet.repository import grant_request, money_grant
from kiosk.domain.order import OrderState
from kiosk.sync import wire

_OF_GRANTS = select(money_grant.c.request_id).where(money_grant.c.request_id.is_not(None))


def open_grants_of(connection: Connection, member_id: str) -> Sequence[Row[Any]]:
    """Each with its terminal's `letter`."""
    found = select(money_grant, terminal.c.letter).join(terminal).where(money_grant.c.is_open)
    return connection.execute(found.where(money_grant.c.member_id == member_id).order_by(terminal.c.letter)).all()


def due_orders_of(connection: Connection, member_id: str) -> Sequence[str]:
    """Numbers of the orders that wait to be paid at a counter; not of terminals that are no more, whose orders can
    neither be paid nor cancelled there."""
    is_gone = or_(terminal.c.is_revoked, customer_order.c.incarnation <= terminal.c.given_up_to)
    found = (
        select(customer_order.c.number)
        .join(terminal, and_(terminal.c.id == customer_order.c.terminal_id, not_(is_gone)))
        .where(customer_order.c.member_id == member_id, customer_order.c.state == OrderState.AWAITING_PAYMENT.value)
        .order_by(customer_order.c.created_at)
    )
    return connection.scalars(found).all()


def take_card_numbers(connection: Connection, member_id: str, card_uids: Collection[str]) -> None:
    """Numbers of the cards that the member had, those that were removed just now and earlier ones, go from the requests
    made with them and from the feed. What another member has since is left to that one."""
    of_member = grant_request.c.request_id.in_(_OF_GRANTS.where(money_grant.c.member_id == member_id))
    earlier = select(grant_request.c.card_uid).where(of_member, grant_request.c.card_uid.is_not(None)).distinct()
    had = {*card_uids, *connection.scalars(earlier)}
    mine = sorted(had - set(connection.scalars(select(card.c.uid).where(card.c.uid.in_(had)))))
    with_card = or_(of_member, grant_request.c.card_uid.in_(mine))
    connection.execute(update(grant_request).where(with_card).values(card_uid=None))
    take_numbers(connection, member_id)
    remove_rows(connection, "card", mine)


def take_refused_events(connection: Connection, member_id: str) -> None:
    """What is in quarantine and tells of them: consents, where a guardian may be named, and cards' numbers."""
    refused = connection.execute(select(quarantined_event.c.id, quarantined_event.c.body)).all()
    of_member = [row.id for row in refused if _tells_of(member_id, row.body)]
    connection.execute(delete(quarantined_event).where(quarantined_event.c.id.in_(of_member)))


def _tells_of(member_id: str, body: bytes) -> bool:
    try:
        event = wire.decode_event(body)
    except wire.WireError:
        return False
    if isinstance(event, wire.CardBlocked):
        return event.block.member_id == member_id
    return isinstance(event, wire.FaceConsentGiven) and event.consent.member_id == member_id

"""Grants from central and what was spent under them."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from kiosk.domain.ids import PaymentId
from kiosk.domain.wallet import Grant, GrantUse, Spend, WalletError
from kiosk.store.tables import RELEASED_REQUEST, grants, outbox_state, payments, spends

_ADD = insert(grants)
_ADD_SPEND = insert(spends)
# Only the grant as it was one spend ago takes the next: two writers cannot both be number n.
_USE = (
    update(grants)
    .where(grants.c.id == bindparam("grant_id"), grants.c.spends == bindparam("number") - 1, grants.c.closed.is_(False))
    .values(spent_minor=bindparam("spent"), spends=bindparam("number"), closed=bindparam("is_closed"))
)
_UNRELEASED = (
    select(payments.c.id)
    .where(
        RELEASED_REQUEST,
        payments.c.card_uid == bindparam("card_uid"),
        payments.c.told_id > select(outbox_state.c.acknowledged_id).scalar_subquery(),
    )
    .order_by(payments.c.position)
)


class SqlGrants:
    """kiosk.services.ports.Grants."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, grant: Grant) -> None:
        """Raises WalletError when the grant, or one for the same request, stands already."""
        row = {
            "id": grant.id,
            "request_id": grant.request_id,
            "member_id": grant.member_id,
            "terminal_id": grant.terminal_id,
            "incarnation": grant.incarnation,
            "amount_minor": grant.amount.minor,
            "currency": grant.amount.currency,
            "spent_minor": 0,
            "spends": 0,
            "closed": False,
        }
        try:
            self._connection.execute(_ADD, row)
        except IntegrityError as error:
            raise WalletError("the grant stands already") from error

    def record_spend(self, use: GrantUse, spend: Spend) -> None:
        """Raises WalletError when that number or payment stands already, or the grant is not `use`'s predecessor."""
        state = {
            "grant_id": spend.grant_id,
            "number": spend.number,
            "spent": use.spent.minor,
            "is_closed": use.closed,
        }
        row = {
            "grant_id": spend.grant_id,
            "number": spend.number,
            "payment_id": spend.payment_id,
            "amount_minor": spend.amount.minor,
        }
        try:
            used = self._connection.execute(_USE, state).rowcount
            self._connection.execute(_ADD_SPEND, row)
        except IntegrityError as error:
            raise WalletError("the spend stands already, or is more than the grant has left") from error
        if used != 1:
            raise WalletError("the grant is closed, or this is not its next spend")

    def unreleased_requests(self, card_uid: str) -> tuple[PaymentId, ...]:
        """Oldest first. A request's release is the event written in the transaction that settled its payment."""
        found = self._connection.execute(_UNRELEASED, {"card_uid": card_uid}).scalars()
        return tuple(PaymentId(payment_id) for payment_id in found)

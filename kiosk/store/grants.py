"""Grants from central and what was spent under them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, exists, func, insert, or_, select, update
from sqlcipher3.dbapi2 import IntegrityError

from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, Payer
from kiosk.domain.wallet import Grant, GrantUse, Spend, WalletError
from kiosk.services.ports import GrantOutdated
from kiosk.store.connection import Connection
from kiosk.store.part import Finishing
from kiosk.store.tables.feed import feed_state
from kiosk.store.tables.grants import OPEN_PRE_GRANT, PRE_GRANT, grants, spends
from kiosk.store.tables.identity import identity, incarnations
from kiosk.store.tables.outbox import outbox, outbox_state
from kiosk.store.tables.payments import BY_FACE, RELEASED_REQUEST, UNRESOLVED_PAYMENT, payments

_ADD = insert(grants)
_ADD_SPEND = insert(spends)
# Only the grant as it was one spend ago takes the next: two writers cannot both be number n.
_USE = (
    update(grants)
    .where(grants.c.id == bindparam("grant_id"), grants.c.spends == bindparam("number") - 1, grants.c.closed.is_(False))
    .values(spent_minor=bindparam("spent"), spends=bindparam("number"))
)
_UNRELEASED = (
    select(payments.c.id)
    .where(
        RELEASED_REQUEST,
        payments.c.told_id > select(outbox_state.c.known_id).scalar_subquery(),
        # What the card has paid of an order that was then cancelled at the counter is spent: central gives it back.
        ~exists().where(spends.c.payment_id == payments.c.id),
    )
    .order_by(payments.c.position)
)
_UNRELEASED_BY_CARD = _UNRELEASED.where(payments.c.card_uid == bindparam("card_uid"))
_UNRELEASED_BY_FACE = _UNRELEASED.where(BY_FACE, payments.c.member_id == bindparam("of_member"))
_OPEN = select(grants).where(OPEN_PRE_GRANT)
# A terminal that was enrolled anew spends nothing under what its earlier incarnations held.
_WHICH = identity.c.incarnation.in_(select(incarnations.c.number))  # not for a backup's copy
_INCARNATION = select(identity.c.incarnation).where(_WHICH).scalar_subquery()
_OPEN_OF = _OPEN.where(grants.c.member_id == bindparam("of_member"), grants.c.incarnation == _INCARNATION)
_PAYING = select(payments.c.member_id).where(UNRESOLVED_PAYMENT, payments.c.member_id.is_not(None))
_TO_GIVE_BACK = _OPEN.where(
    or_(grants.c.recalled, grants.c.incarnation != _INCARNATION),
    grants.c.incarnation.in_(select(incarnations.c.number)),  # of no other is it known here what was spent
    grants.c.member_id.not_in(_PAYING),
)
_CLOSE = update(grants).where(grants.c.id == bindparam("grant_id")).values(closed=True)
_RECALL = update(grants).where(grants.c.id == bindparam("grant_id")).values(recalled=True)
_WAS = select(incarnations.c.number).where(incarnations.c.number == bindparam("number"))
_KNOWN = select(grants.c.id).where(grants.c.id == bindparam("grant_id"))
_HEARD_OF = select(outbox_state.c.known_id).scalar_subquery()


def _spent_of_pre_grants(which: ColumnElement[bool]) -> ScalarSelect[int]:
    """By those payments of a member, in a unit."""
    return (
        select(func.coalesce(func.sum(spends.c.amount_minor), 0))
        .join(grants, grants.c.id == spends.c.grant_id)
        .join(payments, payments.c.id == spends.c.payment_id)
        .where(
            payments.c.member_id == bindparam("of_member"),
            which,
            PRE_GRANT,
            grants.c.currency == bindparam("of_currency"),
        )
        .scalar_subquery()
    )


# From the payments that central has not heard of: few, however long somebody has been a member. (With OR, SQLite would
# read all of the member's.)
_UNACKNOWLEDGED = select(
    _spent_of_pre_grants(payments.c.told_id.is_(None)) + _spent_of_pre_grants(payments.c.told_id > _HEARD_OF)
)


_EPOCH = select(feed_state.c.epoch)
_SEAL = (
    update(grants).where(grants.c.id == bindparam("grant_id"), grants.c.seal == "").values(seal=bindparam("new_seal"))
)
_TOLD = update(grants).where(grants.c.id == bindparam("grant_id")).values(told_id=bindparam("outbox_id"))
_OLDEST_KEPT = select(func.coalesce(func.min(outbox.c.id), 0)).scalar_subquery()
# What is open, and what a kept event speaks of: one that gave it back, or one that spent from it.
_TO_ANNOUNCE = (
    select(grants)
    .where(
        grants.c.id > bindparam("after"),
        or_(
            grants.c.closed.is_(False),
            grants.c.told_id >= _OLDEST_KEPT,
            exists().where(
                spends.c.grant_id == grants.c.id,
                payments.c.id == spends.c.payment_id,
                payments.c.told_id >= _OLDEST_KEPT,
            ),
        ),
    )
    .order_by(grants.c.id)
    .limit(bindparam("count"))
)
_BEFORE_ALL = UUID(int=0)


class SqlGrants(Finishing):
    """kiosk.services.ports.Grants and kiosk.sync.ports.Grants."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._given_back: list[GrantId] = []

    def add(self, grant: Grant) -> None:
        """Raises WalletError when the grant, or one of its unit for the same request, stands already; GrantOutdated
        when central was restored since it gave the answer: it may know nothing of this grant."""
        if grant.epoch and grant.epoch != self._connection.execute(_EPOCH).scalar_one():
            raise GrantOutdated
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
            "recalled": False,
            "seal": grant.seal,
        }
        try:
            self._connection.execute(_ADD, row)
        except IntegrityError as error:
            raise WalletError("the grant stands already") from error

    def record_spend(self, use: GrantUse, spend: Spend) -> None:
        """Raises WalletError when that number stands already, the payment has used the grant before, or the grant is
        not `use`'s predecessor."""
        state = {
            "grant_id": spend.grant_id,
            "number": spend.number,
            "spent": use.spent.minor,
        }
        if use.closed:  # else the index of what is open is not touched
            state["closed"] = True
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

    def unreleased_requests(self, payer: Payer) -> tuple[PaymentId, ...]:
        """Oldest first. A request's release is the event written in the transaction that settled its payment."""
        if isinstance(payer, ByCard):
            found = self._connection.execute(_UNRELEASED_BY_CARD, {"card_uid": payer.uid}).scalars()
        else:
            found = self._connection.execute(_UNRELEASED_BY_FACE, {"of_member": payer.member_id}).scalars()
        return tuple(PaymentId(payment_id) for payment_id in found)

    def open_pre_grants(self, member_id: MemberId) -> tuple[GrantUse, ...]:
        rows = self._connection.execute(_OPEN_OF, {"of_member": member_id})
        return tuple(_use(row) for row in rows)

    def unacknowledged(self, member_id: MemberId, currency: str) -> Money:
        which = {"of_member": member_id, "of_currency": currency}
        return Money(self._connection.execute(_UNACKNOWLEDGED, which).scalar_one(), currency)

    # --- for sync ---

    def take(self, grant: Grant) -> None:
        """Central has set that aside for this terminal. Known already, it stays as it is: what was spent stands. One of
        an earlier incarnation is taken to be given back, but only by the disk that was that incarnation."""
        if not self._connection.execute(_WAS, {"number": grant.incarnation}).first():
            return
        if self._connection.execute(_KNOWN, {"grant_id": grant.id}).first() is None:
            self.add(grant)
        elif grant.seal:  # one from before there were seals
            self._connection.execute(_SEAL, {"grant_id": grant.id, "new_seal": grant.seal})

    def recall(self, grant_id: GrantId) -> None:
        """Central asks for it back; `give_back` closes it."""
        self._connection.execute(_RECALL, {"grant_id": grant_id})

    def write_off(self, grant_id: GrantId) -> None:
        """Central has closed it itself: no spend may follow, and it is not to be told."""
        self._connection.execute(_CLOSE, {"grant_id": grant_id})

    def give_back(self) -> tuple[GrantUse, ...]:
        """Close what central has recalled and what an earlier incarnation held, unless a payment is just using it;
        returns those grants as they were closed."""
        uses = tuple(_use(row) for row in self._connection.execute(_TO_GIVE_BACK))
        for use in uses:
            self._connection.execute(_CLOSE, {"grant_id": use.grant.id})
            self._given_back.append(use.grant.id)
        return tuple(use.close() for use in uses)

    def to_announce(self, after: GrantId | None, count: int) -> tuple[Grant, ...]:
        """What this terminal holds or an event that is kept speaks of, in the order of the ids, those behind
        `after`."""
        rows = self._connection.execute(_TO_ANNOUNCE, {"after": after or _BEFORE_ALL, "count": count})
        return tuple(_use(row).grant for row in rows)

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: what was given back, central hears of with the events written beside it."""
        if self._given_back and outbox_id is not None:
            self._connection.execute_many(_TOLD, [{"grant_id": g, "outbox_id": outbox_id} for g in self._given_back])


def _use(row: Any) -> GrantUse:
    grant = Grant(
        GrantId(row.id),
        None if row.request_id is None else PaymentId(row.request_id),
        MemberId(row.member_id),
        TerminalId(row.terminal_id),
        row.incarnation,
        Money(row.amount_minor, row.currency),
        row.seal,
    )
    return GrantUse(grant, Money(row.spent_minor, row.currency), row.spends, row.closed)

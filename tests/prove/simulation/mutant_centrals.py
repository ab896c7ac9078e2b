"""Centrals with one thing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from central.push.repository import push_position, received_event, waiting_batch
from central.terminals.identity import Terminal
from central.terminals.repository import terminal as terminals
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.repository import grant_request, money_grant, spend
from kiosk.domain.ids import uuid7
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.unit import POINTS, coupon_in
from kiosk.sync import wire
from tests.prove.simulation.central import CentralCrashed, SimulatedCentral


class GrantsTwice(SimulatedCentral):
    """Forgets what it answered, and grants the same request again."""

    def grant(self, tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool) -> Any:
        of_request = grant_request.c.request_id == request.request_id
        known = tx.connection.execute(select(grant_request).where(of_request)).first()
        if known is not None and known.reply is not None:
            other_id = uuid7(0)
            tx.connection.execute(insert(grant_request), dict(known._mapping) | {"request_id": other_id})
            its_grant = update(money_grant).where(money_grant.c.request_id == request.request_id)
            tx.connection.execute(its_grant.values(request_id=other_id))
            tx.connection.execute(delete(grant_request).where(of_request))
        return super().grant(tx, terminal, request, may_wait=may_wait)


class KnowsNoEvent(SimulatedCentral):
    """Remembers neither numbers nor ids of the events that it took in."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        def forget(tx: Transaction) -> None:
            for table in (received_event, push_position):
                of_terminal = (table.c.terminal_id == terminal.id) & (table.c.incarnation == terminal.incarnation)
                tx.connection.execute(delete(table).where(of_terminal))
            row = {"terminal_id": terminal.id, "incarnation": terminal.incarnation, "last_seq": first_seq - 1}
            tx.connection.execute(insert(push_position), row)

        self.parts.transactions.write(forget)
        return super().intake(terminal, first_seq, events)


class ReclaimsByTimeOut(SimulatedCentral):
    """Takes a grant back when it has not been used up within a minute."""

    after = timedelta(minutes=1)

    def look_after(self, tx: Transaction, member_ids: Sequence[str]) -> int:
        too_old = money_grant.c.issued_at < tx.now - self.after
        tx.connection.execute(update(money_grant).where(money_grant.c.is_open, too_old).values(is_open=False))
        return super().look_after(tx, member_ids)


class ExpiresByClock(ReclaimsByTimeOut):
    """Grants are good for a year; whoever's clock is right would never notice."""

    after = timedelta(days=365)


class ClosesEarly(SimulatedCentral):
    """Takes a pre-grant for used up with the first spend under it."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        reply = super().intake(terminal, first_seq, events)
        used = exists().where(spend.c.grant_id == money_grant.c.id)
        closing = update(money_grant).where(money_grant.c.request_id.is_(None), used).values(is_open=False)
        self.parts.transactions.write(lambda tx: tx.connection.execute(closing))
        return reply


class FreesOnRecall(SimulatedCentral):
    """Takes a grant that it recalls for given back."""

    def grant(self, tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool) -> Any:
        tx.connection.execute(update(money_grant).where(money_grant.c.is_recalled).values(is_open=False))
        return super().grant(tx, terminal, request, may_wait=may_wait)


class AcknowledgesBeforeCommit(SimulatedCentral):
    """Says that it has events which it was about to write when it was killed."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        try:
            return super().intake(terminal, first_seq, events)
        except CentralCrashed:
            self.crash()
            return wire.PushReply(first_seq + len(events) - 1)


class RestoresUnfenced(SimulatedCentral):
    """Goes on after a restore as if it knew what terminals hold."""

    def restore(self) -> None:
        super().restore()
        nobody_is_waited_for = update(terminals).values(is_awaited=False, is_announced=True)
        self.parts.transactions.write(lambda tx: tx.connection.execute(nobody_is_waited_for))


# --- backlogs ---


class AcknowledgesBacklogsTooEarly(SimulatedCentral):
    """Says that it has a backlog which it was about to write when it was killed, as it often is then."""

    crash_rate_keeping = 0.5

    def keep(self, terminal: Terminal, head: wire.PackedHead, packed: bytes) -> wire.PushReply:
        usually, self.crash_rate = self.crash_rate, self.crash_rate_keeping
        try:
            return super().keep(terminal, head, packed)
        except CentralCrashed:
            self.crash()
            return wire.PushReply(head.first_seq + head.count - 1)
        finally:
            self.crash_rate = usually


class ForgetsRestOfBacklog(SimulatedCentral):
    """Takes a backlog for booked when its first part is."""

    def book(self) -> bool:
        booked = super().book()
        begun = delete(waiting_batch).where(waiting_batch.c.booked > 0)
        self.parts.transactions.write(lambda tx: tx.connection.execute(begun))
        return booked


# --- points, coupons, refunds ---


class HoldsNoCoupon(SimulatedCentral):
    """Forgets which coupons are just being used somewhere."""

    def grant(self, tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool) -> Any:
        for amount in request.further:
            if self.is_forgotten(amount.currency):
                held = money_grant.c.is_open & (money_grant.c.unit == amount.currency)
                tx.connection.execute(update(money_grant).where(held).values(is_open=False))
        return super().grant(tx, terminal, request, may_wait=may_wait)

    def is_forgotten(self, unit: str) -> bool:
        return coupon_in(unit) is not None


class HoldsNoPoints(HoldsNoCoupon):
    """The same with points."""

    def is_forgotten(self, unit: str) -> bool:
        return unit == POINTS


class RefundsTwice(SimulatedCentral):
    """Gives back what was paid from a balance once more."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        reply = super().intake(terminal, first_seq, events)
        for pushed in events:
            event = wire.decode_event(pushed.body)
            if isinstance(event, wire.RefundRecorded) and event.refund.amount_by(PaymentMethod.BALANCE):
                self.parts.transactions.write(lambda tx, event=event: _give_back(tx, event))
        return reply


def _give_back(tx: Transaction, event: wire.RefundRecorded) -> None:
    paid = (
        select(ledger.ledger_posting.c.account)
        .join(ledger.ledger_entry)
        .where(
            ledger.ledger_entry.c.reference == f"refund:{event.refund.id}",
            ledger.ledger_posting.c.account.startswith(ledger.MEMBER_ACCOUNT_PREFIX),
        )
    )
    account = tx.connection.scalar(paid)
    if account is not None:
        amount = event.refund.amount_by(PaymentMethod.BALANCE)
        entry = ledger.transfer("refund", ledger.REFUNDS, account, amount)
        ledger.book(tx.connection, [(f"again:{uuid7(0)}", entry)], tx.now)

"""Planted bugs, by name: a central or a terminal with one thing wrong, everything else being the real program. A
simulation that does not catch each of them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, insert, select, text, update

from central.push.repository import push_position, received_event
from central.terminals.identity import Terminal
from central.terminals.repository import terminal as terminals
from central.transactions import Transaction
from central.wallet.repository import grant_request, money_grant, spend
from kiosk.domain.ids import uuid7
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync import wire
from tests.prove.simulation.central import CentralCrashed, SimulatedCentral
from tests.prove.simulation.mortal import Death, MortalStore
from tests.prove.simulation.terminal import SimulatedTerminal

# --- central ---


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


# --- terminals ---


class SpendsWhatIsClosed(SimulatedTerminal):
    """Goes on under grants that it has given back."""

    def after_sync(self) -> None:
        with self.disk.transaction() as tx:
            tx.feed._connection.execute(
                text("UPDATE grants SET closed = 0, recalled = 0 WHERE spent_minor < amount_minor")
            )


class LosesOutboxRow(SimulatedTerminal):
    """What was last put into the outbox had not reached the disk with the sale."""

    def after_crash(self) -> None:
        with self.disk.transaction() as tx:
            tx.feed._connection.execute(
                text(
                    "DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)"
                    " AND id > (SELECT acknowledged_id FROM outbox_state)"
                )
            )


class _ToldTooEarly(MortalStore):
    """Keeps the files as they were before the last transaction."""

    def __init__(self, store: SqliteStore, death: Callable[[], Death | None], keep: Callable[[], None]) -> None:
        super().__init__(store, death)
        self._keep = keep

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        self._keep()
        with super().transaction() as unit:
            yield unit


class TellsBeforeCommit(SimulatedTerminal):
    """Says "paid" before the sale is durable: the last transaction is gone when the machine dies."""

    kept: dict[str, bytes] | None = None

    def become(self, enrolled: wire.Enrolled, private_key: bytes) -> None:
        self.kept = None
        super().become(enrolled, private_key)

    def mortal(self, disk: SqliteStore) -> MortalStore:
        return _ToldTooEarly(disk, self.death, self._keep)

    def _keep(self) -> None:
        files = [self.path, self.path.with_name(self.path.name + "-wal")]
        self.kept = {file.name: file.read_bytes() for file in files if file.exists()}

    def after_crash(self) -> None:
        if self.kept is None:
            return
        self.disk.close()
        for leftover in self.path.parent.glob(self.path.name + "*"):
            leftover.unlink()
        for name, content in self.kept.items():
            self.path.with_name(name).write_bytes(content)


class _CursorFirst(MortalStore):
    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        with super().transaction() as unit:
            unit.feed = _CursorFirstFeed(unit.feed)  # type: ignore[assignment]
            yield unit


class _CursorFirstFeed:
    def __init__(self, feed: Any) -> None:
        self._feed, self._connection = feed, feed._connection

    def cursor(self) -> tuple[str, int]:
        return self._feed.cursor()

    def apply_page(self, **page: Any) -> None:
        if page["epoch"] == self.cursor()[0]:
            self._connection.execute(text("UPDATE feed_state SET after = :after"), {"after": page["next_after"]})
            self._connection.exec_driver_sql("COMMIT")
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        self._feed.apply_page(**page)


class MovesCursorFirst(SimulatedTerminal):
    """Writes down how far it has read before what it has read."""

    def mortal(self, disk: SqliteStore) -> MortalStore:
        return _CursorFirst(disk, self.death)


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    central: type[SimulatedCentral] = SimulatedCentral
    terminal: type[SimulatedTerminal] = SimulatedTerminal


MUTANTS = (
    Mutant("double_grant", GrantsTwice),
    Mutant("no_dedupe", KnowsNoEvent),
    Mutant("reclaim_by_time_out", ReclaimsByTimeOut),
    Mutant("expiry_by_clock", ExpiresByClock),
    Mutant("early_close", ClosesEarly),
    Mutant("recall_frees_at_once", FreesOnRecall),
    Mutant("central_acknowledges_before_commit", AcknowledgesBeforeCommit),
    Mutant("unfenced_restore", RestoresUnfenced),
    Mutant("spend_under_closed_grant", terminal=SpendsWhatIsClosed),
    Mutant("paid_before_commit", terminal=TellsBeforeCommit),
    Mutant("cursor_before_rows", terminal=MovesCursorFirst),
    Mutant("lost_outbox_row", terminal=LosesOutboxRow),
)

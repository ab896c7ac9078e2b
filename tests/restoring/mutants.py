"""Planted bugs, by name: a central or terminals with one thing wrong in or after a restore, everything else being the
real program. A drill that does not catch them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import Connection, update

from central.opening import Parts
from central.restoring.announcing import take_announcement
from central.terminals.repository import terminal
from central.transactions import Transaction, Transactions
from central.wallet.repository import money_grant
from kiosk.domain.ids import GrantId, PaymentId, TerminalId
from kiosk.domain.wallet import Grant
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from tests.restoring.site import RealProgram
from tests.till.mutants import Overlaid

T = TypeVar("T")


# --- central ---


class _AnyEpoch(str):
    """Is whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    __hash__ = str.__hash__


class TakesOldEpochs(RealProgram):
    """Takes requests, pushes and announcements that were written for central as it was before."""

    def served_with(self, parts: Parts) -> Parts:
        installation = replace(parts.installation, epoch=_AnyEpoch(parts.installation.epoch))
        return replace(parts, installation=installation)


class BeginsNoEpoch(RealProgram):
    """Goes on after a restore as the same history: terminals stay where they were in the feed, and announce nothing."""

    epoch = ""

    def served_with(self, parts: Parts) -> Parts:
        self.epoch = self.epoch or parts.installation.epoch
        return replace(parts, installation=replace(parts.installation, epoch=self.epoch))

    def restored(self, connection: Connection) -> None:
        connection.execute(update(terminal).values(is_awaited=False, is_announced=True))


class _OtherAnnouncements(Transactions):
    """Central's transactions; what is announced is changed before it is taken up."""

    def __init__(self, parts: Parts, told: Callable[[Transaction, wire.Announcement, str], wire.Announcement]) -> None:
        super().__init__(parts.database, parts.installation.currency)
        self._told = told

    def write(self, work: Callable[[Transaction], T]) -> T:
        if not (isinstance(work, partial) and work.func is take_announcement):
            return super().write(work)
        sender, message = work.keywords["terminal"], work.keywords["message"]
        return super().write(lambda tx: cast(T, take_announcement(tx, sender, self._told(tx, message, sender.id))))


class BelievesEverySeal(RealProgram):
    """Takes up whatever grant a terminal says it holds."""

    def served_with(self, parts: Parts) -> Parts:
        return replace(parts, transactions=_OtherAnnouncements(parts, self._sealed))

    def _sealed(self, tx: Transaction, message: wire.Announcement, terminal_id: str) -> wire.Announcement:
        grants = tuple(msgspec.structs.replace(g, seal=_seal(tx, g, terminal_id)) for g in message.grants)
        return msgspec.structs.replace(message, grants=grants)


def _seal(tx: Transaction, told: wire.AnnouncedGrant, terminal_id: str) -> str:
    request_id = None if told.request_id is None else PaymentId(told.request_id)
    grant = Grant(GrantId(told.id), request_id, told.member_id, TerminalId(terminal_id), told.incarnation, told.amount)
    return tx.safe.seals.seal(grant)


class TakesNothingUp(RealProgram):
    """Hears what terminals hold and forgets it."""

    def served_with(self, parts: Parts) -> Parts:
        def told(_tx: Transaction, message: wire.Announcement, _terminal_id: str) -> wire.Announcement:
            return msgspec.structs.replace(message, grants=())

        return replace(parts, transactions=_OtherAnnouncements(parts, told))


class WaitsForNobody(RealProgram):
    """Hands out money before terminals have told what they hold."""

    def restored(self, connection: Connection) -> None:
        connection.execute(update(terminal).values(is_awaited=False))


class AsksForNoAnnouncement(RealProgram):
    """Takes pushes from terminals that have not told what they hold."""

    def restored(self, connection: Connection) -> None:
        connection.execute(update(terminal).values(is_announced=True))


class ForgetsWriteOffs(RealProgram):
    """Does not read from the record what was written off since the backup."""

    def restored(self, connection: Connection) -> None:
        written_off = update(money_grant).where(money_grant.c.is_written_off)
        connection.execute(written_off.values(is_written_off=False, is_open=True))


class ForgetsGivingsUp(ForgetsWriteOffs):
    """Does not read from the record which terminals were given up since."""

    def restored(self, connection: Connection) -> None:
        super().restored(connection)
        connection.execute(update(terminal).values(given_up_to=0))


class ForgetsRevocations(RealProgram):
    """Does not read from the record which terminals were revoked since."""

    def restored(self, connection: Connection) -> None:
        connection.execute(update(terminal).values(is_revoked=False))


# --- terminals ---


class _OtherTerminals(RealProgram):
    """Terminals with another store."""

    def store(self, store: SqliteStore) -> SqliteStore:
        @contextmanager
        def transaction() -> Iterator[Any]:
            with store.transaction() as tx:
                yield self.within(tx)

        return cast(SqliteStore, Overlaid(store, transaction=transaction))

    def within(self, tx: Any) -> Any:
        raise NotImplementedError


class AnnouncesNothing(_OtherTerminals):
    """Says that it holds nothing."""

    def within(self, tx: Any) -> Any:
        return Overlaid(tx, grants=Overlaid(tx.grants, to_announce=lambda _after, _count: ()))


class AnnouncesOnlyWhatIsOpen(_OtherTerminals):
    """Says nothing of grants that are used up or given back, of which central may have forgotten that too."""

    def within(self, tx: Any) -> Any:
        def to_announce(after: GrantId | None, count: int) -> tuple[Grant, ...]:
            held = tx.grants.to_announce(after, count)
            still = {use.grant.id for grant in held for use in tx.grants.open_pre_grants(grant.member_id)}
            return tuple(grant for grant in held if grant.id in still)

        return Overlaid(tx, grants=Overlaid(tx.grants, to_announce=to_announce))


class ForgetsWhatWasAcknowledged(_OtherTerminals):
    """Keeps no event that central has said it has."""

    def within(self, tx: Any) -> Any:
        def acknowledge(last_seq: int) -> bool:
            in_step = bool(tx.outbox.acknowledge(last_seq))
            forget = "DELETE FROM outbox WHERE id <= (SELECT acknowledged_id FROM outbox_state)"
            tx.outbox._connection.exec_driver_sql(forget)
            return in_step

        return Overlaid(tx, outbox=Overlaid(tx.outbox, acknowledge=acknowledge))

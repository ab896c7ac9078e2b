"""Settling the spends of many sales at once: what settling.py does for one, with as many statements as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from central.members import repository as members
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger, repository
from central.wallet.ledger import Transfer
from central.wallet.settling import SpendRefused, check_grant_of, check_spend
from kiosk.domain.wallet import Spend
from kiosk.sync.wire import SpendRecord


@dataclass(slots=True)
class _Grant:
    """A grant as it stands while spends are added; `spent` is minor units by the spend's number."""

    id: UUID
    request_id: UUID | None
    member_id: str
    terminal_id: str
    incarnation: int
    amount_minor: int
    unit: str
    is_open: bool
    is_written_off: bool
    close_after: int | None
    spent: dict[int, int] = field(default_factory=dict)


class OpenGrants:
    """The grants that some sales name, their members held until the transaction ends. `spend` adds to them in memory,
    `write` books it all."""

    def __init__(self, tx: Transaction, records: Iterable[SpendRecord], member_ids: Iterable[str]) -> None:
        """`member_ids`: the members who are said to pay, those of them that are known become `known_members`. Nobody
        else's grants can be spent."""
        self._tx = tx
        self.known_members = members.lock_member_ids(tx.connection, member_ids)
        self._grants = _read(tx.connection, sorted({record.spend.grant_id for record in records}))
        self._transfers: list[Transfer] = []
        self._spends: list[Spend] = []
        self._changed: dict[UUID, _Grant] = {}

    def spend(self, terminal: Terminal, records: Sequence[SpendRecord], payer: str | None) -> None:
        """A payment's spends, all by that member. Raises SpendRefused; then none of them counts."""
        if len({record.spend.grant_id for record in records}) < len(records):
            raise SpendRefused("the payment spends a grant twice")
        for record in records:
            grant = check_grant_of(terminal, self._grants.get(record.spend.grant_id))
            check_spend(grant, record.spend, _close_after(grant, record), grant.spent)
            if grant.member_id != payer:
                raise SpendRefused("the grant is another member's")
        for record in records:
            self._add(self._grants[record.spend.grant_id], record)

    def _add(self, grant: _Grant, record: SpendRecord) -> None:
        made = record.spend
        payer = ledger.LOSSES if grant.is_written_off else ledger.member_account(grant.member_id)
        reference = f"spend:{made.grant_id}:{made.number}"
        self._transfers.append(Transfer(reference, "sale", payer, ledger.SALES, made.amount.minor))
        self._spends.append(made)
        close_after = _close_after(grant, record)
        grant.spent[made.number] = made.amount.minor
        if grant.is_open:
            is_open = close_after is None or len(grant.spent) < close_after
            if (is_open, close_after) != (True, grant.close_after):
                self._changed[grant.id] = grant
            grant.is_open, grant.close_after = is_open, close_after
        self._tx.changes.members.add(grant.member_id)
        if grant.request_id is None:
            self._tx.changes.pre_grants.add(grant.id)
        self._tx.moved.add(grant.member_id)

    def write(self) -> None:
        ledger.book_transfers(self._tx.connection, self._transfers, self._tx.now)
        repository.add_spends(self._tx.connection, self._spends)
        repository.update_grants(
            self._tx.connection, [(g.id, g.is_open, g.close_after) for g in self._changed.values()]
        )


def _close_after(grant: _Grant, record: SpendRecord) -> int | None:
    return grant.close_after if record.close_after is None else record.close_after


def _read(connection: Connection, grant_ids: Sequence[UUID]) -> dict[UUID, _Grant]:
    spent: dict[UUID, dict[int, int]] = defaultdict(dict)
    for row in repository.spends_of_all(connection, grant_ids):
        spent[row.grant_id][row.number] = row.amount_minor
    return {row.id: _grant(row, spent[row.id]) for row in repository.find_grants(connection, grant_ids)}


def _grant(row: Row[Any], spent: dict[int, int]) -> _Grant:
    return _Grant(
        row.id,
        row.request_id,
        row.member_id,
        row.terminal_id,
        row.incarnation,
        row.amount_minor,
        row.unit,
        row.is_open,
        row.is_written_off,
        row.close_after,
        spent,
    )

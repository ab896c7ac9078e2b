"""The same attacks on central's own database: on what it keeps of a terminal's log, and on its own. Found by its check
alone, or, where nothing that it has signed is left there, with the help of the terminal that witnessed it."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Table, TextClause, Uuid, bindparam, delete, select, text

from central.audit import repository
from central.audit.report import check_logs
from kiosk.domain.audit import genesis
from tests.central.audited import AuditedTerminal
from tests.central.conftest import DATABASES, postgresql_url, postgresql_with_tables
from tests.central.support import Central, running_central
from tests.prove.audit.attacks import ATTACKS, TOLD_BY_CENTRAL, Attacker, replaced_by_nonsense
from tests.prove.audit.site import Log

__all__ = ["postgresql_url", "postgresql_with_tables"]  # fixtures
ENTRIES = 24
# Takes a hash of any kind, as `as_they_are` does.
_END_AS_IT_IS = text(
    "UPDATE audit_log SET last_seq = :last_seq, last_hash = :last_hash WHERE log_id = :log_id"
).bindparams(bindparam("log_id", type_=Uuid))


@pytest.fixture(params=DATABASES)
def central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    url = request.getfixturevalue("postgresql_with_tables")() if request.param == "postgresql" else None
    (tmp_path / "central").mkdir()
    with running_central(tmp_path / "central", url) as running:
        yield running


@pytest.mark.parametrize("is_own", [False, True], ids=["terminals-log", "own-log"])
@pytest.mark.parametrize("rounds", [pytest.param(1, id="1"), pytest.param(5, id="5", marks=pytest.mark.prove)])
def test_every_attack_is_found_in_centrals_database(
    central: Central, tmp_path: Path, rounds: int, is_own: bool, request: pytest.FixtureRequest
) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    terminal = AuditedTerminal(central, central.enrol(), tmp_path / "terminal")
    request.addfinalizer(terminal.close)
    for i in range(ENTRIES):
        terminal.acts()
        central.parts.transactions.write(lambda tx: tx.record("tried"))
        if i == ENTRIES // 2 or chance.random() < 0.2:  # at least one head is older than the newest
            terminal.sender.exchange()
    terminal.sender.exchange()
    log_id = central.parts.transactions.read(repository.own_log).log_id if is_own else terminal.log()[0]
    log = read(central, log_id)
    assert not accused(central)
    for attack in (*ATTACKS, *TOLD_BY_CENTRAL) * rounds:
        if attack is replaced_by_nonsense and not central.parts.database.is_sqlite:
            continue  # PostgreSQL takes no other kind of value
        there = attack(Attacker(chance), log)
        overwrite(central, there)
        if attack in TOLD_BY_CENTRAL:
            before = disputes(central)
            terminal.sender.exchange()
            assert disputes(central) > before, f"{attack.__name__} was not noticed"
        else:
            assert accused(central), f"{attack.__name__} was not found"
        overwrite(central, log)
        assert not accused(central), "what was put right is accused still"


def read(central: Central, log_id: UUID) -> Log:
    return central.parts.transactions.read(
        lambda c: Log(log_id, tuple(repository.entries(c, log_id)), tuple(repository.heads(c, log_id)))
    )


def accused(central: Central) -> bool:
    return central.parts.transactions.read(lambda c: check_logs(c, central.parts.countersigner, None)).is_broken


def disputes(central: Central) -> int:
    """How often a terminal's word did not fit with what is there. Each is written down once; these tables are put back
    between two attacks, so what had been noticed is to be noticed again."""
    with central.parts.database.read() as connection:
        return len(connection.execute(select(repository.audit_dispute)).all())


def overwrite(central: Central, log: Log) -> None:
    of = {"log_id": log.log_id}
    entries: list[dict[str, Any]] = [of | {"seq": e.seq, "body": e.body, "hash": e.hash} for e in log.entries]
    heads = [of | {"seq": h.seq, "body": msgspec.json.encode(h)} for h in log.heads]
    last_seq, last_hash = (log.entries[-1].seq, log.entries[-1].hash) if log.entries else (0, genesis(log.log_id))
    with central.parts.database.write() as connection:
        connection.execute(delete(repository.audit_dispute))
        for table, rows in ((repository.audit_entry, entries), (repository.audit_head, heads)):
            connection.execute(delete(table).where(table.c.log_id == log.log_id))
            if rows:
                connection.execute(as_they_are(table), rows)
        connection.execute(_END_AS_IT_IS, of | {"last_seq": last_seq, "last_hash": last_hash})


def as_they_are(table: Table) -> TextClause:
    """An INSERT that takes values of any kind, where the database does."""
    names = [column.name for column in table.columns]
    values = ", ".join(f":{name}" for name in names)
    insert = text(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})")  # noqa: S608 - names of ours
    return insert.bindparams(bindparam("log_id", type_=Uuid))

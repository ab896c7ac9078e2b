"""kill -9 of central and of terminals at random moments, thousands of times, without window and devices: what was
told as paid is there once on both sides, and money agrees. (The whole terminal, touched: tests/prove/test_kill.py.)"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from central.opening import opened
from central.orders.repository import customer_order
from central.push.repository import quarantined_event
from central.wallet.accounts import read_accounts
from central.wallet.repository import open_grants
from kiosk.domain.order import Order, OrderState
from kiosk.terminal_store import open_terminal_store
from tests.prove.kill.programs import Mutant
from tests.prove.kill.site import CARDS, TOP_UP, Site, running

# How often their moment comes.
MUTANT_KILLS = {Mutant.TOLD_TOO_EARLY: 12, Mutant.SALE_IN_TWO: 40, Mutant.NEVER_RELEASES: 60}
MUTANT_SITES = 5  # where a kill falls is not ours to choose, and at one site all may miss
FRESH_KILLS = 5  # beside the others
PARTS = 4  # sites of their own, which may be killed side by side
OPENING = {"20230101": 50_00, "20230103": 86_50}


@dataclass(frozen=True, slots=True)
class Books:
    """What stands at the terminals and at central when all is settled."""

    here: Sequence[Order]
    unresolved: int
    there: Counter[object]
    quarantined: int
    booked_minor: dict[str, int]
    balanced: bool
    kept_for_nothing: int


def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    prove(tmp_path, kills=12, part=0)


@pytest.mark.prove
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_or_doubled_in_2000_kills(tmp_path: Path, part: int) -> None:
    prove(tmp_path, kills=2000 // PARTS, part=part)


@pytest.mark.prove
def test_nothing_is_lost_or_doubled_by_processes_that_are_not_forked(tmp_path: Path) -> None:
    prove(tmp_path, FRESH_KILLS, PARTS, fresh=True)


def prove(tmp_path: Path, kills: int, part: int, *, fresh: bool = False) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6))) + part
    sys.stdout.write(f"seed {seed}\n")
    with running(tmp_path, seed, fresh=fresh) as site:
        for _ in range(kills):
            site.kill_one()
        site.settle()
    told, books = site.told, read_books(site)
    sys.stdout.write(f"{kills} kills, {len(told)} orders told as paid, {len(books.here)} orders in all\n")
    assert len(told) >= kills / 2, "hardly anything was sold: little is proved"
    assert not faults(site, books)


@pytest.mark.parametrize(
    "mutant",
    [
        Mutant.TOLD_TOO_EARLY,
        pytest.param(Mutant.SALE_IN_TWO, marks=pytest.mark.prove),
        pytest.param(Mutant.NEVER_RELEASES, marks=pytest.mark.prove),
    ],
    ids=lambda mutant: mutant.name,
)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Mutant) -> None:
    assert any(_kill_with(tmp_path, mutant, seed) for seed in range(1, MUTANT_SITES + 1))


def _kill_with(tmp_path: Path, mutant: Mutant, seed: int) -> list[str]:
    """The faults found at a site of its own."""
    folder = tmp_path / str(seed)
    folder.mkdir()
    with running(folder, seed, mutant) as site:
        for _ in range(MUTANT_KILLS[mutant]):
            site.kill_one()
        site.settle()
    found = faults(site, read_books(site))
    sys.stdout.write(f"{found}\n")
    return found


def read_books(site: Site) -> Books:
    here: list[Order] = []
    unresolved = 0
    for settings in site.terminal_settings():
        store = open_terminal_store(settings)
        with store.transaction() as tx:
            here += tx.orders.recent(1_000_000)
            unresolved += len(tx.payments.unresolved())
        store.close()
    with opened(site.central_settings) as parts, parts.database.read() as connection:
        accounts = read_accounts(connection, list(OPENING), "CNY")
        return Books(
            here,
            unresolved,
            Counter(connection.execute(select(customer_order.c.id)).scalars()),
            len(connection.execute(select(quarantined_event.c.seq)).all()),
            {member_id: account.booked.minor for member_id, account in accounts.items()},
            all(not a.free.is_negative and a.free + a.held == a.booked + a.credit_line for a in accounts.values()),
            sum(row.request_id is not None for row in open_grants(connection, None)),
        )


def faults(site: Site, books: Books) -> list[str]:
    """What is wrong, in words."""
    told, here = site.told, Counter(order.id for order in books.here)
    sold = Counter[str]()
    for order in books.here:
        assert order.member_id is not None
        sold[order.member_id] += order.total.minor
    expected = {who: OPENING[who] + TOP_UP.minor - sold[who] for who in CARDS.values()}
    checks = {
        "told twice": len(told) == len(set(told)),
        "told as paid, and lost": set(told) <= set(here),
        "terminal and central differ": here == books.there,
        "an order twice": max(here.values(), default=1) == 1,
        "an order that is not paid": {order.state for order in books.here} <= {OrderState.PAID},
        "a payment left open": not books.unresolved,
        "something in quarantine": not books.quarantined,
        "the balances": books.booked_minor == expected,
        "free + held": books.balanced,
        "a grant that nobody will spend": not books.kept_for_nothing,
    }
    return [fault for fault, fine in checks.items() if not fine]

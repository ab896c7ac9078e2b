"""Live: from a write on one side until it can be read on the other, both sides connected and otherwise at rest. One
at a time, with a pause that differs, so that no rhythm of either program is always met or always missed."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.programs import Commanded
from benchmarks.sync_contenders import node, relayed, terminal_of
from benchmarks.sync_content import Document, Person
from benchmarks.sync_preparation import Selling
from benchmarks.sync_site import CentralSite
from central.opening import Parts
from central.wallet.service import top_up
from kiosk.domain.ids import uuid7
from kiosk.domain.money import Money
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import GrantRequest

UP, DOWN, DOWN_OTHER_PROCESS = "sale → central", "member → terminal", "member, by a command → terminal"
_PAUSE_S = (0.2, 0.5)
_LOOK_EVERY_S = 0.0004
_WITHIN_S = 20.0

Latencies = dict[str, list[float]]
"""Milliseconds, by direction."""


def ours(folder: Path, selling: Selling, payers: Sequence[Person]) -> Latencies:
    """One sale and two changes for each payer. Up: from the commit until the order stands in central's database. Down:
    from central's answer to another terminal that it may charge the member, and from the commit of a top-up by
    staff's command (another process), until the balance stands in the terminal's store."""
    found: Latencies = defaultdict(list)
    prepared = selling.site
    site = CentralSite(prepared.folder, prepared.members)
    with (
        site.serving() as (_, port),
        site.parts() as parts,
        closing(parts.database.detached()) as looking,
        relayed(port, folder) as (_, url),
    ):
        charging = CentralClient(CentralAddress(f"http://127.0.0.1:{port}", timeout_s=_WITHIN_S), selling.other)
        with terminal_of(prepared, folder / "live") as terminal:
            terminal.ask("connect", url=url)
            terminal.ask("live", until=prepared.feed_end)
            for payer in payers:
                _pause()
                found[UP].append(_sale_up(terminal, looking))
                _pause()
                began_s = time.monotonic()
                reply = charging.grant(GrantRequest(uuid7(time.time_ns() // 1_000_000), payer.card_uid, Money(100)))
                if reply.free_after is None:
                    raise RuntimeError(f"no grant: {reply.refusal}")
                answered_s = time.monotonic()
                found[DOWN].append(_seen_ms(terminal, payer, reply.free_after, began_s, answered_s))
                _pause()
                began_s = time.monotonic()
                free = _top_up(parts, payer)
                found[DOWN_OTHER_PROCESS].append(_seen_ms(terminal, payer, free, began_s, time.monotonic()))
        charging.line.close()
    return found


def _pause() -> None:
    time.sleep(random.uniform(*_PAUSE_S))


def _sale_up(terminal: Commanded, looking: Any) -> float:
    """`looking`: a connection to central's database. Where nobody has committed, a look costs microseconds: it takes
    no processor from those who are measured."""
    before, version = _orders(looking), None
    terminal.begin("sell")
    deadline_s = time.monotonic() + _WITHIN_S
    while True:
        seen_version = looking.execute("PRAGMA data_version").fetchone()
        if seen_version != version and _orders(looking) != before:
            break
        version = seen_version
        if time.monotonic() > deadline_s:
            raise TimeoutError("the sale did not come to central")
        time.sleep(_LOOK_EVERY_S)
    seen_s = time.monotonic()
    return float((seen_s - terminal.answer()["committed_s"]) * 1000)


def _orders(looking: Any) -> object:
    return looking.execute("SELECT max(rowid) FROM customer_order").fetchone()


def _top_up(parts: Parts, payer: Person) -> Money:
    free, _ = parts.transactions.write(lambda tx: top_up(tx, uuid4(), payer.id, Money(500)))
    return free


def _seen_ms(terminal: Commanded, payer: Person, balance: Money, began_s: float, done_s: float) -> float:
    """From the end of the change; it may be seen before whoever made it is told."""
    seen = terminal.ask("seen", card_uid=payer.card_uid, balance_minor=balance.minor, since_s=began_s)
    return float((seen["seen_s"] - done_s) * 1000)


def pouchdb(
    folder: Path, central: Commanded, orders: Sequence[Document], payers: Sequence[Person], batch: int
) -> Latencies:
    """The same with live replication both ways, and live listeners on either side."""
    found: Latencies = defaultdict(list)
    command = node("terminal.mjs", folder / "live-pouchdb")
    with (
        relayed(central.ready["port"], folder) as (_, url),
        Commanded(command, folder / "live-pouchdb.log") as terminal,
    ):
        central.ask("listen", name="few-members")
        terminal.ask("connect", url=f"{url}/few-members")
        terminal.ask("live", batch=batch)
        for order, payer in zip(orders, payers, strict=False):
            _pause()
            committed_s = terminal.ask("sell", document=order)["committed_s"]
            found[UP].append((central.ask("seen", id=order["_id"])["seen_s"] - committed_s) * 1000)
            _pause()
            changed = central.ask("change", name="few-members", id=payer.id, balance_minor=payer.balance_minor - 100)
            found[DOWN].append((terminal.ask("seen", id=payer.id)["seen_s"] - changed["committed_s"]) * 1000)
    return found

"""What stands before the first measurement: central with members, a terminal with sales, and the same as documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.sync_content import (
    Document,
    Person,
    Sales,
    SeparateDocuments,
    member_document,
    people,
    write_documents,
    write_members_file,
)
from benchmarks.sync_site import CentralSite, end_of_feed, enrol, grants_for
from kiosk.domain.money import Money
from kiosk.services.ports import TerminalIdentity

_GRANT = Money(50_000)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A central with an enrolled terminal, from which each measurement starts anew. `feed_end` is the number of its
    feed's last row."""

    folder: Path
    members: Path
    identity: TerminalIdentity
    feed_end: int


@dataclass(frozen=True, slots=True)
class Selling:
    """A terminal that has sold without a network: `events` is its outbox, `orders` the same as documents, one a line
    each; `separate` has the facts of the first sales as documents of their own, a sale a line. `more_orders` were not
    sold. `other` is another terminal of that central."""

    site: Prepared
    other: TerminalIdentity
    events: Path
    orders: Path
    separate: Path
    more_orders: tuple[Document, ...]


def prepare_filled(folder: Path, members: int) -> Prepared:
    """A central with so many members, and a terminal that knows none yet."""
    site, path = _central(folder, members)
    with site.parts() as parts:
        return Prepared(folder, path, enrol(parts, "benchmark"), end_of_feed(parts))


def prepare_selling(folder: Path, buyers: int, orders: int, separate: int, more: int) -> Selling:
    """A central with so many buyers, each of whom buys at the terminal in turn, under one grant for all of it; so many
    orders, of the first `separate` the facts as documents of their own too."""
    site, path = _central(folder, buyers)
    with site.parts() as parts:
        identity, other = enrol(parts, "benchmark"), enrol(parts, "other")
        sales = Sales(identity.letter, grants_for(parts, identity, list(people(buyers)), _GRANT))
        prepared = Prepared(folder, path, identity, end_of_feed(parts))
    sold = [sales.next() for _ in range(orders)]
    events, documents, facts = (folder / f"{name}.ndjson" for name in ("events", "orders", "separate"))
    events.write_bytes(b"".join(sale.event + b"\n" for sale in sold))
    write_documents(documents, (sale.document for sale in sold))
    apart = SeparateDocuments(_GRANT.minor)
    write_documents(facts, (apart.of(sale.document) for sale in sold[:separate]))
    return Selling(prepared, other, events, documents, facts, tuple(sales.next().document for _ in range(more)))


def write_member_documents(path: Path, members: int) -> None:
    now = datetime.now(UTC)
    write_documents(path, (member_document(person, now) for person in people(members)))


def payers(buyers: int, count: int) -> list[Person]:
    """The last ones."""
    return list(people(buyers))[-count:]


def _central(folder: Path, members: int) -> tuple[CentralSite, Path]:
    folder.mkdir(parents=True)
    path = folder / "members.csv"
    write_members_file(path, members)
    site = CentralSite(folder, path)
    site.initialise()
    return site, path

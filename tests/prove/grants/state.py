"""What is held where. A state is the site's part and two lanes, one for each terminal: what central, its backup, the
terminal and the network hold of it. Everything is a tuple of small numbers, so that equal states are found equal.

Grants, requests and events are counted within their lane, so that what happens at two terminals in either order leads
to the same state. The two lanes may be exchanged: the rules make no difference between terminals.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from tests.prove.grants.rules import Budget

T = TypeVar("T")
M = TypeVar("M", bound=tuple[object, ...])

# What central knows of a request: the grant's number, one of these, or None: never heard of.
RELEASED, REFUSED = -1, -2
OPEN, CLOSED, WRITTEN_OFF = 0, 1, 2
WAITING, ANNOUNCED, GIVEN_UP = 0, 1, 2
NO_REQUEST = -1
INCARNATIONS_AN_EPOCH = 8
EVENTS_A_DISK = 16


class Booked(NamedTuple):
    """A spend in central's books."""

    number: int
    amount: int
    is_loss: bool


class Held(NamedTuple):
    """A grant in central's books. `close_after` -1: not told yet."""

    status: int = OPEN
    close_after: int = -1
    booked: tuple[Booked, ...] = ()

    @property
    def settled(self) -> int:
        return sum(spend.amount for spend in self.booked)


class Books(NamedTuple):
    """Central's database about one terminal: what a backup holds and a restore puts back. `received` and
    `quarantined` are sets of events as bits; `grants` are by number, None: never heard of. `refused`: an event could
    not be booked, though nothing was wrong with it."""

    incarnation: int = 0
    given_up: int = 0  # grants of incarnations up to this one are written off
    last_seq: int = 0
    received: int = 0
    quarantined: int = 0
    refused: bool = False
    requests: tuple[int | None, ...] = ()
    grants: tuple[Held | None, ...] = ()


class Use(NamedTuple):
    """A grant on a terminal's disk: the amounts of spends 1, 2, 3 …"""

    spends: tuple[int, ...] = ()
    closed: bool = False


class Spend(NamedTuple):
    """`close_after` 0: the grant stays open."""

    grant: int
    number: int
    amount: int
    close_after: int


class Sale(NamedTuple):
    spends: tuple[Spend, ...]


class Close(NamedTuple):
    grant: int
    spends: int


class Release(NamedTuple):
    request: int


Event = Sale | Close | Release


class Payment(NamedTuple):
    """A payment for which central was asked for `missing`; the rest of `amount` comes from pre-grants."""

    request: int
    amount: int
    missing: int


class Terminal(NamedTuple):
    """A terminal's disk. `own` are the incarnations that it has been with this disk, `announced` the grants it named in
    its last announcement of `epoch`. `forgotten` counts the events that it threw away (only a mutant does)."""

    incarnation: int = 0
    own: tuple[int, ...] = ()
    disk: int = 0
    epoch: int = 0
    grants: tuple[Use | None, ...] = ()
    outbox: tuple[Event, ...] = ()
    payment: Payment | None = None
    announced: tuple[int, ...] | None = None
    forgotten: int = 0


class Issued(NamedTuple):
    """What a grant says, wherever it is: it never changes. `request` NO_REQUEST: a pre-grant."""

    amount: int
    request: int
    incarnation: int


class Asked(NamedTuple):
    """A request that was sent, in these epochs (bits)."""

    amount: int
    incarnation: int
    epochs: int


class Reply(NamedTuple):
    request: int
    answer: int
    epoch: int


class Row(NamedTuple):
    """A grant in the feed: this is yours."""

    grant: int
    epoch: int


class LostDisk(NamedTuple):
    """A disk that was replaced. What it sent may still be on its way."""

    incarnation: int
    disk: int
    outbox: tuple[Event, ...]


class Lane(NamedTuple):
    """All about one terminal. `written_off` (bits) and `given_up` are what people decided, whatever central forgot."""

    books: Books
    saved: Books
    terminal: Terminal
    fence: int = ANNOUNCED
    issued: tuple[Issued, ...] = ()
    asked: tuple[Asked, ...] = ()
    replies: tuple[Reply, ...] = ()
    rows: tuple[Row, ...] = ()
    recalled: int = 0  # bits: the terminal may learn that this grant is recalled or written off
    written_off: int = 0
    given_up: int = 0
    lost: tuple[LostDisk, ...] = ()

    def is_written_off(self, grant: int) -> bool:
        return bool(self.written_off >> grant & 1) or self.issued[grant].incarnation <= self.given_up


class Account(NamedTuple):
    """The member's account in central's database."""

    ledger: int
    top_ups: int
    free: int


class Site(NamedTuple):
    """What is not about one terminal. `waiting`: terminals that central still waits for after a restore.
    `paid_in`: all top-ups that were ever made, whatever central forgot."""

    account: Account
    saved: Account
    budget: Budget
    epoch: int = 0
    waiting: int = 0
    paid_in: int = 0

    def spent(self, what: str) -> Site:
        return self._replace(budget=self.budget.less(what))

    def freed(self, amount: int) -> Site:
        return self._replace(account=self.account._replace(free=self.account.free + amount))


class State(NamedTuple):
    site: Site
    lanes: tuple[Lane, Lane]


class Move(NamedTuple):
    """Something that may happen to one lane: what, and what there is afterwards."""

    what: str
    site: Site
    lane: Lane


def put(items: tuple[T | None, ...], index: int, item: T) -> tuple[T | None, ...]:
    """`items` with `item` at `index`, filled up with None."""
    items += (None,) * (index + 1 - len(items))
    return (*items[:index], item, *items[index + 1 :])


def at(items: tuple[T | None, ...], index: int) -> T | None:
    """The item there, None when there is none."""
    return items[index] if index < len(items) else None


def with_message(messages: tuple[M, ...], message: M) -> tuple[M, ...]:
    """A set of messages: sorted, each once."""
    return messages if message in messages else tuple(sorted((*messages, message)))

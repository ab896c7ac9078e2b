"""One central, several terminals, a network that fails, and customers: one thread, every choice from one seed.

A step is one thing that happens somewhere (events.py). While a request is on its way other things happen elsewhere, at
most DEPTH inside one another. The trace holds every step, how it ended, and what crossed the network; left out is what
is not drawn from the seed: one-time codes, the names that central gives terminals and its feed's epoch, ids of outbox
rows and of ledger entries. No decision depends on those, else two runs would not have the same trace.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from central.members.service import import_members
from central.menu import repository as menus
from central.stock import repository as stock
from central.transactions import Transaction
from kiosk.domain.ids import random_bits
from kiosk.sync import wire
from tests.central.support import MEMBERS_HEADER
from tests.domain.canteen import MENU, SOUP
from tests.prove.simulation.answering import Answering
from tests.prove.simulation.books import CREDIT_LINES_MINOR, Books, Diner
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.checks import Checks
from tests.prove.simulation.coupons import FIRST_OFFERS, give_coupons
from tests.prove.simulation.network import Network
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.times import Clock, Time
from tests.prove.simulation.trace import Trace

DEPTH = 2
HAPPENS_MEANWHILE = 0.06
# Those who eat just now: few, so that terminals compete for the same money, and changing, so that nobody's account
# gets longer than in a real canteen.
EATING_NOW = 40


@dataclass(frozen=True)
class Size:
    """`crash_rate`: the share of transactions at which the machine dies, at terminals and at central. `check_every`:
    steps after which everything is checked, and not only those who moved. `rare_times`: how much more often than rarely
    the rare things happen. `away`: how often a line is cut off when it might be, or stays so. `rich_minor`: what nobody
    has more of at the beginning, or is paid in to. `redeems`: the share of payments with points or a coupon."""

    terminals: int
    diners: int
    crash_rate: float
    check_every: int
    rare_times: float = 1
    away: float = 0.03
    rich_minor: int = 60_000
    redeems: float = 0.08


LARGE = Size(terminals=8, diners=160, crash_rate=0.0005, check_every=10_000)
# Few who share what there is, and machines that die all the time: what can go wrong soon does.
CROWDED = Size(terminals=3, diners=12, crash_rate=0.03, check_every=100, rare_times=50)
DYING = replace(CROWDED, crash_rate=0.12)
# A meal or two each: what is set aside at one terminal is missing at another, and asked back.
POOR = replace(CROWDED, rich_minor=6000, crash_rate=0.005, rare_times=3)
# Central forgets often, and terminals hear of it late.
POOR_AND_FORGETFUL = replace(POOR, crash_rate=0.01, rare_times=100, away=0.3)
# Points and coupons all the time.
REDEEMING = replace(CROWDED, redeems=0.6)
# Terminals that come back with a backlog after long.
AWAY = Size(terminals=2, diners=100, crash_rate=0.04, check_every=1000, rare_times=8, away=0.85)
SIZES = {"crowded": CROWDED, "away": AWAY, "large": LARGE}


@dataclass
class World:
    """Use `opened`. `happen_elsewhere` is what may happen while a request is on its way."""

    folder: Path
    seed: int
    size: Size
    happen_elsewhere: Callable[[World], None]
    make_central: type[SimulatedCentral] = SimulatedCentral
    make_terminal: type[SimulatedTerminal] = SimulatedTerminal
    steps: int = 0
    depth: int = 0
    eating: list[Diner] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    paid_in_before_copy: int = 0  # to central's last copy

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.trace, self.time = Trace(), Time()
        self.network = Network(self.chance, self.trace, self._meanwhile)
        self.central = self.make_central(self.folder, self.chance, Clock(self.time), self.trace, self._meanwhile)
        self.answering = Answering(self.central)
        self.network.answer = self.answering.handle
        self.books = Books({diner.id: diner for diner in self._diners()})
        self.central.write(self._open_canteen)
        give_coupons(self, sorted(self.books.diners), FIRST_OFFERS)
        self.terminals = [self._terminal(place) for place in range(self.size.terminals)]
        self.checks = Checks(self.central, self.terminals, self.books)
        self._start()

    def _start(self) -> None:
        """Everybody enrols and reads the feed; from then on nothing is sure."""
        self.network.is_faultless, self.depth = True, DEPTH
        for terminal in self.terminals:
            assert self.enrol(terminal)
            assert terminal.pull() == "up to date"
        self.network.is_faultless, self.depth = False, 0
        self.central.crash_rate = self.size.crash_rate
        for terminal in self.terminals:
            terminal.crash_rate = self.size.crash_rate

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.close()
        self.central.close()

    # --- what happens ---

    def _meanwhile(self) -> None:
        if self.depth < DEPTH and self.chance.random() < HAPPENS_MEANWHILE:
            self.depth += 1
            self.happen_elsewhere(self)
            self.depth -= 1

    def enrol(self, terminal: SimulatedTerminal) -> bool:
        """As a new terminal, or as the next incarnation of the one it was. False: it did not work this time."""
        letter = terminal.identity.letter if terminal.disk.identity() else None
        code = self.central.manage(lambda tx: self.central.parts.desk.make_code(tx, letter))
        return terminal.enrol(code)

    def who_eats(self) -> Diner:
        """One of those who eat just now; each takes their turn for a while."""
        if not self.eating or self.chance.random() < 0.00015:
            everybody = list(self.books.diners.values())
            self.eating = self.chance.sample(everybody, min(EATING_NOW, len(everybody)))
        return self.chance.choice(self.eating)

    def where(self, diner: Diner) -> SimulatedTerminal:
        dice = self.chance.random()
        if dice < 0.94:
            return self.terminals[diner.usual[dice >= 0.66]]
        return self.chance.choice(self.terminals)

    # --- how it begins ---

    def _terminal(self, place: int) -> SimulatedTerminal:
        clock = Clock(self.time)
        return self.make_terminal(place, self.folder, self.chance, clock, self.trace, self.network, self.books)

    def _diners(self) -> Iterator[Diner]:
        for number in range(self.size.diners):
            first, second = self.chance.sample(range(self.size.terminals), 2)
            opening = self.chance.randrange(self.size.rich_minor)
            line = self.chance.choice(CREDIT_LINES_MINOR)
            yield Diner(f"m{number:05}", f"{number:010X}", opening, line, (first, second), money=opening)

    def _open_canteen(self, tx: Transaction) -> None:
        rows = [
            f"{d.id},王小{n},甲班,{d.card_uid},,{d.opening / 100:.2f},{d.credit_line / 100:.2f}\n"
            for n, d in enumerate(self.books.diners.values())
        ]
        path = self.folder / "members.csv"
        path.write_text(MEMBERS_HEADER + "".join(rows), encoding="utf-8")
        import_members(tx, path, self.central.settings.credit_lines)
        self.offer_menu(tx, 1, more_minor=0)
        tx.changes.dishes |= stock.replace_counts(tx.connection, {SOUP.id: 1000}, tx.now)

    def offer_menu(self, tx: Transaction, version: int, more_minor: int) -> None:
        """The canteen's menu, every dish at so much more than usual."""
        dishes = tuple(replace(d, price=replace(d.price, minor=d.price.minor + more_minor)) for d in MENU.dishes)
        body = wire.encode(replace(MENU, version=version, dishes=dishes))
        menus.add_menu(tx.connection, version, body, tx.now)
        tx.changes.menu = True


@contextmanager
def opened(
    folder: Path,
    seed: int,
    size: Size,
    happen_elsewhere: Callable[[World], None],
    make_central: type[SimulatedCentral] = SimulatedCentral,
    make_terminal: type[SimulatedTerminal] = SimulatedTerminal,
) -> Iterator[World]:
    """A world of its own in an empty `folder`."""
    with in_seeded_ids(seed):
        world = World(folder, seed, size, happen_elsewhere, make_central, make_terminal)
        try:
            yield world
        finally:
            world.close()


@contextmanager
def in_seeded_ids(seed: int) -> Iterator[None]:
    """Ids are drawn from the seed meanwhile."""
    ids = random.Random(f"ids {seed}")
    token = random_bits.set(ids.getrandbits)
    try:
        yield
    finally:
        random_bits.reset(token)

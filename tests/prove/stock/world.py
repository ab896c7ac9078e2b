"""Eight terminals, some dishes, and never enough of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from central.menu import repository as menus
from central.stock import repository as stock
from central.transactions import Transaction
from kiosk.domain.ids import DishId
from kiosk.domain.stock import StockMovement
from kiosk.sync import wire
from tests.domain.canteen import MENU, RICE
from tests.prove.simulation.acts import Act, What
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import Size, World, in_seeded_ids
from tests.prove.stock.ledger import Ledger

DISHES = tuple(replace(RICE, id=DishId(f"dish-{n:02}")) for n in range(12))
OPENING = 20
TERMINALS = 8
CALM = Size(terminals=TERMINALS, diners=10, crash_rate=0.0005, check_every=1000, away=0.1)
# What can go wrong soon does.
ROUGH = Size(terminals=4, diners=4, crash_rate=0.02, check_every=20, rare_times=60, away=0.3)


class StockTerminal(SimulatedTerminal):
    """The `ledger` is told of whatever is durable on its disk."""

    ledger: Ledger

    @staticmethod
    def believed(oversell: int) -> int:
        """How many portions it takes its settings to allow."""
        return oversell

    def durable(self, act: Act) -> None:
        if act.what is What.STOCK_ACT:  # no money is moved
            self.trace.add("durable", self.place, act.what, act.id)
        else:
            super().durable(act)
        self.ledger.note(act, central_answered=self.services.allotments.answered)


class StockWorld(World):
    """As the other, but every dish is counted."""

    ledger: Ledger

    def _open_canteen(self, tx: Transaction) -> None:
        super()._open_canteen(tx)
        portions = {dish.id: OPENING for dish in DISHES}
        tx.changes.dishes |= stock.replace_counts(tx.connection, portions, tx.now)

    def offer_menu(self, tx: Transaction, version: int, more_minor: int) -> None:
        body = wire.encode(replace(MENU, version=version, dishes=DISHES, combos=()))
        menus.add_menu(tx.connection, version, body, tx.now)
        tx.changes.menu = True

    def keep_ledger(self, most_allowed: int) -> None:
        self.ledger = Ledger(most_allowed)
        for dish in DISHES:
            self.ledger.bring(dish.id, OPENING)
        for terminal in self.terminals:
            assert isinstance(terminal, StockTerminal)
            terminal.ledger = self.ledger

    def bring(self, dish_id: DishId, portions: int) -> None:
        """Staff bring more, at central."""

        def book(tx: Transaction) -> None:
            movement = StockMovement(dish_id, portions, "restock")
            tx.changes.dishes |= stock.add_movements(tx.connection, [movement], None, tx.now)

        self.central.parts.transactions.write(book)
        self.ledger.bring(dish_id, portions)

    def bring_again(self) -> None:
        """What a restored central has forgotten: staff know what they brought."""
        known: dict[str, int] = dict(self.central.select(_BROUGHT))
        for dish_id, portions in self.ledger.brought.items():
            if missing := portions - known.get(dish_id, 0):
                self.ledger.brought[dish_id] -= missing
                self.ledger.left[dish_id] -= missing
                self.bring(dish_id, missing)


_BROUGHT = "SELECT dish_id, sum(portions) FROM stock_movement WHERE order_id IS NULL AND act_id IS NULL GROUP BY 1"


@contextmanager
def opened(
    folder: Path,
    seed: int,
    size: Size,
    happen_elsewhere: Callable[[World], None],
    make_central: type[SimulatedCentral],
    make_terminal: type[StockTerminal],
    oversell: int,
) -> Iterator[StockWorld]:
    """A world of its own in an empty `folder`, whose terminals sell at most so many portions of a dish beyond what they
    were handed: by their settings."""
    configured: type[StockTerminal] = type(
        make_terminal.__name__, (make_terminal,), {"oversell": make_terminal.believed(oversell)}
    )
    with in_seeded_ids(seed):
        world = StockWorld(folder, seed, size, happen_elsewhere, make_central, configured)
        try:
            world.keep_ledger(size.terminals * oversell)
            yield world
        finally:
            world.close()

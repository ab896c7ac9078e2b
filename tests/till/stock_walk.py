"""Random acts and sales at several tills, each with a store of its own, sent and read in any order; and what has to
come of it, worked out from what each till had heard of when it acted."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from central.stock.repository import stock_item, stock_movement
from kiosk.domain.ids import DishId
from kiosk.domain.stock_act import StockAct, StockActKind, WasteReason
from kiosk.services.stock_acts import KnownStock, StockDone, StockEnd
from tests.central.support import Central
from tests.till.stocking import RESTOCKER, StockTill, new_act

RICE, DUMPLINGS = DishId("rice"), DishId("dumplings")
DISHES = (RICE, DUMPLINGS)
FIRST = 200


@dataclass(frozen=True)
class Done:
    """Something that a till did: portions moved by dish; of a count, what was counted. `heard` are the numbers of all
    that its till had heard of before."""

    number: int
    till: int
    moved: dict[DishId, int]
    heard: frozenset[int]
    counted: tuple[DishId, int] | None = None
    said: dict[DishId, bool] = field(default_factory=dict)


class Walk:
    def __init__(self, tills: Sequence[StockTill], chance: random.Random) -> None:
        self.tills = tills
        self.chance = chance
        self.done: list[Done] = []
        self._waiting: dict[int, list[int]] = defaultdict(list)
        self._heard: dict[int, set[int]] = defaultdict(set)
        self.arrived: list[int] = []
        self._looked: dict[int, KnownStock] = {}

    def step(self) -> None:
        """One thing at one till."""
        which = self.chance.randrange(len(self.tills))
        steps: list[Callable[[int], None]] = [
            self._sell, self._sell, self._restock, self._waste, self._count, self._say, self._undo,
            self._upload, self._upload_in_vain, self._read,
        ]  # fmt: skip
        self.chance.choice(steps)(which)

    def settle(self) -> None:
        """Everybody sends what waits, then everybody reads."""
        for which in self._shuffled():
            self._upload(which)
        for which in self._shuffled():
            self._read(which)

    def expected(self, dish_id: DishId) -> int:
        """What is left: all that was moved; and since the count that came last, what was counted and what its till had
        not heard of then."""
        arrived = [self.done[number] for number in self.arrived]
        counts = [one for one in arrived if one.counted is not None and one.counted[0] == dish_id]
        if not counts:
            return FIRST + sum(one.moved.get(dish_id, 0) for one in arrived)
        last = counts[-1]
        assert last.counted is not None
        unheard = (one for one in arrived if one.number not in last.heard and one.counted is None)
        return last.counted[1] + sum(one.moved.get(dish_id, 0) for one in unheard if one.number != last.number)

    def expected_sold_out(self) -> set[DishId]:
        """What was said last, in the order in which it came to central."""
        said: dict[DishId, bool] = {}
        for number in self.arrived:
            said |= self.done[number].said
        return {dish_id for dish_id, sold_out in said.items() if sold_out}

    def _shuffled(self) -> list[int]:
        order = list(range(len(self.tills)))
        self.chance.shuffle(order)
        return order

    def _dish(self) -> DishId:
        return self.chance.choice(DISHES)

    def _sell(self, which: int) -> None:
        dish_id, portions = self._dish(), self.chance.randint(1, 3)
        if dish_id not in self.tills[which].stock.levels().sold_out:
            self.tills[which].takes_order((dish_id, portions))
            self._note(which, {dish_id: -portions})

    def _restock(self, which: int) -> None:
        batch = {
            dish_id: self.chance.randint(1, 20) for dish_id in self.chance.sample(DISHES, self.chance.randint(1, 2))
        }
        self._take(which, self.tills[which].stock.acts.restock(RESTOCKER, new_act(), batch))

    def _waste(self, which: int) -> None:
        acts = self.tills[which].stock.acts
        self._take(which, acts.waste(RESTOCKER, new_act(), self._dish(), self.chance.randint(1, 3), WasteReason.BURNT))

    def _count(self, which: int) -> None:
        dish_id, known = self._dish(), self.tills[which].stock.known()
        counted = max(0, known.levels.portions[dish_id] + self.chance.randint(-6, 4))
        self._take(which, self.tills[which].stock.counts(dish_id, counted, known))

    def _say(self, which: int) -> None:
        acts = self.tills[which].stock.acts
        say, dish_id = self.chance.choice((acts.mark_sold_out, acts.bring_back)), self._dish()
        self._take(which, say(RESTOCKER, new_act(), [dish_id]))
        is_said = dish_id in self.tills[which].stock.levels().sold_out
        assert is_said is (say == acts.mark_sold_out), "it holds here at once"

    def _undo(self, which: int) -> None:
        """The last act; of counts the expectation knows nothing."""
        till = self.tills[which]
        with till.store.transaction() as tx:
            newest = tx.stock_acts.newest()
        if newest is not None and newest.kind is not StockActKind.COUNT:
            self._take(which, till.stock.acts.undo(RESTOCKER, new_act(), newest.id))

    def _upload(self, which: int) -> None:
        self.tills[which].uploads()
        self.arrived += self._waiting.pop(which, [])

    def _upload_in_vain(self, which: int) -> None:
        """Central takes it, and the reply is lost: all of it is sent once more later."""
        self.tills[which].uploads_without_a_reply()
        self.arrived += self._waiting.pop(which, [])

    def _read(self, which: int) -> None:
        self.tills[which].reads_feed()
        self._heard[which].update(self.arrived)

    def _take(self, which: int, end: StockEnd) -> None:
        if isinstance(end, StockDone):
            self._note_act(which, end.act)

    def _note_act(self, which: int, act: StockAct) -> None:
        moved = {line.dish_id: line.portions for line in act.lines}
        said = {line.dish_id: line.sold_out for line in act.lines if line.sold_out is not None}
        if act.kind is StockActKind.COUNT:
            (line,) = act.lines
            assert line.counted is not None
            self._note(which, {}, said, (line.dish_id, line.counted))
        else:
            self._note(which, moved, said)

    def _note(
        self,
        which: int,
        moved: dict[DishId, int],
        said: dict[DishId, bool] | None = None,
        counted: tuple[DishId, int] | None = None,
    ) -> None:
        one = Done(len(self.done), which, moved, frozenset(self._heard[which]), counted, said or {})
        self.done.append(one)
        self._waiting[which].append(one.number)
        self._heard[which].add(one.number)


def levels_at_central(central: Central) -> dict[str, int]:
    """The movements since each dish was counted anew, added up."""

    def read(connection: Any) -> dict[str, int]:
        since = (stock_movement.c.dish_id == stock_item.c.dish_id) & (
            stock_movement.c.count_number == stock_item.c.count_number
        )
        summed = select(stock_item.c.dish_id, func.sum(stock_movement.c.portions)).join(stock_movement, since)
        return {row[0]: int(row[1]) for row in connection.execute(summed.group_by(stock_item.c.dish_id))}

    return central.parts.transactions.read(read)

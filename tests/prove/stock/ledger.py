"""What there really is of each dish: what staff brought, less every sale that a terminal made durable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kiosk.domain.ids import DishId
from tests.prove.simulation.acts import Act, What


@dataclass
class Ledger:
    """`brought` by staff at central, `left` with what central has not heard of. `beyond`: portions sold without having
    them, by place and dish. `most_oversold`: the most of any dish at any moment.
    `brought_here`: portions that staff put at a terminal."""

    most_allowed: int
    movements: int = 0
    brought: Counter[DishId] = field(default_factory=Counter)
    left: Counter[DishId] = field(default_factory=Counter)
    beyond: Counter[tuple[int, DishId]] = field(default_factory=Counter)
    most_oversold: int = 0
    brought_here: int = 0

    def bring(self, dish_id: DishId, portions: int) -> None:
        self.movements += 1
        self.brought[dish_id] += portions
        self.left[dish_id] += portions

    def note(self, act: Act, *, central_answered: bool | None) -> None:
        """It is durable. `central_answered`: when it was asked for portions for this sale."""
        if act.what is What.ORDER:
            self._check_taken(act, central_answered)
        self.brought_here += sum(made.portions for made in act.brought)
        for movement in act.movements:
            self.movements += 1
            self.left[movement.dish_id] += movement.portions
            oversold = -self.left[movement.dish_id]
            self.most_oversold = max(self.most_oversold, oversold)
            assert oversold <= self.most_allowed, f"{movement.dish_id}: {oversold} portions too many are sold"

    def _check_taken(self, act: Act, central_answered: bool | None) -> None:
        taken = {made.dish_id: made.reserved + made.beyond for made in act.taken}
        assert taken == {m.dish_id: -m.portions for m in act.movements}, "a sale did not say where it took them from"
        for made in act.taken:
            assert not made.beyond or central_answered is False, "sold beyond what is in hand, and central was there"
            self.beyond[act.place, made.dish_id] += made.beyond

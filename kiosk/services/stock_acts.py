"""Staff restock, count, write off, mark sold out and bring back dishes at a terminal, and undo the last of it.

Every act is one transaction: what it moves, what it says of dishes, the event for central, and of each dish an entry
in the audit log. No network is needed; the acts of several terminals add up (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.staff import Permission, Staff
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_act import (
    StockAct,
    StockActKind,
    StockActLine,
    WasteReason,
    check_stock_act,
    count_line,
    movements_of,
    opposite,
    restock_line,
)
from kiosk.services.audit import Audit
from kiosk.services.events import EventSink, StockChanged
from kiosk.services.ports import EventEncoder, OutboxSignal, StorageFailed, Store, Transaction
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_watch import StockWatch

_AUDITED = {
    StockActKind.RESTOCK: Act.DISH_RESTOCKED,
    StockActKind.COUNT: Act.DISH_COUNTED,
    StockActKind.WASTE: Act.DISH_WASTED,
    StockActKind.SOLD_OUT: Act.DISH_SOLD_OUT,
    StockActKind.BACK: Act.DISH_BACK,
}


class StockRefusal(StrEnum):
    """not_counted: nobody has counted the dish yet, so nothing can be added to it. nothing_to_do: the dishes are that
    way already. not_newest: something was done since, or the act was undone, or the dish was counted elsewhere.
    id_in_use: the act's id stands for something else."""

    NOT_COUNTED = "not_counted"
    NOTHING_TO_DO = "nothing_to_do"
    NOT_NEWEST = "not_newest"
    ID_IN_USE = "id_in_use"


@dataclass(frozen=True, slots=True)
class StockDone:
    """Durable here, on its way to central; `levels` of the act's dishes after it."""

    act: StockAct
    levels: StockLevels


@dataclass(frozen=True, slots=True)
class StockRefused:
    """Nothing was done. `dish_id`: because of that one."""

    reason: StockRefusal
    dish_id: DishId | None = None


StockEnd = StockDone | StockRefused | NotKnown
"""NotKnown: the disk failed; asked for again under the same id, it is found out whether the act was done."""


@dataclass(frozen=True, slots=True)
class KnownStock:
    """What the terminal knows of stock at one moment: what a count is compared with. `beyond`: portions it has sold
    without having them, which central has not booked yet (docs/decisions/0014)."""

    levels: StockLevels
    counts: Mapping[DishId, StockActId]
    beyond: Mapping[DishId, int] = field(default_factory=dict)


class StockActs:
    """Its calls block (disk) and are made one at a time. An act's id is made when it is begun: asked for again under
    it (a second touch, a doubtful end) it is the same act, done once. `sells`: what staff restock is in this
    terminal's hand at once; where nothing is sold, it is for all. All raise NotPermitted, and StockError for numbers
    out of bounds (kiosk.domain.stock_act)."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        outbox_signal: OutboxSignal,
        events: EventSink,
        clock: Clock,
        watch: StockWatch,
        *,
        sells: bool = True,
    ) -> None:
        self._sells = sells
        self._watch = watch
        self._events = events
        self._store = store
        self._encoder = encoder
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._audit = Audit(clock)

    def known(self, by: Staff) -> KnownStock:
        """Raises StorageFailed."""
        by.require(Permission.SEE_STOCK)
        with self._store.transaction() as tx:
            return KnownStock(tx.stock.levels(), tx.stock.newest_counts(), tx.portions.sold_beyond())

    def paces(self, by: Staff) -> dict[DishId, float | None]:
        """Portions a minute, by dish; None where too little was seen."""
        by.require(Permission.SEE_STOCK)
        return self._watch.paces()

    def restock(self, by: Staff, act_id: StockActId, portions: Mapping[DishId, int]) -> StockEnd:
        """So many portions more of each of these dishes, all in one act; one that was sold out is back."""
        by.require(Permission.RESTOCK)

        def plan(levels: StockLevels) -> tuple[StockActLine, ...] | StockRefused:
            if missing := [dish_id for dish_id in portions if dish_id not in levels.portions]:
                return StockRefused(StockRefusal.NOT_COUNTED, missing[0])
            return tuple(restock_line(d, n, was_sold_out=d in levels.sold_out) for d, n in portions.items())

        return self._do(by, act_id, StockActKind.RESTOCK, plan)

    def count(self, by: Staff, act_id: StockActId, dish_id: DishId, counted: int, known: KnownStock) -> StockEnd:
        """So many portions are there, where that many were `known` when staff were shown the difference: what was sold
        since counts on. A dish that was not counted is counted from now on."""
        by.require(Permission.COUNT_STOCK)
        line = count_line(dish_id, counted, known.levels.portions.get(dish_id), known.counts.get(dish_id))
        if line.known is None:
            line = count_line(dish_id, counted, None)
        return self._do(by, act_id, StockActKind.COUNT, lambda _: (line,))

    def waste(
        self,
        by: Staff,
        act_id: StockActId,
        dish_id: DishId,
        portions: int,
        reason: WasteReason,
        grams: int | None = None,
    ) -> StockEnd:
        """So many portions were thrown away; 0 of what was only weighed."""
        by.require(Permission.WRITE_OFF_WASTE)
        line = StockActLine(dish_id, -portions, grams=grams)
        return self._do(by, act_id, StockActKind.WASTE, lambda _: (line,), reason)

    def mark_sold_out(self, by: Staff, act_id: StockActId, dish_ids: Iterable[DishId]) -> StockEnd:
        """Whatever is left of these dishes, nobody is sold any."""
        by.require(Permission.MARK_SOLD_OUT)
        return self._say(by, act_id, StockActKind.SOLD_OUT, dish_ids)

    def bring_back(self, by: Staff, act_id: StockActId, dish_ids: Iterable[DishId]) -> StockEnd:
        """They are sold again, as far as there is any left."""
        by.require(Permission.MARK_SOLD_OUT)
        return self._say(by, act_id, StockActKind.BACK, dish_ids)

    def undo(self, by: Staff, act_id: StockActId, undoes: StockActId) -> StockEnd:
        """The opposite of the terminal's last act with stock, if that is still `undoes`."""
        by.require(Permission.SEE_STOCK)
        try:
            with self._store.transaction() as tx:
                made = tx.stock_acts.get(undoes)
                if made is None:
                    return StockRefused(StockRefusal.NOT_NEWEST)
                by.require(made.kind.permission)
                undoing = opposite(made, act_id, by.id, self._clock.now())
                found = _same(tx, undoing) or _not_to_undo(tx, made) or self._record(tx, undoing)
        except StorageFailed:
            return NotKnown(act_id)
        return self._told(found)

    def _say(self, by: Staff, act_id: StockActId, kind: StockActKind, dish_ids: Iterable[DishId]) -> StockEnd:
        among, sold_out = tuple(dict.fromkeys(dish_ids)), kind is StockActKind.SOLD_OUT

        def plan(levels: StockLevels) -> tuple[StockActLine, ...] | StockRefused:
            lines = tuple(StockActLine(d, sold_out=sold_out) for d in among if (d in levels.sold_out) != sold_out)
            return lines or StockRefused(StockRefusal.NOTHING_TO_DO)

        return self._do(by, act_id, kind, plan)

    def _do(
        self,
        by: Staff,
        act_id: StockActId,
        kind: StockActKind,
        plan: Callable[[StockLevels], tuple[StockActLine, ...] | StockRefused],
        reason: WasteReason | None = None,
    ) -> StockEnd:
        try:
            with self._store.transaction() as tx:
                act = StockAct(act_id, kind, (), by.id, self._clock.now(), reason)
                found = _same(tx, act)
                if found is None:
                    lines = plan(tx.stock.levels())
                    found = lines if isinstance(lines, StockRefused) else self._record(tx, replace(act, lines=lines))
        except StorageFailed:
            return NotKnown(act_id)
        return self._told(found)

    def _told(self, end: StockDone | StockRefused) -> StockEnd:
        """Central hears of it, and this terminal's own screens."""
        if isinstance(end, StockDone):
            self._outbox_signal.wake()
            self._events.publish(StockChanged())
        return end

    def _record(self, tx: Transaction, act: StockAct) -> StockDone:
        """The act's one transaction."""
        check_stock_act(act)
        before = tx.stock.levels_of(act.dish_ids)
        tx.stock_acts.add(act)
        tx.stock.record(movements_of(act), act.id)
        moved = {line.dish_id: line.portions for line in act.lines}
        brings = self._sells and act.kind is StockActKind.RESTOCK and act.undoes is None
        tx.outbox.add(self._encoder.stock_act(act, tx.portions.bring(moved) if brings else ()))
        returned = tx.portions.give_up({dish_id: -portions for dish_id, portions in moved.items() if portions < 0})
        if returned:  # after the act: nobody else is handed what is not there any more
            tx.outbox.add(self._encoder.portions_returned(returned))
        after = tx.stock.levels_of(act.dish_ids)
        for line in act.lines:
            self._audit.record(tx, act.staff_id, _AUDITED[act.kind], line.dish_id, **_details(act, line, before, after))
        return StockDone(act, after)


def _same(tx: Transaction, wanted: StockAct) -> StockDone | StockRefused | None:
    """The act of that id, if it was done already: what a second touch says of dishes and numbers does not matter."""
    made = tx.stock_acts.get(wanted.id)
    if made is None:
        return None
    if (made.kind, made.staff_id, made.undoes) != (wanted.kind, wanted.staff_id, wanted.undoes):
        return StockRefused(StockRefusal.ID_IN_USE)
    return StockDone(made, tx.stock.levels_of(made.dish_ids))


def _not_to_undo(tx: Transaction, made: StockAct) -> StockRefused | None:
    newest, counts = tx.stock_acts.newest(), tx.stock.newest_counts()
    if made.undoes is not None or newest is None or newest.id != made.id:
        return StockRefused(StockRefusal.NOT_NEWEST)
    for line in made.lines:
        if line.counted is not None and counts.get(line.dish_id) not in (None, made.id, line.after_count):
            return StockRefused(StockRefusal.NOT_NEWEST, line.dish_id)
    return None


def _details(act: StockAct, line: StockActLine, before: StockLevels, after: StockLevels) -> dict[str, object]:
    """What the audit log keeps of one dish."""
    told = {
        "act": act.id,
        "undoes": act.undoes,
        "before": _shown(before, line.dish_id),
        "after": _shown(after, line.dish_id),
        "counted": line.counted,
        "grams": line.grams,
        "reason": act.reason,
    }
    return {name: value for name, value in told.items() if value is not None}


def _shown(levels: StockLevels, dish_id: DishId) -> str:
    portions = levels.portions.get(dish_id)
    shown = "not_counted" if portions is None else str(portions)
    return f"{shown} sold_out" if dish_id in levels.sold_out else shown

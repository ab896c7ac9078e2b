"""Planted bugs, by name: a central or a terminal with one thing wrong, everything else being the real program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, update

from central.stock.allotments import allotment
from central.stock.portions import take_back
from central.stock.repository import stock_movement
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.ids import DishId
from kiosk.services.ports import CentralPortions, CentralUnreachable, PortionsAnswer
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync import wire
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.mortal import MortalStore
from tests.prove.simulation.mutant_centrals import KnowsNoEvent, RestoresUnfenced
from tests.prove.simulation.world import Size
from tests.prove.stock.world import ROUGH, StockTerminal

# --- centrals ---


class HandsOutTwice(SimulatedCentral):
    """Takes for free what others hold."""

    def hand(self, tx: Transaction, terminal: Terminal, request: wire.PortionsRequest, *, may_wait: bool) -> Any:
        tx.connection.execute(update(allotment).values(written_off=allotment.c.handed))
        return super().hand(tx, terminal, request, may_wait=may_wait)


class FreesOnRecall(SimulatedCentral):
    """Takes what it recalls for given back."""

    def hand(self, tx: Transaction, terminal: Terminal, request: wire.PortionsRequest, *, may_wait: bool) -> Any:
        recalled = update(allotment).where(allotment.c.is_recalled)
        tx.connection.execute(recalled.values(written_off=allotment.c.handed - allotment.c.used))
        return super().hand(tx, terminal, request, may_wait=may_wait)


class TakesBackTwice(SimulatedCentral):
    """Counts what is given back once more each time that it comes."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        reply = super().intake(terminal, first_seq, events)
        for pushed in events:
            event = wire.decode_event(pushed.body)
            if isinstance(event, wire.PortionsGivenBack):
                self.parts.transactions.write(lambda tx, event=event: take_back(tx, terminal, event))
        return reply


class MovesStockTwice(SimulatedCentral):
    """Books what the first sale of a batch took once more."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        before = self.last_seq(terminal.id, terminal.incarnation)
        reply = super().intake(terminal, first_seq, events)
        event = wire.decode_event(events[0].body)
        if before < first_seq and isinstance(event, wire.OrderRecorded):
            taken = event.movements[0]
            row = {"dish_id": taken.dish_id, "count_number": 1, "portions": taken.portions, "reason": "sale"}
            adding = insert(stock_movement).values(row | {"order_id": event.order.id, "booked_at": self.clock()})
            self.parts.transactions.write(lambda tx: tx.connection.execute(adding))
        return reply


class ForgetsWhatWasSold(SimulatedCentral):
    """Books a sale, and not that it came from what its terminal had in hand."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        reply = super().intake(terminal, first_seq, events)
        of_terminal = update(allotment).where(allotment.c.terminal_id == terminal.id, allotment.c.used > 0)
        self.parts.transactions.write(lambda tx: tx.connection.execute(of_terminal.values(used=0)))
        return reply


class FreesWhatWasBrought(SimulatedCentral):
    """Books what staff brought to a terminal, and not that it is there."""

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        reply = super().intake(terminal, first_seq, events)
        self.parts.transactions.write(lambda tx: tx.connection.execute(update(allotment).values(brought=0)))
        return reply


# --- terminals ---


class OversellsWithoutBound(StockTerminal):
    """Sells all that was free when central is away."""

    @staticmethod
    def believed(oversell: int) -> int:
        return 1000


class AsksNobody(StockTerminal):
    """Takes what is left for what it has in hand."""

    def after_sync(self) -> None:
        self.execute("UPDATE allotments SET handed = used + 100")


class ForgetsWhatItSold(StockTerminal):
    """After a crash the last portion of each dish is in its hand again."""

    def after_crash(self) -> None:
        self.execute("UPDATE allotments SET used = used - 1 WHERE used > 0")


class _OtherPortions(MortalStore):
    """With other portions than the store's."""

    portions: type[_Portions]

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        with super().transaction() as unit:
            unit.portions = self.portions(unit.portions)  # type: ignore[assignment]
            yield unit


class _Portions:
    def __init__(self, portions: Any) -> None:
        self._portions = portions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._portions, name)


class _AddsUp(_Portions):
    def hear(self, handed: dict[DishId, int], epoch: str) -> None:
        known = self._portions.handed(handed)
        self._portions.hear({d: n + min(known[d], 1) for d, n in handed.items()}, epoch)


class _AnnouncesHands(_Portions):
    def to_announce(self) -> tuple[Any, ...]:
        sql = "SELECT dish_id, incarnation, handed FROM allotments WHERE handed > used"
        return tuple(self._portions._connection.exec_driver_sql(sql).all())


class _TakesUntold(_Portions):
    def take(self, portions: dict[DishId, int]) -> tuple[Any, ...]:
        taken: tuple[Any, ...] = self._portions.take(portions)
        return taken[1:]


class _KeepsEarlierHands(_Portions):
    def give_back(self) -> tuple[Any, ...]:
        (present,) = self._portions._connection.exec_driver_sql("SELECT incarnation FROM identity").one()
        return tuple(made for made in self._portions.give_back() if made.incarnation == present)


class _NeverGivesUp(_Portions):
    def give_up(self, portions: dict[DishId, int]) -> tuple[Any, ...]:
        return ()


class _Otherwise(StockTerminal):
    portions: type[_Portions] = _Portions

    def mortal(self, disk: Any) -> MortalStore:
        store = _OtherPortions(disk, self.death, self.witness, self.durable)
        store.portions = self.portions
        return store


class AddsReplies(_Otherwise):
    """Adds what a reply tells to what it knows, where it should take the larger."""

    portions = _AddsUp


class AnnouncesItsHandOnly(_Otherwise):
    """Tells a restored central nothing where its hand is empty: what it sold may still be in the outbox."""

    portions = _AnnouncesHands


class TakesUntold(_Otherwise):
    """Does not tell of the first dish of a sale where it took it from."""

    portions = _TakesUntold


class KeepsEarlierHands(_Otherwise):
    """Enrolled anew, it forgets to tell what it had in hand before."""

    portions = _KeepsEarlierHands


class SellsWhatWasTakenAway(_Otherwise):
    """A restock that was undone stays in its hand."""

    portions = _NeverGivesUp


class _Deaf:
    """kiosk.services.ports.CentralPortions: it does not hear the answer."""

    def __init__(self, central: CentralPortions) -> None:
        self._central = central

    def request_portions(self, missing: Mapping[DishId, int]) -> PortionsAnswer:
        self._central.request_portions(missing)
        raise CentralUnreachable


class SellsBeyondAllTheSame(StockTerminal):
    """Takes an answer of central for none, and sells beyond what it has in hand."""

    def _open(self) -> None:
        super()._open()
        if hasattr(self, "services"):
            self.services.reserving._central = _Deaf(self.services.allotments)


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    central: type[SimulatedCentral] = SimulatedCentral
    terminal: type[StockTerminal] = StockTerminal
    size: Size = ROUGH
    oversell: int = 0


FORGETFUL = replace(ROUGH, rare_times=250)
# Central is away for long, and little else happens.
CUT_OFF = replace(ROUGH, away=0.6, crash_rate=0.005, rare_times=5)
MUTANTS = (
    Mutant("lot_handed_out_twice", HandsOutTwice),
    Mutant("recall_frees_at_once", FreesOnRecall),
    Mutant("give_back_counted_twice", TakesBackTwice),
    Mutant("no_dedupe_of_events", KnowsNoEvent),
    Mutant("stock_moved_twice", MovesStockTwice),
    Mutant("sale_not_taken_from_hand", ForgetsWhatWasSold),
    Mutant("unfenced_restore", RestoresUnfenced, size=FORGETFUL),
    Mutant("unbounded_offline", terminal=OversellsWithoutBound, size=CUT_OFF, oversell=1),
    Mutant("all_left_taken_for_in_hand", terminal=AsksNobody),
    Mutant("sold_portion_comes_back", terminal=ForgetsWhatItSold),
    Mutant("replies_added_up", terminal=AddsReplies),
    Mutant("hand_only_announced", terminal=AnnouncesItsHandOnly, size=FORGETFUL),
    Mutant("sale_says_not_whence", terminal=TakesUntold),
    Mutant("beyond_though_central_answers", terminal=SellsBeyondAllTheSame, oversell=3),
    Mutant("earlier_hand_is_lost", terminal=KeepsEarlierHands, size=FORGETFUL),
    Mutant("brought_is_free", FreesWhatWasBrought),
    Mutant("undone_restock_stays_in_hand", terminal=SellsWhatWasTakenAway),
)

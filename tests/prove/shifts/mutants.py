"""Planted bugs, by name: closings with one thing wrong, everything else being the real program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from kiosk.domain.z_report import Entry, EntryKind, Moved, ShiftSums, Way, ZReport
from kiosk.services.shifts import Shifts
from tests.central.sales import new_id
from tests.prove.shifts.till import FewEventsAtOnce
from tests.till.mutants import Overlaid

Change = Callable[[Entry], Entry | None]


def changing(name: str, change: Change) -> type[Shifts]:
    """Each entry is changed before it is added; None: it is forgotten."""

    class Mutant(FewEventsAtOnce):
        def _entries(self, tx: Any, page: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, Entry | None]]:
            for event_id, entry in super()._entries(tx, page):
                yield event_id, None if entry is None else change(entry)

    Mutant.__name__ = name
    return Mutant


def reporting(name: str, change: Callable[[ZReport], ZReport]) -> type[Shifts]:
    """The report is changed before it is written."""

    class Mutant(FewEventsAtOnce):
        def _report(self, *arguments: Any) -> ZReport:
            return change(super()._report(*arguments))

    Mutant.__name__ = name
    return Mutant


class CountsARefundInTheNextShift(FewEventsAtOnce):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._kept_back: list[Entry] = []

    def _entries(self, tx: Any, page: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, Entry | None]]:
        late, self._kept_back = self._kept_back, []
        for event_id, entry in super()._entries(tx, page):
            if entry is not None and entry.kind is EntryKind.REFUND:
                self._kept_back.append(entry)
                yield event_id, late.pop() if late else None
            else:
                yield event_id, entry


class BeginsOneEventLate(FewEventsAtOnce):
    """What comes first after a closing belongs to no report."""

    def _write(self, tx: Any, report: ZReport, *arguments: Any) -> Any:
        def close(made: ZReport, closed_id: int) -> None:
            tx.shifts.close(made, closed_id + 1)

        return super()._write(Overlaid(tx, shifts=Overlaid(tx.shifts, close=close)), report, *arguments)


class BeginsWithTheLastEventsAgain(FewEventsAtOnce):
    """Two reports have the same sale."""

    def _write(self, tx: Any, report: ZReport, *arguments: Any) -> Any:
        def close(made: ZReport, closed_id: int) -> None:
            tx.shifts.close(made, closed_id - 2)

        return super()._write(Overlaid(tx, shifts=Overlaid(tx.shifts, close=close)), report, *arguments)


class LosesAllButTheLastPage(FewEventsAtOnce):
    def _read_ahead(self, tally: Any) -> None:
        super()._read_ahead(tally)
        tally.sums = ShiftSums()


class ClosesTwiceAfterADoubtfulEnd(FewEventsAtOnce):
    """Forgets for which act a report was made."""

    def close(self, by: Any, act_id: Any, counted: Any, language: str) -> Any:
        return super().close(by, new_id(), counted, language)


def _of(kind: EntryKind, change: Change) -> Change:
    return lambda entry: change(entry) if entry.kind is kind else entry


def _without_moves(entry: Entry) -> Entry:
    return replace(entry, moved=())


def _split_twice(entry: Entry) -> Entry:
    return replace(entry, moved=(*entry.moved, *entry.moved)) if len(entry.moved) > 1 else entry


def _only_first_part(entry: Entry) -> Entry:
    return replace(entry, moved=entry.moved[:1])


def _other_way_round(entry: Entry) -> Entry:
    return replace(entry, moved=tuple(Moved(m.way, -m.amount_minor) for m in entry.moved))


def _face_as_card(entry: Entry) -> Entry:
    moved = tuple(Moved(Way.CARD if m.way is Way.FACE else m.way, m.amount_minor) for m in entry.moved)
    return replace(entry, moved=moved)


def _in_cash(entry: Entry) -> Entry:
    return replace(entry, moved=tuple(Moved(Way.CASH, m.amount_minor) for m in entry.moved))


def _by(report: ZReport, more_minor: int) -> ZReport:
    assert report.expected_minor is not None
    return replace(report, expected_minor=report.expected_minor + more_minor)


MUTANTS = (
    CountsARefundInTheNextShift,
    BeginsOneEventLate,
    BeginsWithTheLastEventsAgain,
    LosesAllButTheLastPage,
    ClosesTwiceAfterADoubtfulEnd,
    changing("counts_a_split_twice", _of(EntryKind.ORDER, _split_twice)),
    changing("forgets_the_second_part_of_a_split", _of(EntryKind.ORDER, _only_first_part)),
    changing("does_not_subtract_a_void", _of(EntryKind.VOID, _without_moves)),
    changing("takes_a_void_for_a_refund", _of(EntryKind.VOID, lambda e: replace(e, kind=EntryKind.REFUND))),
    changing("forgets_an_undone_collection", _of(EntryKind.UNDONE_COLLECTION, lambda _: None)),
    changing("adds_an_undone_collection", _of(EntryKind.UNDONE_COLLECTION, _other_way_round)),
    changing("forgets_what_a_cancelled_order_had_paid", _of(EntryKind.CANCELLED, _without_moves)),
    changing("gives_every_refund_in_cash", _of(EntryKind.REFUND, _in_cash)),
    changing("leaves_top_ups_out_of_the_drawer", _of(EntryKind.TOP_UP, _without_moves)),
    changing("takes_cash_out_for_cash_in", _of(EntryKind.CASH_OUT, _other_way_round)),
    changing("forgets_cash_collected", _of(EntryKind.COLLECTION, lambda _: None)),
    changing("takes_a_face_for_a_card", _face_as_card),
    changing("puts_every_meal_between_the_periods", lambda e: Entry(e.kind, e.amount_minor, e.moved, e.number)),
    reporting("forgets_the_float", lambda r: _by(r, -(r.opening.float_.total.minor if r.opening else 0))),
    reporting("counts_cash_before_the_opening_twice", lambda r: _by(r, r.before_opening.cash_minor)),
    reporting("is_a_cent_off", lambda r: _by(r, 1)),
)

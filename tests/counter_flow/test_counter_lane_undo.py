"""Undo in the lane: each of the last few for ten seconds, whoever has paid since, and counted where it belongs."""

from __future__ import annotations

from uuid import UUID

from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.lane import MOST_ENDS
from kiosk.screens.counter_flow.state import Lane, LaneEnd, Notice
from kiosk.services.staff_acts import NotKnown
from tests.counter_flow.counter import NO_MONEY, Staff, in_lane

ACT = UUID(int=77)


def pays(staff: Staff, *, after_s: float = 0.0) -> Order:
    staff.waits(after_s)
    staff.card(f"0{len(staff.charged)}")
    return staff.is_paid()


def lane(staff: Staff) -> Lane:
    assert staff.state.lane is not None
    return staff.state.lane


def asked(staff: Staff) -> list[Order]:
    return [e.sale.order for e in staff.effects if isinstance(e, fx.Undo) and e.act_id is None]


def test_who_paid_before_the_last_is_undone_too_and_nobody_else() -> None:
    staff = in_lane()
    first = pays(staff)
    second = pays(staff, after_s=2)
    third = pays(staff, after_s=2)
    staff.touch(ev.UndoTouched(first.id))
    assert asked(staff) == [first]
    staff.is_undone(first)
    assert (lane(staff).paid, lane(staff).taken) == (2, Money(1600))
    assert [ended.end for ended in lane(staff).ends] == [LaneEnd.PAID, LaneEnd.PAID, LaneEnd.UNDONE]
    assert [sale.order for sale in staff.state.undoable] == [third, second]
    staff.touch(ev.UndoSeen(), ev.UndoTouched(first.id))
    assert asked(staff) == [first], "undone once"


def test_each_has_its_own_ten_seconds() -> None:
    staff = in_lane()
    first = pays(staff)
    second = pays(staff, after_s=6)
    staff.waits(4)
    staff.touch(ev.UndoTouched(first.id))
    assert asked(staff) == []
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.UNDO_TOO_LATE
    staff.touch(ev.UndoTouched(second.id))
    assert asked(staff) == [second]


def test_thirty_a_minute_are_all_in_the_strip_as_long_as_they_can_be_undone() -> None:
    staff = in_lane()
    for _ in range(20):
        pays(staff, after_s=2)
        shown = [ended.order for ended in lane(staff).ends]
        assert all(sale.order in shown for sale in staff.state.undoable)
    assert len(staff.state.undoable) == MOST_ENDS
    assert lane(staff).ended == 20


def test_the_strip_tells_who_paid() -> None:
    staff = in_lane()
    paid = pays(staff)
    staff.card("99")
    staff.finishes(NO_MONEY)
    assert [(ended.end, ended.order) for ended in lane(staff).ends] == [
        (LaneEnd.NOT_PAID, None),
        (LaneEnd.PAID, paid),
    ]


def test_an_undo_that_ends_in_the_next_lane_is_not_counted_there() -> None:
    staff = in_lane("800")
    first = pays(staff)
    staff.touch(ev.UndoTouched(first.id), ev.LaneStopped())
    staff.types("500")
    staff.touch(ev.LaneStarted())
    staff.is_undone(first)
    assert (lane(staff).paid, lane(staff).taken) == (0, Money(0))
    pays(staff)
    assert (lane(staff).paid, lane(staff).taken) == (1, Money(500))


def test_an_undo_that_is_not_known_is_not_lost_behind_the_next_one() -> None:
    staff = in_lane()
    first, second = pays(staff), pays(staff)
    staff.touch(ev.UndoTouched(first.id))
    staff.happens(ev.UndoFinished(first.id, NotKnown(ACT)))
    staff.touch(ev.UndoTouched(second.id))
    staff.is_undone(first)
    assert [check.id for check in staff.state.checks] == [ACT], "asked after again: the other one is in front"
    staff.is_undone(second)
    staff.touch(ev.UndoSeen())
    staff.is_undone(first)
    assert staff.state.undo is not None
    assert (staff.state.undo.sale.order, staff.state.undo.end) == (first, UndoEnd.UNDONE)
    assert staff.state.checks == ()
    assert lane(staff).paid == 0

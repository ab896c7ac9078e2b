"""Cash with change, and undoing the last sale."""

from __future__ import annotations

from uuid import UUID

import pytest

from kiosk.domain.money import Money
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import CheckKind, UndoEnd
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import Notice, PayMethod, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import SoundKind
from kiosk.services.counter_sale import CashSold
from kiosk.services.events import DrawerAsked, DrawerEnd
from kiosk.services.outcomes import NotCharged
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.counter_flow.counter import Staff, waiting_for_card

ACT = UUID(int=77)


def taking_cash(digits: str = "1250") -> Staff:
    staff = Staff()
    staff.types(digits)
    staff.touch(ev.MethodTouched(PayMethod.CASH))
    return staff


@pytest.mark.parametrize(("received", "change"), [("1250", None), ("2000", Money(750)), ("10000", Money(8750))])
def test_what_was_received_less_what_is_due(received: str, change: Money | None) -> None:
    staff = taking_cash()
    staff.types(received)
    staff.touch(ev.CashTaken(), ev.CashTaken())
    (sold,) = staff.sold
    assert (sold.shown_total, sold.received) == (Money(1250), Money(int(received)))
    staff.is_sold_for_cash()
    assert customer_view(staff.state).change == change
    staff.waits(60)
    assert (staff.state.screen is ScreenName.RESULT) == (change is not None), "change is shown until it was seen"


def test_less_than_due_is_not_taken() -> None:
    staff = taking_cash()
    staff.types("1249")
    staff.touch(ev.CashTaken())
    assert staff.sold == []
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.LESS_THAN_DUE
    assert staff.state.screen is ScreenName.CASH


def test_a_disk_that_refuses_is_asked_until_it_is_known() -> None:
    staff = taking_cash()
    staff.touch(ev.ReceivedChosen(Money(2000)), ev.CashTaken())
    staff.happens(ev.SaleFinished(staff.sold[0].sale_id, NotKnown(ACT)))
    assert customer_view(staff.state).shows is CustomerShows.CHECKING
    staff.waits(6)
    assert fx.CheckCash(ACT) in staff.effects
    staff.happens(ev.ActChecked(ACT, None))
    assert isinstance(staff.state.sale.outcome, NotCharged)
    assert staff.state.checks == ()


def test_undo_within_ten_seconds_once() -> None:
    staff = waiting_for_card()
    staff.card()
    order = staff.is_paid()
    staff.waits(5)
    staff.touch(ev.UndoTouched(order.id), ev.UndoTouched(order.id))
    assert [e.sale.order for e in staff.effects if isinstance(e, fx.Undo)] == [order]
    staff.is_undone(order)
    assert staff.state.undo is not None
    assert staff.state.undo.end is UndoEnd.UNDONE
    assert customer_view(staff.state).undone == Money(1250)
    assert staff.state.screen is ScreenName.SALE, "it is not said to be paid any more"
    staff.touch(ev.UndoSeen(), ev.UndoTouched(order.id))
    assert len([e for e in staff.effects if isinstance(e, fx.Undo)]) == 1


def test_undo_is_not_offered_after_ten_seconds() -> None:
    staff = waiting_for_card()
    staff.card()
    order = staff.is_paid()
    staff.now_s += 10.0  # no tick yet
    staff.touch(ev.UndoTouched(order.id))
    assert not any(isinstance(e, fx.Undo) for e in staff.effects)
    staff.waits(1)
    assert staff.state.undoable == ()


def test_undone_cash_is_handed_back() -> None:
    staff = taking_cash()
    staff.touch(ev.ReceivedChosen(Money(2000)), ev.CashTaken())
    order = staff.is_sold_for_cash()
    staff.touch(ev.UndoTouched(order.id))
    staff.is_undone(order)
    assert staff.state.undo is not None
    assert staff.state.undo.sale.in_cash == Money(1250)


def test_an_undo_that_cannot_be_made_says_so() -> None:
    staff = waiting_for_card()
    staff.card()
    order = staff.is_paid()
    staff.touch(ev.UndoTouched(order.id))
    staff.happens(ev.UndoFinished(order.id, Refused(RefusedReason.NOTHING_LEFT)))
    assert staff.state.undo is not None
    assert staff.state.undo.end is UndoEnd.REFUSED
    assert staff.state.order == order
    assert staff.sounds[-1] is SoundKind.FAILURE


def test_an_undo_that_is_not_known_is_asked_after_under_its_act() -> None:
    staff = waiting_for_card()
    staff.card()
    order = staff.is_paid()
    staff.touch(ev.UndoTouched(order.id))
    staff.happens(ev.UndoFinished(order.id, NotKnown(ACT)))
    assert [check.kind for check in staff.state.checks] == [CheckKind.UNDO]
    staff.touch(ev.UndoSeen())
    assert staff.state.undo is not None
    staff.waits(6)
    assert [e.act_id for e in staff.effects if isinstance(e, fx.Undo)] == [None, ACT]
    staff.is_undone(order)
    assert staff.state.checks == ()


def test_a_drawer_that_stays_shut_is_said_of_its_own_sale() -> None:
    """The driver may say so before the sale's own end comes."""
    staff = taking_cash()
    staff.touch(ev.ReceivedChosen(Money(2000)), ev.CashTaken())
    order_id = UUID(int=101)
    staff.happens(DrawerAsked(order_id, DrawerEnd.NOT_OPENED))
    assert staff.state.open_by_key == order_id
    staff.happens(DrawerAsked(UUID(int=5), DrawerEnd.OPENED))
    assert staff.state.open_by_key == order_id
    staff.happens(DrawerAsked(order_id, DrawerEnd.OPENED))
    assert staff.state.open_by_key is None


@pytest.mark.parametrize(("received", "change"), [("2000", Money(750)), ("1250", None)])
def test_the_change_of_a_sale_that_was_not_known_is_not_forgotten(received: str, change: Money | None) -> None:
    """The customer was sent on, and gets it when it is known."""
    staff = taking_cash()
    staff.touch(ev.ReceivedChosen(Money(int(received))), ev.CashTaken())
    staff.happens(ev.SaleFinished(staff.state.sale.id, NotKnown(ACT)))
    staff.touch(common.DoneTouched())
    sold = staff.sold[-1]
    order = staff.order_of(sold.cart)
    staff.happens(ev.ActChecked(ACT, CashSold(order, staff.payment_of(order, sold.received))))
    staff.waits(60)
    (told,) = staff.state.found_out
    assert (told.order, told.received, told.change) == (order, sold.received, change)
    staff.touch(ev.FoundOutSeen())
    assert staff.state.found_out == ()


def test_cash_for_what_does_not_stand_is_handed_back() -> None:
    staff = taking_cash()
    staff.touch(ev.ReceivedChosen(Money(2000)), ev.CashTaken())
    staff.happens(ev.SaleFinished(staff.state.sale.id, NotKnown(ACT)))
    staff.touch(common.DoneTouched())
    staff.happens(ev.ActChecked(ACT, None))
    (told,) = staff.state.found_out
    assert (told.order, told.received, told.change) == (None, Money(2000), None)

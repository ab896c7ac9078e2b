"""Orders of self-service terminals at the counter: found by number, card or slip, paid in whatever way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.cart import Cart
from kiosk.domain.collection import Collection, UndoneCollection, cash_collection
from kiosk.domain.due_order import DueOrder, due_order_of
from kiosk.domain.ids import CollectionId, MemberId, PaymentId, TerminalId, UndoneCollectionId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import CheckKind, UndoEnd
from kiosk.screens.counter_flow.collecting_state import FoundOrder
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import Notice, PayMethod, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.events import CodeScanned
from kiosk.services.staff_acts import NotKnown
from kiosk.services.undo_collection import CollectionUndone
from tests.counter_flow.counter import Staff, in_lane, waiting_for_card
from tests.counter_flow.test_counter_facing import LookingStaff, by_face
from tests.flow.canteen import CARD, CHICKEN_MILD, MEMBER, MOMENT, TOFU_PLAIN

ACT = UUID(int=77)


def found(staff: Staff, cart: Cart) -> FoundOrder:
    order = staff.order_of(cart)
    payment = Payment(PaymentId(order.id), order.id, PaymentMethod.COUNTER, order.total)
    return FoundOrder(due_order_of(order, payment, TerminalId("t1"), 1), order)


def searching(number: str = "A037") -> Staff:
    staff = Staff()
    staff.touch(ev.CollectOpened())
    staff.types(number)
    staff.touch(ev.NumberConfirmed())
    return staff


def asked(staff: Staff) -> list[fx.FindOrders]:
    return [e for e in staff.effects if isinstance(e, fx.FindOrders)]


def with_one() -> tuple[Staff, FoundOrder]:
    staff = searching()
    one = found(staff, Cart().add(CHICKEN_MILD))
    staff.happens(ev.OrdersFound(staff.state.sale.id, (one,)))
    return staff, one


def collection_of(one: FoundOrder, method: PaymentMethod) -> Collection:
    made = cash_collection(CollectionId(ACT), one.due_order, "7", MOMENT)
    if method is PaymentMethod.COUNTER:
        return made
    return replace(made, method=method, payment_id=PaymentId(ACT), member_id=MemberId("m"))


def undone_of(made: Collection) -> UndoneCollection:
    return UndoneCollection(UndoneCollectionId(ACT), made.id, made.order_id, made.due_payment_id, "7", "undone", MOMENT)


def due_of(effects: list[fx.Effect]) -> list[DueOrder]:
    return [e.due_order for e in effects if isinstance(e, fx.CollectFromBalance | fx.CollectInCash)]


def test_by_number_and_paid_by_card() -> None:
    staff, one = with_one()
    assert asked(staff) == [fx.FindOrders(staff.state.sale.id, number="A037")]
    assert staff.state.collecting is not None
    assert staff.state.collecting.chosen == one
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    assert customer_view(staff.state).amount == Money(1250)
    staff.card()
    assert due_of(staff.effects) == [one.due_order]
    made = collection_of(one, PaymentMethod.BALANCE)
    staff.happens(ev.SaleFinished(staff.state.sale.id, Collected(one.order, Money(1250), made)))
    assert customer_view(staff.state).shows is CustomerShows.PAID
    staff.touch(common.DoneTouched())
    assert staff.state.screen is ScreenName.SALE


@pytest.mark.parametrize("method", [PaymentMethod.BALANCE, PaymentMethod.COUNTER])
def test_undone_within_ten_seconds(method: PaymentMethod) -> None:
    staff, one = with_one()
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    staff.card()
    made = collection_of(one, method)
    staff.happens(ev.SaleFinished(staff.state.sale.id, Collected(one.order, Money(1250), made)))
    staff.waits(5)
    staff.touch(ev.UndoTouched(one.order.id))
    (asked_for,) = [e.sale for e in staff.effects if isinstance(e, fx.Undo)]
    assert (asked_for.order, asked_for.collected) == (one.order, made)
    assert asked_for.in_cash == (Money(1250) if method is PaymentMethod.COUNTER else None)
    staff.happens(ev.UndoFinished(one.order.id, NotKnown(ACT)))
    staff.waits(6)
    assert [e.act_id for e in staff.effects if isinstance(e, fx.Undo)] == [None, ACT]
    staff.happens(ev.UndoFinished(one.order.id, CollectionUndone(undone_of(made), made)))
    assert staff.state.undo is not None
    assert staff.state.undo.end is UndoEnd.UNDONE
    assert (staff.state.checks, staff.state.screen) == ((), ScreenName.SALE)
    assert customer_view(staff.state).undone == Money(1250)


def looking_for_an_order(cart: Cart) -> tuple[LookingStaff, FoundOrder]:
    """Found, and its customer is asked to pay it."""
    staff = LookingStaff()
    staff.touch(ev.CollectOpened())
    staff.types("A037")
    staff.touch(ev.NumberConfirmed())
    one = found(staff, cart)
    staff.happens(ev.OrdersFound(staff.state.sale.id, (one,)))
    assert staff.looks == [], "nobody is looked at before staff ask for money"
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    return staff, one


def test_paid_by_face_after_a_moment_to_cancel() -> None:
    staff, one = looking_for_an_order(Cart().add(CHICKEN_MILD))
    staff.is_seen()
    view = customer_view(staff.state)
    assert (view.shows, view.amount, view.name, view.left_s) == (CustomerShows.CONFIRM, Money(1250), "王*明", 2)
    staff.waits(2)
    assert due_of(staff.effects) == []
    staff.waits(1)
    (asked,) = [e for e in staff.effects if isinstance(e, fx.CollectFromBalance)]
    assert (asked.due_order, asked.payer) == (one.due_order, by_face(MEMBER))
    staff.happens(ev.SaleFinished(staff.state.sale.id, Collected(one.order, Money(1250))))
    view = customer_view(staff.state)
    assert (view.shows, view.name) == (CustomerShows.PAID, "王*明")


def test_that_is_somebody_else() -> None:
    staff, one = looking_for_an_order(Cart().add(CHICKEN_MILD))
    staff.is_seen()
    staff.touch(common.FaceTryAgainTouched())
    staff.is_doubtful()
    asked = staff.types_digits("8109")
    staff.happens(common.FaceIdentified(asked.session_id, asked.task, None))
    staff.waits(10)
    assert due_of(staff.effects) == []
    staff.card()
    (paid,) = [e for e in staff.effects if isinstance(e, fx.CollectFromBalance)]
    assert (paid.due_order, paid.payer) == (one.due_order, ByCard(CARD))


def test_an_order_that_is_too_dear_for_a_face_takes_the_card() -> None:
    staff, _ = looking_for_an_order(Cart().add(CHICKEN_MILD, 9))
    assert staff.looks == []
    assert customer_view(staff.state).amount == Money(11_250)


def test_several_are_chosen_from() -> None:
    staff = searching()
    orders = found(staff, Cart().add(CHICKEN_MILD)), found(staff, Cart().add(TOFU_PLAIN))
    staff.happens(ev.OrdersFound(staff.state.sale.id, orders))
    staff.touch(ev.MethodTouched(PayMethod.CASH))
    assert staff.state.screen is ScreenName.COLLECT, "none is chosen yet"
    staff.touch(ev.FoundOrderChosen(orders[1].order.id), ev.MethodTouched(PayMethod.CASH))
    staff.touch(ev.ReceivedChosen(Money(1000)), ev.CashTaken())
    assert due_of(staff.effects) == [orders[1].due_order]
    staff.happens(ev.SaleFinished(staff.state.sale.id, Collected(orders[1].order, Money(600))))
    assert staff.state.change == Money(400)


def test_by_card_and_by_slip() -> None:
    staff = Staff()
    staff.touch(ev.CollectOpened())
    staff.card()
    assert asked(staff) == [fx.FindOrders(staff.state.sale.id, card_uid=CARD)]
    staff = Staff()
    staff.happens(CodeScanned("scanner", "KS1:x", staff.now_s))
    assert asked(staff) == [fx.FindOrders(staff.state.sale.id, slip="KS1:x")]
    assert staff.state.screen is ScreenName.COLLECT
    staff.happens(ev.OrdersFound(staff.state.sale.id, NotCollected(NotCollectedReason.FORGED)))
    assert staff.state.collecting is not None
    assert staff.state.collecting.fault is NotCollectedReason.FORGED
    assert staff.sounds == [SoundKind.FAILURE]
    staff.types("A")
    assert staff.state.collecting.fault is None


@pytest.mark.parametrize("busy", [waiting_for_card, in_lane])
def test_a_slip_does_not_disturb_a_sale(busy: Callable[[], Staff]) -> None:
    staff = busy()
    before = staff.state.screen
    staff.happens(CodeScanned("scanner", "KS1:x", staff.now_s))
    assert asked(staff) == []
    assert staff.state.screen is before
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.FINISH_SALE_FIRST


def test_somebody_else_was_faster() -> None:
    staff, _ = with_one()
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    staff.card()
    staff.happens(ev.SaleFinished(staff.state.sale.id, NotCollected(NotCollectedReason.SETTLED)))
    assert customer_view(staff.state).shows is CustomerShows.NOT_PAID
    staff.touch(common.BackTouched())
    assert staff.state.screen is ScreenName.COLLECT


def test_an_end_that_is_not_known_is_asked_after() -> None:
    staff, one = with_one()
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    staff.card()
    staff.happens(ev.SaleFinished(staff.state.sale.id, NotKnown(ACT)))
    assert [check.kind for check in staff.state.checks] == [CheckKind.COLLECT]
    staff.touch(common.DoneTouched())
    staff.waits(6)
    assert fx.CheckCollected(ACT, one.due_order) in staff.effects
    staff.happens(ev.ActChecked(ACT, Collected(one.order, Money(1250))))
    (told,) = staff.state.found_out
    assert (told.order, told.amount) == (one.order, Money(1250))


def test_a_late_answer_belongs_to_nobody() -> None:
    staff = searching()
    before_id = staff.state.sale.id
    staff.touch(common.BackTouched())
    before = staff.state
    staff.happens(ev.OrdersFound(before_id, (found(staff, Cart().add(CHICKEN_MILD)),)))
    assert staff.state == before


def test_a_card_before_staff_have_charged_the_order_is_told() -> None:
    staff, _one = with_one()
    staff.effects.clear()
    staff.card()
    assert staff.effects == [PlaySound(SoundKind.WARNING)]
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.PRESS_PAY_FIRST
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    staff.card()
    assert len(due_of(staff.effects)) == 1


def test_the_cash_for_an_order_is_told_with_it_and_its_change_is_not_forgotten() -> None:
    staff, one = with_one()
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(2000)), ev.CashTaken())
    (asked_for,) = [e for e in staff.effects if isinstance(e, fx.CollectInCash)]
    assert (asked_for.due_order, asked_for.received) == (one.due_order, Money(2000))
    staff.happens(ev.SaleFinished(staff.state.sale.id, NotKnown(ACT)))
    staff.touch(common.DoneTouched())
    staff.happens(ev.ActChecked(ACT, Collected(one.order, one.due)))
    (told,) = staff.state.found_out
    assert told.change == Money(2000) - one.due

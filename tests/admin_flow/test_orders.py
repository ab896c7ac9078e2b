"""The section orders: finding, giving back once, what is not known yet, papers again, the last payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from kiosk.domain.ids import OrderId, PaymentId, RefundId
from kiosk.domain.order import Order, OrderState
from kiosk.domain.order_standing import Standing
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.refund import Refund as GivenRefund
from kiosk.domain.refund import plan_refund
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_state import BackKind, OrdersState
from kiosk.screens.admin_flow.own_reason import OwnReasonTouched, ReasonErased, ReasonTyped
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import CheckPayment, LoadLevels
from kiosk.services import events as service
from kiosk.services.events import PrintJobState
from kiosk.services.find_orders import NothingFound, NothingFoundReason, OrderPage
from kiosk.services.journal import Fate
from kiosk.services.order_details import OrderDetails, OrderPaper, OrderRow
from kiosk.services.payments_lately import PaymentLately
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, wanted
from tests.store.sales import draft

NOON = datetime(2026, 3, 9, 12, 3, tzinfo=UTC)
RECEIPT = OrderPaper(UUID(int=21), PaperKind.RECEIPT, PrintJobState.CONFIRMED, 0, may_print_again=True)
TICKET = OrderPaper(UUID(int=22), PaperKind.KITCHEN_TICKET, PrintJobState.CONFIRMED, 0, may_print_again=True)
CARD = service.CardPresented("reader", "04A1B2C3D4", 1.0)
CODE = service.CodeScanned("scanner", "KS1:ABC", 1.0)
TECHNICIAN = ANYBODY[Role.TECHNICIAN]


def sold() -> Order:
    return replace(draft().to(OrderState.PAID), number="A001")


def details(order: Order, **changes: Any) -> OrderDetails:
    payment = Payment(PaymentId(UUID(int=8)), order.id, PaymentMethod.BALANCE, order.total, PaymentState.PAID)
    return replace(OrderDetails(order, NOON, Standing.PAID, (payment,), (), (RECEIPT, TICKET), None), **changes)


def page(*orders: Order, older: bool = False) -> OrderPage:
    rows = tuple(OrderRow(o.id, o.number, NOON, o.total, Standing.PAID) for o in orders)
    return OrderPage(rows, rows[-1].id if older else None)


def listed(*orders: Order, staff: Staff = MANAGER, older: bool = False) -> AdminState:
    """The section is open, and the newest have come."""
    opened = after(inside(staff), shell.SectionChosen(SectionName.ORDERS))
    return after(opened, ev.OrdersFound(VISIT, page(*orders, older=older), is_page=True))


def seen(found: OrderDetails, staff: Staff = MANAGER) -> AdminState:
    order = found.order
    return after(listed(order, staff=staff), ev.OrderTouched(order.id), ev.OrderLoaded(VISIT, order.id, found))


def shown(state: AdminState) -> OrdersState:
    assert isinstance(state.open, OrdersState)
    return state.open


def refunding(found: OrderDetails, kind: BackKind = BackKind.REFUND) -> AdminState:
    return after(seen(found), ev.GiveBackTouched(kind))


def refunded(order: Order) -> Refunded:
    found = details(order)
    lines, parts = plan_refund(order, found.payments, (), None)
    return Refunded(GivenRefund(RefundId(UUID(int=9)), order.id, lines, parts, "staff-1", "cold", NOON), order)


def tick(state: AdminState, seconds: float) -> common.Tick:
    return common.Tick(state.now_s + seconds, time(12, 0))


# --- finding ---


def test_the_newest_are_asked_for_at_once() -> None:
    assert wanted(inside(), shell.SectionChosen(SectionName.ORDERS)) == (ev.FindNewest(VISIT, MANAGER),)


def test_pages_by_order_and_by_the_hour() -> None:
    order = sold()
    state = listed(order, older=True)
    assert wanted(state, ev.OlderTouched()) == (ev.FindNewest(VISIT, MANAGER, order.id),)
    assert wanted(state, ev.HourEarlierTouched()) == (ev.FindUntil(VISIT, MANAGER, NOON - timedelta(hours=1)),)
    assert wanted(listed(order), ev.OlderTouched()) == ()
    asking = after(state, ev.OlderTouched())
    assert wanted(asking, ev.OlderTouched()) == (), "one after the other"


@pytest.mark.parametrize(
    ("event", "effect"),
    [(CARD, ev.FindByCard(VISIT, MANAGER, CARD.uid)), (CODE, ev.FindByCode(VISIT, MANAGER, CODE.text))],
)
def test_a_card_or_a_slip_finds_from_the_list_and_from_an_order(event: object, effect: object) -> None:
    assert wanted(listed(sold()), event) == (effect,)
    assert wanted(seen(details(sold())), event) == (effect,)
    assert wanted(refunding(details(sold())), event) == (), "not while something is about to be given back"


def test_a_number_is_typed_and_its_one_order_opens() -> None:
    order, other = sold(), sold()
    state = after(listed(order, other), *map(ev.NumberTyped, "377"), ev.NumberErased())
    assert wanted(state, ev.NumberConfirmed()) == (ev.FindByNumber(VISIT, MANAGER, "37"),)
    asking = after(state, ev.NumberConfirmed())
    assert wanted(asking, ev.OrdersFound(VISIT, page(order))) == (ev.LoadOrder(VISIT, MANAGER, order.id),)
    assert wanted(asking, ev.OrdersFound(VISIT, page(order, other))) == (), "which of both?"
    assert wanted(listed(order), ev.NumberConfirmed()) == (), "nothing was typed"


def test_what_is_typed_is_bounded() -> None:
    state = after(listed(sold()), *[ev.NumberTyped("7")] * 50, ev.NumberTyped("'"), ev.NumberTyped("77"))
    assert shown(state).typed == "7" * 8


def test_nothing_found_is_said() -> None:
    state = after(listed(sold()), CARD, ev.OrdersFound(VISIT, NothingFound(NothingFoundReason.CARD_UNKNOWN)))
    assert shown(state).found == NothingFound(NothingFoundReason.CARD_UNKNOWN)
    assert not shown(state).looking


# --- giving back ---


def test_all_that_is_left_is_chosen_and_done_with_a_reason() -> None:
    found = details(sold())
    state = refunding(found)
    assert sum(part.amount.minor for part in shown(state).giving_back.parts) == found.order.total.minor  # type: ignore[union-attr]
    (effect,) = wanted(state, ev.ReasonTouched("cold"))
    assert isinstance(effect, ev.Refund)
    assert (effect.act_id, effect.asked.order_id, effect.asked.portions) == (None, found.order.id, found.portions_left)
    assert (effect.asked.restock, effect.asked.reason) == (False, "cold")


def test_some_portions_to_be_sold_again() -> None:
    state = after(
        refunding(details(sold())), ev.PortionsSet(0, 0), ev.PortionsSet(1, 1), ev.RestockChosen(restock=True)
    )
    (effect,) = wanted(state, ev.ReasonTouched("cold"))
    assert isinstance(effect, ev.Refund)
    assert (effect.asked.portions, effect.asked.restock) == ({1: 1, 2: 1}, True)


@pytest.mark.parametrize("wrong", [(0, 2), (0, -1), (9, 1)])
def test_never_more_than_was_sold(wrong: tuple[int, int]) -> None:
    state = refunding(details(sold()))
    assert after(state, ev.PortionsSet(*wrong)) == state


def test_nothing_chosen_gives_nothing_back() -> None:
    state = after(refunding(details(sold())), *(ev.PortionsSet(line, 0) for line in range(3)))
    assert wanted(state, ev.ReasonTouched("cold")) == ()


def test_a_second_touch_comes_too_late() -> None:
    state = after(refunding(details(sold())), ev.ReasonTouched("cold"))
    for event in (ev.ReasonTouched("cold"), ev.PortionsSet(0, 0), shell.BackTouched(), CARD):
        assert wanted(state, event) == ()
        assert after(state, event) == state


def test_a_reason_is_typed() -> None:
    state = after(refunding(details(sold())), OwnReasonTouched())
    assert wanted(state, ev.ReasonTouched("")) == wanted(state, ev.ReasonTouched("  ")) == (), "none was typed"
    state = after(state, *map(ReasonTyped, " BOOK 77"), ReasonErased(), ReasonTyped("\n"), ReasonTyped("ab"))
    assert shown(state).giving_back.typed == "BOOK 7"  # type: ignore[union-attr]
    long = after(state, *[ReasonTyped("x")] * 500)
    assert len(shown(long).giving_back.typed or "") == 40  # type: ignore[union-attr]
    back = after(state, shell.BackTouched())
    assert (back.screen, shown(back).giving_back.typed) == ("order_back", None)  # type: ignore[union-attr]


def test_done_is_shown_and_the_order_read_again() -> None:
    order = sold()
    state = after(refunding(details(order)), ev.ReasonTouched("cold"))
    (effect,) = wanted(refunding(details(order)), ev.ReasonTouched("cold"))
    assert isinstance(effect, ev.Refund)
    done = ev.GivenBack(VISIT, effect.asked, refunded(order))
    assert wanted(state, done) == (LoadLevels(), ev.LoadOrder(VISIT, MANAGER, order.id))
    state = after(state, done)
    assert (state.screen, shown(state).ended, shown(state).in_flight) == ("order", done.ended, False)
    refused = after(state, replace(done, ended=Refused(RefusedReason.NOTHING_LEFT)))
    assert shown(refused).ended == Refused(RefusedReason.NOTHING_LEFT)


def test_what_is_not_known_is_asked_after_under_the_same_act_and_not_begun_anew() -> None:
    order = sold()
    (effect,) = wanted(refunding(details(order)), ev.ReasonTouched("cold"))
    assert isinstance(effect, ev.Refund)
    act_id = UUID(int=77)
    unknown = ev.GivenBack(VISIT, effect.asked, NotKnown(act_id))
    state = after(refunding(details(order)), ev.ReasonTouched("cold"), unknown)
    assert shown(state).ended == NotKnown(act_id)
    assert after(state, ev.GiveBackTouched(BackKind.REFUND)) == state, "not a second one beside it"
    assert wanted(state, tick(state, 1)) == ()
    assert wanted(state, tick(state, 5)) == (replace(effect, act_id=act_id),)
    state = after(state, tick(state, 5), unknown)
    assert shown(state).being_found_out is not None, "still not known"
    elsewhere = after(state, shell.BackTouched(), ev.OrdersFound(VISIT, page(order), is_page=True))
    assert wanted(elsewhere, tick(elsewhere, 20)) == (replace(effect, act_id=act_id),), "also from the list"
    assert after(elsewhere, shell.BackTouched()).section is SectionName.ORDERS, "and nobody goes home before"
    for known in (
        after(state, replace(unknown, ended=refunded(order))),
        after(elsewhere, replace(unknown, ended=refunded(order))),
    ):
        assert shown(known).being_found_out is None
        assert wanted(known, tick(known, 20)) == ()


def test_a_failed_effect_frees_the_screen() -> None:
    state = after(refunding(details(sold())), ev.ReasonTouched("cold"))
    (effect,) = wanted(refunding(details(sold())), ev.ReasonTouched("cold"))
    state = after(state, shell.EffectFailed(VISIT, effect, shell.Failure.NOT_PERMITTED))  # type: ignore[arg-type]
    assert not shown(state).in_flight


def test_what_an_order_does_not_allow_is_not_offered() -> None:
    order = sold()
    gone = details(order, not_refundable=RefusedReason.NOT_SOLD_HERE)
    waits = details(order, standing=Standing.AWAITING_PAYMENT, not_refundable=RefusedReason.NOT_PAID)
    for found, kinds in ((gone, set()), (waits, {BackKind.CANCEL}), (details(order), {BackKind.REFUND, BackKind.VOID})):
        assert {k for k in BackKind if after(seen(found), ev.GiveBackTouched(k)).screen == "order_back"} == kinds


@pytest.mark.parametrize("kind", BackKind)
def test_nor_to_who_may_not(kind: BackKind) -> None:
    state = seen(details(sold()), TECHNICIAN)
    assert after(state, ev.GiveBackTouched(kind)) == state


def test_nor_to_who_may_no_longer() -> None:
    """The role went while the reason was chosen, or while the end was not known."""
    order = sold()
    lost = shell.StaffLookedUp(VISIT, replace(MANAGER, roles=frozenset({Role.TECHNICIAN})))
    state = refunding(details(order))
    assert wanted(after(state, lost), ev.ReasonTouched("cold")) == ()
    (effect,) = wanted(state, ev.ReasonTouched("cold"))
    assert isinstance(effect, ev.Refund)
    state = after(state, ev.ReasonTouched("cold"), ev.GivenBack(VISIT, effect.asked, NotKnown(UUID(int=7))), lost)
    assert wanted(state, tick(state, 6)) == ()


def test_void_takes_the_whole_order_back_into_stock() -> None:
    (effect,) = wanted(refunding(details(sold()), BackKind.VOID), ev.ReasonTouched("mistake"))
    assert isinstance(effect, ev.VoidOrder)
    assert (effect.asked.kind, effect.asked.restock) == (BackKind.VOID, True)


# --- papers and payments ---


def test_papers_again_once_for_a_touch() -> None:
    found = details(sold())
    state, order_id = seen(found), found.order.id
    assert wanted(state, ev.PrintAgainTouched(RECEIPT.job_id)) == (
        ev.Reprint(VISIT, MANAGER, order_id, RECEIPT.job_id),
    )
    assert wanted(state, ev.PrintAgainTouched(TICKET.job_id)) == (
        ev.SendToKitchen(VISIT, MANAGER, order_id, TICKET.job_id),
    )
    assert wanted(after(state, ev.PrintAgainTouched(RECEIPT.job_id)), ev.PrintAgainTouched(RECEIPT.job_id)) == ()
    assert wanted(state, ev.PrintAgainTouched(UUID(int=99))) == ()
    old = seen(details(sold(), papers=(replace(RECEIPT, may_print_again=False),)))
    assert wanted(old, ev.PrintAgainTouched(RECEIPT.job_id)) == ()


def test_news_of_its_papers_are_read() -> None:
    found = details(sold())
    news = service.PrintJobChanged(RECEIPT.job_id, found.order.id, PaperKind.RECEIPT, PrintJobState.CONFIRMED)
    assert wanted(seen(found), news) == (ev.LoadOrder(VISIT, MANAGER, found.order.id),)
    assert wanted(seen(found), replace(news, order_id=OrderId(UUID(int=5)))) == ()


def test_open_payments_are_asked_after_by_whoever_makes_payments() -> None:
    state = after(listed(sold()), ev.PaymentsTouched())
    assert wanted(listed(sold()), ev.PaymentsTouched()) == (ev.ListPayments(VISIT, MANAGER),)
    order = sold()
    known = PaymentLately(PaymentId(UUID(int=1)), "1234", NOON, order.total, Fate.PAID)
    doubtful = replace(known, payment_id=PaymentId(UUID(int=2)), fate=Fate.BEING_CHECKED)
    state = after(state, ev.PaymentsListed(VISIT, (doubtful, known)))
    assert wanted(state, tick(state, 1)) == ()
    assert wanted(state, tick(state, 5)) == (CheckPayment(doubtful.payment_id), ev.ListPayments(VISIT, MANAGER))


def test_back_leads_one_screen_back() -> None:
    order = sold()
    state = refunding(details(order))
    screens = []
    for _ in range(3):
        state = after(state, shell.BackTouched(), ev.OrdersFound(VISIT, page(order), is_page=True))
        screens.append(state.screen)
    assert screens == ["order", "orders", "home"]
    assert after(listed(order), ev.PaymentsTouched(), shell.BackTouched()).screen == "orders"

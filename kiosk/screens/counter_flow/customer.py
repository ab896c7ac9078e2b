"""What the customer sees of a sale, on a window of their own, and the queue behind them: never who somebody is, and a
balance only when it was touched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face import Fault
from kiosk.domain.money import Money
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.bill import BillLine, bill_lines, due, typed
from kiosk.screens.counter_flow.facing import can_look
from kiosk.screens.counter_flow.state import PayMethod, ScreenName, State
from kiosk.screens.flow.face_state import FaceTrouble
from kiosk.services.collected import Collected
from kiosk.services.events import DeviceKind, works_here
from kiosk.services.face_events import FaceSeen
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.services.posing import Posing
from kiosk.services.staff_acts import NotKnown


class CustomerShows(StrEnum):
    """welcome: nobody is served. sale: what is typed and touched so far. pay: tap a card or look here. confirm: so much
    will be charged to whoever was recognised, unless they say no. charging: wait. face: theirs is being enrolled.
    cash: staff take cash. paid, not_paid, checking: the end. ask_staff: they were here already, and staff are asked.
    closed: nothing can be sold now."""

    WELCOME = "welcome"
    SALE = "sale"
    PAY = "pay"
    CONFIRM = "confirm"
    CHARGING = "charging"
    FACE = "face"
    CASH = "cash"
    PAID = "paid"
    NOT_PAID = "not_paid"
    CHECKING = "checking"
    ASK_STAFF = "ask_staff"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CustomerView:
    """`amount`: due, or paid. `received` and `change`: in cash. `number` and `balance`: of what was paid; `reason`: why
    it was not. `undone`: so much was taken back just now. `can_tap`, `can_look`: what works now. `seen` and `trouble`:
    of the look at their face; `asks_digits`: in doubt, staff are to be told those of their card. `posing`: how far
    enrolling it is. `name`: theirs, masked, once they were recognised by it; `left_s` of `confirm_s` to say no."""

    language: str
    shows: CustomerShows
    amount: Money | None = None
    lines: tuple[BillLine, ...] = ()
    received: Money | None = None
    change: Money | None = None
    number: str = ""
    balance: Money | None = None
    reason: NotChargedReason | None = None
    undone: Money | None = None
    can_tap: bool = False
    can_look: bool = False
    seen: FaceSeen | None = None
    trouble: Fault | FaceTrouble | None = None
    posing: Posing | None = None
    asks_digits: bool = False
    name: str = ""
    left_s: int = 0
    confirm_s: int = 0
    camera_on: bool = False
    simulated: bool = False


def customer_view(state: State) -> CustomerView:
    shows = _shows(state)
    outcome, lane, facing = state.sale.outcome, state.lane, state.sale.facing
    found = facing.found if facing else None
    asks_digits = facing is not None and facing.asks_digits
    cart = lane.cart if lane else state.sale.cart
    is_undone = state.undo is not None and state.undo.end is UndoEnd.UNDONE
    return CustomerView(
        language=state.view.language,
        shows=shows,
        amount=_amount(state, shows),
        lines=bill_lines(cart, state.menu) if state.menu and shows in _WITH_LINES else (),
        received=_received(state),
        change=state.change,
        number=state.order.number if state.order else "",
        balance=outcome.balance_after if isinstance(outcome, Paid | Collected) and state.sale.balance_shown else None,
        reason=outcome.reason if isinstance(outcome, NotCharged) else None,
        undone=state.undo.sale.amount if state.undo and is_undone else None,
        can_tap=works_here(state.devices, DeviceKind.CARD_READER),
        can_look=can_look(state) and not asks_digits,
        seen=facing.seen if facing else None,
        trouble=facing.trouble if facing else None,
        posing=_posing(state),
        asks_digits=asks_digits,
        name=found.member.masked_name if found else state.sale.payer_name,
        left_s=facing.left_s if facing and found else 0,
        confirm_s=state.rules.face_policy.confirm_s if found and state.rules.face_policy else 0,
        camera_on=bool(state.cameras_on),
        simulated=bool(state.simulated_devices),
    )


_WITHOUT_SUM = (CustomerShows.WELCOME, CustomerShows.CLOSED, CustomerShows.FACE)
_WITH_LINES = (CustomerShows.SALE, CustomerShows.PAY, CustomerShows.CONFIRM, CustomerShows.CASH)


def _shows(state: State) -> CustomerShows:
    if state.sale.outcome is not None:
        if isinstance(state.sale.outcome, BeingChecked | NotKnown):
            return CustomerShows.CHECKING
        return CustomerShows.NOT_PAID if state.order is None else CustomerShows.PAID
    if state.in_flight:
        return CustomerShows.CHARGING
    if state.out_of_order:
        return CustomerShows.CLOSED
    if state.lane is not None and state.lane.asking is not None:
        return CustomerShows.ASK_STAFF
    if state.sale.facing is not None and state.sale.facing.found is not None:
        return CustomerShows.CONFIRM
    if state.screen in (ScreenName.LANE, ScreenName.PAYING):
        return CustomerShows.PAY
    if state.screen is ScreenName.CASH:
        return CustomerShows.CASH
    if state.screen is ScreenName.ENROL:
        return CustomerShows.FACE
    return CustomerShows.SALE if due(state) else CustomerShows.WELCOME


def _amount(state: State, shows: CustomerShows) -> Money | None:
    if isinstance(state.sale.outcome, Collected):
        return state.sale.outcome.paid
    if state.order is not None:
        return state.order.total
    if isinstance(state.sale.outcome, BeingChecked | NotCharged):
        return state.sale.outcome.total
    return None if shows in _WITHOUT_SUM else due(state)


def _posing(state: State) -> Posing | None:
    """Trying whether the face is known now looks like its first pose."""
    enrolling = state.enrolment.flow.enrolling if state.enrolment else None
    if enrolling is not None and enrolling.trying:
        return Posing(EnrolmentPose.AHEAD, 0, enrolling.fault)
    return enrolling.posing if enrolling else None


def _received(state: State) -> Money | None:
    """As far as staff have typed it."""
    if state.sale.received is not None:
        return state.sale.received
    is_cash = state.paying is not None and state.paying.method is PayMethod.CASH
    return typed(state) if is_cash and state.keyed_minor else None

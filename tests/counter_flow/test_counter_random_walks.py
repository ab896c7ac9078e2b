"""Whatever is touched, tapped and answered in whatever order: the promises of the counter's flow hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kiosk.domain.cart import Cart
from kiosk.domain.face import Agreed, Doubtful, Fault, Judgement, Unknown
from kiosk.domain.ids import DishId, MemberId, OrderId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, ByFace
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import StockLevels, portions_in_cart
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.bill import due, grid
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.enrolment_state import Guardian
from kiosk.screens.counter_flow.state import PayMethod, ScreenName, State
from kiosk.screens.counter_flow.steps import Step
from kiosk.screens.counter_flow.troubles import troubles
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import IdentifyByDigits, LetGo, LookForFace, Reserve, StopFace, TakePoses
from kiosk.screens.flow.enrolling import running_task
from kiosk.screens.flow.face_state import MOST_TRIES
from kiosk.services import events as service
from kiosk.services.collected import Collected
from kiosk.services.counter_sale import CashSold
from kiosk.services.enrol_face import FaceEnrolled
from kiosk.services.face_events import FaceJudged, LookEnd, LookEnded
from kiosk.services.identify import Identified
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.services.posing import PosingChanged
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.counter_flow.counter import LIMITS, MENU, NUTS, SALAD, menu_with, void_of
from tests.counter_flow.guarded import GuardedLane
from tests.counter_flow.mutants import MUTANTS
from tests.counter_flow.test_counter_collecting import found
from tests.counter_flow.test_counter_facing import CANDIDATES, LookingStaff, by_face
from tests.flow.canteen import (
    CARD,
    CHECKED,
    CHICKEN,
    CHICKEN_MILD,
    MEMBER,
    NO_COUNTS,
    OTHER_CARD,
    OTHER_MEMBER,
    RICE,
    SET_MEAL,
    TOFU,
)
from tests.flow.faces import POSES
from tests.screens.face_scenes import CONSENT, TEXT

TakesStep = Callable[[State, ev.CounterEvent], Step]
Payment = fx.Charge | fx.ChargeInLane | fx.SellForCash | fx.CollectFromBalance | fx.CollectInCash
DISHES = [CHICKEN, RICE, NUTS.id, SALAD.id, DishId("unicorn")]
DOUBT = Doubtful(CANDIDATES)
STANDS_S = 10.0  # so long nobody takes their eyes off the camera who still stands there
DEARER = menu_with(SALAD, chicken_minor=1300, version=2)

selling = st.one_of(
    st.sampled_from(["0", "1", "8", "00", "99", "A"]).map(ev.DigitsTyped),
    st.sampled_from(DISHES).map(ev.DishTouched),
    st.sampled_from(
        [
            ev.EraseTouched(),
            ev.ClearTouched(),
            ev.SaleBroughtBack(),
            ev.SumAdded(),
            ev.ComboTouched(SET_MEAL),
            ev.WeightConfirmed(),
            ev.WeighingClosed(),
        ]
    ),
)
paying = st.one_of(
    st.sampled_from(PayMethod).map(ev.MethodTouched),
    st.sampled_from([0, 100, 1250, 5000]).map(lambda minor: ev.ReceivedChosen(Money(minor))),
    st.sampled_from([ev.CashTaken(), ev.CashTaken(), common.BackTouched(), common.DoneTouched(), ev.LaneStarted()]),
)
beside = st.sampled_from(
    [
        ev.UndoSeen(),
        ev.FoundOutSeen(),
        ev.LaneStopped(),
        ev.CollectOpened(),
        ev.NumberConfirmed(),
        common.BalanceTouched(),
        common.LanguageChosen("en"),
    ]
)
refusals = st.sampled_from(NotChargedReason).map(lambda reason: NotCharged(reason, Money(1250), free=Money(5)))


class CounterWalk(RuleBasedStateMachine):
    """A counter that many hands touch. Keeps which payment the outside has in hand, what was paid when, and what the
    outside was asked to undo."""

    takes_step: TakesStep = staticmethod(step)

    def __init__(self) -> None:
        super().__init__()
        self.staff = LookingStaff()
        self.in_hand: Payment | None = None
        self.paid_at: dict[OrderId, float] = {}
        self.undone: set[OrderId] = set()
        self.newest: OrderId | None = None
        self.looking: int | None = None
        self.kept: Reserve | None = None
        self.tries: Counter[int] = Counter()
        self.guard = GuardedLane()
        self.stood_s: dict[MemberId, float] = {}
        self.touched_balance = False
        self.found_s = 0.0

    def happens(self, event: ev.CounterEvent) -> None:
        before = self.staff.state
        self.see_who_stands_there(event, before)
        after, effects = type(self).takes_step(before, event)
        self.staff.state = after
        if isinstance(event, common.BalanceTouched):
            self.touched_balance = before.order is not None and not self.touched_balance
        elif after.sale.id != before.sale.id or isinstance(event, ev.SaleFinished):
            self.touched_balance = False
        if _is_found(after) and not _is_found(before):
            self.found_s = self.staff.now_s
        for effect in effects:
            self.reserves_or_lets_go(effect, after)
            self.look_at(effect, event)
            self.is_by_a_face_that_was_shown(effect, before)
        if after.order is not None and before.in_flight and isinstance(event, ev.SaleFinished):
            self.kept = None  # sold
        if before.in_flight and not isinstance(event, ev.SaleFinished):
            assert after.in_flight, "a payment in flight was dropped"
            assert after.sale.id == before.sale.id

    def look_at(self, effect: fx.Effect, event: ev.CounterEvent) -> None:
        match effect:
            case fx.Charge() | fx.SellForCash():
                is_guarded = self.staff.state.lane is None or isinstance(effect, fx.SellForCash)
                assert is_guarded, "charged past the lane's guard"
                self.begins(effect, effect)
            case fx.CollectFromBalance() | fx.CollectInCash():
                collecting = self.staff.state.collecting
                assert collecting is not None
                assert collecting.chosen is not None
                assert effect.due_order == collecting.chosen.due_order
                is_enough = not isinstance(effect, fx.CollectInCash) or effect.received >= effect.due_order.due
                assert is_enough, "the change is below zero"
                self.takes_in_hand(effect, effect.sale_id)
            case IdentifyByDigits(sale_id):
                self.tries[sale_id] += 1
                assert self.tries[sale_id] <= MOST_TRIES, "more tries than there are"
            case fx.ChargeInLane(charge, is_meant):
                self.begins(effect, charge)
                answered = isinstance(event, ev.AgainAnswered) and event.charge
                assert is_meant == answered, "charged once more without being asked"
                self.is_tried_once(effect)
            case LookForFace(request):
                self.looking = request.task
            case TakePoses(task):
                assert self.looking is None, "two looks at once"
                self.looking = task
            case StopFace(task):
                assert task == self.looking
                self.looking = None
            case fx.Undo(sale, None):
                order_id = sale.order.id
                assert isinstance(event, ev.UndoTouched)
                assert order_id == event.order_id, "another sale than was shown is undone"
                assert order_id not in self.undone, "undone twice"
                assert self.staff.now_s - self.paid_at[order_id] < 10.0, "undone too late"
                self.undone.add(order_id)

    def see_who_stands_there(self, event: ev.CounterEvent, before: State) -> None:
        """Of those whose face was tried in the lane, and when they were last seen there."""
        if before.lane is None or (isinstance(event, service.FaceSeen) and event.fault is Fault.NO_FACE):
            self.stood_s = {}
        is_looked_at = before.sale.facing is not None and before.sale.facing.is_looking
        if isinstance(event, FaceJudged) and isinstance(event.judgement, Agreed) and is_looked_at:
            member_id = event.judgement.member_id
            if self.staff.now_s - self.stood_s.get(member_id, 0.0) < STANDS_S:
                self.stood_s[member_id] = self.staff.now_s

    def is_tried_once(self, effect: fx.ChargeInLane) -> None:
        payer = effect.charge.payer
        if isinstance(payer, ByFace) and not effect.is_meant:
            gone_s = self.staff.now_s - self.stood_s.get(payer.member_id, 0.0)
            assert gone_s >= STANDS_S, "tried again while they stand there"

    def reserves_or_lets_go(self, effect: object, after: State) -> None:
        """Never two at once; kept as long as money is asked for these dishes, and no longer."""
        if isinstance(effect, Reserve):
            assert (effect.session_id, effect.cart) == (after.sale.id, after.sale.cart), "another sale's is reserved"
            assert portions_in_cart(effect.cart), "nothing is reserved"
            assert after.lane is None, "reserved for the lane"
            self.kept = effect
        elif isinstance(effect, LetGo):
            assert self.kept is not None, "let go of what was not reserved"
            self.kept = None

    def begins(self, payment: Payment, sale: fx.Charge | fx.SellForCash) -> None:
        assert self.staff.state.enrolment is None, "charged while a face is enrolled"
        self.takes_in_hand(payment, sale.sale_id)
        assert price_cart(sale.cart, self.menu).total == sale.shown_total
        for selection in (line.selection for line in sale.cart.lines):
            is_typed = selection.keyed is None or 0 < selection.keyed.minor <= LIMITS.largest_sum_minor
            is_weighed = selection.grams is None or 0 < selection.grams <= LIMITS.largest_weight_g
            assert is_typed, "more than staff may type"
            assert is_weighed, "more than staff may type"
        if isinstance(sale, fx.SellForCash):
            assert sale.received >= sale.shown_total, "the change is below zero"

    def takes_in_hand(self, payment: Payment, sale_id: int) -> None:
        assert self.in_hand is None, "a second payment started while one is in flight"
        assert self.staff.state.sale.id == sale_id
        self.in_hand = payment

    def is_by_a_face_that_was_shown(self, effect: fx.Effect, before: State) -> None:
        """With the amount, and for a moment; but for the lane."""
        if not isinstance(effect, fx.Charge | fx.CollectFromBalance) or not isinstance(effect.payer, ByFace):
            return
        facing, rules = before.sale.facing, before.rules.face_policy
        assert facing is not None
        assert facing.found is not None, "charged without a moment to cancel"
        assert rules is not None
        assert self.staff.now_s - self.found_s >= rules.confirm_s, "charged without a moment to cancel"
        amount = effect.due_order.due if isinstance(effect, fx.CollectFromBalance) else effect.shown_total
        assert (facing.found.payer, facing.amount) == (effect.payer, amount)

    @property
    def menu(self) -> Menu:
        menu = self.staff.state.menu
        assert menu is not None
        return menu

    def touch(self, event: ev.CounterEvent) -> None:
        self.happens(common.Touched(self.staff.now_s))
        self.happens(event)

    @rule(event=selling)
    def sells(self, event: ev.CounterEvent) -> None:
        self.touch(event)

    @rule(event=paying)
    def pays(self, event: ev.CounterEvent) -> None:
        self.touch(event)

    @rule(event=beside)
    def does_something_else(self, event: ev.CounterEvent) -> None:
        self.touch(event)

    @rule(digits=st.sampled_from(["1250", "99999"]), method=st.sampled_from(PayMethod))
    def types_a_sum_and_asks_for_it(self, digits: str, method: PayMethod) -> None:
        """A way that single touches rarely find."""
        for digit in digits:
            self.touch(ev.DigitsTyped(digit))
        self.touch(ev.MethodTouched(method))

    @precondition(lambda self: self.staff.state.screen is ScreenName.CASH)
    @rule(minor=st.sampled_from([100, 1250, 5000, 50_000]))
    def hands_cash_over(self, minor: int) -> None:
        self.touch(ev.ReceivedChosen(Money(minor)))
        self.touch(ev.CashTaken())

    @precondition(lambda self: self.in_hand is None)
    @rule(method=st.sampled_from(PayMethod))
    def finds_an_order_and_asks_for_it(self, method: PayMethod) -> None:
        """The same of an order of another terminal."""
        self.touch(ev.CollectOpened())
        self.touch(ev.DigitsTyped("A"))
        self.touch(ev.NumberConfirmed())
        one = found(self.staff, Cart().add(CHICKEN_MILD))
        self.happens(ev.OrdersFound(self.staff.state.sale.id, (one,)))
        self.touch(ev.MethodTouched(method))

    @precondition(lambda self: self.in_hand is not None)
    @rule(event=st.sampled_from([common.DoneTouched(), common.BackTouched(), ev.CashTaken()]))
    def does_not_wait_for_the_payment(self, event: ev.CounterEvent) -> None:
        self.touch(event)

    @rule()
    def opens_a_lane(self) -> None:
        self.touch(ev.DishTouched(TOFU))
        self.touch(ev.LaneStarted())

    @rule(seconds=st.sampled_from([1, 1, 3, 11]))
    def waits(self, seconds: int) -> None:
        for _ in range(seconds):
            self.staff.now_s += 1
            self.happens(common.Tick(self.staff.now_s, self.staff.local))

    @rule(uid=st.sampled_from([CARD, OTHER_CARD]))
    def taps_card(self, uid: str) -> None:
        self.happens(service.CardPresented("campus-card", uid, self.staff.now_s))

    @precondition(lambda self: self.paid_at)
    @rule(is_newest=st.booleans(), data=st.data())
    def undoes(self, is_newest: bool, data: st.DataObject) -> None:
        order_id = self.newest if is_newest else data.draw(st.sampled_from(list(self.paid_at)))
        assert order_id is not None
        self.touch(ev.UndoTouched(order_id))

    @precondition(lambda self: self.in_hand is None)
    @rule(seconds=st.sampled_from([1, 8, 12]), is_newest=st.booleans())
    def sells_and_undoes(self, seconds: int, is_newest: bool) -> None:
        """Another way that single touches rarely find."""
        self.types_a_sum_and_asks_for_it("1250", PayMethod.MEMBER)
        self.taps_card(CARD)
        if self.in_hand is not None:
            self.finishes("done")
            self.waits(seconds)
        if self.paid_at:
            self.touch(ev.UndoTouched(list(self.paid_at)[-1 if is_newest else 0]))

    @precondition(lambda self: self.staff.state.undo is not None)
    @rule(end=st.sampled_from(["undone", "refused", "not known"]))
    def undo_ends(self, end: str) -> None:
        undo = self.staff.state.undo
        assert undo is not None
        order = undo.sale.order
        refused = Refused(RefusedReason.NOTHING_LEFT)
        results = {"undone": Refunded(void_of(order), order), "refused": refused, "not known": NotKnown(order.id)}
        self.happens(ev.UndoFinished(order.id, results[end]))
        assert self.staff.state.undo is not None

    @precondition(lambda self: self.staff.state.lane is not None)
    @rule(charge=st.booleans(), stale=st.booleans())
    def answers(self, charge: bool, stale: bool) -> None:
        self.touch(ev.AgainAnswered(self.staff.state.sale.id - stale, charge))

    @precondition(lambda self: self.in_hand is not None)
    @rule(answer=st.one_of(st.just("done"), st.just("done"), st.just(CHECKED), refusals))
    def finishes(self, answer: str | NotCharged | BeingChecked) -> None:
        asked, self.in_hand = self.in_hand, None
        assert asked is not None
        if isinstance(asked, fx.CollectFromBalance | fx.CollectInCash):
            self.finishes_collecting(asked, answer)
            return
        sale = asked.charge if isinstance(asked, fx.ChargeInLane) else asked
        outcome: object = answer
        if isinstance(answer, str):
            outcome = self.done(sale)
        if isinstance(asked, fx.ChargeInLane):
            outcome = self.guard.ends(asked, outcome, self.staff.now_s)
            if isinstance(asked.charge.payer, ByFace):
                self.stood_s[asked.charge.payer.member_id] = self.staff.now_s
        self.happens(ev.SaleFinished(sale.sale_id, outcome))
        assert not self.staff.state.in_flight
        if isinstance(outcome, SameMemberAgain):
            assert self.staff.state.lane is not None
            assert self.staff.state.lane.asking == outcome

    def finishes_collecting(self, asked: fx.CollectFromBalance | fx.CollectInCash, answer: object) -> None:
        outcome: object = answer
        if isinstance(answer, str):
            collecting = self.staff.state.collecting
            assert collecting is not None
            assert collecting.chosen is not None
            outcome = Collected(collecting.chosen.order, asked.due_order.due)
        self.happens(ev.SaleFinished(asked.sale_id, outcome))
        assert not self.staff.state.in_flight

    def done(self, sale: fx.Charge | fx.SellForCash) -> object:
        menu = next(menu for menu in (MENU, DEARER) if _comes_to(sale, menu))
        order = self.staff.order_of(sale.cart, menu)
        self.paid_at[order.id], self.newest = self.staff.state.now_s, order.id
        if isinstance(sale, fx.SellForCash):
            return CashSold(order, self.staff.payment_of(order, sale.received))
        return Paid(order, Money(1), 1)

    @precondition(lambda self: self.staff.state.sale.facing is not None)
    @rule(end=st.sampled_from([Agreed(MEMBER.id), Agreed(OTHER_MEMBER.id), DOUBT, Unknown(), LookEnd.TIME_OUT]))
    def look_ends(self, end: Judgement | LookEnd) -> None:
        task = self.staff.state.face_tasks
        self.happens(LookEnded(task, end) if isinstance(end, LookEnd) else FaceJudged(task, end, turned=True))
        facing = self.staff.state.sale.facing
        if isinstance(end, Agreed) and facing is not None and facing.checking:
            member = MEMBER if end.member_id == MEMBER.id else OTHER_MEMBER
            found = Identified(member, by_face(member), Money(0))
            self.happens(common.FaceIdentified(self.staff.state.sale.id, task, found))

    @precondition(lambda self: self.staff.state.sale.facing is not None)
    @rule()
    def nobody_stands_there(self) -> None:
        self.happens(service.FaceSeen(self.staff.state.face_tasks, Fault.NO_FACE))

    @precondition(lambda self: self.in_hand is None and self.staff.state.screen is ScreenName.LANE)
    @rule(member_id=st.sampled_from([MEMBER.id, OTHER_MEMBER.id]), answer=st.one_of(st.just("done"), refusals))
    def looks_into_the_camera_of_the_lane(self, member_id: MemberId, answer: str | NotCharged) -> None:
        """Another way that single events rarely find."""
        self.look_ends(Agreed(member_id))
        if self.in_hand is not None:
            self.finishes(answer)

    @precondition(lambda self: self.in_hand is None and self.staff.state.screen is ScreenName.LANE)
    @rule(uid=st.sampled_from([CARD, OTHER_CARD]), is_cash=st.booleans())
    def pays_in_the_lane_and_looks_at_the_balance(self, uid: str, is_cash: bool) -> None:
        """Another way that single touches rarely find: cash was thought of first."""
        if is_cash:
            self.touch(ev.MethodTouched(PayMethod.CASH))
        self.taps_card(uid)
        if self.in_hand is not None:
            self.finishes("done")
        self.touch(common.BalanceTouched())

    @rule(guardian=st.sampled_from(Guardian), ends_after=st.integers(6, 14))
    def enrols(self, guardian: Guardian, ends_after: int) -> None:
        """So far and no farther; whatever comes next happens in the middle of it."""
        if self.staff.state.enrolment is not None:
            self.touch(common.BackTouched())
        self.touch(ev.EnrolmentOpened())
        if self.staff.state.enrolment is None or self.staff.state.enrolment.is_begun:
            return
        self.touch(ev.GuardianChosen(guardian, "Mother"))
        for event in self.enrolment()[:ends_after]:
            self.touch(event)

    def enrolment(self) -> list[ev.CounterEvent]:
        """All that leads to an enrolled face."""
        state, enrolment = self.staff.state, self.staff.state.enrolment
        session = enrolment.flow.session.id if enrolment else 0
        posing = PosingChanged(state.face_tasks + 1, POSES)
        return [
            *(ev.DigitsTyped(digit) for digit in "138000"),
            service.CardPresented("campus-card", CARD, self.staff.now_s),
            common.CustomerIdentified(session, Identified(MEMBER, ByCard(CARD), Money(0))),
            acc.ConsentTextRead(session, TEXT),
            acc.AgeAnswered(under_14=False),
            acc.ConsentAnswered(agrees=True),
            acc.ConsentTaken(session, CONSENT),
            posing,
            acc.EnrolmentFinished(session, FaceEnrolled(CONSENT)),
        ]

    @rule(digit=st.sampled_from(["8", None]))
    def types_a_digit(self, digit: str | None) -> None:
        self.touch(common.DigitTouched(digit))

    @precondition(lambda self: self.in_hand is None)
    @rule(wrong=st.sampled_from([0, 2, 5]))
    def is_in_doubt(self, wrong: int) -> None:
        """Another way that single touches rarely find: so often other digits than theirs, then their own."""
        self.types_a_sum_and_asks_for_it("1250", PayMethod.MEMBER)
        for tried in range(wrong + 1):
            self.touch(common.FaceTryAgainTouched())
            self.happens(FaceJudged(self.staff.state.face_tasks, DOUBT, turned=True))
            for _ in range(4):
                self.touch(common.DigitTouched("8"))
            found = Identified(MEMBER, by_face(MEMBER), Money(0)) if tried == wrong else None
            self.happens(common.FaceIdentified(self.staff.state.sale.id, self.staff.state.face_tasks, found))

    @rule(menu=st.sampled_from([MENU, DEARER]))
    def load_menu(self, menu: Menu) -> None:
        self.happens(common.MenuLoaded(menu, NO_COUNTS))

    @rule(counted=st.sampled_from([NO_COUNTS, StockLevels({RICE: 1, CHICKEN: 0}, frozenset({NUTS.id}))]))
    def load_levels(self, counted: StockLevels) -> None:
        self.happens(common.LevelsLoaded(counted))

    @precondition(lambda self: self.kept is not None)
    @rule(is_short=st.booleans(), is_stale=st.booleans())
    def reserving_is_answered(self, is_short: bool, is_stale: bool) -> None:
        assert self.kept is not None
        asked, before = self.kept, self.staff.state
        short = NotCharged(NotChargedReason.SOLD_OUT, asked.shown_total, sold_out=(RICE,), left=((RICE, 0),))
        self.happens(common.CartReserved(asked.session_id - is_stale, asked.cart, short if is_short else None))
        waits = before.screen in (ScreenName.PAYING, ScreenName.CASH) and not before.in_flight
        is_told = is_short and not is_stale and waits
        assert (self.staff.state != before) == is_told, "told too late, or something that is over"

    @rule(method=st.sampled_from(PayMethod))
    def touches_a_dish_and_asks_for_it(self, method: PayMethod) -> None:
        self.touch(ev.DishTouched(RICE))
        self.touch(ev.MethodTouched(method))

    @invariant()
    def is_kept_while_money_is_asked_for_dishes(self) -> None:
        state = self.staff.state
        is_own = state.lane is None and state.collecting is None and bool(portions_in_cart(state.sale.cart))
        asks = state.screen in (ScreenName.PAYING, ScreenName.CASH) and is_own
        assert not asks or self.kept is not None, "asks for money and has reserved nothing"
        assert state.screen is not ScreenName.SALE or self.kept is None, "kept for a sale that was given up"

    @rule()
    def is_found_out(self) -> None:
        """What became of the payment that was being checked, or is thought to be."""
        self.happens(common.PaymentChecked(CHECKED.payment_id, None))
        assert CHECKED.payment_id not in [check.id for check in self.staff.state.checks]

    @rule()
    def disk_fails_and_works_again(self) -> None:
        self.happens(service.StorageStopped())
        self.touch(ev.MethodTouched(PayMethod.CASH))
        assert self.staff.state.screen is not ScreenName.CASH or self.in_hand is not None
        self.is_found_out()

    @invariant()
    def in_flight_is_what_the_outside_has_in_hand(self) -> None:
        assert self.staff.state.in_flight == (self.in_hand is not None)

    @invariant()
    def nobody_is_looked_at_who_may_not_pay(self) -> None:
        state = self.staff.state
        if state.sale.facing is not None:
            assert state.screen in (ScreenName.PAYING, ScreenName.LANE)
            assert not state.in_flight
        posing = running_task(state.enrolment.flow) if state.enrolment else None
        facing = state.sale.facing
        assert self.looking == (facing.task if facing and facing.is_looking else posing)

    @invariant()
    def what_is_typed_is_allowed(self) -> None:
        state = self.staff.state
        if state.screen is ScreenName.SALE:
            assert state.keyed_minor <= LIMITS.largest_sum_minor, "more than staff may type"
        if state.weighing:
            assert state.weighing.grams <= LIMITS.largest_weight_g, "more than staff may type"
        price_cart(state.sale.cart, self.menu)

    @invariant()
    def every_screen_has_what_it_shows(self) -> None:
        state = self.staff.state
        match state.screen:
            case ScreenName.PAYING | ScreenName.CASH:
                assert state.paying is not None
                assert state.paying.amount == due(state)
            case ScreenName.RESULT:
                assert state.sale.outcome is not None
            case ScreenName.LANE:
                assert state.lane is not None
                assert state.lane.taken == state.lane.price * state.lane.paid
            case ScreenName.COLLECT:
                assert state.collecting is not None
            case ScreenName.ENROL:
                assert state.enrolment is not None
            case ScreenName.SALE:
                assert state.paying is None
                assert state.sale.outcome is None
        assert grid(state)
        assert isinstance(troubles(state), tuple)

    @invariant()
    def the_customer_sees_what_is_true(self) -> None:
        state = self.staff.state
        view = customer_view(state)
        assert (view.shows is CustomerShows.PAID) == (state.order is not None)
        assert view.balance is None or self.touched_balance, "a balance that its owner did not touch"
        assert view.change is None or view.change.minor > 0, "the change is below zero"
        assert view.shows is not CustomerShows.CHARGING or state.in_flight
        assert not (view.asks_digits and view.name), "a name before it is certain"


def _is_found(state: State) -> bool:
    return state.sale.facing is not None and state.sale.facing.found is not None


def _comes_to(sale: fx.Charge | fx.SellForCash, menu: Menu) -> bool:
    try:
        return price_cart(sale.cart, menu).total == sale.shown_total
    except ValueError:
        return False


CounterWalk.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestCounterWalk = CounterWalk.TestCase


@pytest.mark.parametrize(("mutant", "told"), MUTANTS.items(), ids=[mutant.__name__ for mutant in MUTANTS])
def test_planted_bugs_are_found(mutant: TakesStep, told: str) -> None:
    class Mutated(CounterWalk):
        takes_step = staticmethod(mutant)

    found = settings(
        max_examples=20_000,  # the walks differ with the modules that are loaded; the first finding ends them
        stateful_step_count=50,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError, match=told):
        run_state_machine_as_test(Mutated, settings=found)

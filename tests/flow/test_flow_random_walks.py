"""Whatever is touched, tapped and answered in whatever order: the promises of the flow hold."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.domain.cart import Cart, check_selection
from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.face import Agreed
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import with_balance
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import enrolling, facing
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.screens.flow.redeeming import money_to_pay
from kiosk.screens.flow.state import PayMethod, ScreenName, Session, TextSize
from kiosk.services import events as service
from kiosk.services.accounts import AccountSeen
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.face_events import FaceReadiness
from kiosk.services.identify import CardIsBlocked, CardNotKnown, Identified
from kiosk.services.journal import CardPayment, Fate
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.posing import PosingFailure
from tests.flow.canteen import (
    AFTERNOON,
    CARD,
    CHECKED,
    CHICKEN,
    CHICKEN_HOT,
    CHICKEN_MILD,
    DINNER,
    DUMPLINGS,
    FIVE_OFF,
    LUNCH,
    MEMBER,
    MENU,
    NO_COUNTS,
    OTHER_CARD,
    OTHER_MEMBER,
    RICE,
    SAVER,
    SET_MEAL,
    SMALLER_MENU,
    TOFU,
    TOFU_PLAIN,
    Visitor,
    order_of,
)
from tests.flow.faces import CONSENT, ENROLLED, FORGOTTEN, NOT_ENROLLED, POSES, TEXT

DISHES = [CHICKEN, TOFU, RICE, DUMPLINGS, DishId("unicorn")]
SELECTIONS = [CHICKEN_MILD, CHICKEN_HOT, TOFU_PLAIN]
CHOICES = [s.dishes[0] for s in SELECTIONS]
IDENTITIES = [
    Identified(MEMBER, ByCard(CARD), Money(0)),
    Identified(SAVER, ByCard(CARD), Money(0)),
    Identified(OTHER_MEMBER, ByCard(OTHER_CARD), Money(0)),
    CardNotKnown("00"),
    CardIsBlocked("00"),
]

choosing = st.one_of(
    st.sampled_from(
        [
            ev.OrderingStarted(),
            ev.ComboOpened(SET_MEAL),
            ev.SheetConfirmed(),
            ev.SheetClosed(),
            ev.SearchChanged("tofu"),
            ev.SearchChanged(None),
            ev.CategoryChosen("mains"),
            ev.FiltersOpened(is_open=True),
            ev.DietChosen(DietProfile(no_spicy=True)),
            ev.DietChosen(NO_DIET),
        ]
    ),
    st.sampled_from(DISHES).map(ev.DishOpened),
    st.sampled_from(DISHES).map(ev.DishQuickAdded),
    st.sampled_from(SELECTIONS).map(ev.LineOpened),
    st.sampled_from([None, 0, 2, 7]).map(ev.SlotUnfolded),
    st.builds(ev.ChoiceChanged, st.integers(-1, 3), st.sampled_from(CHOICES)),
    st.integers(-1, 25).map(ev.SheetQuantityChanged),
    st.builds(ev.LineQuantityChanged, st.sampled_from(SELECTIONS), st.integers(-1, 25)),
)
settling = st.one_of(
    st.sampled_from([ev.UsualChosen(), ev.CheckoutOpened(), ev.MemberPaymentChosen(), ev.BackTouched()]),
    st.sampled_from(PayMethod).map(ev.MethodChosen),
    st.sampled_from(DiningMode).map(ev.DiningModeChosen),
    st.booleans().map(ev.PointsChosen),
    st.booleans().map(ev.CouponsOpened),
    st.sampled_from([None, FIVE_OFF.id]).map(ev.CouponChosen),
)
reading = st.one_of(
    st.sampled_from([ev.BalanceTouched(), ev.ContrastChosen(high=True), ev.LayoutChosen(low=True)]),
    st.sampled_from(["en", "zh", "xx"]).map(ev.LanguageChosen),
    st.sampled_from(TextSize).map(ev.TextSizeChosen),
)
accounting = st.one_of(
    st.sampled_from(
        [
            acc.AccountOpened(),
            acc.ForgetFaceTouched(),
            acc.EnrolFaceTouched(),
            acc.RenewFaceTouched(),
            acc.TryFaceTouched(),
            acc.FaceResultRead(),
            acc.StaffEnrolmentBegun(StaffPresent(CARD, "li", "wang")),
        ]
    ),
    st.booleans().map(acc.ForgetFaceAnswered),
    st.booleans().map(acc.AgeAnswered),
    st.just(acc.SharingTouched()),
    st.booleans().map(acc.ConsentAnswered),
)
leaving = st.sampled_from([ev.CancelTouched(), ev.DoneTouched(), ev.MoreTimeTouched()])
touches = st.one_of(choosing, settling, settling, accounting, reading, leaving)
levels = st.one_of(
    st.just(NO_COUNTS),
    st.just(NO_COUNTS),
    st.builds(
        StockLevels,
        st.dictionaries(st.sampled_from(DISHES), st.integers(0, 3), max_size=2),
        st.frozensets(st.sampled_from(DISHES), max_size=1),
    ),
)
menus = st.sampled_from([MENU, SMALLER_MENU])
refusals = st.sampled_from(NotChargedReason).map(lambda reason: NotCharged(reason, Money(1250), free=Money(5)))


def in_a_visit(walk: RandomWalk) -> bool:
    """Keeps the walk from spending its steps on touching an attract screen."""
    return walk.visitor.state.screen is not ScreenName.ATTRACT


class RandomWalk(RuleBasedStateMachine):
    """A terminal that many hands touch. Keeps which payment the outside has in hand."""

    def __init__(self) -> None:
        super().__init__()
        self.visitor = Visitor()
        self.visitor.state = replace(self.visitor.state, face_policy=FacePolicy(shares=True))
        self.in_hand: fx.PayByCard | fx.TakeOrderForCounter | None = None
        self.looking: int | None = None  # the desk's task
        camera = service.DeviceHealth("camera", service.DeviceKind.CAMERA, service.DeviceState.READY)
        readiness = FaceReadiness(is_ready=True, purposes=frozenset(ConsentPurpose))
        self.visitor.happens(service.DeviceHealthChanged(camera), service.FaceReadinessChanged(readiness))

    def happens(self, event: ev.FlowEvent) -> None:
        """Apply the event and look at what it asks for."""
        before, seen = self.visitor.state, len(self.visitor.effects)
        self.visitor.happens(event)
        after = self.visitor.state
        for effect in self.visitor.effects[seen:]:
            if isinstance(effect, fx.TakePoses | fx.LookForFace):
                assert isinstance(effect, fx.LookForFace) or enrolling.has_card(after)
                self.looking = effect.task if isinstance(effect, fx.TakePoses) else effect.request.task
            if isinstance(effect, fx.StopFace) and effect.task == self.looking:
                self.looking = None
            if isinstance(effect, acc.TakeConsent):
                assert (ConsentPurpose.SHARING in effect.yes.purposes) == before.enrolling.shares, "no more than ticked"
            if isinstance(effect, acc.EnrolFace | acc.RenewFace):
                assert effect.consent.member_id == after.session.customer.member.id, "nobody else's consent"
            if isinstance(effect, fx.PayByCard | fx.TakeOrderForCounter):
                assert self.in_hand is None, "a second payment started while one is in flight"
                assert effect.cart.lines
                assert effect.session_id == after.session.id
                self.in_hand = effect
        if before.in_flight and not isinstance(event, ev.CheckoutFinished):
            assert after.in_flight, "a payment in flight was dropped"
            assert after.session.id == before.session.id
        if after.session.id != before.session.id:
            self.check_fresh()

    def check_fresh(self) -> None:
        """Right after a change of customer nothing but the device's own knowledge is left."""
        state = self.visitor.state
        assert state.session == Session(state.session.id, state.home_view)
        assert state.screen is ScreenName.ATTRACT
        left = (state.editing, state.paying, state.outcome, state.paper, state.notice, state.idle_left_s)
        assert left == (None,) * 6
        assert (state.account, state.enrolling, state.staff_present) == (None,) * 3
        assert state.last_payer is None

    @rule(event=touches)
    def touch(self, event: ev.FlowEvent) -> None:
        self.happens(ev.Touched(self.visitor.now_s))
        self.happens(event)

    @rule(dish_id=st.sampled_from([CHICKEN, TOFU]))
    def goes_to_the_checkout(self, dish_id: DishId) -> None:
        """A way that single touches rarely find."""
        for event in (ev.OrderingStarted(), ev.DishQuickAdded(dish_id), ev.CheckoutOpened()):
            self.touch(event)

    @precondition(in_a_visit)
    @rule(event=settling)
    def settle(self, event: ev.FlowEvent) -> None:
        self.touch(event)

    @rule(
        seconds=st.sampled_from([1, 1, 2, 5, 11, 46]), local=st.sampled_from([LUNCH, LUNCH, LUNCH, AFTERNOON, DINNER])
    )
    def wait(self, seconds: int, local: object) -> None:
        for _ in range(seconds):
            self.visitor.now_s += 1
            self.happens(ev.Tick(self.visitor.now_s, local))

    @rule(uid=st.sampled_from([CARD, OTHER_CARD, "00"]))
    def tap_card(self, uid: str) -> None:
        self.happens(service.CardPresented("campus-card", uid, self.visitor.now_s))

    @rule(identity=st.sampled_from(IDENTITIES), stale=st.booleans())
    def identify(self, identity: Identified, stale: bool) -> None:
        self.happens(ev.CustomerIdentified(self.visitor.state.session.id - stale, identity))

    @rule(menu=menus, counted=levels)
    def load_menu(self, menu: Menu, counted: StockLevels) -> None:
        self.happens(ev.MenuLoaded(menu, counted))

    @rule(counted=levels)
    def load_levels(self, counted: StockLevels) -> None:
        self.happens(ev.LevelsLoaded(counted))

    @precondition(in_a_visit)
    @rule(state=st.sampled_from(service.DeviceState))
    def reader_changes(self, state: service.DeviceState) -> None:
        health = service.DeviceHealth("campus-card", service.DeviceKind.CARD_READER, state)
        self.happens(service.DeviceHealthChanged(health))

    @precondition(lambda self: self.visitor.state.screen in (ScreenName.MEMBER, ScreenName.ACCOUNT))
    @rule(seen=st.sampled_from([ENROLLED, NOT_ENROLLED]), ticks=st.integers(0, 2), agrees=st.booleans())
    def goes_to_the_poses(self, seen: AccountSeen, ticks: int, agrees: bool) -> None:
        """A way that single touches rarely find."""
        state = self.visitor.state
        member_id = state.session.customer.member.id if state.session.customer else CONSENT.member_id
        for event in (acc.AccountOpened(), acc.AccountLoaded(state.session.id, seen), acc.EnrolFaceTouched()):
            self.touch(event)
        self.happens(acc.ConsentTextRead(state.session.id, TEXT))
        for event in (acc.AgeAnswered(under_14=False), *[acc.SharingTouched()] * ticks, acc.ConsentAnswered(agrees)):
            self.touch(event)
        given = replace(CONSENT, member_id=member_id)
        self.happens(acc.ConsentTaken(state.session.id, given))

    @precondition(lambda self: self.visitor.state.enrolling or self.visitor.state.account)
    @rule(
        answer=st.sampled_from(["account", "text", "poses", "failure", "kept", "refused", "judged", "forgotten"]),
        stale=st.booleans(),
    )
    def faces_are_answered(self, answer: str, stale: bool) -> None:
        """Also of somebody who has left, or of another try."""
        state = self.visitor.state
        session, task = state.session.id - stale, state.face_tasks - stale
        self.happens(
            {
                "account": acc.AccountLoaded(session, ENROLLED),
                "text": acc.ConsentTextRead(session, TEXT),
                "poses": service.PosingChanged(task, POSES),
                "failure": service.PosingChanged(task, PosingFailure.TIME_OUT),
                "kept": acc.EnrolmentFinished(session, FaceEnrolled(CONSENT)),
                "refused": acc.EnrolmentFinished(session, FaceRefused(FaceRefusedReason.LOOKS_LIKE_ANOTHER)),
                "judged": service.FaceJudged(task, Agreed(MEMBER.id), turned=False),
                "forgotten": acc.FaceForgettingFinished(session, FORGOTTEN),
            }[answer]
        )

    @precondition(lambda self: self.in_hand is not None)
    @rule(answer=st.one_of(st.just("done"), st.just(CHECKED), refusals))
    def finish(self, answer: str | Outcome) -> None:
        asked, self.in_hand = self.in_hand, None
        outcome = self.done(asked) if isinstance(answer, str) else answer
        self.happens(ev.CheckoutFinished(asked.session_id, outcome))
        state = self.visitor.state
        assert state.outcome == outcome
        assert state.screen is (ScreenName.RESULT if state.order else ScreenName.PROBLEM)

    @rule(found=st.sampled_from([None, Fate.PAID, Fate.NOT_CHARGED]))
    def is_found_out(self, found: Fate | None) -> None:
        """What became of the payment that was being checked, or is thought to be."""
        order = order_of(Cart().add(CHICKEN_MILD)) if found is Fate.PAID else None
        payment = CardPayment(CHECKED.payment_id, "6CED", LUNCH, found, order) if found else None
        self.happens(ev.PaymentChecked(CHECKED.payment_id, payment))
        assert self.visitor.state.outcome != CHECKED
        assert self.visitor.state.check is None

    @precondition(in_a_visit)
    @rule()
    def stale_outcome(self) -> None:
        before = self.visitor.state
        self.happens(ev.CheckoutFinished(before.session.id - 1, CHECKED))
        assert self.visitor.state == before

    def done(self, asked: fx.PayByCard | fx.TakeOrderForCounter) -> Outcome:
        known = next((m for m in (MENU, SMALLER_MENU) if _prices(asked, m)), None)
        assert known is not None
        if isinstance(asked, fx.TakeOrderForCounter):
            return DueAtCounter(order_of(asked.cart, paid=False, menu=known))
        return Paid(order_of(asked.cart, menu=known), Money(1), 1)

    @invariant()
    def in_flight_is_what_the_outside_has_in_hand(self) -> None:
        assert self.visitor.state.in_flight == (self.in_hand is not None)
        if self.visitor.state.in_flight:
            assert self.visitor.state.screen is ScreenName.PAYING

    @invariant()
    def the_camera_looks_only_while_its_screen_shows(self) -> None:
        """And nothing of a face is left anywhere else."""
        state = self.visitor.state
        assert self.looking == (facing.running_task(state) or enrolling.running_task(state))
        if enrolling.running_task(state) is None and not (state.enrolling and state.enrolling.waiting):
            assert state.enrolling is None or state.enrolling.consent is None

    @invariant()
    def what_is_asked_adds_up(self) -> None:
        """Points, coupon and a rest at the counter never come to more than the order, and are nobody else's."""
        state = self.visitor.state
        assert not money_to_pay(state).is_negative
        if isinstance(self.in_hand, fx.PayByCard):
            with_balance(self.in_hand.others, self.in_hand.shown_total)
            customer = state.session.customer
            used = [part for part in self.in_hand.others if part.used is not None]
            assert not used or (customer is not None and customer.payer == ByCard(self.in_hand.card_uid))
        if state.choosing_coupon:
            assert state.screen is ScreenName.CHECKOUT

    @invariant()
    def menu_allows_the_cart_and_the_sheet(self) -> None:
        state = self.visitor.state
        price_cart(state.session.cart, state.menu)
        if state.editing:
            check_selection(state.editing.selection, state.menu)
            assert state.screen in (ScreenName.MENU, ScreenName.CHECKOUT)

    @invariant()
    def every_screen_has_what_it_shows(self) -> None:
        state = self.visitor.state
        match state.screen:
            case ScreenName.ATTRACT:
                assert not state.session.cart.lines
            case ScreenName.MEMBER:
                assert state.session.customer is not None
            case ScreenName.CHECKOUT:
                assert state.session.cart.lines
            case ScreenName.PAYING:
                assert state.paying is not None
                assert state.session.cart.lines or state.in_flight
            case ScreenName.RESULT:
                assert isinstance(state.outcome, Paid | DueAtCounter)
            case ScreenName.PROBLEM:
                assert state.outcome is not None
                assert state.order is None


def _prices(asked: fx.PayByCard | fx.TakeOrderForCounter, menu: Menu) -> bool:
    try:
        price_cart(asked.cart, menu)
    except ValueError:
        return False
    return True


RandomWalk.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestRandomWalk = RandomWalk.TestCase

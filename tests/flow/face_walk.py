"""Whatever is touched, tapped and told by the desk in whatever order: the promises of the flow by face, held against it
and against planted bugs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.domain.face import Agreed, Doubtful, Fault, Unknown
from kiosk.domain.liveness import Failure
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import step
from kiosk.screens.flow.face_state import FacePolicy, Facing
from kiosk.screens.flow.facing import running_task
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.redeeming import money_to_pay
from kiosk.screens.flow.state import PayMethod, ScreenName, State
from kiosk.services import events as service
from kiosk.services.face_events import LookEnd
from kiosk.services.outcomes import NotCharged, NotChargedReason, Paid
from tests.flow.canteen import (
    CARD,
    CHICKEN_DISH,
    LUNCH,
    MEMBER,
    MENU,
    NO_COUNTS,
    OTHER_MEMBER,
    SMALLER_MENU,
    TOFU,
    Visitor,
    dish,
    menu_of,
    order_of,
)
from tests.flow.facing import by_face, works

StepFunction = Callable[[State, ev.FlowEvent], Step]

_ASK = (ev.FaceLookTouched, ev.FaceTryAgainTouched, ev.MethodChosen, ev.MemberPaymentChosen, ev.UsualChosen)
DEARER_MENU = menu_of(CHICKEN_DISH, dish(TOFU, 700), version=3)
POLICY = FacePolicy(turn_from_minor=700, largest_minor=5000, confirm_s=2)


@dataclass
class Shown:
    """The moment to cancel, as it was on the screen: what of whom since when; and whether the head was turned."""

    facing: Facing
    since_s: float


class FaceWalk:
    """One random walk through a terminal; AssertionError where a promise is broken."""

    def __init__(self, seed: int, flow: StepFunction = step) -> None:
        self._random = random.Random(seed)
        self._flow = flow
        visitor = works(Visitor())
        self.state = replace(visitor.state, face_policy=POLICY)
        self.now_s = visitor.now_s
        self._shown: Shown | None = None
        self._turned: set[int] = set()
        self._looking: set[int] = set()
        self._menu_asked = self.state.menu
        self._asked: fx.PayByCard | fx.PayByFace | fx.TakeOrderForCounter | None = None
        self.paid = 0

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.happens(self._next())

    def happens(self, event: ev.FlowEvent) -> None:
        before = self.state
        if isinstance(event, service.FaceJudged) and event.turned:
            self._turned.add(event.task)
        self.state, effects = self._flow(before, event)
        for effect in effects:
            self._check(before, event, effect)
        left = self._looking - {running_task(self.state)}
        assert not left, f"nobody stops the looks {left}"
        self._note_shown()

    def _check(self, before: State, event: ev.FlowEvent, effect: fx.Effect) -> None:
        match effect:
            case fx.LookForFace(request):
                assert isinstance(event, _ASK), f"{event} makes the camera look"
                assert not self._looking, "two looks at once"
                self._looking.add(request.task)
            case fx.StopFace(task):
                self._looking.discard(task)
            case fx.PayByCard() | fx.PayByFace() | fx.TakeOrderForCounter():
                assert self._asked is None, "two payments at once"
                self._asked, self._menu_asked = effect, before.menu
        if isinstance(effect, fx.PayByFace):
            self._check_charge(before, effect)

    def _check_charge(self, before: State, effect: fx.PayByFace) -> None:
        shown = self._shown
        assert shown is not None, "charged without a moment to cancel"
        assert shown.facing.found is not None
        assert before.screen is ScreenName.FACE_CONFIRM
        assert effect.payer == shown.facing.found.payer, "somebody else is charged than was shown"
        assert shown.facing.amount == money_to_pay(self.state), "another amount is charged than was shown"
        assert self.now_s - shown.since_s >= POLICY.confirm_s, "the moment was too short"
        if POLICY.asks_turn(money_to_pay(self.state)):
            assert shown.facing.task in self._turned, "charged without the turn of the head that was asked for"
        self.paid += 1

    def _note_shown(self) -> None:
        facing = self.state.facing
        if facing is None or facing.found is None or facing.amount is None:
            self._shown = None
        elif self._shown is None or self._shown.facing.task != facing.task:
            self._shown = Shown(facing, self.now_s)
        if facing is not None and facing.candidates:
            assert facing.found is None, "in doubt somebody is shown"
        assert not (facing is not None and self.state.in_flight)

    # --- what happens next ---

    def _next(self) -> ev.FlowEvent:
        """Mostly what somebody who wants to eat does; then anything."""
        chance = self._random
        is_shown = self.state.facing is not None and self.state.facing.found is not None
        if chance.random() < (0.7 if is_shown else 0.3):
            self.now_s += chance.choice((0.2, 1.0, 1.0))
            return ev.Tick(self.now_s, LUNCH)
        if self._asked is not None and chance.random() < 0.5:
            return self._finished()
        if self.state.facing is not None and chance.random() < 0.7:
            return self._of_desk(self.state.facing)
        if chance.random() < 0.5:
            return self._likely()
        return chance.choice(self._anything())

    def _likely(self) -> ev.FlowEvent:
        return {
            ScreenName.ATTRACT: self._random.choice((ev.FaceLookTouched(), ev.OrderingStarted())),
            ScreenName.MENU: self._random.choice(
                (ev.DishQuickAdded(TOFU), ev.DishQuickAdded(TOFU), ev.CheckoutOpened())
            ),
            ScreenName.MEMBER: ev.UsualChosen(),
            ScreenName.CHECKOUT: ev.MethodChosen(PayMethod.FACE),
            ScreenName.RESULT: ev.DoneTouched(),
            ScreenName.PROBLEM: ev.BackTouched(),
        }.get(self.state.screen, ev.Touched(self.now_s))

    def _finished(self) -> ev.FlowEvent:
        asked, self._asked = self._asked, None
        assert asked is not None
        refused = NotCharged(NotChargedReason.FACE_NOT_ALLOWED, asked.shown_total)
        paid = Paid(order_of(asked.cart, menu=self._menu_asked or MENU), None, 0)
        return ev.CheckoutFinished(asked.session_id, self._random.choice((paid, refused)))

    def _of_desk(self, facing: Facing) -> ev.FlowEvent:
        chance, task = self._random, self._random.choice((facing.task, facing.task, facing.task, facing.task - 1))
        if facing.checking:
            answer = chance.choice((by_face(MEMBER), by_face(OTHER_MEMBER), None))
            return ev.FaceIdentified(self.state.session.id, task, answer)
        if facing.candidates:
            return ev.DigitTouched(chance.choice(("1", "2", "3", None)))
        if facing.found is not None:
            menu = ev.MenuLoaded(chance.choice((MENU, DEARER_MENU)), NO_COUNTS)
            return chance.choice((menu, ev.FaceConfirmed(), ev.BackTouched(), *(ev.Touched(self.now_s),) * 3))
        doubt = Doubtful(frozenset({MEMBER.id, OTHER_MEMBER.id}))
        judgement = chance.choice((Agreed(MEMBER.id), Agreed(MEMBER.id), Agreed(OTHER_MEMBER.id), doubt, Unknown()))
        return chance.choice(
            (
                service.FaceJudged(task, judgement, turned=chance.random() < 0.7),
                service.FaceJudged(task, judgement, turned=chance.random() < 0.7),
                service.FaceSeen(task, Fault.NO_FACE),
                service.LookEnded(task, LookEnd.NOT_ALIVE, failure=Failure.FLAT),
                ev.FaceConfirmed(),
                ev.FaceTryAgainTouched(),
            )
        )

    def _anything(self) -> tuple[ev.FlowEvent, ...]:
        return (
            ev.BackTouched(),
            ev.BackTouched(),
            ev.CancelTouched(),
            ev.OrderingStarted(),
            ev.FaceLookTouched(),
            ev.FaceConfirmed(),
            ev.MemberPaymentChosen(),
            *(ev.MethodChosen(method) for method in PayMethod),
            ev.MenuLoaded(self._random.choice((MENU, SMALLER_MENU, DEARER_MENU)), NO_COUNTS),
            service.CardPresented("campus-card", CARD, self.now_s),
            service.StorageStopped() if self._random.random() < 0.02 else ev.Touched(self.now_s),
        )


# --- planted bugs ---


def looks_without_a_touch(state: State, event: ev.FlowEvent) -> Step:
    """Whoever passes by is looked at."""
    if isinstance(event, ev.Tick) and state.screen is ScreenName.ATTRACT:
        state, effects = step(state, event)
        looked, more = step(state, ev.FaceLookTouched())
        return looked, (*effects, *more)
    return step(state, event)


def pays_without_the_turn(state: State, event: ev.FlowEvent) -> Step:
    """What the desk names is believed, turned or not."""
    if isinstance(event, service.FaceJudged) and state.facing is not None:
        state, effects = step(replace(state, facing=replace(state.facing, turn=False)), event)
        facing = state.facing
        return (replace(state, facing=replace(facing, turned=True)) if facing else state), effects
    return step(state, event)


def cancel_is_ignored(state: State, event: ev.FlowEvent) -> Step:
    """Back at the checkout, it is charged all the same."""
    facing = state.facing
    after, effects = step(state, event)
    cancelled = isinstance(event, ev.BackTouched) and facing is not None and facing.amount is not None
    if not cancelled or facing.found is None:
        return after, effects
    session = state.session
    what = (session.cart, money_to_pay(state), session.dining_mode, session.view.language)
    return after, (*effects, fx.PayByFace(session.id, facing.found.payer, *what))


def charges_at_once(state: State, event: ev.FlowEvent) -> Step:
    """The count is shown, and over with the first tick."""
    if isinstance(event, ev.Tick) and state.facing is not None and state.facing.found is not None:
        state = replace(state, facing=replace(state.facing, until_s=state.now_s))
    return step(state, event)


def leaves_the_camera_on(state: State, event: ev.FlowEvent) -> Step:
    after, effects = step(state, event)
    return after, tuple(effect for effect in effects if not isinstance(effect, fx.StopFace))


def charges_the_new_price(state: State, event: ev.FlowEvent) -> Step:
    """What was shown is not what is charged."""
    if isinstance(event, ev.MenuLoaded) and state.facing is not None and state.facing.amount is not None:
        after, effects = step(state, event)
        facing = after.facing
        return (replace(after, facing=replace(facing, amount=money_to_pay(after))) if facing else after), effects
    return step(state, event)


MUTANTS: dict[str, StepFunction] = {
    mutant.__name__: mutant
    for mutant in (
        looks_without_a_touch,
        pays_without_the_turn,
        cancel_is_ignored,
        charges_at_once,
        leaves_the_camera_on,
        charges_the_new_price,
    )
}

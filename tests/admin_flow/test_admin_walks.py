"""Random walks: whatever is touched, tapped, scanned, answered, removed, in whatever order, nothing is done for nobody,
nor for somebody who may not do it, nor after their visit.

The walk keeps its own book of who is in, from what the services answered, and holds every effect against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Permission, Role, Staff
from kiosk.screens.admin_door import AdminAnswer, AdminEffect, AdminEvent, TellTerminal
from kiosk.screens.admin_flow import AdminState, ShellStep, home, step
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.health_state import CameraTouched, DeviceTouched, Health, LetCameraGo, ShowCamera
from kiosk.screens.admin_flow.members_events import BeginEnrolment, EnrolTouched
from kiosk.screens.admin_flow.sections import SECTIONS, Section
from kiosk.screens.admin_flow.state import SectionName, TerminalRole
from kiosk.screens.admin_flow.steps import Step
from kiosk.screens.flow import events as common
from kiosk.screens.flow.account_events import StaffEnrolmentBegun
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.screens.flow.effects import CheckPayment, LoadLevels, PlaySound
from kiosk.services import events as service
from kiosk.services.entry import Entered, EntryOutcome, NotEntered, PinWanted, Refusal
from kiosk.services.face_events import FaceReadiness, LookEnd
from tests.admin_flow.answers import ANSWERS
from tests.admin_flow.test_members import CARD
from tests.admin_flow.visits import at_gate

NOON = time(12, 0)
TakesStep = Callable[[AdminState, object], ShellStep]
OF_THE_GATE = (fx.EnterByPin, fx.EnterByCard, fx.LookUpStaff, fx.NoteLeft)
DEVICES = {str(kind): service.DeviceHealth(str(kind), kind, service.DeviceState.READY) for kind in service.DeviceKind}
WORKING = {"devices": DEVICES, "face": FaceReadiness(is_ready=True)}
ROLES: tuple[TerminalRole, ...] = ("order", "counter", "kitchen", "board")
_OF_BOARD = SectionName.HEALTH, SectionName.UPKEEP
THERE: Mapping[TerminalRole, tuple[SectionName, ...]] = {
    "order": tuple(SectionName),
    "counter": tuple(SectionName),
    "kitchen": (SectionName.STOCK, SectionName.INGREDIENTS, *_OF_BOARD),
    "board": _OF_BOARD,
}
PEOPLE = [
    Staff(StaffId(f"staff-{number}"), "x", roles)
    for number, roles in enumerate([frozenset[Role](), *(frozenset({role}) for role in Role), frozenset(Role)])
]


# --- a section of acts that need different permissions, beside those that there are ---


@dataclass(frozen=True, slots=True)
class Sample:
    screen: str = "sample"


@dataclass(frozen=True, slots=True)
class WasteTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class RefundTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class WriteOff(fx.AdminAct):
    needs: ClassVar[Permission] = Permission.WRITE_OFF_WASTE


@dataclass(frozen=True, slots=True)
class Refund(fx.AdminAct):
    needs: ClassVar[Permission] = Permission.REFUND


def _if_may(state: AdminState, act: type[fx.AdminAct]) -> Step:
    may = state.staff is not None and state.staff.may(act.needs)
    return state, (act(state.visit, state.staff),) if may and state.staff else ()


SAMPLE = Section(
    frozenset({Permission.WRITE_OFF_WASTE, Permission.REFUND}),
    lambda state: (replace(state, open=Sample()), ()),
    {
        WasteTouched: lambda state, _event: _if_may(state, WriteOff),
        RefundTouched: lambda state, _event: _if_may(state, Refund),
    },
)


def touches() -> st.SearchStrategy[AdminEvent]:
    """Of all sections, with any values."""
    kinds = {kind for section in SECTIONS.values() for kind in section.handlers}
    return _touches(frozenset(kind for kind in kinds if issubclass(kind, AdminEvent)))


@cache
def _touches(kinds: frozenset[type[AdminEvent]]) -> st.SearchStrategy[AdminEvent]:
    """Half are the sample's, however many there are of the others."""
    of_sample: st.SearchStrategy[AdminEvent] = st.sampled_from([WasteTouched(), RefundTouched()])
    of_sections = sorted(kinds - {WasteTouched, RefundTouched}, key=lambda kind: kind.__name__)
    others = [st.from_type(kind) for kind in of_sections if not issubclass(kind, AdminAnswer)]
    rest: st.SearchStrategy[AdminEvent] = st.one_of(others) if others else of_sample
    return st.sampled_from([of_sample, rest]).flatmap(lambda chosen: chosen)


class AdminWalk(RuleBasedStateMachine):
    """`staff`: who is in, as the services said; `visit`: which visit it is; `touched_s`: when it was last touched."""

    takes_step: Callable[[AdminState, object], ShellStep] = staticmethod(step)

    def __init__(self) -> None:
        """At a terminal of the first role; each visit is at one of the next."""
        super().__init__()
        self.visit = 1
        self.staff: Staff | None = None
        self.waiting: list[AdminEffect] = []
        self.state = replace(at_gate(role=ROLES[0], **WORKING), visit=1)
        self.touched_s = self.state.touched_s
        self.showing: set[int] = set()  # tasks of the camera that were begun and not let go

    def happens(self, event: object) -> None:
        after, effects = self.takes_step(self.state, event)
        for effect in effects:
            self.check(effect)
            if isinstance(effect, AdminEffect):
                self.waiting.append(effect)
        if after is None:  # the layer opens the next visit
            self.visit, self.staff, self.touched_s = self.visit + 1, None, self.state.now_s
            role = ROLES[(self.visit - 1) % len(ROLES)]
            after = replace(at_gate(self.state.now_s, role, **WORKING), visit=self.visit)
        self.state = after
        assert self.state.staff == self.staff, "somebody is in whom no service let in, or out who is in"
        assert self.state.staff is not None or self.state.section is None, "a section is open to nobody"
        assert self.state.section in (None, *THERE[self.state.role]), "a section that is not there"
        section = self.state.open
        live = section.live if isinstance(section, Health) else None
        looked_at = {live.task} if live is not None and live.is_on else set()
        assert self.showing == looked_at, "the camera is on and nobody looks"

    def check(self, effect: object) -> None:
        if isinstance(effect, PlaySound | LoadLevels | CheckPayment):  # the terminal's own, which change nothing
            return
        assert isinstance(effect, AdminEffect)
        assert effect.visit == self.visit, "of another visit"
        if isinstance(effect, LetCameraGo):
            self.showing.discard(effect.task)
        if isinstance(effect, ShowCamera):
            self.showing.add(effect.task)
        if isinstance(effect, (*OF_THE_GATE, LetCameraGo)):
            return
        if isinstance(effect, TellTerminal):
            assert isinstance(effect.event, StaffEnrolmentBegun), "what the terminal is told by staff"
            assert self.staff is not None, "an enrolment in nobody's name"
            assert effect.event.by_staff.staff == self.staff.id, "an enrolment in somebody else's name"
            return
        assert isinstance(effect, fx.AdminAct), "it says not who does it"
        assert self.staff is not None, "an act for nobody"
        assert effect.by == self.staff, "an act in somebody else's name"
        assert effect.by.may(effect.needs), "an act without the permission"

    # --- at the gate ---

    @rule(digits=st.text("0123456789", min_size=1, max_size=12))
    def types(self, digits: str) -> None:
        for digit in digits:
            self.happens(ev.DigitTyped(digit))

    @rule(event=st.sampled_from([ev.EraseTouched(), ev.PinConfirmed(), ev.LeaveTouched(), ev.BackTouched()]))
    def touches_the_shell(self, event: AdminEvent) -> None:
        self.happens(event)

    @rule(person=st.sampled_from(PEOPLE))
    def gets_in(self, person: Staff) -> None:
        self.types("123456")
        self.happens(ev.PinConfirmed())
        self.answers_entry(Entered(person))

    @rule(
        outcome=st.one_of(
            st.sampled_from(PEOPLE).map(Entered),
            st.builds(PinWanted, st.just("12")),
            st.builds(NotEntered, st.sampled_from(Refusal), st.sampled_from([0.0, 30.0])),
        )
    )
    def answers_entry(self, outcome: EntryOutcome) -> None:
        """The oldest that asked, whoever that was."""
        asked = [effect for effect in self.waiting if isinstance(effect, fx.EnterByPin | fx.EnterByCard)]
        if not asked:
            return
        self.waiting.remove(asked[0])
        if isinstance(outcome, Entered) and asked[0].visit == self.visit:
            self.staff = outcome.staff
        self.happens(ev.EntryAnswered(asked[0].visit, outcome))

    # --- inside ---

    @rule(name=st.sampled_from([*SectionName, *[SectionName.HEALTH] * len(SectionName)]))
    def opens(self, name: SectionName) -> None:
        self.happens(ev.SectionChosen(name))

    @rule(data=st.data())
    def touches_a_section(self, data: st.DataObject) -> None:
        self.happens(data.draw(touches()))

    @rule(end=st.sampled_from([None, *LookEnd]))
    def looks_through_the_camera(self, end: LookEnd | None) -> None:
        """Whatever then comes of it."""
        self.happens(ev.SectionChosen(SectionName.HEALTH))
        self.happens(DeviceTouched("camera"))
        self.happens(CameraTouched())
        section = self.state.open
        if isinstance(section, Health) and section.live is not None:
            self.happens(service.CameraSeen(section.live.task, None))
            if end is not None:
                self.happens(service.CameraEnded(section.live.task, end))

    @rule()
    def answers_the_oldest(self) -> None:
        acts = [effect for effect in self.waiting if type(effect) in ANSWERS]
        if acts:
            self.waiting.remove(acts[0])
            self.happens(ANSWERS[type(acts[0])](acts[0]))

    @rule(may=st.booleans())
    def enrols_a_face(self, may: bool) -> None:
        """Of a member who is looked up by card; what it is answered, may come after somebody has left."""
        self.happens(ev.SectionChosen(SectionName.MEMBERS))
        self.happens(CARD)
        self.answers_the_oldest()
        self.happens(EnrolTouched())
        asked = [effect for effect in self.waiting if isinstance(effect, BeginEnrolment)]
        if asked and may:
            self.waiting.remove(asked[0])
            present = StaffPresent(asked[0].card_uid, asked[0].by.id, member_id=asked[0].member_id)
            self.happens(ev.HandOver(asked[0].visit, StaffEnrolmentBegun(present)))

    @rule(failure=st.sampled_from(ev.Failure))
    def fails_an_act(self, failure: ev.Failure) -> None:
        acts = [effect for effect in self.waiting if isinstance(effect, fx.AdminAct)]
        if acts:
            self.waiting.remove(acts[0])
            self.happens(ev.EffectFailed(acts[0].visit, acts[0], failure))

    # --- what else happens ---

    @rule(seconds=st.sampled_from([1.0, 20.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        visit, now_s = self.visit, self.state.now_s + seconds
        is_over = now_s - self.touched_s >= self.state.leave_after_s
        self.happens(common.Tick(now_s, NOON))
        assert self.visit == visit + is_over, "whoever touches nothing has left, and nobody else"

    @rule()
    def touches_the_screen(self) -> None:
        self.touched_s = self.state.now_s
        self.happens(common.Touched(self.touched_s))

    @rule(uid=st.sampled_from(["04A1B2C3D4", "", "FFFF"]))
    def taps_a_card(self, uid: str) -> None:
        self.happens(service.CardPresented("reader", uid, self.state.now_s))

    @rule(text=st.text(max_size=20))
    def scans(self, text: str) -> None:
        self.happens(service.CodeScanned("scanner", text, self.state.now_s))

    @rule(changed=st.sampled_from([None, *PEOPLE]))
    def central_changes_who_is_here(self, changed: Staff | None) -> None:
        """Removed, or with other roles; heard of by the feed, then looked up."""
        self.happens(service.StaffChanged())
        asked = [effect for effect in self.waiting if isinstance(effect, fx.LookUpStaff)]
        if not asked:
            return
        self.waiting.remove(asked[0])
        visit, is_theirs = self.visit, asked[0].visit == self.visit and self.staff is not None
        if is_theirs and self.staff is not None and changed is not None:
            self.staff = changed = replace(self.staff, roles=changed.roles)
        self.happens(ev.StaffLookedUp(asked[0].visit, changed))
        assert self.visit == visit + (is_theirs and changed is None), "who was removed is out at once"


SEARCH = settings(
    max_examples=1500,  # the first finding ends them
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_walks_through_the_sections_that_there_are() -> None:
    found = settings(max_examples=60, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(AdminWalk, settings=found)


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts of more than one permission, whatever sections there are."""
    monkeypatch.setitem(SECTIONS, SectionName.HEALTH, SAMPLE)  # type: ignore[arg-type]


@pytest.mark.usefixtures("sample")
def test_walks_through_a_section_of_two_permissions() -> None:
    found = settings(max_examples=60, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(AdminWalk, settings=found)


# --- planted bugs, each of which would let an act out ---


def opens_to_all(state: AdminState, event: object) -> ShellStep:
    """A section shows its buttons to whoever has got in."""
    if isinstance(event, RefundTouched | WasteTouched) and state.staff and state.section is SectionName.HEALTH:
        act = Refund if isinstance(event, RefundTouched) else WriteOff
        return state, (act(state.visit, state.staff),)
    return step(state, event)


def opens_at_the_gate(state: AdminState, event: object) -> ShellStep:
    if isinstance(event, ev.SectionChosen) and state.staff is None:
        return SAMPLE.opened(replace(state, section=event.name))
    return step(state, event)


def keeps_who_was_removed(state: AdminState, event: object) -> ShellStep:
    if isinstance(event, ev.StaffLookedUp) and event.staff is None:
        return state, ()
    return step(state, event)


def keeps_the_roles(state: AdminState, event: object) -> ShellStep:
    after, effects = step(state, event)
    if isinstance(event, ev.StaffLookedUp) and after is not None and after.staff and state.staff:
        return replace(after, staff=state.staff), effects
    return after, effects


def takes_answers_of_earlier_visits(state: AdminState, event: object) -> ShellStep:
    if isinstance(event, ev.EntryAnswered):
        event = replace(event, visit=state.visit)
        state = replace(state, gate=replace(state.gate, checking=True))
    return step(state, event)


def lets_a_card_in(state: AdminState, event: object) -> ShellStep:
    """Whoever's it is, before anybody has looked."""
    if isinstance(event, service.CardPresented) and state.staff is None:
        return home.entered(replace(state, staff=PEOPLE[-1]))
    return step(state, event)


def acts_as_the_last_one(state: AdminState, event: object) -> ShellStep:
    """An act under a name that is not who is in."""
    after, effects = step(state, event)
    return after, tuple(replace(e, by=PEOPLE[-1]) if isinstance(e, fx.AdminAct) else e for e in effects)


def stays_when_nobody_is_there(state: AdminState, event: object) -> ShellStep:
    """Cards and news count as touches."""
    if not isinstance(event, common.Tick):
        state = replace(state, touched_s=state.now_s)
    return step(state, event)


def keeps_the_camera_on(state: AdminState, event: object) -> ShellStep:
    """Only the key on its screen lets it go."""
    after, effects = step(state, event)
    let_go = isinstance(event, CameraTouched)
    return after, tuple(effect for effect in effects if let_go or not isinstance(effect, LetCameraGo))


def opens_the_till_anywhere(state: AdminState, event: object) -> ShellStep:
    """A section is asked for the roles of whoever is in, not for the terminal's."""
    after, effects = step(replace(state, role="counter"), event)
    return after and replace(after, role=state.role), effects


MUTANTS: Mapping[TakesStep, str] = {
    opens_to_all: "an act without the permission",
    opens_at_the_gate: "a section is open to nobody",
    keeps_who_was_removed: "who was removed is out at once",
    keeps_the_roles: "an act in somebody else's name|somebody is in whom",
    takes_answers_of_earlier_visits: "somebody is in whom no service let in",
    lets_a_card_in: "somebody is in whom no service let in",
    acts_as_the_last_one: "an act in somebody else's name",
    opens_the_till_anywhere: "a section that is not there",
    stays_when_nobody_is_there: "whoever touches nothing has left",
}


def test_a_camera_that_stays_on_is_found() -> None:
    class Mutated(AdminWalk):
        takes_step = staticmethod(keeps_the_camera_on)

    with pytest.raises(AssertionError, match="the camera is on and nobody looks"):
        run_state_machine_as_test(Mutated, settings=SEARCH)


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(("mutant", "told"), MUTANTS.items(), ids=[mutant.__name__ for mutant in MUTANTS])
def test_planted_bugs_are_found(mutant: TakesStep, told: str) -> None:
    class Mutated(AdminWalk):
        takes_step = staticmethod(mutant)

    with pytest.raises(AssertionError, match=told):
        run_state_machine_as_test(Mutated, settings=SEARCH)

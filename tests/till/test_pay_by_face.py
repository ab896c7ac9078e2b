"""Pay by face at a till with a real store, before a real central: who may, how much, once; and what happens when the
face is forgotten meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from central.faces.service import forget_face
from central.members.service import block_member
from kiosk.domain.audit import Act
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card
from kiosk.domain.payer import ByFace
from kiosk.domain.payment import PaymentState
from kiosk.services.checkout import Checkout
from kiosk.services.enrol_face import ConsentForm, EnrolmentRules, FaceEnrolled, FaceEnrolment
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.forget_face import FaceForgetting
from kiosk.services.identify import identify_face, printed_end, whose_digits
from kiosk.services.journal import Fate, PaymentJournal
from kiosk.services.outcomes import NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.ports import CentralUnreachable
from kiosk.services.refund import Refunded
from kiosk.sync.wire import GrantRequest
from tests.central.sales import new_id
from tests.central.support import Central, Diner
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.store.enrolling import MODELS, template
from tests.till.till import CHINA, POINTS, Till, act, yuan

NewTill = Callable[[], Till]
RICE, DUMPLINGS = ("rice", 1), ("dumplings", 1)
LIMITS = FacePaymentLimits(largest_minor=3000, daily_minor=5000, timezone=CHINA)
GENEROUS = FacePaymentLimits(10**6, 10**6, CHINA)
NOT_ALLOWED, TOO_MUCH = NotChargedReason.FACE_NOT_ALLOWED, NotChargedReason.FACE_LIMIT


class FaceTill:
    """A till where that member's face is enrolled, and central knows of it. Its clock is central's, and stands."""

    def __init__(self, till: Till, member: Diner, *purposes: ConsentPurpose) -> None:
        self.till, self.member, self.member_id = till, member, MemberId(member.id)
        self.clock = FixedClock(datetime.now(UTC))
        events, signal, encoder = EventLog(), Signal(), till.services.encoder
        parts = (till.store, encoder, signal, events, self.clock)
        self.enrolment, self.forgetting = FaceEnrolment(*parts, EnrolmentRules(MODELS)), FaceForgetting(*parts)
        self.consent = self._enrol(purposes or (ConsentPurpose.PAYING,))
        self.payer = ByFace(self.member_id, self.consent.id)
        self.line: Any = till.services.line

    def _enrol(self, purposes: tuple[ConsentPurpose, ...]) -> FaceConsent:
        until = self.clock.now() + timedelta(days=300)
        form = ConsentForm("1", "zh", purposes, under_14=False, given_by=ConsentGiver.MEMBER, until=until)
        given = self.enrolment.take_consent(self.member_id, form)
        assert isinstance(given, FaceConsent), given
        assert self.enrolment.enrol(given, template(), ()) == FaceEnrolled(given)
        self.till.uploads()
        return given

    def pays(self, *dishes: tuple[str, int], limits: FacePaymentLimits | None = LIMITS) -> Outcome:
        services = self.till.services
        parts = (self.till.store, self.line, services.encoder, services.desk, Signal(), self.clock, POINTS)
        return Checkout(*parts, limits).pay(self.till.request(self.till.cart(*dishes)), self.payer)

    def acts(self) -> list[tuple[str, str]]:
        with self.till.store.transaction() as tx:
            log = tx.audit.open_log()
            rows = list(tx.audit.entries_after(log[0], 0, 100)) if log else []
        entries = [msgspec.json.decode(row.body) for row in rows]
        return [(e["action"], e["subject"]) for e in entries if e["action"] == Act.PAID_BY_FACE]


@pytest.fixture
def diner(central: Central) -> Diner:
    return central.add_member("50.00")


@pytest.fixture
def at(diner: Diner, new_till: NewTill) -> FaceTill:
    return FaceTill(new_till(), diner)


def refused(outcome: Outcome) -> NotChargedReason:
    assert isinstance(outcome, NotCharged), outcome
    return outcome.reason


def forget_at_central(central: Central, diner: Diner) -> None:
    central.parts.transactions.write(lambda tx: forget_face(tx, diner.id, "office"))


def test_it_is_paid_once_uploaded_and_written_down(central: Central, diner: Diner, at: FaceTill) -> None:
    outcome = at.pays(DUMPLINGS)
    assert isinstance(outcome, Paid), outcome
    assert outcome.order.member_id == diner.id
    assert outcome.balance_after == yuan("38.00")
    at.till.uploads()
    assert at.till.quarantined() == []
    assert central.free(diner) == yuan("38.00")
    assert at.acts() == [(Act.PAID_BY_FACE, diner.id)]
    with at.till.store.transaction() as tx:
        (payment,) = tx.payments.of_order(outcome.order.id)
        assert tx.payments.payer_of(payment.id) == at.payer
        assert tx.payments.last_by_payer() == (payment, at.payer)
        assert tx.payments.by_face(at.member_id, 10) == (payment,)


def test_what_was_set_aside_pays_without_central(diner: Diner, at: FaceTill) -> None:
    at.till.is_usual_for(diner)

    class Away:
        def request_grant(self, *_: Any) -> Any:
            raise CentralUnreachable

    at.line = Away()
    assert isinstance(at.pays(RICE), Paid)
    assert refused(at.pays(("dumplings", 4), limits=GENEROUS)) is NotChargedReason.CENTRAL_UNREACHABLE


def test_journal_names_no_card_and_nobody(at: FaceTill) -> None:
    outcome = at.pays(RICE)
    assert isinstance(outcome, Paid)
    journal = PaymentJournal(at.till.store, at.till.services.encoder, at.clock, lambda moment: moment)
    said = journal.at_start()
    assert said is not None
    assert (said.card_end, said.fate, said.order) == ("", Fate.PAID, outcome.order)


# --- whose face may not ---


def test_a_face_deleted_at_central_is_refused_before_the_till_has_heard(
    central: Central, diner: Diner, at: FaceTill
) -> None:
    forget_at_central(central, diner)
    assert refused(at.pays(RICE)) is NOT_ALLOWED
    assert central.free(diner) == yuan("50.00")


def test_a_face_forgotten_here_is_refused_without_asking(at: FaceTill) -> None:
    at.forgetting.forget(new_id(), at.member_id)
    at.line = None
    assert refused(at.pays(RICE)) is NOT_ALLOWED


def test_a_face_enrolled_anew_is_not_the_one_that_was_recognised(at: FaceTill) -> None:
    at._enrol((ConsentPurpose.PAYING,))
    assert refused(at.pays(RICE)) is NOT_ALLOWED


def test_a_consent_to_something_else_is_none_to_paying(diner: Diner, new_till: NewTill) -> None:
    at = FaceTill(new_till(), diner, ConsentPurpose.ORDERING)
    assert refused(at.pays(RICE)) is NOT_ALLOWED


def test_a_consent_that_has_ended_here_or_at_central(central: Central, at: FaceTill) -> None:
    central.clock.offset = timedelta(days=301)
    try:
        assert refused(at.pays(RICE)) is NOT_ALLOWED
    finally:
        central.clock.offset = timedelta()
    at.clock = FixedClock(at.clock.now() + timedelta(days=301))
    at.line = None
    assert refused(at.pays(RICE)) is NOT_ALLOWED


def test_a_consent_that_central_has_not_heard_of(central: Central, diner: Diner, at: FaceTill) -> None:
    other = central.add_member("50.00")
    at.till.reads_feed()
    consent_of_nobody = replace(at.payer, consent_id=new_id())
    asked = at.line.request_grant
    answer = asked(new_id(), consent_of_nobody, yuan("1.00"), ())
    assert answer.refusal == "face_not_allowed"
    assert central.free(other) == yuan("50.00")


def test_a_blocked_member(central: Central, diner: Diner, at: FaceTill) -> None:
    central.parts.transactions.write(lambda tx: block_member(tx, diner.id, is_blocked=True))
    assert refused(at.pays(RICE)) is NotChargedReason.MEMBER_BLOCKED


def test_where_nobody_pays_by_face(at: FaceTill) -> None:
    assert refused(at.pays(RICE, limits=None)) is NOT_ALLOWED


# --- how much ---


def test_no_more_at_once_and_on_one_day_than_the_settings_say(at: FaceTill) -> None:
    assert refused(at.pays(("dumplings", 3))) is TOO_MUCH
    assert isinstance(at.pays(("dumplings", 2)), Paid)
    assert isinstance(at.pays(("dumplings", 2)), Paid)
    assert refused(at.pays(RICE)) is TOO_MUCH


def test_what_was_undone_does_not_count(at: FaceTill) -> None:
    """Also with one of two portions given back: what is left of it counts."""
    refunds = at.till.services.refunds
    for _ in range(4):
        outcome = at.pays(("dumplings", 2))
        assert isinstance(outcome, Paid), outcome
        assert isinstance(refunds.void(act(), outcome.order.id), Refunded)
        at.till.uploads()
    outcome = at.pays(("dumplings", 2))
    assert isinstance(outcome, Paid)
    assert isinstance(refunds.refund(act(), outcome.order.id, {0: 1}, restock=False), Refunded)
    at.till.uploads()
    assert isinstance(at.pays(("dumplings", 2)), Paid), "12.00 counted, and 24.00 now"
    assert refused(at.pays(("dumplings", 2))) is TOO_MUCH


def test_the_next_day_begins_anew(at: FaceTill) -> None:
    for _ in range(2):
        assert isinstance(at.pays(("dumplings", 2)), Paid)
    assert refused(at.pays(RICE)) is TOO_MUCH
    at.clock = FixedClock(at.clock.now() + timedelta(days=1))
    assert isinstance(at.pays(RICE), Paid | NotCharged)
    assert refused(at.pays(("dumplings", 3))) is TOO_MUCH


def test_no_more_than_the_balance(at: FaceTill) -> None:
    outcome = at.pays(("dumplings", 5), limits=GENEROUS)
    assert refused(outcome) is NotChargedReason.INSUFFICIENT
    assert isinstance(outcome, NotCharged)
    assert outcome.free == yuan("50.00")


# --- in the middle ---


class ForgetsMeanwhile:
    """Central's line: when it has answered, and before the till has heard, the face is forgotten."""

    def __init__(self, line: Any, forget: Callable[[], object]) -> None:
        self._line, self._forget = line, forget

    def request_grant(self, *arguments: Any) -> Any:
        answer = self._line.request_grant(*arguments)
        self._forget()
        return answer


def test_a_face_forgotten_while_its_payment_is_under_way(central: Central, diner: Diner, at: FaceTill) -> None:
    """The member had confirmed it: it stands, once; and it was the last one."""
    at.line = ForgetsMeanwhile(at.line, lambda: at.forgetting.forget(new_id(), at.member_id))
    assert isinstance(at.pays(RICE), Paid)
    assert refused(at.pays(RICE)) is NOT_ALLOWED
    at.till.uploads()
    assert central.free(diner) == yuan("47.50")


def test_card_and_face_one_after_the_other_are_two_orders_and_never_one_twice(
    central: Central, diner: Diner, at: FaceTill
) -> None:
    by_face, by_card = at.pays(RICE), at.till.pays(at.till.cart(RICE), diner.card_uid)
    assert isinstance(by_face, Paid)
    assert isinstance(by_card, Paid)
    assert by_face.order.id != by_card.order.id
    at.till.uploads()
    assert central.free(diner) == yuan("45.00")


class LosesTheAnswer:
    def __init__(self, line: Any) -> None:
        self._line = line

    def request_grant(self, *arguments: Any) -> Any:
        self._line.request_grant(*arguments)
        raise CentralUnreachable


def test_what_central_holds_for_a_lost_answer_is_given_up_with_the_next_try(
    central: Central, diner: Diner, at: FaceTill
) -> None:
    line, at.line = at.line, LosesTheAnswer(at.line)
    assert refused(at.pays(("dumplings", 2))) is NotChargedReason.CENTRAL_UNREACHABLE
    assert central.free(diner) == yuan("26.00"), "held"
    at.line = line
    outcome = at.pays(("dumplings", 2))
    assert isinstance(outcome, Paid)
    assert outcome.balance_after == yuan("26.00")
    at.till.uploads()
    assert central.free(diner) == yuan("26.00")


def test_the_same_request_gets_the_same_answer_and_no_other_payer(central: Central, diner: Diner, at: FaceTill) -> None:
    request_id = new_id()
    ask = at.till.services.line.request_grant
    assert ask(request_id, at.payer, yuan("2.00"), ()) == ask(request_id, at.payer, yuan("2.00"), ())
    assert central.free(diner) == yuan("48.00")
    terminal = central.enrol()
    other = GrantRequest(request_id, diner.card_uid, yuan("2.00"))
    assert terminal.send("POST", "/v1/grants", msgspec.json.encode(other)).status_code == 409


def test_a_grant_for_a_card_and_a_face_at_once_makes_no_sense(central: Central, diner: Diner, at: FaceTill) -> None:
    terminal = central.enrol()
    both = GrantRequest(new_id(), diner.card_uid, yuan("2.00"), face_consent=at.consent.id)
    assert terminal.send("POST", "/v1/grants", msgspec.json.encode(both)).status_code == 400


# --- who is it ---


def test_whoever_was_recognised_is_looked_up(at: FaceTill) -> None:
    found = identify_face(at.till.store, at.member_id, at.clock.now())
    assert found is not None
    assert (found.member.id, found.payer) == (at.member_id, at.payer)
    at.forgetting.forget(new_id(), at.member_id)
    assert identify_face(at.till.store, at.member_id, at.clock.now()) is None
    assert identify_face(at.till.store, MemberId("nobody"), at.clock.now()) is None


WhoseDigits = Callable[[Any, Iterable[MemberId], str], MemberId | None]


@dataclass
class DigitsScene:
    """Three members with cards, one of them no candidate, and one whose card is blocked."""

    till: Till
    one: Diner
    other: Diner
    outsider: Diner
    lost: Diner

    @property
    def everybody(self) -> list[MemberId]:
        return [MemberId(diner.id) for diner in (self.one, self.other, self.outsider, self.lost)]


@pytest.fixture
def scene(central: Central, new_till: NewTill) -> DigitsScene:
    one, other, outsider = (central.add_member() for _ in range(3))
    lost = central.add_member(card_blocked=True)
    return DigitsScene(new_till(), one, other, outsider, lost)


def compared_with_everybody(scene: DigitsScene) -> WhoseDigits:
    """Whoever has such a card is it."""
    return lambda store, _candidates, digits: whose_digits(store, scene.everybody, digits)


def not_compared(scene: DigitsScene) -> WhoseDigits:
    """Somebody of those in doubt, whatever is typed."""
    return lambda _store, candidates, _digits: next(iter(candidates), None)


def blocked_cards_count(scene: DigitsScene) -> WhoseDigits:
    def whose(store: Any, candidates: Iterable[MemberId], digits: str) -> MemberId | None:
        with store.transaction() as tx:
            cards = [card for member_id in candidates for card in tx.members.cards_of(member_id)]
        return next((card.member_id for card in cards if printed_end(card) == digits), None)

    return whose


def test_digits_are_of_the_candidates_cards_alone(scene: DigitsScene) -> None:
    check_digits(scene, whose_digits)


@pytest.mark.parametrize("mutant", [compared_with_everybody, not_compared, blocked_cards_count])
def test_a_planted_bug_in_the_digits_is_found(scene: DigitsScene, mutant: Callable[[DigitsScene], WhoseDigits]) -> None:
    with pytest.raises(AssertionError):
        check_digits(scene, mutant(scene))


def check_digits(scene: DigitsScene, whose_digits: WhoseDigits) -> None:
    till, one, other, outsider, lost = scene.till, scene.one, scene.other, scene.outsider, scene.lost
    of = {diner.id: f"{int(diner.card_uid, 16) % 2**32:010d}"[-4:] for diner in (one, other, outsider, lost)}
    candidates = [MemberId(diner.id) for diner in (one, other, lost)]
    assert whose_digits(till.store, candidates, of[one.id]) == one.id
    assert whose_digits(till.store, candidates, of[outsider.id]) is None
    assert whose_digits(till.store, candidates, of[lost.id]) is None, "its card is blocked"
    assert whose_digits(till.store, candidates, "") is None
    assert whose_digits(till.store, (), of[one.id]) is None


def test_the_printed_number_is_the_lower_four_bytes_in_decimal() -> None:
    assert printed_end(Card("62E3086CED", MemberId("m"))) == str(0xE3086CED)[-4:]
    assert printed_end(Card("0000000007", MemberId("m"))) == "0007"


def test_not_charged_leaves_the_payment_as_one_by_face(at: FaceTill) -> None:
    at.line = LosesTheAnswer(at.line)
    at.pays(RICE)
    with at.till.store.transaction() as tx:
        last = tx.payments.last_by_payer()
        assert last is not None
        assert (last[0].state, last[1]) == (PaymentState.NOT_CHARGED, at.payer)
        assert tx.grants.unreleased_requests(at.payer) == (last[0].id,)
        assert tx.payments.by_face(at.member_id, 10) == ()

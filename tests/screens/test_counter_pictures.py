"""Pictures of every screen of the counter, in every look, each held to the rules of layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault
from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Stage
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.screens.counter.last_sale import undo_button_text
from kiosk.screens.counter_flow.after_sale_state import Check, CheckKind, FoundOut, Undo, Undoable, UndoEnd
from kiosk.screens.counter_flow.enrolment_state import Guardian
from kiosk.screens.counter_flow.state import Cleared, Ended, LaneEnd, PayMethod, State
from kiosk.screens.flow.account_state import Enrolling
from kiosk.screens.flow.face_state import FaceTrouble
from kiosk.screens.flow.state import ScreenName as CustomerScreen
from kiosk.screens.texts import texts_for
from kiosk.services.collected import Collected, NotCollectedReason
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceState, LinkState
from kiosk.services.face_events import FaceSeen
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import NotChargedReason
from kiosk.services.posing import Posing
from tests.screens import counter_scenes as counter
from tests.screens import face_scenes as faces
from tests.screens import scenes
from tests.screens.counter_driver import CounterDriver
from tests.screens.gallery import Sight, check_scene, look_at

Open = Callable[..., CounterDriver]
SALE = counter.with_cart(counter.state(), counter.SOME)
GONE = {"reader": False, "printer": False}
DOUBTED = frozenset({counter.RECOGNISED.member.id})
FIXED_PAID = replace(counter.PAID, order=counter.order(counter.FIXED))
LAST = Undoable(counter.order(counter.SOME), 1008.0, in_cash=Money(5000))

SALES = {
    "sale": counter.with_undo(SALE, counter.order(counter.SMALL)),
    "sale-empty": counter.state(),
    "sale-cleared": counter.of_sale(counter.state(), cleared=Cleared(counter.SOME, DiningMode.DINE_IN)),
    "sale-keyed": replace(counter.with_cart(counter.state(), EMPTY_CART), keyed_minor=1250),
    "sale-many": counter.with_cart(counter.state(), counter.MANY),
    "sale-weighed": replace(SALE, category_id="weighed"),
    "sale-trouble": replace(counter.state(**GONE), link=LinkState.OFFLINE),
    "sale-all-broken": replace(
        counter.state(),
        link=LinkState.OFFLINE,
        devices={
            kind: DeviceHealth(kind, kind, DeviceState.UNAVAILABLE)
            for kind in (DeviceKind.CARD_READER, DeviceKind.CAMERA, DeviceKind.SCANNER, DeviceKind.PRINTER)
        },
    ),
    "sale-simulated": replace(
        SALE,
        devices={
            name: DeviceHealth(name, kind, DeviceState.READY, simulated=True)
            for name, kind in (
                ("campus-card", DeviceKind.CARD_READER),
                ("receipts", DeviceKind.PRINTER),
                ("face-camera", DeviceKind.CAMERA),
            )
        },
    ),
    "weighing": counter.weighing(350),
    "weighing-empty": counter.weighing(0),
}
STEPS = {
    "paying": counter.about_to_look(counter.paying()),
    "paying-cards-only": replace(counter.paying(), rules=counter.CARDS_ONLY),
    "paying-charging": counter.paying(in_flight=True),
    "paying-looking": counter.looked_at(counter.paying(), seen=FaceSeen(1, Fault.TOO_FAR)),
    "paying-turn": counter.looked_at(counter.paying(), seen=FaceSeen(1, None, Stage.TURN, Direction.LEFT)),
    "paying-found": counter.looked_at(
        counter.paying(), found=counter.RECOGNISED, amount=counter.total(counter.SOME), left_s=2
    ),
    "paying-digits": counter.looked_at(counter.paying(), candidates=DOUBTED, typed="81"),
    "paying-digits-again": counter.looked_at(counter.paying(), candidates=DOUBTED, tries_left=1),
    "paying-digits-compared": counter.looked_at(counter.paying(), candidates=DOUBTED, typed="8109", checking=True),
    "paying-digits-wrong": counter.without_tries(counter.paying()),
    "paying-not-recognised": counter.looked_at(counter.paying(), trouble=FaceTrouble.UNKNOWN),
    "cash": counter.paying(method=PayMethod.CASH),
    "cash-less": replace(counter.paying(method=PayMethod.CASH), keyed_minor=2000),
    "cash-change": replace(counter.paying(method=PayMethod.CASH), keyed_minor=5000),
    "collect": counter.collecting(),
    "collect-typed": counter.collecting(number="A03"),
    "collect-fault": counter.collecting(number="A037", fault=NotCollectedReason.CENTRAL_UNREACHABLE),
    "collect-found": counter.collecting(number="37", found=counter.found("A037", "B037", "D037")),
    "collect-paying-found": counter.looked_at(
        counter.paying_collected(), found=counter.RECOGNISED, amount=counter.found("A037")[0].due, left_s=2
    ),
    "collect-chosen": counter.collecting(number="A037", found=counter.found("A037"), chosen=counter.found("A037")[0]),
    "lane": counter.about_to_look(counter.lane()),
    "lane-looking": counter.looked_at(counter.lane(), seen=FaceSeen(1, Fault.BLURRED)),
    "lane-not-recognised": counter.looked_at(counter.lane(), trouble=FaceTrouble.UNKNOWN),
    "lane-charging": replace(counter.lane(), paying=counter.paying(counter.FIXED, in_flight=True).paying),
    "lane-paid": counter.with_undo(
        counter.with_undo(
            counter.of_sale(counter.lane(), outcome=FIXED_PAID), counter.order(counter.FIXED, "C041"), 5.0
        ),
        counter.order(counter.FIXED),
    ),
    "lane-undone": counter.about_to_look(
        counter.lane(ends=(Ended(LaneEnd.UNDONE, counter.order(counter.FIXED)),), ended=42)
    ),
    "lane-refused": counter.of_sale(counter.about_to_look(counter.lane()), outcome=counter.not_charged()),
    "lane-face-refused": counter.of_sale(counter.lane(), outcome=counter.not_charged(), payer=counter.BY_FACE),
    "lane-asking": counter.lane(asking=SameMemberAgain(Money(1200), 4)),
    "lane-asking-refused": counter.lane(asking=SameMemberAgain(Money(1200), 840, was_refused=True)),
}
RESULTS = {
    "result-paid": counter.ended(counter.PAID),
    "result-paid-balance": counter.of_sale(counter.ended(counter.PAID), balance_shown=True),
    "result-collected-by-face": counter.of_sale(
        counter.ended(
            Collected(counter.order(counter.SOME, "A037"), counter.total(counter.SOME), None, Money(3750), 12)
        ),
        payer_name=counter.RECOGNISED.member.masked_name,
    ),
    "result-face-refused": counter.ended(counter.not_charged(NotChargedReason.FACE_LIMIT)),
    "result-cash": counter.ended(counter.cash_sold(counter.total(counter.SOME).minor)),
    "result-change": counter.ended(counter.cash_sold(10_000)),
    "result-by-key": replace(counter.ended(counter.cash_sold(10_000)), open_by_key=counter.order(counter.SOME).id),
    "result-refused": counter.ended(counter.not_charged()),
    "result-sold-out": counter.ended(counter.TOO_FEW),
    "result-offline": counter.ended(counter.not_charged(NotChargedReason.CENTRAL_UNREACHABLE)),
    "result-checking": counter.ended(counter.BEING_CHECKED),
    "undone-cash": replace(SALE, undo=Undo(LAST, UndoEnd.UNDONE)),
    "undone-by-key": replace(SALE, undo=Undo(LAST, UndoEnd.UNDONE), open_by_key=LAST.order.id),
    "undone": replace(SALE, undo=Undo(replace(LAST, in_cash=None), UndoEnd.UNDONE)),
    "undone-collected": replace(SALE, undo=Undo(counter.COLLECTED_CARD, UndoEnd.UNDONE)),
    "undone-collected-cash": replace(SALE, undo=Undo(counter.COLLECTED_CASH, UndoEnd.UNDONE)),
    "undo-refused": replace(SALE, undo=Undo(LAST, UndoEnd.REFUSED)),
    "undo-checking": replace(SALE, undo=Undo(LAST, UndoEnd.BEING_CHECKED)),
    "found-out": replace(SALE, found_out=(FoundOut(CheckKind.CARD, Money(1250), counter.order(counter.SOME), "6CED"),)),
    "found-out-not-charged": replace(SALE, found_out=(FoundOut(CheckKind.CARD, Money(1250), None, "6CED"),)),
    "found-out-change": replace(
        SALE,
        found_out=(FoundOut(CheckKind.CASH, Money(800), counter.order(counter.SOME), received=Money(1000)),),
    ),
    "found-out-cash-back": replace(SALE, found_out=(FoundOut(CheckKind.CASH, Money(800), None, received=Money(1000)),)),
    "checks": replace(SALE, checks=(Check(CheckKind.CARD, counter.BEING_CHECKED.payment_id, Money(1250), 9e9),)),
}


ENROLLING = {
    "enrol": counter.enrolling(),
    "enrol-member": counter.enrolling(guardian=Guardian.NOBODY),
    "enrol-guardian": counter.enrolling(guardian=Guardian.MOTHER, guardian_word="母亲"),
    "enrol-guardian-typed": counter.enrolling(guardian=Guardian.FATHER, guardian_word="父亲", phone="13800001234"),
    "enrol-age": counter.enrolling(faces.enrolling(CustomerScreen.FACE_AGE, Enrolling(scenes.MEMBER.id))),
    "enrol-consent": counter.enrolling(faces.reading(staff=faces.STAFF)),
    "enrol-pose": counter.enrolling(faces.posing(Posing(EnrolmentPose.LEFT, 1, PoseHint.TURN_MORE))),
    "enrol-done": counter.enrolling(faces.ended(FaceEnrolled(faces.CONSENT))),
    "enrol-look-alike": counter.enrolling(faces.ended(FaceRefused(FaceRefusedReason.LOOKS_LIKE_ANOTHER))),
}

UNDOABLE = ("sale", "result-paid", "result-paid-balance", "result-cash", "result-change")


@pytest.mark.parametrize("sight", tuple(counter.sights()), ids=str)
@pytest.mark.parametrize("group", ["sales", "steps", "results", "enrolling"])
def test_pictures(kept_counter: Open, sight: Sight, group: str) -> None:
    groups: dict[str, dict[str, State]] = {
        "sales": SALES,
        "steps": STEPS,
        "results": RESULTS,
        "enrolling": ENROLLING,
    }
    ui: CounterDriver | None = None
    for name, state in groups[group].items():
        seen = counter.with_view(state, sight.view)
        if ui is None:
            ui = kept_counter(seen, size=sight.size)
        else:
            ui.show(seen)
        look_at(ui, f"counter-{name}-{sight.name}", keeps_picture=sight.keeps_picture)
        check_scene(ui, name, seen, undo_button_text(8, texts_for(sight.view.language)) if name in UNDOABLE else "")


@pytest.mark.parametrize("sight", tuple(counter.sights()), ids=str)
def test_while_it_counts_down_saying_no_is_the_largest_thing_to_touch(kept_counter: Open, sight: Sight) -> None:
    ui = kept_counter(counter.with_view(STEPS["paying-found"], sight.view), size=sight.size)
    saying_no = ui.find(test_id="look-again")
    for other in ("cash", "back-to-sale"):
        assert saying_no.height > 1.4 * ui.find(test_id=other).height
    name, count = ui.find(test_id="headline"), ui.find(test_id="count")
    assert (name.text, count.text) == ("王*明", "2")
    assert name.font_size > count.font_size
    ui.tap(saying_no)
    assert ui.state.sale.facing is None or ui.state.sale.facing.found is None


@pytest.mark.parametrize("sight", tuple(counter.sights()), ids=str)
def test_what_can_be_touched_after_a_sale_is_equally_high(kept_counter: Open, sight: Sight) -> None:
    ui = kept_counter(counter.with_view(RESULTS["result-paid"], sight.view), size=sight.size)
    for shown in (False, True):
        ui.show(counter.with_view(counter.of_sale(RESULTS["result-paid"], balance_shown=shown), sight.view))
        heights = {
            (round(ui.find(test_id=name).y), ui.find(test_id=name).height) for name in ("undo", "balance", "done")
        }
        assert len(heights) == 1


@pytest.mark.parametrize("sight", tuple(counter.sights()), ids=str)
def test_the_names_of_a_sale_are_all_as_large(kept_counter: Open, sight: Sight) -> None:
    ui = kept_counter(counter.with_view(SALES["sale-many"], sight.view), size=sight.size)
    names = [row.ids.words.children[-1] for row in ui.widgets(lambda w: type(w).__name__ == "SaleRow")]
    assert len({name.font_size for name in names}) == 1

"""What the user guide (docs/guide) shows: every picture by its name, for the tests that take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from kiosk.domain.cart import Cart, Selection
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.pricing import price_cart
from kiosk.screens.counter_flow.after_sale_state import Undo, UndoEnd
from kiosk.screens.counter_flow.state import PayMethod
from kiosk.screens.counter_flow.state import State as CounterState
from kiosk.screens.flow.state import Editing, ScreenName, ShownPayment, State
from kiosk.services.accounts import AccountSeen
from kiosk.services.events import LinkState
from kiosk.services.faces_of import FaceState, FaceStatus
from kiosk.services.journal import CardPayment, Fate
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Paid
from tests.screens import counter_scenes as counter
from tests.screens import face_scenes as faces
from tests.screens import scenes

MENU = counter.DEMO
_SET = Selection.of_combo(next(combo for combo in MENU.combos if combo.id == "student-set"), MENU)
_CART = Cart().add(_SET).add(Selection.of_dish(counter.CHICKEN)).add(Selection.of_dish(counter.RICE), 2)
_USUAL = Cart().add(Selection.of_dish(counter.TOFU)).add(Selection.of_dish(counter.RICE))
_TOTAL = price_cart(_CART, MENU).total


def _at(screen: ScreenName, cart: Cart = _CART) -> State:
    return replace(scenes.with_cart(scenes.state(screen), cart), menu=MENU)


def _order(*, paid: bool) -> Order:
    return counter.order(_CART, "A037", paid=paid)


def paid(order: Order) -> State:
    """With that number on the screen."""
    return scenes.ended(_at(ScreenName.RESULT), Paid(order, Money(3750), 40))


_HAS_FACE = faces.at_account(AccountSeen(FaceStatus(FaceState.USABLE, faces.CONSENT)))
_TOO_LITTLE = NotCharged(NotChargedReason.INSUFFICIENT, _TOTAL, Money(320))
_FOUND_OUT = CardPayment(scenes.BEING_CHECKED.payment_id, scenes.CARD[-4:], time(12, 3), Fate.PAID, _order(paid=True))
_SALE = counter.with_cart(counter.state(), counter.SOME)
_FOUND = counter.found("A037")

SELF_SERVICE: Mapping[str, State] = {
    "attract": _at(ScreenName.ATTRACT),
    "usual": scenes.with_member(_at(ScreenName.MEMBER), replace(scenes.MEMBER, usual=_USUAL)),
    "menu": _at(ScreenName.MENU, _USUAL),
    "combo": replace(_at(ScreenName.MENU, _USUAL), editing=Editing(_SET)),
    "checkout": scenes.with_member(_at(ScreenName.CHECKOUT)),
    "pay-card": replace(_at(ScreenName.PAYING), paying=scenes.WAITING_FOR_CARD),
    "paid": paid(_order(paid=True)),
    "pay-counter": scenes.ended(_at(ScreenName.RESULT), DueAtCounter(_order(paid=False))),
    "too-little": scenes.ended(_at(ScreenName.PROBLEM), _TOO_LITTLE),
    "being-checked": scenes.ended(_at(ScreenName.PROBLEM), BeingChecked(scenes.BEING_CHECKED.payment_id, _TOTAL)),
    "found-out": replace(_at(ScreenName.ATTRACT), last_payment=ShownPayment(_FOUND_OUT, None)),
    "account": replace(_HAS_FACE, menu=MENU),
    "consent": faces.reading(),
}

COUNTER: Mapping[str, CounterState] = {
    "counter-sale": counter.with_undo(_SALE, counter.order(counter.SMALL)),
    "counter-weighing": counter.weighing(350),
    "counter-charge": counter.paying(),
    "counter-face": counter.looked_at(
        counter.paying(), found=counter.RECOGNISED, amount=counter.total(counter.SOME), left_s=2
    ),
    "counter-digits": counter.looked_at(
        counter.paying(), candidates=frozenset({counter.RECOGNISED.member.id}), typed="81"
    ),
    "counter-cash": replace(counter.paying(method=PayMethod.CASH), keyed_minor=5000),
    "counter-paid": counter.ended(counter.PAID),
    "counter-not-paid": counter.ended(counter.not_charged()),
    "counter-checking": counter.ended(counter.BEING_CHECKED),
    "counter-lane": counter.with_undo(
        counter.with_undo(counter.lane(), counter.order(counter.FIXED, "C041"), 5.0), counter.order(counter.FIXED)
    ),
    "counter-collect": counter.collecting(number="A037", found=_FOUND, chosen=_FOUND[0]),
    "counter-undone": replace(_SALE, undo=Undo(counter.COLLECTED_CASH, UndoEnd.UNDONE)),
    "counter-enrol": counter.enrolling(),
    "counter-trouble": replace(counter.state(reader=False, printer=False), link=LinkState.OFFLINE),
}

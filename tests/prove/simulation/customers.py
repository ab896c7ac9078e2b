"""What customers do at a terminal: they pay by card, with points and coupons or without, or order for the counter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.cart import EMPTY_CART, Cart
from kiosk.domain.loyalty import RedeemRule
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, OrderState
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.identify import Identified, identify
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from tests.domain.canteen import BIG_NOODLES, PLAIN_NOODLES, PLAIN_RICE, PLAIN_SET, SET_WITH_CHILLI
from tests.prove.simulation.books import Diner
from tests.prove.simulation.services import Services
from tests.prove.simulation.shown_menu import ShownMenu
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import World

CARTS = (
    EMPTY_CART.add(PLAIN_RICE),
    EMPTY_CART.add(PLAIN_RICE, 3),
    EMPTY_CART.add(PLAIN_SET),
    EMPTY_CART.add(PLAIN_NOODLES),
    EMPTY_CART.add(SET_WITH_CHILLI).add(PLAIN_RICE),
    EMPTY_CART.add(BIG_NOODLES),
)
REDEEM_RULE = RedeemRule(lot_points=10, lot_minor=25)
PAYS_SOME_AT_COUNTER = 0.03


def pay(world: World) -> None:
    diner = world.who_eats()
    terminal = world.where(diner)
    cart, language = world.chance.choice(CARTS), world.chance.choice(("zh", "en"))
    request = _request(terminal, cart, language)
    if request is None:
        return
    if world.chance.random() < world.size.redeems:
        request = _with_points_and_coupon(world, terminal, request, diner)
    if world.chance.random() < PAYS_SOME_AT_COUNTER:
        request = _with_rest_at_counter(request, Money(100))
    outcome = _order(world, terminal, request, lambda s: s.checkout.pay_by_card(request, diner.card_uid))
    if isinstance(outcome, NotCharged) and outcome.card_can_pay is not None and world.chance.random() < 0.3:
        split = _with_rest_at_counter(request, outcome.money - outcome.card_can_pay)
        world.books.seen["the card pays what it can"] += 1
        _order(world, terminal, split, lambda s: s.checkout.pay_by_card(split, diner.card_uid))


def take_order_for_counter(world: World) -> None:
    terminal = world.chance.choice(world.terminals)
    payer = world.chance.choice((None, ByCard(world.who_eats().card_uid)))
    request = _request(terminal, world.chance.choice(CARTS), "zh")
    if request is not None:
        _order(world, terminal, request, lambda s: s.checkout.take_order_for_counter(request, payer))


def _request(terminal: SimulatedTerminal, cart: Cart, language: str) -> CheckoutRequest | None:
    """What the screen shows; None without a menu, or when the dish is not on it any more."""

    def shown(services: Services) -> CheckoutRequest | None:
        if terminal.shown_menu is None:
            with services.store.transaction() as tx:
                terminal.shown_menu = ShownMenu(tx.menus.current())
        total = terminal.shown_menu.total(cart)
        return None if total is None else CheckoutRequest(cart, total, DiningMode.DINE_IN, language)

    return terminal.run("screen", shown)


def _with_points_and_coupon(
    world: World, terminal: SimulatedTerminal, request: CheckoutRequest, diner: Diner
) -> CheckoutRequest:
    """As the terminal offers them when the card is tapped (kiosk.screens.flow.redeeming)."""
    known = terminal.run("screen", lambda s: identify(s.store, diner.card_uid, s.clock.now()))
    world.trace.add("identified", terminal.place, type(known).__name__)
    return replace(request, others=_others(world, known.member, request)) if isinstance(known, Identified) else request


def _others(world: World, member: Member, request: CheckoutRequest) -> tuple[PaymentPart, ...]:
    total, parts = request.shown_total, []
    if member.coupons and world.chance.random() < 0.6:
        part = world.chance.choice(member.coupons).part_of(total)
        parts += [part] if part else []
    if world.chance.random() < 0.6:
        left = total - Money.sum((part.value for part in parts), total.currency)
        points = REDEEM_RULE.redeemable(member.points, total, left)
        parts += [points] if points else []
    return tuple(parts)


def _with_rest_at_counter(request: CheckoutRequest, rest: Money) -> CheckoutRequest:
    left = request.shown_total - Money.sum((part.value for part in request.others), rest.currency)
    if rest > left or any(part.method is PaymentMethod.COUNTER for part in request.others):
        return request
    return replace(request, others=(*request.others, PaymentPart(PaymentMethod.COUNTER, rest)))


def _order(
    world: World, terminal: SimulatedTerminal, request: CheckoutRequest, settle: Callable[[Services], Outcome]
) -> Outcome | None:
    """What the customer is told is what is on the disk."""
    books = world.books
    if not terminal.in_service or "order" in terminal.busy:
        return None
    before = books.sold_at[terminal.place]
    outcome = terminal.run("order", settle)
    what = type(outcome).__name__
    shown = ""
    if isinstance(outcome, NotCharged):
        what = f"not charged: {outcome.reason.value}"
        assert books.sold_at[terminal.place] == before, "not charged, the customer is told, and was"
        assert outcome.reason is not NotChargedReason.CHECKED
    elif isinstance(outcome, Paid | DueAtCounter):
        _check_shown(world, terminal, request, outcome)
        shown = f"{outcome.order.id} {outcome.order.number} {outcome.order.total.minor}"
    elif books.sold_at[terminal.place] != before:
        books.seen["durable, never shown"] += 1
    books.seen[what] += 1
    world.trace.add("customer", terminal.place, what, shown)
    return outcome


def _check_shown(
    world: World, terminal: SimulatedTerminal, request: CheckoutRequest, outcome: Paid | DueAtCounter
) -> None:
    act = world.books.acts.get(outcome.order.id)
    assert act is not None, "shown as paid, and not durable"
    assert (act.place, act.minor) == (terminal.place, request.shown_total.minor), "another order than was shown"
    is_paid = isinstance(outcome, Paid)
    assert (outcome.order.state is OrderState.PAID) == is_paid
    if isinstance(outcome, Paid):
        assert outcome.money.minor == -act.money, "another amount was charged than was shown"
    for part in request.others:
        world.books.seen[f"paid with {part.method}"] += 1

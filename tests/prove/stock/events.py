"""What happens: customers who want the last portions, staff who bring some, and everything that can go wrong."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from uuid import UUID

from kiosk.domain.cart import EMPTY_CART, Cart, Selection
from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByCard
from kiosk.domain.pricing import price_cart
from kiosk.domain.staff import Role, Staff
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.outcomes import NotCharged, NotChargedReason, Outcome
from kiosk.services.stock_acts import StockDone
from tests.prove.simulation import counter, faults
from tests.prove.simulation.events import Kind, book_backlogs, pre_grant, pull, push
from tests.prove.simulation.services import Services
from tests.prove.simulation.staff import pay_in
from tests.prove.simulation.world import World
from tests.prove.stock.world import DISHES, StockTerminal, StockWorld

MOST_DISHES = 8  # of an order
RESTOCKER = Staff(StaffId("s-7"), "Zhang", frozenset({Role.RESTOCK}))


def order(world: World) -> None:
    """For the counter, or by card; sometimes what the cart needs is reserved when it is frozen, and some then go."""
    terminal = world.chance.choice(world.terminals)
    if not terminal.in_service or "order" in terminal.busy:
        return
    assert isinstance(terminal, StockTerminal)
    cart = _cart(world)
    dice = world.chance.random()
    payer = ByCard(world.who_eats().card_uid) if dice < 0.08 else None
    outcome = terminal.run("order", lambda services: _settle(world, services, cart, payer))
    what = type(outcome).__name__
    if isinstance(outcome, NotCharged):
        what = f"not charged: {outcome.reason.value}"
        _check_left(outcome, cart)
    world.books.seen[what] += 1
    world.trace.add("customer", terminal.place, what)


def _cart(world: World) -> Cart:
    cart = EMPTY_CART
    for dish in world.chance.sample(DISHES, world.chance.randint(1, MOST_DISHES)):
        cart = cart.add(Selection.of_dish(dish), 2 if world.chance.random() < 0.1 else 1)
    return cart


def _settle(world: World, services: Services, cart: Cart, payer: ByCard | None) -> Outcome | None:
    services.allotments.answered = None
    with services.store.transaction() as tx:
        menu = tx.menus.current()
    if menu is None:
        return None
    request = CheckoutRequest(cart, price_cart(cart, menu).total, DiningMode.DINE_IN, "zh")
    if world.chance.random() < 0.3:  # as the screen does when the cart is frozen
        services.reserving.reserve(cart)
        if world.chance.random() < 0.2:
            services.reserving.let_go()
            return None
    if payer is None:
        return services.checkout.take_order_for_counter(request, None)
    return services.checkout.pay(request, payer)


def _check_left(outcome: NotCharged, cart: Cart) -> None:
    """What the customer is told can be had is less than the cart wants."""
    if outcome.reason is not NotChargedReason.SOLD_OUT:
        return
    wanted = {c.dish_id: line.quantity for line in cart.lines for c in line.selection.dishes}
    assert outcome.sold_out, "sold out, and nobody says what"
    for dish_id, left in outcome.left:
        assert left < wanted[dish_id], "as many as were wanted are left, and they are not sold"


def bring(world: World) -> None:
    """Of what there is least, a few; now and then many."""
    assert isinstance(world, StockWorld)
    dish_id = min((world.chance.choice(DISHES).id for _ in range(3)), key=lambda d: world.ledger.left[d])
    if world.ledger.left[dish_id] < 40:
        world.bring(dish_id, world.chance.choice((1, 2, 5, 10, 40)))
    world.trace.add("brought", dish_id)


def bring_here(world: World) -> None:
    """Staff put portions at a terminal, with or without a network; now and then it was a mistake, and they take them
    away again at once."""
    assert isinstance(world, StockWorld)
    terminal, dish_id = world.chance.choice(world.terminals), world.chance.choice(DISHES).id
    portions, is_mistake = world.chance.choice((1, 2, 5, 10)), world.chance.random() < 0.4
    if world.ledger.left[dish_id] < 40:
        terminal.run("admin", lambda services: _restock(world, services, {dish_id: portions}, is_mistake=is_mistake))
        world.trace.add("brought here", dish_id)


def _restock(world: World, services: Services, portions: dict[DishId, int], *, is_mistake: bool) -> None:
    """A mistake is taken back in the same breath: nobody has heard of it."""
    act_id, undo_id = (StockActId(UUID(int=world.chance.getrandbits(128), version=4)) for _ in range(2))
    made = services.stock_acts.restock(RESTOCKER, act_id, portions)
    if is_mistake and isinstance(made, StockDone):
        services.stock_acts.undo(RESTOCKER, undo_id, made.act.id)


def restore_central(world: World) -> None:
    assert isinstance(world, StockWorld)
    if world.central.copy.exists():
        faults.restore_central(world)
        world.bring_again()


# Also while a request of somebody else is on its way.
ANY_TIME = (
    Kind(700, order),
    Kind(120, bring),
    Kind(60, bring_here),
    Kind(30, counter.settle_at_counter),
    Kind(6, counter.refund),
    Kind(60, push),
    Kind(60, pull),
    Kind(4, pre_grant),
    Kind(10, pay_in),
    Kind(16, book_backlogs),
    Kind(20, faults.change_line),
    Kind(2, faults.central_goes_or_comes),
    Kind(10, faults.late_request_arrives),
    Kind(1.2, faults.kill_terminal),
    Kind(0.4, faults.kill_central),
    Kind(2, faults.clock_jumps),
)
BETWEEN = (Kind(8, faults.enrol_at_last),)
RARE = (
    Kind(0.3, faults.enrol_anew),
    Kind(0.15, faults.back_up_central),
    Kind(0.1, restore_central),
)
EVENTS = (*ANY_TIME, *BETWEEN, *RARE)
_UP_TO_ANY_TIME = list(accumulate(kind.weight for kind in ANY_TIME))


@cache
def _weights_up_to(rare_times: float) -> list[float]:
    weights = [kind.weight for kind in (*ANY_TIME, *BETWEEN)] + [kind.weight * rare_times for kind in RARE]
    return list(accumulate(weights))


def step(world: StockWorld) -> None:
    """The next thing happens. What is sold is checked when it is durable."""
    world.time.pass_by(world.chance.uniform(0.01, 2.0))
    world.steps += 1
    (kind,) = world.chance.choices(EVENTS, cum_weights=_weights_up_to(world.size.rare_times))
    world.happened[kind.happen.__name__] += 1
    kind.happen(world)


def happen_elsewhere(world: World) -> None:
    (kind,) = world.chance.choices(ANY_TIME, cum_weights=_UP_TO_ANY_TIME)
    kind.happen(world)

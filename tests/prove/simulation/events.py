"""Everything that may happen next, and how often. A new kind is a function of the world and a line in
ANY_TIME, BETWEEN or RARE."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

from central.errors import Conflict
from central.members.service import block_member
from central.menu import repository as menus
from central.stock import repository as stock
from central.transactions import Transaction
from central.wallet.repository import open_grants
from central.wallet.service import top_up
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import uuid7
from kiosk.domain.money import Money
from kiosk.services.outcomes import DueAtCounter, NotCharged, Outcome, Paid
from kiosk.services.ports import CentralRefused, CentralUnreachable
from tests.domain.canteen import BIG_NOODLES, PLAIN_NOODLES, PLAIN_RICE, PLAIN_SET, SET_WITH_CHILLI, SOUP
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import World

CARTS = (
    EMPTY_CART.add(PLAIN_RICE),
    EMPTY_CART.add(PLAIN_SET),
    EMPTY_CART.add(PLAIN_NOODLES),
    EMPTY_CART.add(SET_WITH_CHILLI),
    EMPTY_CART.add(BIG_NOODLES),
)
POOR_MINOR = (1000, 4000, 10_000)  # some always have enough, some never quite
SOUP_PORTIONS = 1000


# --- customers ---


def pay(world: World) -> None:
    diner = world.who_eats()
    terminal = world.where(diner)
    if world.chance.random() < 0.1:
        terminal.identify(diner.card_uid)
    language = world.chance.choice(("zh", "en"))
    _note(world, terminal, terminal.pay(world.chance.choice(CARTS), diner.card_uid, language))


def take_order_for_counter(world: World) -> None:
    terminal = world.chance.choice(world.terminals)
    uid = world.chance.choice((None, world.who_eats().card_uid))
    _note(world, terminal, terminal.take_order_for_counter(world.chance.choice(CARTS), uid))


def _note(world: World, terminal: SimulatedTerminal, outcome: Outcome | None) -> None:
    what = type(outcome).__name__
    if isinstance(outcome, NotCharged):
        what = f"not charged: {outcome.reason.value}"
    world.books.seen[what] += 1
    shown = ""
    if isinstance(outcome, Paid | DueAtCounter):
        shown = f"{outcome.order.id} {outcome.order.number} {outcome.order.total.minor}"
        world.books.sold(terminal.place, outcome.order)
    world.trace.add("customer", terminal.place, what, shown)


# --- terminals and central, of themselves ---


def push(world: World) -> None:
    terminal = world.chance.choice(world.terminals)
    if terminal.push() == "all sent":
        world.checks.acknowledged(terminal)


def pull(world: World) -> None:
    world.chance.choice(world.terminals).pull()


def pre_grant(world: World) -> None:
    world.central.pre_grant()


def sweep(world: World) -> None:
    some = world.chance.sample(sorted(world.books.diners), min(25, len(world.books.diners)))
    world.central.sweep(some)


# --- staff ---


def pay_in(world: World) -> None:
    """To the poorest of a few, so that there is always something to spend, and never too much."""
    diner = min((world.who_eats() for _ in range(3)), key=lambda d: d.balance)
    if diner.balance > world.chance.choice(POOR_MINOR):
        return
    top_up_id, amount = uuid7(0), Money(world.chance.randrange(2000, 20_000))
    world.central.manage(partial(top_up, top_up_id=top_up_id, member_id=diner.id, amount=amount))
    world.books.paid_in[top_up_id] = diner.id, amount.minor
    diner.topped_up += amount.minor
    world.books.touched.add(diner.id)
    world.trace.add("paid in", diner.id, amount.minor)


def block_or_unblock(world: World) -> None:
    diner, is_blocked = world.who_eats(), world.chance.random() < 0.25
    world.central.manage(partial(block_member, member_id=diner.id, is_blocked=is_blocked))
    world.trace.add("blocked" if is_blocked else "unblocked", diner.id)


def change_prices(world: World) -> None:
    def offer(tx: Transaction) -> None:
        newest = menus.newest(tx.connection)
        assert newest is not None
        world.offer_menu(tx, newest.version + 1, world.chance.randrange(5) * 10)

    world.central.manage(offer)
    world.trace.add("other prices")


def count_stock(world: World) -> None:
    def count(tx: Transaction) -> None:
        tx.changes.dishes |= stock.replace_counts(tx.connection, {SOUP.id: SOUP_PORTIONS}, tx.now)

    world.central.manage(count)


def write_off(world: World) -> None:
    """Two people, because somebody says that a terminal is lost. It may not be."""
    found = world.central.parts.transactions.read(lambda c: open_grants(c, None))
    if not found:
        return
    grant = world.chance.choice(found)
    world.books.diners[grant.member_id].is_written_off = True
    for step in (partial(ask_write_off, asked_by="甲"), partial(confirm_write_off, confirmed_by="乙")):
        try:
            world.central.manage(partial(step, grant_id=grant.id))
        except Conflict:
            pass  # it had been done when central was killed
    world.books.seen["written off"] += 1
    world.trace.add("written off", grant.id)


# --- what goes wrong ---


def change_line(world: World) -> None:
    place = world.chance.randrange(len(world.terminals))
    if place in world.network.cut_off:
        if world.chance.random() < 0.5:
            world.network.cut_off.discard(place)
    elif world.chance.random() < 0.05:
        world.network.cut_off.add(place)
    world.trace.add("cut off", *sorted(world.network.cut_off))


def central_goes_or_comes(world: World) -> None:
    world.central.is_away = not world.central.is_away and world.chance.random() < 0.05
    world.trace.add("central is away" if world.central.is_away else "central is there")


def late_request_arrives(world: World) -> None:
    if not world.network.has_late:
        return
    request = world.network.next_late()
    try:
        world.trace.add("late", request.sender, request.path)
        world.central.handle(request)
    except (CentralUnreachable, CentralRefused) as refused:
        world.trace.add(type(refused).__name__)


def kill_terminal(world: World) -> None:
    terminal = world.chance.choice(world.terminals)
    if terminal.in_service:
        terminal.crash()


def kill_central(world: World) -> None:
    world.central.crash()


def clock_jumps(world: World) -> None:
    place = world.chance.randrange(len(world.terminals) + 1)
    clock = world.central.clock if place == len(world.terminals) else world.terminals[place].clock
    world.trace.add("clock", place, clock.jump(world.chance))


def enrol_anew(world: World) -> None:
    """With its disk, as somebody does who hopes that it helps."""
    world.enrol(world.chance.choice(world.terminals))


def back_up(world: World) -> None:
    terminal = world.chance.choice(world.terminals)
    if terminal.in_service:
        terminal.back_up()
        world.trace.add("backed up", terminal.place)


def restore_disk(world: World) -> None:
    """The disk is replaced by its last copy. What central had not heard of is gone with it."""
    terminal = world.chance.choice(world.terminals)
    if not terminal.in_service or not terminal.restore():
        return
    world.books.seen["disk replaced"] += 1
    kept = terminal.order_ids() | world.central.order_ids(terminal.identity.terminal_id)
    gone = [i for i, sale in world.books.sales.items() if sale.place == terminal.place and i not in kept]
    for order_id in gone:
        world.books.lose(order_id)
    world.trace.add("disk replaced", terminal.place, len(gone))
    world.enrol(terminal)


def enrol_at_last(world: World) -> None:
    for terminal in world.terminals:
        if terminal.must_enrol:
            world.enrol(terminal)


def back_up_central(world: World) -> None:
    world.central.back_up()
    world.trace.add("central is backed up")


def restore_central(world: World) -> None:
    """Its disk is replaced by the last copy. Staff have the receipts of what was paid in since; terminals have their
    sales, but for those of disks that were replaced too."""
    if not world.central.copy.exists():
        return
    world.central.restore()
    world.books.seen["central restored"] += 1
    world.checks.central_was_restored()
    for top_up_id, (member_id, minor) in world.books.paid_in.items():
        booking = partial(top_up, top_up_id=top_up_id, member_id=member_id, amount=Money(minor))
        world.central.manage(booking)
    for terminal in world.terminals:
        kept = terminal.order_ids() | world.central.order_ids(terminal.identity.terminal_id)
        for order_id in [i for i, s in world.books.sales.items() if s.place == terminal.place and i not in kept]:
            world.books.lose(order_id)
    world.trace.add("central is restored")


class Kind(NamedTuple):
    weight: float
    happen: Callable[[World], None]


# Also while a request of somebody else is on its way.
ANY_TIME = (
    Kind(620, pay),
    Kind(30, take_order_for_counter),
    Kind(60, push),
    Kind(50, pull),
    Kind(70, pre_grant),
    Kind(90, pay_in),
    Kind(8, block_or_unblock),
    Kind(12, change_line),
    Kind(3, central_goes_or_comes),
    Kind(10, late_request_arrives),
    Kind(1.5, kill_terminal),
    Kind(0.5, kill_central),
    Kind(5, clock_jumps),
)
BETWEEN = (
    Kind(5, sweep),
    Kind(1, count_stock),
    Kind(3, enrol_at_last),
)
# As often as the world's size says.
RARE = (
    Kind(0.3, change_prices),
    Kind(0.3, write_off),
    Kind(0.5, enrol_anew),
    Kind(0.3, back_up),
    Kind(0.1, restore_disk),
    Kind(0.3, back_up_central),
    Kind(0.2, restore_central),
)
EVENTS = (*ANY_TIME, *BETWEEN, *RARE)
_WEIGHTS_ANY_TIME = [kind.weight for kind in ANY_TIME]


@cache
def _weights(rare_times: float) -> list[float]:
    return [kind.weight for kind in (*ANY_TIME, *BETWEEN)] + [kind.weight * rare_times for kind in RARE]


def step(world: World) -> None:
    """The next thing happens; afterwards nobody is below the credit line."""
    world.time.pass_by(world.chance.uniform(0.01, 2.0))
    world.steps += 1
    (kind,) = world.chance.choices(EVENTS, _weights(world.size.rare_times))
    kind.happen(world)
    world.checks.after_step()
    if world.steps % world.size.check_every == 0:
        world.checks.everything()


def happen_elsewhere(world: World) -> None:
    (kind,) = world.chance.choices(ANY_TIME, _WEIGHTS_ANY_TIME)
    kind.happen(world)

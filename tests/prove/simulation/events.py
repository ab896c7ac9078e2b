"""Everything that may happen next, and how often. A new kind is a function of the world and a line in
ANY_TIME, BETWEEN or RARE."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from tests.prove.simulation import counter, customers, faults, staff
from tests.prove.simulation.world import World

# --- terminals and central, of themselves ---


def push(world: World) -> None:
    terminal = world.chance.choice(world.terminals)
    if terminal.push() == "all sent":
        world.checks.acknowledged(terminal)


def pull(world: World) -> None:
    world.chance.choice(world.terminals).pull()


def pre_grant(world: World) -> None:
    world.central.pre_grant()


def book_backlogs(world: World) -> None:
    world.central.book_backlogs()


def sweep(world: World) -> None:
    some = world.chance.sample(sorted(world.books.diners), min(25, len(world.books.diners)))
    world.central.sweep(some)


class Kind(NamedTuple):
    weight: float
    happen: Callable[[World], None]


# Also while a request of somebody else is on its way.
ANY_TIME = (
    Kind(700, customers.pay),
    Kind(24, customers.take_order_for_counter),
    Kind(16, counter.settle_at_counter),
    Kind(10, counter.refund),
    Kind(8, counter.top_up_in_cash),
    Kind(44, push),
    Kind(48, pull),
    Kind(24, pre_grant),
    Kind(16, book_backlogs),
    Kind(40, staff.pay_in),
    Kind(4, staff.block_or_unblock),
    Kind(16, faults.change_line),
    Kind(2, faults.central_goes_or_comes),
    Kind(8, faults.late_request_arrives),
    Kind(1.2, faults.kill_terminal),
    Kind(0.4, faults.kill_central),
    Kind(6, faults.clock_jumps),
)
BETWEEN = (
    Kind(2, sweep),
    Kind(1, staff.count_stock),
    Kind(1, staff.offer_coupons),
    Kind(8, faults.enrol_at_last),
)
# As often as the world's size says.
RARE = (
    Kind(0.3, staff.change_prices),
    Kind(0.2, staff.write_off),
    Kind(1, faults.clock_jumps),
    Kind(1, counter.refund),
    Kind(0.3, faults.enrol_anew),
    Kind(0.3, faults.back_up),
    Kind(0.1, faults.restore_disk),
    Kind(0.2, faults.back_up_central),
    Kind(0.1, faults.restore_central),
)
EVENTS = (*ANY_TIME, *BETWEEN, *RARE)
_UP_TO_ANY_TIME = list(accumulate(kind.weight for kind in ANY_TIME))


@cache
def _weights_up_to(rare_times: float) -> list[float]:
    weights = [kind.weight for kind in (*ANY_TIME, *BETWEEN)] + [kind.weight * rare_times for kind in RARE]
    return list(accumulate(weights))


def step(world: World) -> None:
    """The next thing happens; afterwards nobody is below the credit line."""
    world.time.pass_by(world.chance.uniform(0.01, 2.0))
    world.steps += 1
    (kind,) = world.chance.choices(EVENTS, cum_weights=_weights_up_to(world.size.rare_times))
    world.happened[kind.happen.__name__] += 1
    kind.happen(world)
    world.checks.after_step()
    if world.steps % world.size.check_every == 0:
        world.checks.everything()


def happen_elsewhere(world: World) -> None:
    (kind,) = world.chance.choices(ANY_TIME, cum_weights=_UP_TO_ANY_TIME)
    kind.happen(world)

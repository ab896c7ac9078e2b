"""What goes wrong: lines, crashes, clocks, disks, restores."""

from __future__ import annotations

from functools import partial
from itertools import islice

from central.wallet.service import top_up
from kiosk.domain.money import Money
from kiosk.services.ports import CentralRefused, CentralUnreachable
from tests.prove.simulation.coupons import give_again
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import World

BOOKED_AGAIN = 20  # receipts from before the copy that staff books once more, to be sure


def change_line(world: World) -> None:
    place = world.chance.randrange(len(world.terminals))
    if place in world.network.cut_off:
        if world.chance.random() >= world.size.away:
            world.network.cut_off.discard(place)
    elif world.chance.random() < world.size.away:
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
        world.answering.handle(request)
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
    world.trace.add("disk replaced", terminal.place, _lose_what_nobody_has(world, terminal))
    world.enrol(terminal)


def enrol_at_last(world: World) -> None:
    for terminal in world.terminals:
        if terminal.must_enrol:
            world.enrol(terminal)


def back_up_central(world: World) -> None:
    world.central.back_up()
    world.paid_in_before_copy = len(world.books.paid_in)
    world.trace.add("central is backed up")


def restore_central(world: World) -> None:
    """Its disk is replaced by the last copy. Staff have the receipts of what was paid in since, and know whom
    they gave coupons; terminals have their sales, but for those of disks that were replaced too."""
    if not world.central.copy.exists():
        return
    world.central.restore()
    world.books.seen["central restored"] += 1
    world.checks.central_was_restored()
    certainly_known = max(0, world.paid_in_before_copy - BOOKED_AGAIN)
    for top_up_id, (member_id, minor) in islice(world.books.paid_in.items(), certainly_known, None):
        booking = partial(top_up, top_up_id=top_up_id, member_id=member_id, amount=Money(minor))
        world.central.manage(booking)
    give_again(world)
    for terminal in world.terminals:
        _lose_what_nobody_has(world, terminal)
    world.trace.add("central is restored")
    for terminal in world.terminals:  # they wait for news, and hear of it within seconds, those whose line works
        terminal.pull()


def _lose_what_nobody_has(world: World, terminal: SimulatedTerminal) -> int:
    kept = terminal.acts() | world.central.acts(terminal.identity.terminal_id)
    gone = [act_id for act_id in world.books.made_at(terminal.place) if act_id not in kept]
    for act_id in reversed(gone):  # what was given back before the order that it was paid for
        world.books.lose(act_id)
    return len(gone)

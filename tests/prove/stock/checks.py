"""What must hold between terminals and central, from the tables."""

from __future__ import annotations

from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.stock.world import StockWorld

_AT_CENTRAL = (
    "SELECT terminal_id, incarnation, dish_id, handed, used, beyond, brought,"
    " max(handed + brought - written_off - used, 0) FROM allotment"
)
_AT_TERMINAL = "SELECT incarnation, dish_id, handed, used, beyond, brought FROM allotments"
_FED = "SELECT epoch, announced FROM feed_state"
_LEFT = "SELECT dish_id, sum(portions) FROM stock_movement GROUP BY 1"  # each dish is counted once
_TORN = "SELECT count(*) FROM allotments WHERE used > handed + brought OR used < 0 OR beyond < 0 OR booked > beyond"


def check_hands(world: StockWorld) -> None:
    """Whatever a terminal has in hand, central knows to be held; what central has booked, the terminal has done."""
    there = {tuple(row[:3]): row[3:] for row in world.central.select(_AT_CENTRAL)}
    for terminal in world.terminals:
        if not terminal.in_service or not _knows_epoch(world, terminal):
            continue
        ((torn,),) = terminal.select(_TORN)
        assert not torn, f"terminal {terminal.place} has sold more than it was handed"
        for incarnation, dish_id, handed, used, beyond, brought in terminal.select(_AT_TERMINAL):
            known = there.get((terminal.identity.terminal_id, incarnation, dish_id), (0, 0, 0, 0, 0))
            assert handed <= known[0], "a terminal has what central did not hand to it"
            assert used >= known[1], "central has booked more than the terminal has used"
            assert beyond >= known[2], "central has booked more than the terminal sold beyond"
            assert brought >= known[3], "central has booked more than was brought"
            unheard = brought - known[3]  # what nobody has heard of nobody else can be handed
            assert handed + brought - used <= known[4] + unheard, "central does not know what is in a terminal's hand"


def _knows_epoch(world: StockWorld, terminal: SimulatedTerminal) -> bool:
    ((epoch, announced),) = terminal.select(_FED)
    return bool(announced) and epoch == world.central.parts.installation.epoch


def check_end(world: StockWorld) -> None:
    """Both sides agree, portion by portion."""
    check_hands(world)
    left = {dish_id: n for dish_id, n in world.central.select(_LEFT) if dish_id in world.ledger.left}
    assert left == dict(world.ledger.left), "stock is not the sum of what moved"
    there = {tuple(row[:3]): tuple(row[3:7]) for row in world.central.select(_AT_CENTRAL)}
    for terminal in world.terminals:
        who = terminal.identity.terminal_id
        rows = terminal.select(_AT_TERMINAL)
        here = {(who, i, d): (h, u, beyond, own) for i, d, h, u, beyond, own in rows if h or beyond or own}
        assert here == {key: row for key, row in there.items() if key[0] == who}, "another hand than central knows of"
        ((unbooked,),) = terminal.select("SELECT count(*) FROM allotments WHERE beyond <> booked")
        assert not unbooked, "a terminal does not know that all is booked"
    for terminal_id, incarnation, _, _, _, _, _, held in world.central.select(_AT_CENTRAL):
        present = any(
            (t.identity.terminal_id, t.identity.incarnation) == (terminal_id, incarnation) for t in world.terminals
        )
        assert present or not held, "what an earlier incarnation had in hand did not come back"

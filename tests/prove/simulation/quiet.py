"""The end: every line works, nobody buys anything more, and whatever is still on its way arrives. Then both sides must
agree to the cent."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection, select

from central.feed.repository import feed_row
from central.wallet.repository import open_grants
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.member import Card, CardState, Member
from kiosk.domain.menu import Menu
from kiosk.store.tables import feed, orders
from kiosk.store.tables.grants import grants
from kiosk.sync.wire import AllotmentRecord, CollectedRecord, GrantRecord, StockRecord, TerminalRecord, decode
from tests.prove.simulation.accounts import check_books
from tests.prove.simulation.acts import What
from tests.prove.simulation.faults import late_request_arrives
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import DEPTH, World

ROUNDS = 50
_KINDS: dict[str, type] = {"menu": Menu, "member": Member, "card": Card, "stock": StockRecord, "grant": GrantRecord}
_TOTALS = select(orders.orders.c.id, orders.orders.c.total_minor)
_KINDS |= {"terminal": TerminalRecord, "collected": CollectedRecord, "allotment": AllotmentRecord}


def settle(world: World) -> None:
    """Until nothing moves any more. Raises AssertionError if that never comes, or if something is not as it should."""
    _everything_works(world)
    _until_nothing_moves(world)
    _write_off_what_was_lost(world)
    _until_nothing_moves(world)
    world.checks.is_in_step = True
    world.checks.everything()
    _find_what_arrived_late(world)
    world.central.parts.transactions.read(partial(check_books, world))
    for terminal in world.terminals:
        _check_terminal(world, terminal)
    world.trace.add("settled")


def _everything_works(world: World) -> None:
    world.central.crash_rate = 0
    world.central.is_away = False
    world.network.cut_off.clear()
    for terminal in world.terminals:
        terminal.crash_rate = 0
    while world.network.has_late:
        late_request_arrives(world)
    world.network.is_faultless = True
    world.depth = DEPTH  # nothing more happens meanwhile
    for terminal in world.terminals:
        assert not terminal.must_enrol or world.enrol(terminal)


def _until_nothing_moves(world: World) -> None:
    for _ in range(ROUNDS):
        while world.central.book_backlogs():
            pass
        looked_at = world.central.pre_grant()
        heard = _heard(world)
        for terminal in world.terminals:
            if terminal.pull() == "refused":  # by an enrolment whose request came late and made another of it
                assert world.enrol(terminal)
                assert terminal.pull() == "up to date"
            assert terminal.push() == "all sent"
            world.checks.acknowledged(terminal)
        # Who was asked for portions gives them back as it sends: the others hear of it with the next page.
        moved = looked_at or any(terminal.waiting() for terminal in world.terminals) or heard != _heard(world)
        if not moved and not world.central.parts.pre_granter._due and not world.central.book_backlogs():
            return
    raise AssertionError(f"not quiet after {ROUNDS} rounds")


def _heard(world: World) -> list[tuple[str, int]]:
    """How far each terminal has read."""
    cursors = []
    for terminal in world.terminals:
        with terminal.disk.transaction() as tx:
            cursors.append(tx.feed.cursor())
    return cursors


def _write_off_what_was_lost(world: World) -> None:
    """Grants that only a replaced disk knew end by two people's word; no other may be left open by an incarnation that
    is no more."""
    found = world.central.parts.transactions.read(lambda c: open_grants(c, None))
    by_letter = {terminal.identity.letter: terminal for terminal in world.terminals}
    for grant in found:
        terminal = by_letter[grant.terminal_letter]
        if grant.incarnation == terminal.identity.incarnation:
            assert grant.request_id is None, "a just-in-time grant stays open for ever"
            continue
        assert grant.incarnation not in terminal.incarnations(), "a terminal did not give back what it knows of"
        world.books.diners[grant.member_id].is_written_off = True
        world.central.manage(partial(ask_write_off, grant_id=grant.id, asked_by="甲"))
        world.central.manage(partial(confirm_write_off, grant_id=grant.id, confirmed_by="乙"))


def _find_what_arrived_late(world: World) -> None:
    if not world.books.lost:
        return
    there = set().union(*(world.central.acts(t.identity.terminal_id) for t in world.terminals))
    for act_id in [i for i in world.books.lost if i in there]:
        world.books.find(act_id)


# --- a terminal ---


def _check_terminal(world: World, terminal: SimulatedTerminal) -> None:
    who = terminal.identity.terminal_id
    told = world.central.parts.transactions.read(lambda connection: _fed_to(connection, who))
    with terminal.disk.transaction() as tx:
        connection = tx.feed._connection
        here: dict[str, dict[str, object]] = {
            "menu": dict.fromkeys([""], tx.menus.current()),
            "member": {row.id: decode(row.body, Member) for row in connection.execute(select(feed.members))},
            "card": {
                row.uid: Card(row.uid, row.member_id, CardState(row.state))
                for row in connection.execute(select(feed.cards))
            },
            "stock": {
                row.dish_id: StockRecord(row.dish_id, row.portions, row.sold_out, row.count_id, row.free)
                for row in connection.execute(select(feed.stock))
            },
            "terminal": {
                row.id: TerminalRecord(row.id, row.incarnation, row.letter, row.public_key, row.is_revoked)
                for row in connection.execute(select(feed.site_terminals))
            },
        }
        # What a replaced disk held is beyond what its copy can give back, and nothing is spent under it.
        usable = grants.c.closed.is_(False), grants.c.incarnation == terminal.identity.incarnation
        open_here = connection.execute(select(grants).where(*usable)).all()
        totals = dict(connection.execute(_TOTALS).all())
    for kind, rows in here.items():
        assert rows == told[kind], f"terminal {terminal.place} does not know every {kind} as central has it"
    made = {i: act for i, act in world.books.acts.items() if act.place == terminal.place}
    sold = {i: act.minor for i, act in made.items() if act.what is What.ORDER and i in totals}
    assert totals == sold, f"terminal {terminal.place} has other orders on its disk than it made"
    assert terminal.acts() <= made.keys(), f"terminal {terminal.place} has acts on its disk that nobody did"
    held = {(grant.id, grant.amount_minor - grant.spent_minor) for grant in open_here}
    open_there = world.central.parts.transactions.read(lambda c: open_grants(c, terminal.identity.letter))
    assert held == {(grant.id, grant.held_minor) for grant in open_there}, "terminal and central see other grants"


def _fed_to(connection: Connection, terminal_id: str) -> dict[str, dict[str, object]]:
    """What the feed says to that terminal, by kind."""
    told: dict[str, dict[str, object]] = {kind: {} for kind in _KINDS}
    for row in connection.execute(select(feed_row).where(feed_row.c.body.is_not(None))):
        if row.terminal_id in (None, terminal_id):
            told[row.kind][row.key] = decode(row.body, _KINDS[row.kind])
    return told

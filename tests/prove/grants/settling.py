"""The way to rest: from any state, what is waiting is done, step by step, until nothing is. Nothing new is sold or
granted.

Everyone who can come back does. Write-offs are needed only for grants of destroyed disks.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.prove.grants import central, terminal
from tests.prove.grants.rules import Budget, Rules
from tests.prove.grants.state import ANNOUNCED, Lane, Move, Site, at


def settling_move(rules: Rules, site: Site, lane: Lane) -> Move | None:
    """The next step of one lane, None when it is at rest. The budget does not limit it."""
    for move in _candidates(rules, site._replace(budget=Budget(recalls=1)), lane):
        move = move._replace(site=move.site._replace(budget=site.budget))
        if (move.site, move.lane) != (site, lane):
            return move
    return None


def _candidates(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    here = lane.terminal
    if not here.incarnation:
        return
    if here.incarnation != lane.books.incarnation:
        yield terminal.enrolled_again(rules, site, lane)
    yield from terminal.announce(rules, site, lane)
    if lane.fence != ANNOUNCED or any(at(lane.books.grants, grant) is None for grant in here.announced or ()):
        yield from central.receive_announcement(rules, site, lane)
    yield from terminal.abort(rules, site, lane)
    yield from terminal.receive_row(rules, site, lane)
    yield from central.recall(rules, site, lane)
    yield from terminal.close(rules, site, lane)
    for move in central.receive_push(rules, site, lane):
        if move.lane.books.last_seq > lane.books.last_seq:
            yield move
    yield from central.book_quarantined(rules, site, lane)
    for grant, _ in central.open_grants(lane):
        if lane.issued[grant].incarnation not in here.own:
            yield central.written_off(site, lane, grant)

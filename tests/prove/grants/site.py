"""Everything that may happen next: at either terminal, at central for either terminal, and to the whole site."""

from __future__ import annotations

from collections.abc import Iterator

from tests.prove.grants import central, replaced, terminal
from tests.prove.grants.rules import Bounds, Rules
from tests.prove.grants.state import (
    ANNOUNCED,
    NO_REQUEST,
    WAITING,
    Account,
    Books,
    Lane,
    Move,
    Row,
    Site,
    State,
    Terminal,
    with_message,
)


def start(bounds: Bounds) -> State:
    """Terminals enrolled, nothing sold; the first backup is of this."""
    account = Account(bounds.opening, 0, bounds.opening + bounds.credit_line)
    books = Books(incarnation=1)
    enrolled = Lane(books, books, Terminal(incarnation=1, own=(1,)))
    second = enrolled if bounds.second_is_enrolled else Lane(Books(), Books(), Terminal())
    return State(Site(account, account, bounds.budget), (enrolled, second))


def lane_moves(rules: Rules, bounds: Bounds, site: Site, lane: Lane) -> Iterator[Move]:
    """What may happen to one lane; it depends on nothing else."""
    yield from terminal.pay(rules, bounds, site, lane)
    yield from central.pre_grant(rules, bounds, site, lane)
    for moves in (
        central.answer_request,
        central.receive_abandons,
        terminal.receive_reply,
        terminal.abort,
        terminal.receive_row,
        terminal.close,
        central.receive_push,
        replaced.receive_push,
        replaced.receive_announcement,
        central.book_quarantined,
        central.recall,
        central.time_out,
        central.write_off,
        terminal.announce,
        central.receive_announcement,
        central.receive_forged_announcement,
        central.give_up,
        terminal.enrol,
        terminal.forget,
    ):
        yield from moves(rules, site, lane)


def site_moves(rules: Rules, state: State) -> Iterator[tuple[str, State]]:
    """What happens to both lanes at once."""
    site, lanes = state
    if site.budget.top_ups:
        account = site.account
        more = account._replace(ledger=account.ledger + 1, top_ups=account.top_ups + 1, free=account.free + 1)
        yield "1 is topped up", State(site.spent("top_ups")._replace(account=more, paid_in=site.paid_in + 1), lanes)
    if site.budget.backups:
        saved = (lanes[0]._replace(saved=lanes[0].books), lanes[1]._replace(saved=lanes[1].books))
        yield "central is backed up", State(site.spent("backups")._replace(saved=site.account), saved)
    if site.budget.restores:
        yield "central is restored", _restored(rules, site.spent("restores"), lanes)


def _restored(rules: Rules, site: Site, lanes: tuple[Lane, Lane]) -> State:
    """Central's database is the backup's again, in a new epoch. What must not go back with it (the terminals there
    are, what was written off, who was given up) is read from where the backup is not."""
    site = site._replace(account=site.saved, epoch=site.epoch + 1, waiting=0)
    restored: list[Lane] = []
    for lane in lanes:
        site, lane = _restored_lane(rules, site, lane)
        restored.append(lane)
    return State(site, (restored[0], restored[1]))


def _restored_lane(rules: Rules, site: Site, lane: Lane) -> tuple[Site, Lane]:
    books = lane.saved
    if books.incarnation != lane.terminal.incarnation and rules.incarnations_survive_restore:
        books = books._replace(incarnation=0)  # an older one's key: nobody's, until the terminal has enrolled anew
    if rules.giving_up_survives_restore:
        books = books._replace(given_up=lane.given_up)
    is_known = lane.terminal.incarnation if rules.terminals_survive_restore else books.incarnation
    lane = lane._replace(books=books, fence=WAITING if is_known else ANNOUNCED)
    site = site._replace(waiting=site.waiting + (lane.fence == WAITING))
    if rules.write_offs_survive_restore:
        site, lane = central.written_off_as_decided(site, lane)
    for grant, _ in central.open_grants(lane):
        if lane.issued[grant].request == NO_REQUEST:
            lane = lane._replace(rows=with_message(lane.rows, Row(grant, site.epoch)))
    return site, lane

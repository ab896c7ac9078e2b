"""What central books: spends, closes and releases, as they come out of a terminal's outbox."""

from __future__ import annotations

from tests.prove.grants.rules import Rules
from tests.prove.grants.state import (
    CLOSED,
    EVENTS_A_DISK,
    OPEN,
    RELEASED,
    WRITTEN_OFF,
    Booked,
    Close,
    Event,
    Held,
    Lane,
    Release,
    Sale,
    Site,
    Spend,
    at,
    put,
)

Changed = tuple[Site, Lane]


class Refused(Exception):
    """The event does not fit what central knows."""


def take(rules: Rules, site: Site, lane: Lane, seq: int, disk: int, event: Event, *, spoilt: bool = False) -> Changed:
    """Take in event `seq` (1 …) of the terminal's outbox. One that cannot be booked, or is `spoilt`, is received all
    the same and put into quarantine."""
    books, bit = lane.books, 1 << (disk * EVENTS_A_DISK + seq - 1)
    if rules.repeats_are_skipped and seq <= books.last_seq:
        return site, lane
    if rules.gaps_are_refused and seq > books.last_seq + 1:
        return site, lane
    lane = lane._replace(books=books._replace(last_seq=max(seq, books.last_seq), received=books.received | bit))
    if rules.repeats_are_skipped and books.received & bit:
        return site, lane  # the same event under another number
    quarantined = lane._replace(books=lane.books._replace(quarantined=books.quarantined | bit))
    if spoilt:
        return site, quarantined
    try:
        return book(rules, site, lane, event)
    except Refused:
        is_of_this_disk = disk == lane.terminal.disk
        return site, quarantined._replace(books=quarantined.books._replace(refused=is_of_this_disk))


def book(rules: Rules, site: Site, lane: Lane, event: Event) -> Changed:
    """Raises Refused; then nothing of it is booked."""
    if isinstance(event, Sale):
        spends = event.spends if rules.spends_are_known_by_number else event.spends[:1]
        for spend in spends:
            site, lane = _book_spend(rules, site, lane, spend)
        return site, lane
    if isinstance(event, Close):
        return _book_close(rules, site, lane, event)
    return _book_release(rules, site, lane, event)


def _book_spend(rules: Rules, site: Site, lane: Lane, spend: Spend) -> Changed:
    held = at(lane.books.grants, spend.grant)
    if not rules.spends_are_known_by_grant:
        everywhere = [booked.number for grant in lane.books.grants if grant for booked in grant.booked]
        if spend.number in everywhere:
            return site, lane
    if held is None or (held.status == CLOSED and rules.repeats_are_skipped):
        raise Refused
    if rules.repeats_are_skipped and spend.number in [booked.number for booked in held.booked]:
        raise Refused
    close_after = spend.close_after or held.close_after
    if held.close_after not in (-1, close_after) or 0 <= close_after < spend.number:
        raise Refused
    if rules.repeats_are_skipped and held.settled + spend.amount > lane.issued[spend.grant].amount:
        raise Refused
    is_loss = held.status == WRITTEN_OFF
    booked = tuple(sorted((*held.booked, Booked(spend.number, spend.amount, is_loss and rules.late_spends_are_a_loss))))
    if not (is_loss and rules.late_spends_are_a_loss):
        site = site._replace(account=site.account._replace(ledger=site.account.ledger - spend.amount))
    if is_loss and not rules.late_spends_are_a_loss:
        site = site.freed(-spend.amount)
    return _close_if_all_in(rules, site, lane, spend.grant, Held(held.status, close_after, booked))


def _book_close(rules: Rules, site: Site, lane: Lane, event: Close) -> Changed:
    held = at(lane.books.grants, event.grant)
    if held is None or (held.status != WRITTEN_OFF and held.close_after not in (-1, event.spends)):
        raise Refused
    return _close_if_all_in(rules, site, lane, event.grant, held._replace(close_after=event.spends))


def _close_if_all_in(rules: Rules, site: Site, lane: Lane, grant: int, held: Held) -> Changed:
    is_last = held.close_after >= 0 and (len(held.booked) >= held.close_after or not rules.close_waits_for_spends)
    if held.status == OPEN and is_last:
        return end(site, lane, grant, held, CLOSED)
    return site, with_held(lane, grant, held)


def _book_release(rules: Rules, site: Site, lane: Lane, event: Release) -> Changed:
    answer = at(lane.books.requests, event.request)
    held = at(lane.books.grants, answer) if answer is not None and answer >= 0 else None
    if answer is not None and held is not None:
        if held.booked:
            raise Refused
        if held.status == OPEN:
            site, lane = end(site, lane, answer, held, CLOSED)
    if rules.releases_leave_tombstones:
        lane = with_answer(lane, event.request, RELEASED)
    return site, lane


def end(site: Site, lane: Lane, grant: int, held: Held, status: int) -> Changed:
    """The grant is closed or written off: what is left of it is free again."""
    rest = lane.issued[grant].amount - held.settled
    return site.freed(rest), with_held(lane, grant, held._replace(status=status))


def with_held(lane: Lane, grant: int, held: Held) -> Lane:
    return lane._replace(books=lane.books._replace(grants=put(lane.books.grants, grant, held)))


def with_answer(lane: Lane, request: int, answer: int) -> Lane:
    return lane._replace(books=lane.books._replace(requests=put(lane.books.requests, request, answer)))

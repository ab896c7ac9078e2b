"""What central does with one terminal's lane, of itself or when a message reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.prove.grants.booking import Refused, book, end, take, with_answer, with_held
from tests.prove.grants.rules import Bounds, Rules
from tests.prove.grants.state import (
    ANNOUNCED,
    CLOSED,
    EVENTS_A_DISK,
    GIVEN_UP,
    INCARNATIONS_AN_EPOCH,
    NO_REQUEST,
    OPEN,
    REFUSED,
    RELEASED,
    WAITING,
    WRITTEN_OFF,
    Held,
    Issued,
    Lane,
    Move,
    Release,
    Reply,
    Row,
    Sale,
    Site,
    at,
    with_message,
)

MOST_GRANTS = 5  # a terminal's; only a mutant that issues without end comes near it


def may_issue(rules: Rules, site: Site, lane: Lane) -> bool:
    """Rule 6, and rule 4 at central: no grant before all have announced, none for a given-up incarnation."""
    if rules.restore_is_fenced and (site.waiting or lane.fence != ANNOUNCED):
        return False
    return lane.books.incarnation > lane.books.given_up and len(lane.issued) < MOST_GRANTS


def issue(site: Site, lane: Lane, amount: int, request: int) -> tuple[Site, Lane]:
    grant = len(lane.issued)
    lane = lane._replace(issued=(*lane.issued, Issued(amount, request, lane.books.incarnation)))
    return site.freed(-amount), with_held(lane, grant, Held())


def pre_grant(rules: Rules, bounds: Bounds, site: Site, lane: Lane) -> Iterator[Move]:
    if not site.budget.pre_grants or not may_issue(rules, site, lane):
        return
    held = sum(
        lane.issued[grant].amount - held.settled
        for grant, held in open_grants(lane)
        if lane.issued[grant].request == NO_REQUEST
    )
    for amount in bounds.pre_grant_amounts:
        if amount > site.account.free or (rules.exposure_is_capped and held + amount > bounds.cap):
            continue
        granted, there = issue(site.spent("pre_grants"), lane, amount, NO_REQUEST)
        row = Row(len(lane.issued), site.epoch)
        yield Move(f"central pre-grants {amount}", granted, there._replace(rows=with_message(lane.rows, row)))


def answer_request(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """A request arrives: any that was ever sent, for the first time or again."""
    for request, asked in enumerate(lane.asked):
        is_of_epoch = asked.epochs >> site.epoch & 1 or not rules.requests_name_epoch
        if asked.incarnation != lane.books.incarnation or not is_of_epoch or not may_issue(rules, site, lane):
            continue
        after, there = site, lane
        answer = at(lane.books.requests, request)
        if answer == RELEASED:
            continue
        if answer is None or (answer >= 0 and not rules.answers_are_kept):
            if asked.amount <= site.account.free:
                answer = len(lane.issued)
                after, there = issue(site, lane, asked.amount, request)
                there = with_answer(there, request, answer)
            else:
                answer = REFUSED
                there = with_answer(lane, request, REFUSED) if rules.refusals_are_kept else lane
        reply = Reply(request, answer, site.epoch)
        there = there._replace(replies=with_message(there.replies, reply))
        said = "refuses" if answer == REFUSED else f"answers with grant {answer}"
        yield Move(f"request {request} arrives, central {said}", after, there)


def receive_abandons(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """A later request names one that was released: the release comes before its turn in the outbox."""
    here = lane.terminal
    if here.incarnation != lane.books.incarnation or not rules.releases_leave_tombstones:
        return
    for event in here.outbox:
        if isinstance(event, Release) and at(lane.books.requests, event.request) != RELEASED:
            try:
                released = book(rules, site, lane, event)
            except Refused:
                continue
            yield Move(f"request {event.request} is named as abandoned", *released)


def receive_push(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """An event arrives: any of the outbox, for the first time or again."""
    here = lane.terminal
    if here.incarnation != lane.books.incarnation or (rules.push_needs_announcement and lane.fence != ANNOUNCED):
        return
    for seq, event in enumerate(here.outbox, 1):
        if seq <= here.forgotten:
            continue
        what = f"event {seq} {event} arrives"
        yield Move(what, *take(rules, site, lane, seq, here.disk, event))
        if site.budget.quarantines and isinstance(event, Sale):
            after = site.spent("quarantines")
            yield Move(what + ", quarantined", *take(rules, after, lane, seq, here.disk, event, spoilt=True))


def book_quarantined(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """Staff books an event of this disk after all."""
    for index, event in enumerate(lane.terminal.outbox):
        bit = 1 << (lane.terminal.disk * EVENTS_A_DISK + index)
        if lane.books.quarantined & bit:
            books = lane.books._replace(quarantined=lane.books.quarantined & ~bit)
            try:
                booked = book(rules, site, lane._replace(books=books), event)
            except Refused:
                continue
            yield Move(f"event {index + 1} {event} is booked out of quarantine", *booked)


def recall(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    for grant, held in open_grants(lane):
        is_pre_grant = lane.issued[grant].request == NO_REQUEST
        if site.budget.recalls and is_pre_grant and not lane.recalled >> grant & 1:
            after, there = site.spent("recalls"), lane._replace(recalled=lane.recalled | 1 << grant)
            if not rules.recall_is_a_request:
                after, there = end(after, there, grant, held, CLOSED)
            yield Move(f"grant {grant} is recalled", after, there)


def time_out(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """A mutant: central takes a grant back because it is old."""
    if not rules.no_time_out:
        for grant, held in open_grants(lane):
            yield Move(f"grant {grant} times out", *end(site, lane, grant, held, CLOSED))


def write_off(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """Two people write a grant off."""
    del rules
    if site.budget.write_offs:
        for grant, _ in open_grants(lane):
            yield written_off(site.spent("write_offs"), lane, grant)


def written_off(site: Site, lane: Lane, grant: int) -> Move:
    held = lane.books.grants[grant]
    assert held is not None
    site, lane = end(site, lane, grant, held, WRITTEN_OFF)
    lane = lane._replace(recalled=lane.recalled | 1 << grant, written_off=lane.written_off | 1 << grant)
    return Move(f"grant {grant} is written off", site, lane)


def give_up(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """Staff no longer waits for a terminal's announcement: its grants are written off, whatever they are."""
    del rules
    if lane.fence != WAITING:
        return
    up_to = max(lane.books.incarnation, site.epoch * INCARNATIONS_AN_EPOCH - 1)
    lane = lane._replace(fence=GIVEN_UP, given_up=up_to, books=lane.books._replace(given_up=up_to))
    site = site._replace(waiting=site.waiting - 1)
    yield Move("the terminal is given up", *written_off_as_decided(site, lane))


def written_off_as_decided(site: Site, lane: Lane) -> tuple[Site, Lane]:
    """Central's books after what people decided: what they wrote off is written off."""
    for grant, held in open_grants(lane):
        if lane.is_written_off(grant):
            site, lane = end(site, lane, grant, held, WRITTEN_OFF)
            lane = lane._replace(recalled=lane.recalled | 1 << grant)
    return site, lane


def receive_announcement(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """The terminal's last announcement arrives, for the first time or again."""
    here = lane.terminal
    is_of_epoch = here.epoch == site.epoch or not rules.announcements_name_epoch
    if here.announced is None or here.incarnation != lane.books.incarnation or not is_of_epoch:
        return
    after, there = site, lane
    for grant in here.announced if rules.announced_grants_are_adopted else ():
        after, there = _adopt(rules, after, there, grant)
    if lane.fence == WAITING:
        after = after._replace(waiting=after.waiting - 1)
    yield Move(f"the announcement of {here.announced} arrives", after, there._replace(fence=ANNOUNCED))


def receive_forged_announcement(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """A grant is announced that central never issued: without central's seal."""
    if not rules.adoption_needs_seal and lane.fence == WAITING and len(lane.issued) < MOST_GRANTS:
        forged = Issued(1, NO_REQUEST, lane.terminal.incarnation)
        lane = with_held(lane._replace(issued=(*lane.issued, forged)), len(lane.issued), Held())
        yield Move("a forged grant of 1 is announced", site.freed(-1), lane)


def _adopt(rules: Rules, site: Site, lane: Lane, grant: int) -> tuple[Site, Lane]:
    known = at(lane.books.grants, grant)
    if known is not None and (rules.adoption_happens_once or known.status == OPEN):
        return site, lane
    issued = lane.issued[grant]
    if issued.request != NO_REQUEST:
        lane = with_answer(lane, issued.request, grant)
    lane = with_held(lane, grant, Held())
    site = site.freed(-issued.amount)
    by_write_off = rules.write_offs_survive_restore and bool(lane.written_off >> grant & 1)
    by_giving_up = rules.giving_up_covers_unknown and issued.incarnation <= lane.books.given_up
    if by_write_off or by_giving_up:
        site, lane = end(site, lane, grant, Held(), WRITTEN_OFF)
        lane = lane._replace(recalled=lane.recalled | 1 << grant)
    return site, lane


def open_grants(lane: Lane) -> list[tuple[int, Held]]:
    """Central's open grants with their numbers."""
    return [(grant, held) for grant, held in enumerate(lane.books.grants) if held and held.status == OPEN]

"""What must hold in every state.

Central: ledger + credit line = free + Σ open (amount − settled). `free` is never negative until central is restored.
After a restore it may be: top-ups are lost with it, and a grant that was closed after the backup counts as open until
its terminal has sent that again. It is not negative, but for the top-ups that were lost, when all has been sent.
Terminal: spends under a grant never exceed it, their numbers have no gaps, and what it can still spend is held for it.
Truth: opening balance + all top-ups − all spends made − all that terminals can still spend >= −credit line. Not the
member's: spends that were lost with a disk before they were booked, and what was not booked yet when a grant was
written off.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.prove.grants.central import open_grants
from tests.prove.grants.rules import Bounds
from tests.prove.grants.state import (
    ANNOUNCED,
    CLOSED,
    EVENTS_A_DISK,
    NO_REQUEST,
    WRITTEN_OFF,
    Held,
    Lane,
    Site,
    Use,
    at,
)


class LaneFacts(NamedTuple):
    """Of one lane. `held`: Σ open (amount − settled) in central's books; `booked`: what they took from the member;
    `spent`: what was truly spent of the member's; `spendable`: what the terminal can still spend of it."""

    held: int
    booked: int
    spent: int
    spendable: int
    wrong: str


def facts_of(bounds: Bounds, lane: Lane) -> LaneFacts:
    held = sum(lane.issued[grant].amount - held.settled for grant, held in open_grants(lane))
    booked = sum(_booked_to_member(held) for held in lane.books.grants if held)
    spent = sum(_spent(lane, grant) for grant in range(len(lane.issued)))
    spendable = sum(_spendable(lane, grant) for grant in range(len(lane.issued)))
    return LaneFacts(held, booked, spent, spendable, _wrong_in(bounds, lane))


def _booked_to_member(held: Held) -> int:
    return sum(spend.amount for spend in held.booked if not spend.is_loss)


def _spent(lane: Lane, grant: int) -> int:
    """Of the member's money, whether central knows or not."""
    use, held = at(lane.terminal.grants, grant), at(lane.books.grants, grant)
    if use and not lane.is_written_off(grant):
        return sum(use.spends)
    return _booked_to_member(held) if held else 0


def _spendable(lane: Lane, grant: int) -> int:
    use = at(lane.terminal.grants, grant)
    if use is None or use.closed or lane.is_written_off(grant):
        return 0
    return lane.issued[grant].amount - sum(use.spends)


def _wrong_in(bounds: Bounds, lane: Lane) -> str:
    here = lane.terminal
    for grant, use in enumerate(here.grants):
        if use and sum(use.spends) > lane.issued[grant].amount:
            return f"spends exceed grant {grant}"
    if lane.books.refused:
        return "an event is refused"
    for grant, held in enumerate(lane.books.grants):
        if held and _is_booked_wrongly(held, at(here.grants, grant)):
            return f"grant {grant} is not booked as it was spent"
    if lane.fence == ANNOUNCED and here.incarnation == lane.books.incarnation:
        for grant, use in enumerate(here.grants):
            held = at(lane.books.grants, grant)
            if use and not use.closed and (held is None or held.status == CLOSED):
                return f"grant {grant} can be spent and is not held"
    requests = [lane.issued[grant].request for grant, held in enumerate(lane.books.grants) if held]
    if any(requests.count(request) > 1 for request in requests if request != NO_REQUEST):
        return "two grants for one request"
    pre_granted = sum(
        _spendable(lane, grant) for grant, issued in enumerate(lane.issued) if issued.request == NO_REQUEST
    )
    return "more than the exposure cap" if pre_granted > bounds.cap else ""


def _is_booked_wrongly(held: Held, use: Use | None) -> bool:
    """A number booked twice, or another amount than the terminal's (when its disk still knows)."""
    numbers = [spend.number for spend in held.booked]
    if len(set(numbers)) != len(numbers):
        return True
    made = dict(enumerate(use.spends, 1)) if use else {}
    return any(made.get(spend.number, spend.amount) != spend.amount for spend in held.booked)


def wrong_in_site(bounds: Bounds, site: Site, first: LaneFacts, second: LaneFacts) -> str:
    """What does not hold in this state, "" when all does."""
    account = site.account
    if first.wrong or second.wrong:
        return first.wrong or second.wrong
    if account.ledger + bounds.credit_line != account.free + first.held + second.held:
        return "ledger + credit line is not free + held"
    if account.ledger != bounds.opening + account.top_ups - first.booked - second.booked:
        return "the ledger is not what was booked"
    if not site.epoch and account.free < 0:
        return "free is negative"
    used = first.spent + first.spendable + second.spent + second.spendable
    if bounds.opening + site.paid_in - used < -bounds.credit_line:
        return "the member can get below the credit line"
    return ""


def wrong_at_rest(bounds: Bounds, site: Site, lanes: tuple[Lane, Lane]) -> str:
    """What is not settled when everything was delivered, recalled, closed, sent and booked."""
    lost_top_ups = site.paid_in - site.account.top_ups
    for lane in lanes:
        if open_grants(lane):
            return "a grant never closes"
        quarantined = lane.books.quarantined >> lane.terminal.disk * EVENTS_A_DISK
        if quarantined or lane.books.last_seq < len(lane.terminal.outbox):
            return "an event is never booked"
        for grant, use in enumerate(lane.terminal.grants):
            held = at(lane.books.grants, grant)
            booked = [spend.amount for spend in held.booked] if held else []
            if use and booked != list(use.spends):
                return f"sales under grant {grant} are not booked once each"
            if held and held.status != WRITTEN_OFF and any(spend.is_loss for spend in held.booked):
                return "a loss was booked without a write-off"
    if site.account.free != site.account.ledger + bounds.credit_line:
        return "free is not ledger + credit line"
    return "free is negative" if site.account.free + lost_top_ups < 0 else ""

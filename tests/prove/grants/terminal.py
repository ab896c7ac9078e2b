"""What a terminal does, of itself or when a message reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.prove.grants.rules import Bounds, Rules
from tests.prove.grants.state import (
    ANNOUNCED,
    INCARNATIONS_AN_EPOCH,
    REFUSED,
    Asked,
    Close,
    Lane,
    LostDisk,
    Move,
    Payment,
    Release,
    Sale,
    Site,
    Spend,
    Terminal,
    Use,
    at,
    put,
)


def pay(rules: Rules, bounds: Bounds, site: Site, lane: Lane) -> Iterator[Move]:
    """A customer pays: from pre-grants when they are enough, else central is asked for what is missing."""
    here = lane.terminal
    if not site.budget.payments or here.payment or not here.incarnation:
        return
    after = site.spent("payments")
    available = sum(rest(lane, grant) for grant in usable(rules, lane))
    for amount in bounds.payment_amounts:
        if amount <= available:
            there = lane._replace(terminal=_sell(rules, lane, (), amount))
            yield Move(f"{amount} is paid from pre-grants", after, there)
        else:
            request, missing = len(lane.asked), amount - available
            asked = (*lane.asked, Asked(missing, here.incarnation, 1 << here.epoch))
            there = lane._replace(asked=asked, terminal=here._replace(payment=Payment(request, amount, missing)))
            yield Move(f"{amount} is to be paid, request {request} asks for {missing}", after, there)


def usable(rules: Rules, lane: Lane) -> list[int]:
    """The grants that the terminal may spend from, the smallest rest first."""
    here = lane.terminal
    found = [
        (rest(lane, grant), grant)
        for grant, use in enumerate(here.grants)
        if use is not None
        and rest(lane, grant)
        and (not use.closed or _ignores_closing(rules, lane, grant))
        and (lane.issued[grant].incarnation == here.incarnation or not rules.old_incarnation_is_fenced)
    ]
    return [grant for _, grant in sorted(found)]


def _ignores_closing(rules: Rules, lane: Lane, grant: int) -> bool:
    """Mutants: a grant that was closed by enrolling anew, or while a payment was counting on it, is spent from."""
    if lane.issued[grant].incarnation != lane.terminal.incarnation:
        return not rules.old_incarnation_is_fenced
    return not rules.grants_in_use_stay_open and lane.terminal.payment is not None


def rest(lane: Lane, grant: int) -> int:
    use = lane.terminal.grants[grant]
    return lane.issued[grant].amount - sum(use.spends) if use else 0


def _sell(rules: Rules, lane: Lane, fresh: tuple[int, ...], amount: int) -> Terminal:
    """The one transaction of a sale: from `fresh` grants first, then from pre-grants."""
    here, spends = lane.terminal, []
    for grant in fresh:
        here = here._replace(grants=put(here.grants, grant, Use()))
    lane = lane._replace(terminal=here)
    for grant in (*fresh, *(grant for grant in usable(rules, lane) if grant not in fresh)):
        use, part = here.grants[grant], min(amount, rest(lane, grant))
        if use is None or not part:
            continue
        is_last = part == rest(lane, grant)
        use = Use((*use.spends, part), closed=is_last or use.closed)
        spends.append(Spend(grant, len(use.spends), part, len(use.spends) if is_last else 0))
        here = here._replace(grants=put(here.grants, grant, use))
        amount -= part
    assert not amount, "a sale for which there is not enough"
    return here._replace(payment=None, outbox=(*here.outbox, Sale(tuple(spends))))


def receive_reply(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """The reply to the request that is being waited for: the payment is made, or refused for good."""
    here = lane.terminal
    for reply in lane.replies:
        if rules.replies_name_epoch and reply.epoch != here.epoch:
            continue
        paying, asked = here.payment, lane.asked[reply.request]
        if asked.incarnation != here.incarnation or (paying is None and rules.given_up_is_final):
            continue
        if paying and paying.request != reply.request:
            continue
        if reply.answer >= 0 and not at(here.grants, reply.answer):
            amount = paying.amount if paying else asked.amount
            there = lane._replace(terminal=_sell(rules, lane, (reply.answer,), amount))
            yield Move(f"reply {reply} arrives, {amount} is paid", site, there)
        elif paying and reply.answer == REFUSED:
            there = lane._replace(terminal=here._replace(payment=None))
            yield Move(f"reply {reply} arrives, nothing is paid", site, there)


def abort(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """The reply is not waited for any longer, or the terminal started again."""
    del rules
    if lane.terminal.payment:
        there = lane._replace(terminal=_released(lane.terminal))
        yield Move(f"the payment is given up, request {lane.terminal.payment.request} released", site, there)


def _released(here: Terminal) -> Terminal:
    if here.payment is None:
        return here
    return here._replace(payment=None, outbox=(*here.outbox, Release(here.payment.request)))


def receive_row(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """The feed says: this grant is yours."""
    here = lane.terminal
    for grant, epoch in lane.rows:
        if at(here.grants, grant) or (rules.replies_name_epoch and epoch != here.epoch):
            continue
        incarnation = lane.issued[grant].incarnation
        if incarnation == here.incarnation:
            there = here._replace(grants=put(here.grants, grant, Use()))
            yield Move(f"the row of grant {grant} arrives", site, lane._replace(terminal=there))
        elif incarnation in here.own and rules.unknown_old_grants_are_closed:
            there = _closed(here._replace(grants=put(here.grants, grant, Use())), grant)
            yield Move(f"the row of grant {grant} arrives, it is closed", site, lane._replace(terminal=there))


def close(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """A grant that is recalled or written off is closed when no payment is using it."""
    here = lane.terminal
    if here.payment and rules.grants_in_use_stay_open:
        return
    for grant, use in enumerate(here.grants):
        if use and not use.closed and lane.recalled >> grant & 1:
            yield Move(f"grant {grant} is closed", site, lane._replace(terminal=_closed(here, grant)))


def _closed(here: Terminal, grant: int) -> Terminal:
    use = here.grants[grant]
    assert use is not None
    grants = put(here.grants, grant, use._replace(closed=True))
    return here._replace(grants=grants, outbox=(*here.outbox, Close(grant, len(use.spends))))


def announce(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """The feed shows a new epoch: the terminal names every grant it knows, and asks again for the one it waits for."""
    del rules
    here = lane.terminal
    is_due = here.epoch != site.epoch or (here.announced is None and lane.fence != ANNOUNCED)
    if not is_due or not here.incarnation or here.incarnation != lane.books.incarnation:
        return
    held = tuple(grant for grant, use in enumerate(here.grants) if use)
    if here.payment:
        asked = lane.asked[here.payment.request]
        again = asked._replace(epochs=asked.epochs | 1 << site.epoch)
        lane = lane._replace(
            asked=(*lane.asked[: here.payment.request], again, *lane.asked[here.payment.request + 1 :])
        )
    there = lane._replace(terminal=here._replace(epoch=site.epoch, announced=held))
    yield Move(f"the terminal announces {held}", site, there)


def enrol(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    if site.budget.enrolments and lane.terminal.incarnation:
        yield enrolled_again(rules, site.spent("enrolments"), lane)
    if site.budget.lost_disks:
        yield enrolled_afresh(rules, site.spent("lost_disks"), lane)


def enrolled_again(rules: Rules, site: Site, lane: Lane) -> Move:
    """With its disk: as a new incarnation, which closes the grants it had and releases what it asked for."""
    lane, incarnation = _next_incarnation(rules, site, lane)
    here = _released(lane.terminal)
    for grant, use in enumerate(here.grants):
        if use and not use.closed:
            here = _closed(here, grant)
    here = here._replace(incarnation=incarnation, own=(*here.own, incarnation), announced=None)
    return Move(f"the terminal enrols anew, with its disk, as {incarnation}", site, lane._replace(terminal=here))


def enrolled_afresh(rules: Rules, site: Site, lane: Lane) -> Move:
    """With an empty disk: for the first time, or after the one before was destroyed."""
    before = lane.terminal
    lane, incarnation = _next_incarnation(rules, site, lane)
    lost, disk = lane.lost, before.disk
    if before.incarnation:
        lost, disk = (*lost, LostDisk(before.incarnation, before.disk, before.outbox)), disk + 1
    here = Terminal(incarnation, (incarnation,), disk, site.epoch)
    what = f"the terminal enrols with an empty disk, as {incarnation}"
    return Move(what, site, lane._replace(terminal=here, lost=lost))


def _next_incarnation(rules: Rules, site: Site, lane: Lane) -> tuple[Lane, int]:
    last = lane.books.incarnation
    if rules.incarnations_come_from_epoch:
        last = max(last, site.epoch * INCARNATIONS_AN_EPOCH)
    return lane._replace(books=lane.books._replace(incarnation=last + 1, last_seq=0)), last + 1


def forget(rules: Rules, site: Site, lane: Lane) -> Iterator[Move]:
    """A mutant: what central has acknowledged is thrown away, with the closed grants it speaks of."""
    here = lane.terminal
    acknowledged = min(lane.books.last_seq, len(here.outbox))
    if rules.acknowledged_events_are_kept or here.incarnation != lane.books.incarnation:
        return
    if acknowledged > here.forgotten:
        grants = tuple(None if use and use.closed else use for use in here.grants)
        there = here._replace(forgotten=acknowledged, grants=grants)
        yield Move(f"{acknowledged} acknowledged events are thrown away", site, lane._replace(terminal=there))

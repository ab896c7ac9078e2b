"""Handing portions of counted dishes to terminals, so that none is sold twice (docs/decisions/0014).

What holds after every transaction: of a dish as many portions are free as are left and no terminal holds; nothing is
handed out that is not free. Whoever hands out holds the dish's row until the commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from central.errors import CentralError, NotFound
from central.stock import allotments
from central.stock.allotments import Holder
from central.terminals import repository as terminals
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.audit import Act
from kiosk.domain.ids import DishId
from kiosk.domain.portions import MAX_COUNTER, MAX_PORTIONS, PortionsBrought, PortionsReturned, PortionsTaken, lot
from kiosk.sync import wire

MAX_ID_CHARS = 40
MAX_INCARNATION = 2**31 - 1


class BadPortions(CentralError):
    """The message itself makes no sense, whatever the state of things."""


def hand_out(
    tx: Transaction, terminal: Terminal, request: wire.PortionsRequest, *, may_wait: bool = False
) -> wire.PortionsReply | None:
    """Of each dish what is missing at that terminal, all of it or none. None, only if it `may_wait`: other terminals
    hold what is missing and were asked to give it back; ask again soon. Raises BadPortions."""
    _check(request)
    if terminals.any_awaited(tx.connection) or terminal.incarnation <= terminal.given_up_to:
        return wire.PortionsReply((), is_awaiting=True)
    dish_ids = sorted(wanted.dish_id for wanted in request.dishes)
    allotments.lock_dishes(tx.connection, dish_ids)
    free = allotments.free_portions(tx.connection, dish_ids)
    handed, elsewhere, others = _holdings(tx, terminal, dish_ids)
    missing = {w.dish_id: w.missing - max(0, handed[w.dish_id] - w.handed) for w in request.dishes if w.dish_id in free}
    short = [dish_id for dish_id, n in missing.items() if n > max(0, free[dish_id])]
    if not short:
        _hand(tx, terminal, missing, free, handed, {w.dish_id: w.handed for w in request.dishes})
    elif _recall(tx, short, others) and may_wait:
        return None
    return wire.PortionsReply(
        tuple(
            wire.PortionsHanded(w.dish_id, handed[w.dish_id], max(0, free[w.dish_id]), elsewhere[w.dish_id])
            if w.dish_id in free
            else wire.PortionsHanded(w.dish_id, handed[w.dish_id], is_counted=False)
            for w in request.dishes
        )
    )


def _check(request: wire.PortionsRequest) -> None:
    if not 1 <= len(request.dishes) <= wire.MAX_DISHES_ASKED:
        raise BadPortions(f"portions of 1 to {wire.MAX_DISHES_ASKED} dishes are asked for at a time")
    if len({wanted.dish_id for wanted in request.dishes}) < len(request.dishes):
        raise BadPortions("a dish is asked for twice")
    for wanted in request.dishes:
        if not _is_dish_id(wanted.dish_id):
            raise BadPortions("a dish id cannot be one")
        if not 1 <= wanted.missing <= MAX_PORTIONS or not 0 <= wanted.handed <= MAX_COUNTER:
            raise BadPortions("portions are out of bounds")


def _is_dish_id(text: str) -> bool:
    return 1 <= len(text) <= MAX_ID_CHARS and text.isprintable()


def _holdings(
    tx: Transaction, terminal: Terminal, dish_ids: Sequence[str]
) -> tuple[dict[str, int], dict[str, int], dict[str, list[tuple[bool, Holder]]]]:
    """By dish: what this incarnation was handed, what others hold, and they themselves: recalled, who."""
    handed, elsewhere = dict.fromkeys(dish_ids, 0), dict.fromkeys(dish_ids, 0)
    others: dict[str, list[tuple[bool, Holder]]] = defaultdict(list)
    for row in allotments.of_dishes(tx.connection, dish_ids):
        if (row.terminal_id, row.incarnation) == (terminal.id, terminal.incarnation):
            handed[row.dish_id] = row.handed
        elif row.held:
            elsewhere[row.dish_id] += row.held
            holder = Holder(row.dish_id, row.terminal_id, row.incarnation)
            others[row.dish_id].append((row.is_recalled, holder))
    return handed, elsewhere, others


def _hand(
    tx: Transaction,
    terminal: Terminal,
    missing: Mapping[DishId, int],
    free: dict[str, int],
    handed: dict[str, int],
    known: Mapping[DishId, int],
) -> None:
    """What is missing, or a lot. A terminal that knows of more than this database does was handed that."""
    count = allotments.terminals_selling(tx.connection)
    more: dict[Holder, int] = {}
    for dish_id, portions in missing.items():
        if portions <= 0:
            continue
        size = lot(portions, free[dish_id], count) + max(0, known[dish_id] - handed[dish_id])
        more[Holder(dish_id, terminal.id, terminal.incarnation)] = size
        handed[dish_id] += size
        free[dish_id] -= size
    allotments.hand(tx.connection, more)
    tx.changes.dishes |= {holder.dish_id for holder in more}
    tx.changes.allotments |= {holder.fed_as for holder in more}


def _recall(tx: Transaction, short: Sequence[DishId], others: dict[str, list[tuple[bool, Holder]]]) -> bool:
    """Ask all who hold some of it: who does not answer must not keep those from being asked who would. Whether there
    are any."""
    holding = [other for dish_id in short for other in others[dish_id]]
    _ask_back(tx, [holder for is_recalled, holder in holding if not is_recalled])
    return bool(holding)


def _ask_back(tx: Transaction, holders: Sequence[Holder]) -> None:
    allotments.recall(tx.connection, holders)
    tx.changes.allotments |= {holder.fed_as for holder in holders}


def recall_uncovered(tx: Transaction, dish_ids: Sequence[DishId]) -> None:
    """Staff have counted less than terminals hold, or thrown it away: all of it is asked back, and whoever sells asks
    for what there is."""
    uncovered = [dish_id for dish_id, free in allotments.free_portions(tx.connection, dish_ids).items() if free < 0]
    if uncovered:
        rows = allotments.of_dishes(tx.connection, uncovered)
        asked = [Holder(r.dish_id, r.terminal_id, r.incarnation) for r in rows if r.held and not r.is_recalled]
        _ask_back(tx, asked)


def book_taken(tx: Transaction, taken: Iterable[tuple[Terminal, PortionsTaken]]) -> None:
    """What sales took; they were paid and stand, whatever was handed out. Terminals hear of what they sold beyond."""
    sums: dict[Holder, tuple[int, int]] = {}
    for terminal, made in taken:
        holder = Holder(made.dish_id, terminal.id, made.incarnation)
        used, beyond = sums.get(holder, (0, 0))
        sums[holder] = used + made.reserved, beyond + made.beyond
        if made.beyond:
            tx.changes.allotments.add(holder.fed_as)
    allotments.use(tx.connection, sums)


def book_brought(tx: Transaction, terminal: Terminal, brought: Sequence[PortionsBrought]) -> None:
    """Staff have restocked at a terminal: it has had them in its hand since then, and may have sold some already. In
    the transaction that books the movements, so that none of it is free in between. Raises BadPortions."""
    sums: dict[Holder, int] = defaultdict(int)
    for made in brought:
        _check_returned(terminal, made)
        sums[Holder(made.dish_id, terminal.id, made.incarnation)] += made.portions
    allotments.bring(tx.connection, sums)
    tx.changes.allotments |= {holder.fed_as for holder in sums}


def take_back(tx: Transaction, terminal: Terminal, event: wire.PortionsGivenBack) -> None:
    """Raises BadPortions."""
    sums: dict[Holder, int] = defaultdict(int)
    for made in event.returned:
        _check_returned(terminal, made)
        sums[Holder(made.dish_id, terminal.id, made.incarnation)] += made.portions
    allotments.take_back(tx.connection, sums)
    tx.changes.dishes |= {holder.dish_id for holder in sums}
    tx.changes.allotments |= {holder.fed_as for holder in sums}


def _check_returned(terminal: Terminal, made: PortionsReturned | PortionsBrought) -> None:
    if not _is_dish_id(made.dish_id) or not 1 <= made.portions <= MAX_PORTIONS:
        raise BadPortions("what is brought or given back is out of bounds")
    if not 1 <= made.incarnation <= terminal.incarnation:
        raise BadPortions("what is brought or given back is of another terminal")


def take_announced(
    tx: Transaction, terminal: Terminal, told: Sequence[wire.AnnouncedPortions], given_up_to: int
) -> None:
    """What a terminal holds of which this restored database may not know. Raises BadPortions."""
    if len(told) > wire.MAX_ANNOUNCED_ALLOTMENTS:
        raise BadPortions(f"at most {wire.MAX_ANNOUNCED_ALLOTMENTS} dishes are announced")
    for made in told:
        if not _is_dish_id(made.dish_id) or not 0 <= made.handed <= MAX_COUNTER:
            raise BadPortions("what is announced is out of bounds")
        if not 1 <= made.incarnation <= terminal.incarnation:
            raise BadPortions("what is announced was handed to another terminal")
    holders = {Holder(made.dish_id, terminal.id, made.incarnation): made.handed for made in told}
    allotments.raise_handed(tx.connection, holders)
    tx.changes.dishes |= {holder.dish_id for holder in holders}
    if given_up_to:
        end_up_to(tx, terminal.id, given_up_to)


def end_allotments(tx: Transaction, letter: str) -> int:
    """The terminal is lost and was revoked, or its disk is, and it was enrolled anew: what it holds can be sold
    elsewhere. One that may still sell gives back itself. Returns how many portions that are. Raises NotFound."""
    lost = terminals.find_by_letter(tx.connection, letter)
    if lost is None:
        raise NotFound(f"there is no terminal {letter}")
    return end_up_to(tx, lost.id, lost.incarnation if lost.is_revoked else lost.incarnation - 1)


def end_up_to(tx: Transaction, terminal_id: str, up_to: int) -> int:
    """Of incarnations up to that one, which sell no more. Returns how many portions that are."""
    held = [row for row in allotments.of_terminals(tx.connection, [terminal_id]) if row.held]
    ended = [row for row in held if row.incarnation <= up_to]
    allotments.write_off(tx.connection, terminal_id, up_to)
    tx.changes.dishes |= {row.dish_id for row in ended}
    portions = sum(row.held for row in ended)
    if portions:
        tx.record(Act.ALLOTMENTS_ENDED, terminal_id, portions=portions)
    return portions

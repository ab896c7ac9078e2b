"""Restock, count, waste, sold out, back and undo at a real store; what of it reaches central and the other tills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central.menu.service import import_menu
from kiosk.domain.audit import parse_entry
from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.staff import NotPermitted, Staff
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_act import StockError, WasteReason
from kiosk.services.events import StockChanged
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import StockActs, StockDone, StockEnd, StockRefusal, StockRefused
from tests.central.support import Central, running_central
from tests.till.conftest import MENU
from tests.till.dying import Died, DyingStore, Steps
from tests.till.stocking import COUNTER, RESTOCKER, TECHNICIAN, Stocking, StockTill, done, new_act

RICE, DUMPLINGS, NUTS = (DishId(name) for name in ("rice", "dumplings", "nuts"))
FULL = 200  # of rice and dumplings; nuts are not counted
MAX_STEPS = 40


@pytest.fixture
def stock_central(tmp_path: Path) -> Iterator[Central]:
    """One for the test alone: stock is everybody's."""
    folder = tmp_path / "central"
    folder.mkdir()
    with running_central(folder) as running:
        menu = folder / "menu.toml"
        menu.write_text(MENU.read_text(encoding="utf-8").replace("portions = 100000", f"portions = {FULL}"), "utf-8")
        running.parts.transactions.write(lambda tx: import_menu(tx, menu))
        yield running


@pytest.fixture
def new_till(stock_central: Central, tmp_path: Path) -> Iterator[Callable[[], StockTill]]:
    made: list[StockTill] = []

    def make() -> StockTill:
        folder = tmp_path / f"till-{len(made)}"
        folder.mkdir()
        made.append(StockTill(stock_central, folder))
        return made[-1]

    yield make
    for till in made:
        till.store.close()


@pytest.fixture
def till(new_till: Callable[[], StockTill]) -> StockTill:
    return new_till()


def audited(till: StockTill) -> list[tuple[str, str, str, dict[str, str]]]:
    """Actor, action, subject, details of every entry, but for those of the program."""
    with till.store.transaction() as tx:
        log = tx.audit.open_log()
        entries = [parse_entry(e.body) for e in tx.audit.entries_after(log[0], 0, 1000)] if log else []
    return [(e.actor, e.action, e.subject, dict(e.details)) for e in entries if e.actor != "terminal"]


def test_a_batch_is_one_act(till: StockTill, new_till: Callable[[], StockTill]) -> None:
    other, act_id = new_till(), new_act()
    made = done(till.stock.acts.restock(RESTOCKER, act_id, {RICE: 20, DUMPLINGS: 5}))
    assert made.levels.portions == {RICE: FULL + 20, DUMPLINGS: FULL + 5}
    assert till.stock.signal.wakes == 1
    assert till.stock.events.events == [StockChanged()]
    assert [event["type"] for event in till.told()] == ["stock_act"]
    assert audited(till) == [
        (RESTOCKER.id, "dish_restocked", dish, {"act": str(act_id), "before": str(FULL), "after": str(FULL + n)})
        for dish, n in ((RICE, 20), (DUMPLINGS, 5))
    ]
    till.syncs()
    other.syncs()
    assert till.stock.levels() == other.stock.levels() == StockLevels(made.levels.portions)


def test_sold_out_holds_here_at_once_and_elsewhere_when_they_hear(
    till: StockTill, new_till: Callable[[], StockTill]
) -> None:
    other = new_till()
    done(till.stock.acts.mark_sold_out(COUNTER, new_act(), [RICE, NUTS]))
    assert till.stock.levels().sold_out == {RICE, NUTS}
    till.uploads()
    assert till.stock.levels().sold_out == {RICE, NUTS}, "acknowledged, and not read yet"
    other.syncs()
    assert other.stock.levels().sold_out == {RICE, NUTS}
    done(other.stock.acts.bring_back(COUNTER, new_act(), [RICE]))
    other.syncs()
    till.syncs()
    assert till.stock.levels().sold_out == other.stock.levels().sold_out == {NUTS}


def test_back_elsewhere_is_heard_although_the_own_mark_was_not_acknowledged_yet(
    till: StockTill, new_till: Callable[[], StockTill]
) -> None:
    other = new_till()
    done(till.stock.acts.mark_sold_out(COUNTER, new_act(), [RICE]))
    done(other.stock.acts.mark_sold_out(COUNTER, new_act(), [RICE]))
    other.uploads()
    till.reads_feed()
    assert till.stock.levels().sold_out == {RICE}
    till.uploads()
    done(other.stock.acts.bring_back(COUNTER, new_act(), [RICE]))
    other.syncs()
    assert other.stock.levels().sold_out == set()
    till.reads_feed()
    assert till.stock.levels().sold_out == set(), "other spoke last"


def test_a_second_touch_is_the_same_act(till: StockTill) -> None:
    act_id = new_act()
    first = done(till.stock.acts.restock(RESTOCKER, act_id, {RICE: 20}))
    assert till.stock.acts.restock(RESTOCKER, act_id, {RICE: 20}) == first
    assert till.stock.left("rice") == FULL + 20
    in_use = StockRefused(StockRefusal.ID_IN_USE)
    assert till.stock.acts.mark_sold_out(RESTOCKER, act_id, [RICE]) == in_use
    assert till.stock.acts.undo(RESTOCKER, act_id, act_id) == in_use
    assert len(till.told()) == 1


def test_a_restock_brings_back_and_its_undoing_does_not(till: StockTill) -> None:
    done(till.stock.acts.mark_sold_out(RESTOCKER, new_act(), [RICE]))
    made = done(till.stock.acts.restock(RESTOCKER, new_act(), {RICE: 20}))
    assert till.stock.levels().sold_out == set()
    done(till.stock.acts.undo(RESTOCKER, new_act(), made.act.id))
    assert till.stock.levels() == StockLevels({RICE: FULL, DUMPLINGS: FULL}, frozenset({RICE}))
    assert audited(till)[-1][3]["undoes"] == str(made.act.id)


def test_what_changes_nothing_is_no_act(till: StockTill) -> None:
    nothing = StockRefused(StockRefusal.NOTHING_TO_DO)
    assert till.stock.acts.bring_back(RESTOCKER, new_act(), [RICE]) == nothing
    assert till.stock.acts.restock(RESTOCKER, new_act(), {RICE: 5, NUTS: 1}) == StockRefused(
        StockRefusal.NOT_COUNTED, NUTS
    )
    with pytest.raises(StockError):
        till.stock.acts.restock(RESTOCKER, new_act(), {RICE: 0})
    with pytest.raises(StockError):
        till.stock.acts.waste(RESTOCKER, new_act(), RICE, 0, WasteReason.BURNT)
    assert till.told() == [] == audited(till)


def test_waste_with_its_reason_and_weight(till: StockTill) -> None:
    done(till.stock.acts.waste(RESTOCKER, new_act(), RICE, 3, WasteReason.BURNT, grams=900))
    done(till.stock.acts.waste(RESTOCKER, new_act(), NUTS, 0, WasteReason.SPOILED, grams=2_500))
    assert till.stock.left("rice") == FULL - 3
    assert till.stock.left("nuts") is None
    rice, nuts = [details for *_, details in audited(till)]
    assert (rice["reason"], rice["grams"], rice["after"]) == ("burnt", "900", str(FULL - 3))
    assert (nuts["reason"], nuts["grams"], nuts["after"]) == ("spoiled", "2500", "not_counted")
    till.syncs()
    assert till.quarantined() == []


# --- counts ---


def test_a_first_count_begins_counting_here_at_once(till: StockTill, new_till: Callable[[], StockTill]) -> None:
    other = new_till()
    till.takes_order(("rice", 1))
    made = done(till.stock.counts("nuts", 12))
    assert made.levels.portions == {NUTS: 12}
    done(till.stock.acts.restock(RESTOCKER, new_act(), {NUTS: 3}))
    done(till.stock.acts.waste(RESTOCKER, new_act(), NUTS, 1, WasteReason.DROPPED))
    for step in (lambda: None, till.uploads, till.reads_feed):
        step()
        assert till.stock.left("nuts") == 14
    other.reads_feed()
    assert other.stock.levels() == till.stock.levels()


def test_a_first_count_is_undone(till: StockTill) -> None:
    made = done(till.stock.counts("nuts", 12))
    till.uploads()
    undone = done(till.stock.acts.undo(RESTOCKER, new_act(), made.act.id))
    assert NUTS not in undone.levels.portions
    till.syncs()
    assert till.stock.left("nuts") is None


def test_what_is_sold_between_the_look_and_the_confirmation_counts_on(till: StockTill) -> None:
    shown = till.stock.known()
    till.takes_order(("rice", 2))
    made = done(till.stock.counts("rice", FULL - 10, shown))
    assert made.act.lines[0].portions == -10, "as it was shown"
    assert till.stock.left("rice") == FULL - 12


def test_two_counts_that_had_not_heard_of_each_other(till: StockTill, new_till: Callable[[], StockTill]) -> None:
    other = new_till()
    for each in (till, other):
        done(each.stock.counts("rice", FULL - 3))
    for each in (till, other, till):
        each.syncs()
    assert till.stock.levels() == other.stock.levels()
    assert till.stock.left("rice") == FULL - 3, "three are missing, not six"


def test_a_count_on_top_of_an_own_one_while_another_till_counted(
    till: StockTill, new_till: Callable[[], StockTill]
) -> None:
    other = new_till()
    done(till.stock.counts("rice", 50))
    done(other.stock.counts("rice", 70))
    other.syncs()
    till.reads_feed()
    done(till.stock.counts("rice", 60))
    for each in (till, other, till):
        each.syncs()
    assert till.stock.left("rice") == other.stock.left("rice") == 60


def test_a_count_that_was_counted_over_is_not_undone(till: StockTill, new_till: Callable[[], StockTill]) -> None:
    other = new_till()
    made = done(till.stock.counts("rice", 50))
    till.syncs()
    other.syncs()
    done(other.stock.counts("rice", 60))
    other.syncs()
    till.syncs()
    assert till.stock.acts.undo(RESTOCKER, new_act(), made.act.id) == StockRefused(StockRefusal.NOT_NEWEST, RICE)


# --- undoing ---


def test_only_the_last_act_is_undone_and_once(till: StockTill) -> None:
    first = done(till.stock.acts.restock(RESTOCKER, new_act(), {RICE: 20}))
    second = done(till.stock.acts.waste(RESTOCKER, new_act(), RICE, 3, WasteReason.BURNT))
    late = StockRefused(StockRefusal.NOT_NEWEST)
    assert till.stock.acts.undo(RESTOCKER, new_act(), first.act.id) == late
    assert till.stock.acts.undo(RESTOCKER, new_act(), new_act()) == late
    undoing = new_act()
    undone = done(till.stock.acts.undo(RESTOCKER, undoing, second.act.id))
    assert till.stock.acts.undo(RESTOCKER, undoing, second.act.id) == undone, "a second touch"
    assert till.stock.acts.undo(RESTOCKER, new_act(), second.act.id) == late
    assert till.stock.acts.undo(RESTOCKER, new_act(), undone.act.id) == late
    assert till.stock.left("rice") == FULL + 20
    till.syncs()
    assert till.quarantined() == []
    assert till.stock.left("rice") == FULL + 20


# --- who may ---

CALLS: dict[str, Callable[[StockActs, Staff, StockActId], StockEnd | object]] = {
    "restock": lambda acts, by, act_id: acts.restock(by, act_id, {RICE: 1}),
    "count": lambda acts, by, act_id: acts.count(by, act_id, RICE, 5, acts.known(RESTOCKER)),
    "waste": lambda acts, by, act_id: acts.waste(by, act_id, RICE, 1, WasteReason.BURNT),
    "sold out": lambda acts, by, act_id: acts.mark_sold_out(by, act_id, [RICE]),
    "back": lambda acts, by, act_id: acts.bring_back(by, act_id, [RICE]),
    "known": lambda acts, by, _: acts.known(by),
}
MAY = {
    RESTOCKER: set(CALLS),
    COUNTER: {"sold out", "back", "known"},
    TECHNICIAN: set(),
}


@pytest.mark.parametrize("by", MAY, ids=lambda by: by.name)
def test_nobody_does_what_they_may_not(till: StockTill, by: Staff) -> None:
    for name, call in CALLS.items():
        if name in MAY[by]:
            call(till.stock.acts, by, new_act())
        else:
            with pytest.raises(NotPermitted):
                call(till.stock.acts, by, new_act())
    made = done(till.stock.acts.restock(RESTOCKER, new_act(), {RICE: 1}))
    if by is not RESTOCKER:
        with pytest.raises(NotPermitted):
            till.stock.acts.undo(by, new_act(), made.act.id)


# --- whatever step it dies at ---


@pytest.mark.parametrize("kind", ["restock", "count", "waste", "sold out"])
def test_whatever_step_it_dies_at(stock_central: Central, tmp_path: Path, kind: str) -> None:
    """Asked for again under the same id after the start, it is done, once."""
    for dies_at in range(1, MAX_STEPS):
        folder = tmp_path / f"{dies_at}"
        folder.mkdir()
        till = StockTill(stock_central, folder)
        before = till.stock.levels()
        steps, act_id = Steps(folder, tmp_path / f"{dies_at}-crashed", dies_at), new_act()
        try:
            CALLS[kind](Stocking(DyingStore(till.store, steps)).acts, RESTOCKER, act_id)
        except Died:
            till.reopens(steps.crash_image)
        else:
            assert dies_at > 5, "too few steps: nothing is proved"
            till.store.close()
            return
        again = Stocking(till.store)
        assert isinstance(CALLS[kind](again.acts, RESTOCKER, act_id), StockDone)
        assert again.levels() != before
        assert len(till.told()) == len([entry for entry in audited(till) if entry[0] == RESTOCKER.id]) == 1
        undone = again.acts.undo(RESTOCKER, new_act(), act_id)
        assert isinstance(undone, StockDone)
        till.syncs()
        assert till.quarantined() == []
        assert again.levels() == before
        till.store.close()
    raise AssertionError("the act has more steps than were expected")


def test_a_disk_that_refuses_leaves_it_unknown(till: StockTill) -> None:
    till.store.close()
    act_id = new_act()
    assert till.stock.acts.restock(RESTOCKER, act_id, {RICE: 1}) == NotKnown(act_id)
    assert till.stock.acts.undo(RESTOCKER, act_id, new_act()) == NotKnown(act_id)
    assert till.stock.signal.wakes == 0

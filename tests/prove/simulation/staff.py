"""What staff do at central."""

from __future__ import annotations

from functools import partial

from central.errors import Conflict
from central.members.service import block_member
from central.menu import repository as menus
from central.stock import repository as stock
from central.transactions import Transaction
from central.wallet.repository import open_grants
from central.wallet.service import top_up
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.ids import uuid7
from kiosk.domain.money import Money
from tests.domain.canteen import SOUP
from tests.prove.simulation.coupons import give_coupons
from tests.prove.simulation.world import World

POOR_SHARES = (1 / 30, 2 / 3, 1)  # of what is rich: some always have enough, some never quite
SOUP_PORTIONS = 1000
NEW_COUPONS = 10


def pay_in(world: World) -> None:
    """To the poorest of a few, so that there is always something to spend, and never too much."""
    diner = min((world.who_eats() for _ in range(3)), key=lambda d: d.money)
    rich_minor = world.size.rich_minor
    if diner.money > rich_minor * world.chance.choice(POOR_SHARES):
        return
    top_up_id, amount = uuid7(0), Money(world.chance.randrange(rich_minor // 12, rich_minor * 5 // 6))
    world.central.manage(partial(top_up, top_up_id=top_up_id, member_id=diner.id, amount=amount))
    world.books.pay_in(top_up_id, diner, amount.minor)
    world.trace.add("paid in", diner.id, amount.minor)


def block_or_unblock(world: World) -> None:
    diner, is_blocked = world.who_eats(), world.chance.random() < 0.1
    world.central.manage(partial(block_member, member_id=diner.id, is_blocked=is_blocked))
    world.trace.add("blocked" if is_blocked else "unblocked", diner.id)


def change_prices(world: World) -> None:
    def offer(tx: Transaction) -> None:
        newest = menus.newest(tx.connection)
        assert newest is not None
        world.offer_menu(tx, newest.version + 1, world.chance.randrange(5) * 10)

    world.central.manage(offer)
    world.trace.add("other prices")


def count_stock(world: World) -> None:
    def count(tx: Transaction) -> None:
        tx.changes.dishes |= stock.replace_counts(tx.connection, {SOUP.id: SOUP_PORTIONS}, tx.now)

    world.central.manage(count)


def offer_coupons(world: World) -> None:
    """To some."""
    give_coupons(world, [diner.id for diner in world.chance.sample(list(world.books.diners.values()), NEW_COUPONS)], 1)


def write_off(world: World) -> None:
    """Two people, because somebody says that a terminal is lost. It may not be."""
    found = world.central.parts.transactions.read(lambda c: open_grants(c, None))
    if not found:
        return
    grant = world.chance.choice(found)
    world.books.diners[grant.member_id].is_written_off = True
    for step in (partial(ask_write_off, asked_by="甲"), partial(confirm_write_off, confirmed_by="乙")):
        try:
            world.central.manage(partial(step, grant_id=grant.id))
        except Conflict:
            pass  # it had been done when central was killed
    world.books.seen["written off"] += 1
    world.trace.add("written off", grant.id)

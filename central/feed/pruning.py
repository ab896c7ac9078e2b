"""Feed rows that no terminal needs any more. Most stand for a thing and are replaced; that an order was collected
elsewhere is a row for each, which its terminal needs to hear once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.feed.repository import keys_of_kind, remove_rows
from central.ingredients.folding import fold_day
from central.kitchen.service import prune as prune_tickets
from central.orders.repository import collected_before
from central.transactions import Transaction, TransactionThreads

log = structlog.get_logger()

# A terminal that is away longer may take cash for such an order: booked as paid twice, and given back.
KEEP_COLLECTED = timedelta(days=100)
EVERY_S = 24 * 3600.0
# A card payment hardly waits for so many.
ROWS_AT_ONCE = 500


async def prune_daily(threads: TransactionThreads) -> None:
    """Until cancelled. What fails is tried again the next day."""
    while True:
        try:
            while await threads.write(prune):
                pass
            await threads.write(prune_tickets)
            while await threads.write(fold_day):
                pass
        except (DBAPIError, PoolTimeout) as error:
            log.warning("feed_not_pruned", error=type(error).__name__)
        await asyncio.sleep(EVERY_S)


def prune(tx: Transaction) -> int:
    """Remove the oldest rows of orders that were collected long ago, ROWS_AT_ONCE at most; returns how many."""
    oldest = keys_of_kind(tx.connection, "collected", ROWS_AT_ONCE)
    known = collected_before(tx.connection, [UUID(key) for key in oldest], tx.now - KEEP_COLLECTED)
    keys = [str(payment_id) for payment_id in known]
    remove_rows(tx.connection, "collected", keys)
    return len(keys)

"""Old sales are kept as one movement a day: what is left is a sum over all movements, and shall stay quick to find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from central.ingredients import repository
from central.transactions import Transaction

# Longer than anybody looks back for a pace (service.PACE_DAYS).
KEEP = timedelta(days=30)
_DAY = timedelta(days=1)


def fold_day(tx: Transaction) -> bool:
    """Put the oldest such day (in UTC) together; False when there is none. What is left stays what it is."""
    oldest = repository.oldest_of_sales(tx.connection, tx.now - KEEP)
    if oldest is None:
        return False
    begins = datetime.combine(oldest.astimezone(UTC).date(), datetime.min.time(), UTC)
    rows = repository.take_out_sales(tx.connection, begins, begins + _DAY)
    repository.add_rows(tx.connection, rows, is_day=True)
    return True

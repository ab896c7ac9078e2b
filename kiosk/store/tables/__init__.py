"""The tables of the terminal's database, as the newest migration leaves them (a test compares the two). A
file a subject; all of them are imported here, so that `metadata` has every table.

`body` columns are JSON (msgspec) of the domain's value; the columns beside it are what is searched by.
`told_id` is the outbox row that tells central of this row: acknowledged there, this row is known there too.
"""

from kiosk.store.tables import (
    audit,
    faces,
    feed,
    grants,
    identity,
    orders,
    outbox,
    payments,
    portions,
    refunds,
    shifts,
    staff,
    stock_acts,
)
from kiosk.store.tables.metadata import metadata

__all__ = [
    "audit",
    "faces",
    "feed",
    "grants",
    "identity",
    "metadata",
    "orders",
    "outbox",
    "payments",
    "portions",
    "refunds",
    "shifts",
    "staff",
    "stock_acts",
]

"""Portions that central has handed to this terminal."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text

from kiosk.store.tables.metadata import metadata

# Counters that only grow. In hand: handed + brought (by staff, here) - used. `booked`: of those sold `beyond`, what
# central says is booked.
allotments = Table(
    "allotments",
    metadata,
    Column("dish_id", Text, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("handed", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("beyond", Integer, nullable=False),
    Column("booked", Integer, nullable=False),
    Column("brought", Integer, nullable=False, server_default="0"),
    Column("recalled", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

"""What staff did with stock here."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Text, Uuid

from kiosk.store.tables.metadata import metadata

# `body`: JSON of kiosk.domain.stock_act.StockAct. Their movements stand in stock_movements under the act's id.
stock_acts = Table(
    "stock_acts",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)

# What an act said of a dish beside its portions; it holds here until central's feed has it. `counted_after`: of a dish
# that was not counted before, only this terminal's movements behind that one are known.
stock_marks = Table(
    "stock_marks",
    metadata,
    Column("dish_id", Text, primary_key=True),
    Column("sold_out", Boolean),
    Column("is_counted", Boolean),
    Column("counted_after", Integer),
    Column("told_id", Integer),
    sqlite_with_rowid=False,
)

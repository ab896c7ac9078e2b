"""Moving a whole central from its embedded SQLite file to PostgreSQL, row by row."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, insert, select, text

from central.database import Database
from central.errors import CentralError
from central.schema import upgrade_schema
from central.tables import metadata

ROWS_AT_ONCE = 1000


class TargetNotEmpty(CentralError):
    """There is a central in that database already."""


def copy_database(source: Database, target: Database) -> int:
    """Copy every row into an empty PostgreSQL database, all or nothing; nobody writes to `source` meanwhile. Returns
    how many rows there were. Both have this program's schema afterwards. Raises TargetNotEmpty."""
    upgrade_schema(source)
    upgrade_schema(target)
    tables = metadata.sorted_tables  # referenced ones first
    with source.write() as old, target.write() as new:
        for table in tables:
            if new.execute(select(table).limit(1)).first() is not None:
                raise TargetNotEmpty("that database has a central in it already: nothing was copied")
        return sum(_copy_table(old, new, table) for table in tables)


def _copy_table(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    with old.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)) as rows:
        for part in rows.mappings().partitions():
            new.execute(insert(table), [dict(row) for row in part])
            count += len(part)
    numbered = table.autoincrement_column
    if numbered is not None and count:  # the next row's number comes after those that were copied
        last = select(func.max(numbered)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(text(f"'{table.name}'"), text(f"'{numbered.name}'"))
        new.execute(select(func.setval(sequence, last)))
    return count

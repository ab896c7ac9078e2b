"""What staff changed of the menu, act by act."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, ForeignKey, Integer, LargeBinary, String, Table, Uuid, func, insert, select

from central.database import UtcDateTime, metadata
from kiosk.domain.menu_change import MAX_REASON_CHARS, MenuChange
from kiosk.sync import wire

# `number`: the order of arrival among the acts on that imported menu. `changes` are kept as they were sent, each with
# its moment.
menu_act = Table(
    "menu_act",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("imported_version", ForeignKey("menu.version"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("staff_id", String(40), nullable=False),
    Column("reason", String(MAX_REASON_CHARS), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("changes", LargeBinary, nullable=False),
)


def is_done(connection: Connection, act_id: UUID) -> bool:
    return connection.execute(select(menu_act.c.id).where(menu_act.c.id == act_id)).first() is not None


def changes_of(connection: Connection, imported_version: int) -> list[MenuChange]:
    """In their order of arrival."""
    query = (
        select(menu_act.c.changes).where(menu_act.c.imported_version == imported_version).order_by(menu_act.c.number)
    )
    return [change for body in connection.execute(query).scalars() for change in _decoded(body)]


def add_act(
    connection: Connection,
    act_id: UUID,
    imported_version: int,
    terminal_id: str,
    staff_id: str,
    reason: str,
    changes: tuple[MenuChange, ...],
    now: datetime,
) -> None:
    """Whoever adds one holds the imported menu's row: numbers have no gap."""
    among = select(func.coalesce(func.max(menu_act.c.number), 0)).where(menu_act.c.imported_version == imported_version)
    row = {
        "id": act_id,
        "imported_version": imported_version,
        "number": connection.execute(among).scalar_one() + 1,
        "terminal_id": terminal_id,
        "staff_id": staff_id,
        "reason": reason,
        "made_at": now,
        "changes": wire.encode(changes),
    }
    connection.execute(insert(menu_act), row)


def _decoded(body: bytes) -> tuple[MenuChange, ...]:
    changes: tuple[MenuChange, ...] = wire.decode(body, tuple[MenuChange, ...])
    return changes

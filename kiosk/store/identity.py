"""Who this terminal is to central. The private key lies inside the encrypted database and nowhere else."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.ids import TerminalId
from kiosk.services.ports import TerminalIdentity
from kiosk.store.connection import Connection
from kiosk.store.tables.identity import identity, incarnations

_GET = select(identity)
_FORGET = delete(identity)
_FORGOTTEN = select(identity.c.incarnation).where(identity.c.incarnation.not_in(select(incarnations.c.number)))
_SET = insert(identity)
_REMEMBER = insert(incarnations).on_conflict_do_nothing()


class SqlIdentity:
    """The one identity of this terminal, or none before its first enrolment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> TerminalIdentity | None:
        row = self._connection.execute(_GET).first()
        if row is None:
            return None
        return TerminalIdentity(
            TerminalId(row.terminal_id), row.incarnation, row.letter, row.canteen_name, row.private_key
        )

    def is_forgotten(self) -> bool:
        """A backup's copy does not count as the incarnation that it was made of."""
        return self._connection.execute(_FORGOTTEN).first() is not None

    def replace(self, new: TerminalIdentity) -> None:
        row = {
            "id": 1,
            "terminal_id": new.terminal_id,
            "incarnation": new.incarnation,
            "letter": new.letter,
            "canteen_name": new.canteen_name,
            "private_key": new.private_key,
        }
        self._connection.execute(_FORGET)
        self._connection.execute(_SET, row)
        self._connection.execute(_REMEMBER, {"number": new.incarnation})

"""Looking after the database beside the sales: sizes, what waits, a check, counts. Each on a connection of its own, so
that none of it makes a customer wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.domain.audit import Act, AuditError, parse_entry
from kiosk.domain.ids import unix_ms_of
from kiosk.domain.member import Member
from kiosk.services.ports import Integrity, StaffEntry, StorageFailed, SyncPosition
from kiosk.store.database import connect, quick_check
from kiosk.store.errors import CannotOpenStore, DatabaseDamaged

# How the body of an order's event begins; a test holds the encoder to it.
ORDER_BEGINS = b'{"type":"order_recorded"'
_CORRUPT, _NOT_A_DATABASE = 11, 26  # SQLITE_CORRUPT, SQLITE_NOTADB
_WAITING = """
    SELECT count(*), coalesce(sum(substr(body, 1, ?) = ?), 0), min(outbox.id)
    FROM outbox, outbox_state WHERE outbox.id > acknowledged_id
"""
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_BACKUPS = "SELECT body FROM audit_entries WHERE instr(body, CAST(? AS BLOB)) > 0"

_member, _staff = msgspec.json.Decoder(Member), msgspec.json.Decoder(StaffEntry)


class SqlStoreUpkeep:
    """kiosk.services.ports.StoreUpkeep."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key

    def position(self) -> SyncPosition:
        with self._connected() as raw:
            identity = raw.execute("SELECT letter, incarnation FROM identity").fetchone()
            epoch, after = raw.execute("SELECT epoch, after FROM feed_state").fetchone()
            waiting, orders, oldest_id = raw.execute(_WAITING, (len(ORDER_BEGINS), ORDER_BEGINS)).fetchone()
            made = raw.execute("SELECT uuid FROM outbox WHERE id = ?", (oldest_id,)).fetchone()
        letter, incarnation = identity or ("", 0)
        oldest_at = datetime.fromtimestamp(unix_ms_of(UUID(hex=made[0])) / 1000, UTC) if made else None
        return SyncPosition(letter, incarnation, epoch, after, waiting, orders, oldest_at)

    def sizes(self) -> tuple[int, int]:
        try:
            wal = self._path.with_name(self._path.name + "-wal")
            return self._path.stat().st_size, wal.stat().st_size if wal.exists() else 0
        except OSError as error:
            raise StorageFailed(f"the database's size cannot be told: {error.strerror}") from error

    def check(self, within_s: float) -> Integrity:
        try:
            with self._connected() as raw:
                return Integrity.WHOLE if quick_check(raw, self._path, within_s) else Integrity.NOT_ALL
        except StorageFailed as error:
            if _is_damage(error.__cause__):
                return Integrity.DAMAGED
            raise

    def row_counts(self) -> dict[str, int]:
        with self._connected() as raw:
            names = [name for (name,) in raw.execute(_TABLES).fetchall()]
            # The names are the schema's own.
            return {n: raw.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}  # noqa: S608

    def versions(self) -> dict[str, str]:
        with self._connected() as raw:
            cipher = raw.execute("PRAGMA cipher_version").fetchone()[0]
            schema = raw.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return {"sqlite": sqlcipher.sqlite_version, "sqlcipher": cipher, "schema": schema}

    def last_backup_at(self) -> datetime | None:
        with self._connected() as raw:
            bodies = [body for (body,) in raw.execute(_BACKUPS, (f'"{Act.BACKED_UP}"',)).fetchall()]
        return max((at for body in bodies if (at := _backed_up_at(body)) is not None), default=None)

    def personal_texts(self) -> frozenset[str]:
        found: set[str] = set()
        with self._connected() as raw:
            for (body,) in raw.execute("SELECT body FROM members"):
                member = _member.decode(body)
                found |= {member.id, member.masked_name}
            for (body,) in raw.execute("SELECT body FROM staff"):
                entry = _staff.decode(body)
                found |= {entry.staff.name, entry.pin_hash}
            found |= {uid for (uid,) in raw.execute("SELECT uid FROM cards UNION SELECT uid FROM staff_cards")}
        return frozenset(found - {""})

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """Raises StorageFailed, also for what the block meets."""
        if not self._path.exists():  # opening would make an empty one
            raise StorageFailed(f"{self._path} is not there")
        try:
            raw = connect(self._path, self._key)
            try:
                yield raw
            finally:
                raw.close()
        except (CannotOpenStore, sqlcipher.Error, msgspec.MsgspecError) as error:
            raise StorageFailed(f"the database cannot be read: {type(error).__name__}") from error


def _is_damage(error: BaseException | None) -> bool:
    """Found by the check, or so bad that the file does not even open."""
    code = getattr(error.__cause__ if error else None, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, DatabaseDamaged) or code in (_CORRUPT, _NOT_A_DATABASE)


def _backed_up_at(body: object) -> datetime | None:
    try:
        entry = parse_entry(body)
    except AuditError:
        return None  # somebody was at it: the check of the audit log says so
    return entry.at if entry.action == Act.BACKED_UP else None

"""Bringing the database to the newest schema. Alembic costs half a second to import, so only when there is work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from kiosk.store.database import connect
from kiosk.store.errors import DatabaseTooNew
from kiosk.store.writer import writer

HEAD = "0021"
MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(raw: Any, path: Path, key: bytes) -> None:
    """Only where there is work is SQLAlchemy's engine made, on a connection of its own, closed before anyone sells:
    what the engine leaves behind rolls its connection back when it is collected. Raises DatabaseTooNew."""
    if _is_newest(raw):
        return
    connection = writer(connect(path, key))
    try:
        migrate(connection, path)
    finally:
        connection.close()
        connection.engine.dispose()


def _is_newest(raw: Any) -> bool:
    if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return False
    return bool(raw.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,))


def migrate(connection: Connection, database_path: Path, *, scripts: Path = MIGRATIONS, head: str = HEAD) -> None:
    """Upgrade to `head`, all of it in one transaction or nothing. Raises DatabaseTooNew for a revision that
    `scripts` does not know."""
    with connection.begin():
        revision = revision_of(connection)
        if revision != head:
            _upgrade(connection, database_path, revision, scripts)


def revision_of(connection: Connection) -> str | None:
    """The database's schema revision; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: Connection, database_path: Path, revision: str | None, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseTooNew(
            database_path,
            f"it was changed by a newer version of this program (schema {revision}, known up to {HEAD}); "
            "install that version or a newer one, or restore a backup made by this version",
        )
    command.upgrade(config, "head")

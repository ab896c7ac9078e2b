"""The database's schema: made and brought up to date by `init`, checked by everything else."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from central.database import Database
from central.errors import DatabaseUnusable

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade_schema(database: Database) -> None:
    """Bring the schema to this program's version, all or nothing. Raises DatabaseUnusable if it is from a newer."""
    with database.write() as connection:
        if _revision(connection) == newest_revision():
            return  # Alembic would load every migration to find that out
        _refuse_newer(connection)
        upgrade_to(connection, "head")


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to that one, in the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def check_schema(database: Database) -> None:
    """Raises DatabaseUnusable unless the schema is this program's version."""
    with database.read() as connection:
        revision = _revision(connection)
        if revision == newest_revision():
            return
        _refuse_newer(connection)
    have = "has no tables yet" if revision is None else f"is of an older version ({revision})"
    raise DatabaseUnusable(f"the database {have}: run `python -m central init`")


def newest_revision() -> str:
    """By the migrations' file names (`v0001_first.py`): Alembic would compile every one of them, which takes longer
    than all else that opening a database takes."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("v*.py"))[1:5]


def _refuse_newer(connection: Connection) -> None:
    revision = _revision(connection)
    if revision is None:
        return
    known = {script.revision for script in _script().walk_revisions()}
    if revision not in known:
        newest = _script().get_current_head()
        raise DatabaseUnusable(
            f"the database was written by a newer version of this program (its schema is {revision}, "
            f"this program knows up to {newest}): update the program, or restore a backup from before"
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())

"""The menu as the last run left it, read before the store is open: what the first picture shows.

It decides nothing: prices, stock and members come from the store once that is open.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.domain.menu import Menu
from kiosk.store.database import connect
from kiosk.store.errors import CannotOpenStore
from kiosk.store.key_file import load_or_make_key

DATABASE, KEY = "terminal.db", "terminal.key"  # in the terminal's state folder


def menu_of_last_run(path: Path, key_path: Path) -> Menu | None:
    """None when there is none, or it cannot be read: opening the store says why."""
    if not path.exists() or not key_path.exists():
        return None
    try:
        raw = connect(path, load_or_make_key(key_path, path))
        try:
            row = raw.execute("SELECT body FROM menu").fetchone()
        finally:
            raw.close()
        return None if row is None or row[0] is None else msgspec.json.decode(row[0], type=Menu)
    except (CannotOpenStore, sqlcipher.Error, msgspec.MsgspecError):
        return None

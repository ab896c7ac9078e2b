"""The menu of the last run: what the first picture shows before the store is open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kiosk.store.last_run import menu_of_last_run
from tests.domain.canteen import MENU
from tests.store.sales import new_store


def paths(folder: Path) -> tuple[Path, Path]:
    return folder / "kiosk.db", folder / "kiosk.key"


def test_it_is_the_menu_that_the_store_has(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.transaction() as tx:
        tx.feed.apply_page(epoch="e", next_after=1, more=False, menus=[MENU], members={}, cards={}, stock={})
        stored = tx.menus.current()
    store.close()
    assert menu_of_last_run(*paths(tmp_path)) == stored == MENU


def test_before_the_first_run_there_is_none_and_nothing_is_made(tmp_path: Path) -> None:
    assert menu_of_last_run(*paths(tmp_path)) is None
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_left_to_the_store_to_explain(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    database, key = paths(tmp_path)
    assert menu_of_last_run(database, key) is None, "enrolled, but no menu came yet"
    good = key.read_bytes()
    for bad_key in (good[:-1], bytes(32)):
        key.write_bytes(bad_key)
        assert menu_of_last_run(database, key) is None
    key.write_bytes(good)
    database.write_bytes(b"no database" * 1000)
    assert menu_of_last_run(database, key) is None


def test_it_needs_no_sqlalchemy() -> None:
    """That is its whole purpose."""
    program = "import sys, kiosk.bootstrap; print('sqlalchemy' in sys.modules, 'httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

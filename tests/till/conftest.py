from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central.menu.service import import_menu
from tests.central.support import Central, running_central
from tests.till.till import Till

MENU = Path(__file__).parent / "menu.toml"


@pytest.fixture(scope="package")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A server that the tests share, on SQLite: each makes its own tills and members."""
    with running_central(tmp_path_factory.mktemp("central")) as running:
        running.parts.transactions.write(lambda tx: import_menu(tx, MENU))
        yield running


@pytest.fixture
def new_till(central: Central, tmp_path: Path) -> Iterator[Callable[[], Till]]:
    """Enrols one; make members before, so that it knows them. There is plenty of every dish."""
    central.parts.transactions.write(lambda tx: import_menu(tx, MENU))
    made: list[Till] = []

    def make() -> Till:
        folder = tmp_path / f"till-{len(made)}"
        folder.mkdir()
        made.append(Till(central, folder))
        return made[-1]

    yield make
    for till in made:
        till.store.close()

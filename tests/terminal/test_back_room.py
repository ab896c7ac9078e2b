"""What the screens hear when the services behind them do not come."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.back_room import BackRoom
from kiosk.screens.bridge import Bridge
from kiosk.services.events import StorageStopped
from kiosk.services.ports import StorageFailed
from kiosk.settings import load_settings
from kiosk.store.errors import CannotOpenStore

CONFIG = Path(__file__).parents[2] / "config" / "demo.toml"


@pytest.mark.parametrize(
    ("why", "heard", "ends"),
    [
        (StorageFailed("full"), (StorageStopped(),), []),
        (CannotOpenStore(Path("terminal.db"), "damaged"), (), ["the program ends"]),
    ],
)
def test_a_disk_that_takes_nothing_at_the_start(why: Exception, heard: tuple[object, ...], ends: list[str]) -> None:
    """It is said on the screen, which stays; a database that cannot be opened at all ends the program."""
    bridge, ended = Bridge(), list[str]()
    room = BackRoom(load_settings(CONFIG), CONFIG, bridge, None)
    room.when_open(lambda _: ended.append("opened"), lambda: ended.append("the program ends"))
    room.services.set_exception(why)
    assert (bridge.drain(), ended) == (heard, ends)

"""A whole kitchen's screen or pickup board, steered from a test in another process by lines on its standard input:

corner        the hidden gesture
tap NAME      touch it (kiosk.screens.fingers)
look          answers one line of JSON: which screen staff see, what the terminal knows and has written down

Ends with 75 where staff have restarted it, as main.py does.

python -m tests.end_to_end.remote_screen CONFIG
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.domain.audit import parse_entry
from kiosk.screens.admin_flow.stock_state import Stock
from kiosk.screens.admin_flow.upkeep_state import UpkeepState
from kiosk.script import Hand, ShowsState
from kiosk.services.ports import Store
from kiosk.settings import load_settings

RESTARTED = 75


class Remote:
    def __init__(self, picture: Path) -> None:
        self._picture = picture

    def start(self, app: ShowsState, store: Store, hand: Hand) -> None:
        threading.Thread(target=self._obey, args=(app, store, hand), daemon=True).start()

    def _obey(self, app: ShowsState, store: Store, hand: Hand) -> None:
        try:
            for line in sys.stdin:
                command, _, argument = line.strip().partition(" ")
                if command == "tap":
                    hand.picture(self._picture)  # what has just come has found its place
                    hand.tap(argument)
                elif command == "corner":
                    for _ in range(5):
                        hand.tap("staff-corner")
                sys.stdout.write(json.dumps(seen(app, store)) + "\n")
                sys.stdout.flush()
        finally:
            hand.close_window()


def seen(app: Any, store: Store) -> dict[str, Any]:
    visit = app.admin.state
    section = visit.open if visit is not None else None
    with store.transaction() as tx:
        levels, waiting, has_staff = tx.stock.levels(), tx.outbox.waiting(), tx.staff.by_number("10") is not None
        log = tx.audit.open_log()
        entries = [parse_entry(entry.body) for entry in tx.audit.entries_after(log[0], 0, 1000)] if log else []
    return {
        "staff_screen": visit.screen if visit is not None else "",
        "has_loaded_stock": isinstance(section, Stock) and bool(section.known.levels.portions),
        "has_looked_at_upkeep": isinstance(section, UpkeepState) and None not in (section.seen, section.told),
        "is_up_to_date": app.state.is_up_to_date,
        "has_menu": app.state.menu is not None,
        "has_staff": has_staff,
        "sold_out": sorted(levels.sold_out),
        "waiting": waiting,
        "acts": [[entry.action, entry.subject] for entry in entries if entry.actor.startswith("staff")],
    }


def main() -> int:
    config = Path(sys.argv[1])
    settings = load_settings(config)
    from kiosk.logs import start_logging
    from kiosk.screens.window import prepare_window

    start_logging(settings.log, settings.terminal.state_dir)
    prepare_window(settings.screen, settings.terminal.state_dir / "kivy")
    from kiosk.bootstrap import run_terminal

    return RESTARTED if run_terminal(settings, config, Remote(settings.terminal.state_dir / "seen.png")) else 0


if __name__ == "__main__":
    sys.exit(main())

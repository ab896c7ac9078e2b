"""A whole terminal steered from a test in another process, by lines on its standard input:

tap NAME      touch it (kiosk.screens.fingers)
look          answers one line of JSON: what the terminal shows and knows

python -m tests.end_to_end.remote_terminal CONFIG
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.domain.ids import MemberId
from kiosk.screens.flow.state import State
from kiosk.script import Hand, ShowsState
from kiosk.services.events import PrintJobState
from kiosk.services.ports import StorageFailed, Store
from kiosk.settings import load_settings
from tests.end_to_end.site import MEMBER

_UNPRINTED = (PrintJobState.QUEUED, PrintJobState.SENDING)


class Remote:
    def start(self, app: ShowsState, store: Store, hand: Hand) -> None:
        threading.Thread(target=self._obey, args=(app, store, hand), daemon=True).start()

    def _obey(self, app: ShowsState, store: Store, hand: Hand) -> None:
        try:
            for line in sys.stdin:
                command, _, argument = line.strip().partition(" ")
                if command == "tap":
                    hand.tap(argument)
                    answer: dict[str, Any] = {}
                else:
                    answer = seen(app.state, store)
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()
        finally:
            hand.close_window()


def seen(state: State, store: Store) -> dict[str, Any]:
    try:
        with store.transaction() as tx:
            waiting = tx.outbox.waiting()
            set_aside = sum(use.left.minor for use in tx.grants.open_pre_grants(MemberId(MEMBER)))
            printing = sum(len(tx.print_jobs.in_state(job)) for job in _UNPRINTED)
    except StorageFailed:
        waiting = set_aside = printing = None
    outcome = state.outcome
    order = getattr(outcome, "order", None)
    return {
        "screen": state.screen,
        "has_menu": state.menu is not None,
        "outcome": type(outcome).__name__ if outcome else "",
        "reason": str(getattr(outcome, "reason", "")),
        "number": order.number if order else "",
        "customer": state.session.customer is not None,
        "link": state.link,
        "out_of_order": state.out_of_order,
        "devices": {name: f"{health.state} {health.problem}" for name, health in state.devices.items()},
        "paper": str(state.paper_state or ""),
        "notice": str(state.notice.notice) if state.notice else "",
        "waiting": waiting,
        "set_aside_minor": set_aside,
        "printing": printing,
    }


def main() -> None:
    config = Path(sys.argv[1])
    settings = load_settings(config)
    from kiosk.logs import start_logging
    from kiosk.screens.window import prepare_window

    start_logging(settings.log, settings.terminal.state_dir)
    prepare_window(settings.screen, settings.terminal.state_dir / "kivy")
    from kiosk.bootstrap import run_terminal

    run_terminal(settings, config, Remote())


if __name__ == "__main__":
    main()

"""A terminal that sells until it dies; the parent process reads each order number after its commit.

Arguments: folder, then "die N" (exits in the middle of sale N + 1), "forever", or "full BYTES" (no file of this
process may grow by more than that).
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from kiosk.domain.payer import ByCard
from kiosk.services.ports import StorageFailed
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.sales import CARD_UID, draft, intended, sell, settle


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def die_in_the_middle(store: SqliteStore) -> None:
    order = draft()
    payment = intended(order)
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))
    with store.transaction() as tx:
        settle(tx, order, payment)
        os._exit(9)


def sell_until_full(store: SqliteStore, folder: Path, more_bytes: int) -> None:
    largest = max(path.stat().st_size for path in folder.iterdir())
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + more_bytes, unlimited[1]))
    try:
        while True:
            say(sell(store).order.number)
    except StorageFailed:
        say("failed")
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    try:
        sell(store)
    except StorageFailed:
        say("still failed")


def main() -> None:
    folder, what = Path(sys.argv[1]), sys.argv[2]
    store = open_store(folder / "kiosk.db", folder / "kiosk.key")
    if what == "full":
        sell_until_full(store, folder, int(sys.argv[3]))
        os._exit(0)
    while what == "forever":
        say(sell(store).order.number)
    for _ in range(int(sys.argv[3])):
        say(sell(store).order.number)
    die_in_the_middle(store)


if __name__ == "__main__":
    main()

"""The next feed page, asked for while the present one is being stored."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread

from kiosk.sync.client import CentralClient
from kiosk.sync.wire import FeedPage


class PageAhead:
    """A request under way on a thread of its own. The client is in use until `page` has returned or raised."""

    def __init__(self, client: CentralClient, epoch: str, after: int, limit: int) -> None:
        self.cursor = epoch, after
        self._client = client
        self._limit = limit
        self._answer: Future[FeedPage] = Future()
        Thread(target=self._ask, name="sync-pull-ahead", daemon=True).start()

    def page(self) -> FeedPage:
        """Waits for it, as long as the client does. Raises CentralUnreachable, CentralRefused."""
        return self._answer.result()

    def _ask(self) -> None:
        try:
            page = self._client.feed(*self.cursor, self._limit, wait_s=0)
        except BaseException as error:  # noqa: BLE001 - whoever waits for the page is given it
            self._answer.set_exception(error)
        else:
            self._answer.set_result(page)

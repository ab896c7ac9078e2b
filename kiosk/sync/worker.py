"""The threads that keep terminal and central together: push, pull, a kitchen's tickets; none ever waits for another."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Event, Thread

from kiosk.services.events import EventSink, LinkState
from kiosk.services.kitchen_events import TicketsHeard
from kiosk.services.ports import CentralRefused, CentralUnreachable, StorageFailed, TerminalIdentity
from kiosk.sync.audit import AuditSender
from kiosk.sync.client import CentralClient
from kiosk.sync.face_letters import SiteKey
from kiosk.sync.face_sharing import EXCHANGE_EVERY_S, FaceLetterReader, FaceLetterWriter
from kiosk.sync.kitchen import KitchenReader
from kiosk.sync.line import CentralAddress
from kiosk.sync.link import CentralLink
from kiosk.sync.ports import SyncStore
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender, OutOfStep
from kiosk.sync.wire import MAX_WAIT_S

# Push looks by itself this often; every sale wakes it at once.
LOOK_EVERY_S = 30.0
# At a busy hour (news came within this time) it also passes before the next feed request: changes then come in one
# page, and one commit, instead of one by one.
GATHER_S = 0.25
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
STOP_TIMEOUT_S = 5.0
# A kitchen screen or a board that hears nothing for longer says so: central answers it that often, news or none.
TICKETS_WAIT_S = 5.0
KITCHEN_FEED = "/v1/kitchen-feed"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Pull:
    """What is read of central, page by page, on a thread and a connection of its own. `side`: as the link knows it."""

    side: str
    client: CentralClient
    reader: FeedReader | KitchenReader
    poll_wait: PollWait


class SyncWorker:
    """kiosk.services.ports.OutboxSignal. Start once, stop once."""

    def __init__(
        self,
        store: SyncStore,
        address: CentralAddress,
        identity: TerminalIdentity,
        events: EventSink,
        poll_wait_s: float,
        site_key: SiteKey | None = None,
        letters_every_s: float = EXCHANGE_EVERY_S,
        on_tickets: Callable[[TicketsHeard], None] | None = None,
    ) -> None:
        """`poll_wait_s` is how long central may hold back a feed request when it has nothing new. With a `site_key`
        faces are shared with the other terminals that have it; central is asked for letters to write at most every
        `letters_every_s`. With `on_tickets` this is a kitchen screen or a pickup board: it is told of the kitchen's
        tickets, and of the feed what its role needs. Raises CentralAddressError."""
        self._push_client = CentralClient(address, identity)
        pull_client = CentralClient(address, identity, KITCHEN_FEED if on_tickets else "/v1/feed")
        self._sender = OutboxSender(self._push_client, store)
        self._audit = AuditSender(self._push_client, store, identity)
        self._letters: FaceLetterWriter | None = None
        if site_key is not None:
            self._letters = FaceLetterWriter(self._push_client, store, identity, site_key, letters_every_s)
        reader = FaceLetterReader(site_key, identity) if site_key else None
        feed = FeedReader(pull_client, store, identity, events, self.wake, letters=reader)
        self._pulls = [_Pull("pull", pull_client, feed, PollWait(min(int(poll_wait_s), MAX_WAIT_S)))]
        if on_tickets is not None:
            client = CentralClient(address, identity)
            tickets = KitchenReader(client, store, on_tickets)
            self._pulls.append(_Pull("tickets", client, tickets, PollWait(int(min(poll_wait_s, TICKETS_WAIT_S)))))
        self._link = CentralLink(events)
        self._stopping = Event()
        self._work = Event()
        self._threads = [Thread(target=self._push, name="sync-push", daemon=True)]
        for pull in self._pulls:
            self._threads.append(Thread(target=self._pull, args=(pull,), name=f"sync-{pull.side}", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is something to upload: push now, also in the middle of a pause after a failure. Never blocks."""
        self._work.set()

    def last_contact_at(self) -> datetime | None:
        """When an exchange last went well (UTC); None: none since the start."""
        return self._link.met_at()

    def stop(self) -> None:
        """End all threads, breaking off the requests under way; what was not acknowledged is sent next time. Takes
        milliseconds, STOP_TIMEOUT_S at most."""
        self._stopping.set()
        self._work.set()
        for client in (self._push_client, *(pull.client for pull in self._pulls)):
            client.line.break_off()
        deadline_s = time.monotonic() + STOP_TIMEOUT_S
        for thread in self._threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
            if thread.is_alive():  # in the name server or in a connect; it ends without touching the store
                log.warning("sync_thread_still_ending", extra={"worker": thread.name})

    def _push(self) -> None:
        attempts = Attempts("push", self._link, self._stopping)
        while not self._stopping.is_set():
            self._work.clear()
            pause_s = attempts.make(self._send_all)
            self._work.wait(LOOK_EVERY_S if pause_s is None else pause_s)
        self._push_client.line.close()

    def _send_all(self) -> bool:
        sent = False
        while not self._stopping.is_set() and self._sender.send_batch():
            sent = True
        if not self._stopping.is_set():
            self._audit.exchange_if_due()
        if self._letters and not self._stopping.is_set() and self._letters.exchange_if_due():
            self._work.set()  # sales that came meanwhile go first
        return sent

    def _pull(self, pull: _Pull) -> None:
        attempts = Attempts(pull.side, self._link, self._stopping)
        while not self._stopping.is_set():
            began_s = time.monotonic()
            pause_s = attempts.make(partial(self._read_all, pull))
            if pause_s is None:
                pause_s = GATHER_S if time.monotonic() - began_s < GATHER_S else 0.0
            self._stopping.wait(pause_s)
        pull.client.line.close()

    def _read_all(self, pull: _Pull) -> bool:
        with pull.poll_wait as wait_s:
            more = pull.reader.read_page(wait_s)
        while more and not self._stopping.is_set():
            more = pull.reader.read_page(wait_s=0)
        return True


class Attempts:
    """Makes one side's exchanges: reports how they end and says how long to pause after a failure, doubling up to
    LONGEST_PAUSE_S, with jitter so that a hundred terminals do not come back in one moment."""

    def __init__(self, side: str, link: CentralLink, stopping: Event) -> None:
        self._side = side
        self._link = link
        self._stopping = stopping
        self._failures = 0

    def make(self, exchange: Callable[[], bool]) -> float | None:
        """None when `exchange` went well (it returns whether it met central), else the pause in seconds."""
        try:
            met_central = exchange()
        except (CentralRefused, OutOfStep) as error:
            return self._failed(LinkState.REFUSED, error)
        except (CentralUnreachable, StorageFailed) as error:
            return self._failed(LinkState.OFFLINE, error)
        except Exception as error:
            log.exception("sync_fault", extra={"side": self._side})  # a fault of ours must not end the upload for good
            return self._failed(LinkState.OFFLINE, error)
        self._failures = 0
        if met_central:
            self._link.report(self._side, LinkState.ONLINE)
        return None

    def _failed(self, state: LinkState, error: Exception) -> float:
        if self._stopping.is_set():
            return 0.0
        self._failures += 1
        if self._failures == 1 and state is LinkState.OFFLINE:
            return 0.0  # a proxy or a restart cuts connections; once is no reason to say anything
        self._link.report(self._side, state, str(error))
        doubled_s = FIRST_PAUSE_S * 2.0 ** min(max(0, self._failures - 2), 10)
        return min(LONGEST_PAUSE_S, doubled_s) * random.uniform(0.5, 1.0)


class PollWait:
    """How long the next feed request may wait at central, in whole seconds: not at all until central has answered
    once, then as long as allowed. Where something on the way cuts idle connections, it learns to ask for less."""

    def __init__(self, longest_s: int) -> None:
        self._longest_s = longest_s
        self._wait_s = 0
        self._began_s = 0.0

    def __enter__(self) -> int:
        self._began_s = time.monotonic()
        return self._wait_s

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        lasted_s = time.monotonic() - self._began_s
        if error_type is None:
            self._wait_s = min(self._longest_s, max(1, self._wait_s * 2 if self._wait_s else self._longest_s))
        else:
            self._wait_s = int(lasted_s / 2) if self._wait_s else 0

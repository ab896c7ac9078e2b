"""The network between terminals and central: real request bytes, and everything that can happen to them on the way.

One thread carries it all. What goes on elsewhere while a request or a reply is under way happens inside `carry`
(`meanwhile`), so that every call of a terminal is interleaved with everybody else's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from kiosk.services.ports import CentralUnreachable
from tests.prove.simulation.trace import Trace


class Fate(Enum):
    PASSED = "passed"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    REPEATED = "repeated"  # central gets it twice, the terminal one of the replies
    LATE = "late"  # nobody waits for the reply any more when it reaches central, after others that were sent later
    REPEATED_LATE = "repeated late"  # answered, and once more long afterwards


FATES = (
    *([Fate.PASSED] * 85),
    *([Fate.REQUEST_LOST] * 4),
    *([Fate.REPLY_LOST] * 4),
    *([Fate.REPEATED] * 3),
    *([Fate.LATE] * 2),
    *([Fate.REPEATED_LATE] * 2),
)
MOST_LATE = 200


@dataclass(frozen=True, slots=True)
class Request:
    """As it stands on the wire."""

    sender: int
    method: str
    target: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Network:
    """`answer` is central; it raises CentralUnreachable or CentralRefused. `meanwhile` lets others act."""

    def __init__(self, chance: random.Random, trace: Trace, meanwhile: Callable[[], None]) -> None:
        self._chance, self._trace, self._meanwhile = chance, trace, meanwhile
        self.answer: Callable[[Request], bytes]
        self.cut_off: set[int] = set()
        self.is_faultless = False
        self._late: list[Request] = []

    def carry(self, request: Request) -> bytes:
        """The reply's body. Raises CentralUnreachable, CentralRefused."""
        fate = Fate.PASSED if self.is_faultless else self._chance.choice(FATES)
        self._trace.add("carry", request.sender, request.path, fate.value)
        self._meanwhile()
        if request.sender in self.cut_off or fate is Fate.REQUEST_LOST:
            raise CentralUnreachable("the request was lost")
        if fate in (Fate.LATE, Fate.REPEATED_LATE):
            self._keep(request)
        if fate is Fate.LATE:
            raise CentralUnreachable("the request is late")
        reply = self.answer(request)
        if fate is Fate.REPEATED:
            self._meanwhile()
            again = self.answer(request)
            reply = self._chance.choice((reply, again))
        self._meanwhile()
        if fate is Fate.REPLY_LOST or request.sender in self.cut_off:
            raise CentralUnreachable("the reply was lost")
        return reply

    @property
    def has_late(self) -> bool:
        return bool(self._late)

    def next_late(self) -> Request:
        """One of those that are late, whichever; its reply reaches nobody."""
        return self._late.pop(self._chance.randrange(len(self._late)))

    def _keep(self, request: Request) -> None:
        if len(self._late) == MOST_LATE:
            self._late.pop(0)
        self._late.append(request)


class Line:
    """One terminal's connection: what kiosk.sync.line.CentralLine is to a client. `is_broken` says that the machine it
    belonged to has gone."""

    def __init__(self, network: Network, sender: int, check_alive: Callable[[], None]) -> None:
        self._network, self._sender, self._check_alive = network, sender, check_alive

    def request(
        self,
        method: str,
        path_and_query: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        max_reply_bytes: int,
        wait_s: float = 0.0,
    ) -> bytes:
        del wait_s
        try:
            reply = self._network.carry(Request(self._sender, method, path_and_query, body, headers))
        finally:
            self._check_alive()
        if len(reply) > max_reply_bytes:
            raise CentralUnreachable("a reply that is too large")
        return reply

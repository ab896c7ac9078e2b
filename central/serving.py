"""What requests are answered with."""

from __future__ import annotations

from dataclasses import dataclass

from central.audit.countersigning import Countersigner
from central.feed.waiting import FeedWaiters
from central.installation import Installation
from central.push.booker import BacklogBooker
from central.push.intake import Intake
from central.terminals.service import EnrolmentDesk
from central.transactions import TransactionThreads


@dataclass(frozen=True, slots=True)
class Serving:
    """Endpoints are given all of it as one dependency: where there are several, Litestar starts a task for each, with
    every request."""

    threads: TransactionThreads
    intake: Intake
    booker: BacklogBooker
    waiters: FeedWaiters
    installation: Installation
    desk: EnrolmentDesk
    countersigner: Countersigner
    shares_faces: bool
    largest_correction_minor: int
    terminal_release: str

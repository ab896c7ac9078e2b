"""Print jobs and their states; the paper itself is kept, so that staff can print it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import Columns, Element, Feed, Paper, PaperKind, QrCode, Rule, Text
from kiosk.services.events import PrintJobState
from kiosk.services.ports import PrintJob
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.part import Finishing
from kiosk.store.tables.orders import print_jobs

# Jobs kept for a reprint: a day or two of a busy terminal, some 10 MB. Those not done are always kept; test pages never
# longer.
KEEP = 5000
_PRUNE_EVERY = 50  # jobs

_ADD = insert(print_jobs)
_GET = select(print_jobs).where(print_jobs.c.id == bindparam("job_id"))
_OF_ORDER = select(print_jobs).where(print_jobs.c.order_id == bindparam("about")).order_by(print_jobs.c.position)
_IN_STATE = select(print_jobs).where(print_jobs.c.state == bindparam("state")).order_by(print_jobs.c.position)
_SET_STATE = update(print_jobs).where(print_jobs.c.id == bindparam("job_id")).values(state=bindparam("new_state"))
_PRUNE = delete(print_jobs).where(
    print_jobs.c.position <= select(func.max(print_jobs.c.position)).scalar_subquery() - bindparam("keep"),
    or_(
        print_jobs.c.state == PrintJobState.CONFIRMED,
        print_jobs.c.state == PrintJobState.SKIPPED,
        print_jobs.c.kind == PaperKind.TEST_PAGE,
    ),
)

_ELEMENT_TYPES: dict[str, type[Any]] = {t.__name__: t for t in (Text, Columns, Rule, QrCode, Feed)}
_tagged = msgspec.json.Decoder(tuple[tuple[str, dict[str, Any]], ...])


class SqlPrintJobs(Finishing):
    """kiosk.services.ports.PrintJobs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_pruning_due = False

    def add(self, job: PrintJob) -> None:
        row = {
            "id": job.id,
            "order_id": job.order_id,
            "printer": job.printer,
            "kind": job.kind,
            "state": job.state,
            "copy": job.copy,
            "body": _encode(job.paper),
        }
        position = self._connection.execute(_ADD, row).lastrowid
        self._is_pruning_due |= position % _PRUNE_EVERY == 0

    def get(self, job_id: UUID) -> PrintJob | None:
        row = self._connection.execute(_GET, {"job_id": job_id}).first()
        return None if row is None else _job(row)

    def of_order(self, order_id: OrderId) -> tuple[PrintJob, ...]:
        return tuple(_job(row) for row in self._connection.execute(_OF_ORDER, {"about": order_id}))

    def set_state(self, job_id: UUID, state: PrintJobState) -> None:
        """Raises Conflict for a job that was never added."""
        if self._connection.execute(_SET_STATE, {"job_id": job_id, "new_state": state}).rowcount != 1:
            raise Conflict("no such print job")

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end, now and then: what is done goes, but for the newest."""
        del outbox_id  # central hears nothing of papers
        if self._is_pruning_due:
            self._connection.execute(_PRUNE, {"keep": KEEP})

    def in_state(self, state: PrintJobState) -> tuple[PrintJob, ...]:
        return tuple(_job(row) for row in self._connection.execute(_IN_STATE, {"state": state}))


def _job(row: Any) -> PrintJob:
    return PrintJob(
        row.id,
        OrderId(row.order_id),
        row.printer,
        PaperKind(row.kind),
        _decode(row.body),
        PrintJobState(row.state),
        row.copy,
    )


def _encode(paper: Paper) -> bytes:
    """Each element with its type's name: JSON alone does not tell a Rule from a Feed."""
    return msgspec.json.encode([(type(element).__name__, element) for element in paper.elements])


def _decode(body: bytes) -> Paper:
    elements: list[Element] = [msgspec.convert(fields, _ELEMENT_TYPES[name]) for name, fields in _tagged.decode(body)]
    return Paper(tuple(elements))

"""Shifts and their Z reports. Which events are whose is a range of the outbox, fixed when a shift is closed: what is
sold writes nothing for it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, insert, select, update
from sqlcipher3.dbapi2 import IntegrityError

from kiosk.domain.ids import CashMovementId, ShiftId, ZCorrectionId, ZReportId
from kiosk.domain.shift import CashMovement, ShiftError, ShiftOpening
from kiosk.domain.z_report import ZCorrection, ZReport
from kiosk.services.ports import TillState
from kiosk.store.connection import Connection
from kiosk.store.errors import NotEnrolled
from kiosk.store.tables.identity import identity
from kiosk.store.tables.outbox import outbox, outbox_state
from kiosk.store.tables.shifts import (
    cash_movements,
    shift_openings,
    shift_state,
    z_copies,
    z_corrections,
    z_reports,
)

_NEWEST = func.coalesce(select(func.max(outbox.c.id)).scalar_subquery(), outbox_state.c.acknowledged_id)
_OLDEST = select(func.min(outbox.c.id)).scalar_subquery()
_STATE = select(
    shift_state.c.closed_id,
    shift_state.c.drawer_openings,
    shift_state.c.opening_id,
    shift_state.c.opened_id,
    outbox_state.c.base_id,
    _NEWEST.label("newest_id"),
    func.coalesce(_OLDEST, _NEWEST + 1).label("oldest_id"),
).join(outbox_state, outbox_state.c.id == shift_state.c.id)
_INCARNATION = select(identity.c.incarnation)
_LAST_NUMBER = select(func.max(z_reports.c.number)).where(z_reports.c.incarnation == bindparam("incarnation"))
_EVENTS = (
    select(outbox.c.id, outbox.c.body)
    .where(outbox.c.id > bindparam("after_id"), outbox.c.id <= bindparam("last_id"))
    .order_by(outbox.c.id)
    .limit(bindparam("count"))
)
_OPEN = update(shift_state).values(opening_id=bindparam("shift_id"), opened_id=bindparam("newest_id"))
_CLOSE = update(shift_state).values(opening_id=None, opened_id=None, drawer_openings=0, closed_id=bindparam("last_id"))
_NOTE_DRAWER = update(shift_state).values(drawer_openings=shift_state.c.drawer_openings + 1)
_OPENING = select(shift_openings.c.body).where(shift_openings.c.id == bindparam("shift_id"))
_MOVEMENT = select(cash_movements.c.body).where(cash_movements.c.id == bindparam("movement_id"))
_REPORT = select(z_reports.c.body).where(z_reports.c.id == bindparam("report_id"))
_REPORTS = select(z_reports.c.body).order_by(z_reports.c.position.desc()).limit(bindparam("count"))
_CORRECTION = select(z_corrections.c.body).where(z_corrections.c.id == bindparam("correction_id"))
_CORRECTIONS = (
    select(z_corrections.c.body)
    .where(z_corrections.c.report_id == bindparam("of_report"))
    .order_by(z_corrections.c.position)
)
_COPY = select(z_copies.c.number).where(z_copies.c.id == bindparam("copy_id"))
_COPIES = select(func.count()).select_from(z_copies).where(z_copies.c.report_id == bindparam("of_report"))
_ADD_OPENING, _ADD_MOVEMENT, _ADD_REPORT = insert(shift_openings), insert(cash_movements), insert(z_reports)
_ADD_CORRECTION, _ADD_COPY = insert(z_corrections), insert(z_copies)

_openings, _movements = msgspec.json.Decoder(ShiftOpening), msgspec.json.Decoder(CashMovement)
_reports, _z_corrections = msgspec.json.Decoder(ZReport), msgspec.json.Decoder(ZCorrection)


class SqlShifts:
    """kiosk.services.ports.Shifts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self) -> TillState:
        """Raises NotEnrolled."""
        incarnation = self._connection.execute(_INCARNATION).scalar()
        if incarnation is None:
            raise NotEnrolled
        row = self._connection.execute(_STATE).one()
        last = self._connection.execute(_LAST_NUMBER, {"incarnation": incarnation}).scalar()
        return TillState(
            incarnation,
            (last or 0) + 1,
            row.closed_id,
            row.newest_id,
            row.base_id,
            max(0, row.oldest_id - 1 - row.closed_id),
            row.drawer_openings,
            None if row.opening_id is None else self.opening(ShiftId(row.opening_id)),
            row.opened_id,
        )

    def events_between(self, after_id: int, last_id: int, limit: int) -> Iterator[tuple[int, bytes]]:
        rows = self._connection.execute(_EVENTS, {"after_id": after_id, "last_id": last_id, "count": limit})
        return iter([(row.id, row.body) for row in rows])

    def open(self, opening: ShiftOpening) -> None:
        """Raises ShiftError when a shift of that id stands already."""
        try:
            self._connection.execute(_ADD_OPENING, {"id": opening.id, "body": msgspec.json.encode(opening)})
        except IntegrityError as error:
            raise ShiftError("that shift was opened already") from error
        newest_id = self._connection.execute(_STATE).one().newest_id
        self._connection.execute(_OPEN, {"shift_id": opening.id, "newest_id": newest_id})

    def opening(self, shift_id: ShiftId) -> ShiftOpening | None:
        body = self._connection.execute(_OPENING, {"shift_id": shift_id}).scalar()
        return None if body is None else _openings.decode(body)

    def add_movement(self, movement: CashMovement) -> None:
        """Raises ShiftError when it stands already."""
        try:
            self._connection.execute(_ADD_MOVEMENT, {"id": movement.id, "body": msgspec.json.encode(movement)})
        except IntegrityError as error:
            raise ShiftError("that cash was moved already") from error

    def movement(self, movement_id: CashMovementId) -> CashMovement | None:
        body = self._connection.execute(_MOVEMENT, {"movement_id": movement_id}).scalar()
        return None if body is None else _movements.decode(body)

    def note_drawer(self) -> None:
        self._connection.execute(_NOTE_DRAWER)

    def close(self, report: ZReport, closed_id: int) -> None:
        """Raises ShiftError when it stands already, or another of that number."""
        row = {"id": report.id, "incarnation": report.incarnation, "number": report.number}
        try:
            self._connection.execute(_ADD_REPORT, row | {"body": msgspec.json.encode(report)})
        except IntegrityError as error:
            raise ShiftError("that Z report stands already") from error
        self._connection.execute(_CLOSE, {"last_id": closed_id})

    def report(self, report_id: ZReportId) -> ZReport | None:
        body = self._connection.execute(_REPORT, {"report_id": report_id}).scalar()
        return None if body is None else _reports.decode(body)

    def reports(self, limit: int) -> tuple[ZReport, ...]:
        return tuple(_reports.decode(body) for body in self._connection.execute(_REPORTS, {"count": limit}).scalars())

    def correct(self, correction: ZCorrection) -> None:
        """Raises ShiftError when it stands already, or its report does not."""
        row = {"id": correction.id, "report_id": correction.report_id, "body": msgspec.json.encode(correction)}
        try:
            self._connection.execute(_ADD_CORRECTION, row)
        except IntegrityError as error:
            raise ShiftError("that correction stands already, or there is no such report") from error

    def correction(self, correction_id: ZCorrectionId) -> ZCorrection | None:
        body = self._connection.execute(_CORRECTION, {"correction_id": correction_id}).scalar()
        return None if body is None else _z_corrections.decode(body)

    def corrections(self, report_id: ZReportId) -> tuple[ZCorrection, ...]:
        """Oldest first."""
        bodies = self._connection.execute(_CORRECTIONS, {"of_report": report_id}).scalars()
        return tuple(_z_corrections.decode(body) for body in bodies)

    def add_copy(self, copy_id: UUID, report_id: ZReportId) -> int | None:
        if self._connection.execute(_COPY, {"copy_id": copy_id}).scalar() is not None:
            return None
        number: int = self._connection.execute(_COPIES, {"of_report": report_id}).scalar_one() + 1
        self._connection.execute(_ADD_COPY, {"id": copy_id, "report_id": report_id, "number": number})
        return number

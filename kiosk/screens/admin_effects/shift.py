"""Shifts and their Z reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.domain.z_report import ZReport
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import new_act_id
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import shift_acts as act


def _load(effect: act.LoadShift, services: AdminServices) -> act.ShiftLoaded:
    return act.ShiftLoaded(effect.visit, services.shifts.now(effect.by))


def _open_drawer(effect: act.OpenDrawer, services: AdminServices) -> None:
    services.shifts.open_drawer(effect.by, new_act_id(services))


def _open(effect: act.OpenShift, services: AdminServices) -> act.ShiftOpened:
    outcome = services.shifts.open(effect.by, effect.act_id or new_act_id(services), effect.float_)
    return act.ShiftOpened(effect.visit, outcome)


def _move(effect: act.MoveCash, services: AdminServices) -> act.CashMoved:
    about = effect.direction, effect.amount, effect.reason
    return act.CashMoved(
        effect.visit, services.shifts.move_cash(effect.by, effect.act_id or new_act_id(services), *about)
    )


def _close(effect: act.CloseShift, services: AdminServices) -> act.ShiftClosed:
    """And shows its report."""
    outcome = services.shifts.close(effect.by, effect.act_id or new_act_id(services), effect.counted, effect.language)
    if not isinstance(outcome, ZReport):
        return act.ShiftClosed(effect.visit, outcome)
    return act.ShiftClosed(effect.visit, services.z_reports.show(effect.by, outcome.id, effect.language))


def _load_reports(effect: act.LoadReports, services: AdminServices) -> act.ReportsLoaded:
    return act.ReportsLoaded(effect.visit, services.z_reports.listed(effect.by))


def _load_report(effect: act.LoadReport, services: AdminServices) -> act.ReportLoaded:
    return act.ReportLoaded(effect.visit, services.z_reports.show(effect.by, effect.report_id, effect.language))


def _copy(effect: act.CopyReport, services: AdminServices) -> act.ReportCopied:
    act_id = effect.act_id or new_act_id(services)
    return act.ReportCopied(effect.visit, services.z_reports.copy(effect.by, act_id, effect.report_id, effect.language))


def _correct(effect: act.CorrectReport, services: AdminServices) -> act.ReportCorrected:
    about = effect.report_id, effect.figure, effect.amount, effect.reason, effect.language
    return act.ReportCorrected(
        effect.visit, services.z_reports.correct(effect.by, effect.act_id or new_act_id(services), *about)
    )


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    act.LoadShift: _load,
    act.OpenDrawer: _open_drawer,
    act.OpenShift: _open,
    act.MoveCash: _move,
    act.CloseShift: _close,
    act.LoadReports: _load_reports,
    act.LoadReport: _load_report,
    act.CopyReport: _copy,
    act.CorrectReport: _correct,
}

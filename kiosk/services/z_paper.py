"""What stands on a Z report, on paper and on the screen: the same rows. Staff stand there by id; `named` puts their
names in its place for whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.ids import StaffId
from kiosk.domain.money import Money
from kiosk.domain.receipt import Align, Columns, Element, Feed, Paper, Rule, Text, TextSize
from kiosk.domain.shift import CashCount
from kiosk.domain.z_report import (
    CorrectedFigure,
    EntryKind,
    Way,
    ZCorrection,
    ZReport,
    corrected_difference_minor,
)
from kiosk.services.ports import Catalogue


@dataclass(frozen=True, slots=True)
class ZWords:
    """In which language, whose terminal, by which clock. `copy` 1, 2 … where it was printed before."""

    texts: Catalogue
    language: str
    canteen: str
    terminal_name: str
    local_time: Callable[[datetime], datetime]
    copy: int = 0


def z_paper(report: ZReport, corrections: Sequence[ZCorrection], words: ZWords) -> Paper:
    _ = words.texts.gettext
    rows: list[Element] = [Text(words.canteen, Align.CENTER, TextSize.TALL, bold=True), Feed()]
    rows.append(Text(_("Z report {number}").format(number=report.number), Align.CENTER, TextSize.BIG, bold=True))
    if words.copy:
        rows.append(Text(_("COPY {n}").format(n=words.copy), Align.CENTER, TextSize.TALL, bold=True))
    rows += [*_head(report, words), Rule(), *_orders(report, words), Rule(), *_ways(report, words)]
    rows += [*_meals(report, words), *_cash(report, words), *_notes(report, words)]
    rows += _corrections(report, corrections, words)
    rows += [Rule(), Text(_("Report {report_id}").format(report_id=str(report.id)[-12:]), Align.CENTER)]
    return Paper(tuple(rows))


def staff_on(report: ZReport, corrections: Sequence[ZCorrection]) -> set[StaffId]:
    """Who is named on it."""
    opened_by = {report.opening.staff} if report.opening is not None else set()
    return {report.staff, *opened_by, *(made.staff for made in corrections)}


def named(paper: Paper, names: Mapping[StaffId, str]) -> Paper:
    """The same paper with names for the ids that stand alone in a row; who has no name any more keeps the id."""
    rows = (
        replace(row, left=names.get(StaffId(row.left), row.left)) if isinstance(row, Columns) and not row.right else row
        for row in paper.elements
    )
    return Paper(tuple(rows))


def _head(report: ZReport, words: ZWords) -> Iterator[Element]:
    _ = words.texts.gettext
    yield Columns(words.terminal_name, f"{report.incarnation}/{report.number}")
    if report.opening is not None:
        yield Columns(_("Shift opened"), _moment(report.opening.opened_at, words))
        yield Columns(report.opening.staff, "", indent=2)
    yield Columns(_("Shift closed"), _moment(report.closed_at, words))
    yield Columns(report.staff, "", indent=2)


def _orders(report: ZReport, words: ZWords) -> Iterator[Element]:
    """What was taken and what of it was not to be."""
    _ = words.texts.gettext
    orders = report.totals.of(EntryKind.ORDER)
    yield Columns(_("Orders taken"), str(orders.count))
    if orders.count:
        yield Columns(_("From and to"), f"{report.totals.first_number} – {report.totals.last_number}")
    yield Columns(_("Their totals"), _yuan(orders.amount_minor))
    names = {
        EntryKind.COUNTER_PAYMENT: _("Paid at the counter"),
        EntryKind.COLLECTION: _("Orders collected"),
        EntryKind.REFUND: _("Refunds"),
        EntryKind.VOID: _("Voids"),
        EntryKind.CANCELLED: _("Cancelled unpaid"),
        EntryKind.UNDONE_COLLECTION: _("Collections undone"),
    }
    for kind, name in names.items():
        found = report.totals.of(kind)
        sign = 1 if kind in (EntryKind.COUNTER_PAYMENT, EntryKind.COLLECTION) else -1
        if found.count:
            yield Columns(f"{name} × {found.count}", _yuan(sign * found.amount_minor))


def _ways(report: ZReport, words: ZWords) -> Iterator[Element]:
    _ = words.texts.gettext
    names = {
        Way.CARD: _("Balance, by card"),
        Way.FACE: _("Balance, by face"),
        Way.POINTS: _("Points"),
        Way.COUPON: _("Coupons"),
        Way.CASH: _("Cash"),
    }
    for way, name in names.items():
        found = report.totals.by(way)
        if found.paid_minor or found.given_back_minor:
            yield Columns(name, _yuan(found.paid_minor))
        if found.given_back_minor:
            yield Columns(_("given back"), _yuan(-found.given_back_minor), indent=2)
    yield Columns(_("Takings"), _yuan(report.totals.net_minor), bold=True)
    if report.totals.discounts_minor:
        yield Columns(_("of it coupons and points"), _yuan(report.totals.discounts_minor), indent=2)


def _meals(report: ZReport, words: ZWords) -> Iterator[Element]:
    if not report.totals.meals:
        return
    _ = words.texts.gettext
    yield Rule()
    yield Text(_("Orders taken by meal period"), bold=True)
    for found in report.totals.meals:
        name = found.meal.name.get(words.language) if found.meal.id else _("Between meals")
        yield Columns(f"{name} × {found.count}", _yuan(found.amount_minor))


def _cash(report: ZReport, words: ZWords) -> Iterator[Element]:
    """The drawer. Where nobody counts one there is cash all the same when staff have refunded or taken some."""
    _ = words.texts.gettext
    totals, opening = report.totals, report.opening
    moved = [totals.of(kind) for kind in (EntryKind.TOP_UP, EntryKind.CASH_IN, EntryKind.CASH_OUT)]
    if opening is None and not any(found.count for found in moved):
        return
    yield Rule()
    if opening is not None:
        yield Columns(_("Float"), _yuan(opening.float_.total.minor))
    cash_minor = totals.by(Way.CASH).net_minor
    yield Columns(_("Cash for orders"), _yuan(cash_minor))
    for found, name in zip(moved, (_("Top-ups in cash"), _("Cash put in"), _("Cash taken out")), strict=True):
        sign = -1 if found.kind is EntryKind.CASH_OUT else 1
        if found.count:
            yield Columns(f"{name} × {found.count}", _yuan(sign * found.amount_minor))
    if opening is None:
        return
    if report.before_opening.cash_minor:
        yield Columns(_("of it before the shift, in the float"), _yuan(-report.before_opening.cash_minor), indent=2)
    yield Columns(_("Expected in the drawer"), _yuan(report.expected_minor or 0), bold=True)
    if report.counted is not None:
        yield Columns(_("Counted in the drawer"), _yuan(report.counted.total.minor), bold=True)
        yield from _pieces(report.counted)
    yield Columns(_("Difference"), _signed(report.difference_minor or 0), bold=True)


def _pieces(counted: CashCount) -> Iterator[Element]:
    for pieces in counted.pieces:
        yield Columns(
            f"{_yuan(pieces.value_minor)} × {pieces.number}", _yuan(pieces.value_minor * pieces.number), indent=2
        )


def _notes(report: ZReport, words: ZWords) -> Iterator[Element]:
    """What else is to be known of this shift."""
    _ = words.texts.gettext
    notes: list[Element] = []
    if report.drawer_openings:
        notes.append(Columns(_("Drawer opened"), str(report.drawer_openings)))
    if report.before_opening.count:
        words_before = _("{n} entries are from before the shift was opened.")
        notes.append(Text(words_before.format(n=report.before_opening.count)))
    if report.being_checked.count:
        notes.append(Columns(_("Payments being checked"), _yuan(report.being_checked.amount_minor)))
        notes.append(Text(_("They belong to the shift in which they end.")))
    if report.missing:
        notes.append(Text(_("{n} entries are too old and not in this report.").format(n=report.missing)))
    if notes:
        yield Rule()
        yield from notes


def _corrections(report: ZReport, corrections: Sequence[ZCorrection], words: ZWords) -> Iterator[Element]:
    _ = words.texts.gettext
    if not corrections:
        return
    yield Rule()
    yield Text(_("Corrections"), bold=True)
    names = {CorrectedFigure.COUNTED: _("Counted in the drawer"), CorrectedFigure.MOVED: _("Cash put in or taken out")}
    for made in corrections:
        yield Columns(names[made.figure], _signed(made.amount.minor))
        yield Columns(made.reason, "", indent=2)
        yield Columns(_moment(made.made_at, words), "", indent=2)
        yield Columns(made.staff, "", indent=2)
    difference_minor = corrected_difference_minor(report, tuple(corrections))
    if difference_minor is not None:
        yield Columns(_("Difference after corrections"), _signed(difference_minor), bold=True)


def _moment(moment: datetime, words: ZWords) -> str:
    return words.local_time(moment).strftime("%Y-%m-%d %H:%M")


def _yuan(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}¥{Money(abs(minor)).decimal_text()}"


def _signed(minor: int) -> str:
    return f"+{_yuan(minor)}" if minor > 0 else _yuan(minor)

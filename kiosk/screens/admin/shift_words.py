"""What the section shift says of things."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.money import Money
from kiosk.domain.z_report import ZReport
from kiosk.screens.admin_flow.shift_state import Choice, ShiftNotice, Told
from kiosk.screens.texts import Texts
from kiosk.services.shifts import ShiftRefusal


def told_words(told: Told, texts: Texts) -> str:
    """What an act did, or why it did nothing."""
    _ = texts.gettext
    return {
        ShiftNotice.OPENED: _("The shift is open."),
        ShiftNotice.CASH_PUT_IN: _("Cash put in. Please put it into the drawer."),
        ShiftNotice.CASH_TAKEN_OUT: _("Cash taken out. Please take it from the drawer."),
        ShiftNotice.CLOSED: _("Closed. The Z report is on its way to the printer."),
        ShiftNotice.COPIED: _("The copy is on its way to the printer."),
        ShiftNotice.CORRECTED: _("The correction stands beside the report."),
        ShiftNotice.NOT_KNOWN: _("The disk did not answer. Touch it again: nothing is done twice."),
        ShiftRefusal.ALREADY_OPEN: _("A shift is open already."),
        ShiftRefusal.NOT_OPEN: _("No shift is open."),
        ShiftRefusal.NO_CASH: _("There is no cash at this terminal."),
        ShiftRefusal.COUNT_MISSING: _("Please count the drawer first."),
        ShiftRefusal.NO_SUCH_REPORT: _("That report is not here."),
        ShiftRefusal.ID_IN_USE: _("That was something else. Please begin again."),
    }[told]


def choice_words(choice: Choice, texts: Texts) -> str:
    _ = texts.gettext
    return {
        Choice.CASH_IN: _("Put in"),
        Choice.CASH_OUT: _("Take out"),
        Choice.COUNTED_MORE: _("More was there than counted"),
        Choice.COUNTED_LESS: _("Less was there than counted"),
        Choice.UNNOTED_IN: _("Cash put in, not noted"),
        Choice.UNNOTED_OUT: _("Cash taken out, not noted"),
    }[choice]


def reasons(choice: Choice, texts: Texts) -> tuple[str, ...]:
    """As they are kept with the act; any other is typed."""
    _ = texts.gettext
    if choice is Choice.CASH_IN:
        return (_("Change fetched"), _("Money brought back"), _("Float topped up"))
    if choice is Choice.CASH_OUT:
        return (_("Brought to the office"), _("Change for another till"), _("Bought something"))
    return (_("Counted again"), _("Forgotten to note"), _("Mistyped"))


def difference_words(report: ZReport, texts: Texts) -> tuple[str, str]:
    """And its tone. Nothing where no cash was counted."""
    minor = report.difference_minor
    if minor is None:
        return "", "ink_soft"
    if not minor:
        return texts.gettext("Balanced"), "positive"
    amount = texts.price_difference(Money(minor))
    return amount, "negative" if minor < 0 else "warning"


def moment_words(moment: datetime) -> str:
    """By the clock of this machine."""
    return moment.astimezone().strftime("%m-%d %H:%M")

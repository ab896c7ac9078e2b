"""Which printer prints which papers. Part of the composition root (kiosk.opening)."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.domain.receipt import PaperKind
from kiosk.settings.devices import PrinterSettings

_PAPERS_OF_USE = {
    "customer": (
        PaperKind.RECEIPT,
        PaperKind.COUNTER_SLIP,
        PaperKind.REFUND_SLIP,
        PaperKind.TOP_UP_SLIP,
        PaperKind.Z_REPORT,
    ),
    "kitchen": (PaperKind.KITCHEN_TICKET,),
}


def printer_names(printers: Iterable[PrinterSettings]) -> dict[PaperKind, str]:
    """By kind of paper the first printer that is meant for it."""
    found: dict[PaperKind, str] = {}
    for printer in printers:
        for use in printer.use:
            for kind in _PAPERS_OF_USE[use]:
                found.setdefault(kind, printer.name)
    return found

"""What all services of a terminal stand on. Part of the composition root (kiosk.opening)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.central_connection import CentralConnection
from kiosk.domain.loyalty import PointsRule
from kiosk.paper_printers import printer_names
from kiosk.screens.bridge import Bridge
from kiosk.screens.texts import texts_for
from kiosk.services.audit import Audit
from kiosk.services.cash_drawer import CashDrawer
from kiosk.services.events import StorageStopped
from kiosk.services.papers import Papers
from kiosk.services.printing import PrintDesk
from kiosk.settings import Settings
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder
from kiosk.system_clock import SystemClock
from kiosk.terminal_store import open_terminal_store


@dataclass(frozen=True, slots=True)
class Groundwork:
    """`timezone`: the canteen's."""

    settings: Settings
    store: SqliteStore
    encoder: WireEncoder
    points_rule: PointsRule
    clock: SystemClock
    timezone: ZoneInfo
    audit: Audit
    central: CentralConnection
    bridge: Bridge
    desk: PrintDesk

    def local_time(self, moment: datetime) -> datetime:
        return moment.astimezone(self.timezone)


def lay_groundwork(settings: Settings, bridge: Bridge) -> Groundwork:
    """Opens the store. Raises CannotOpenStore."""
    store = open_terminal_store(settings)
    store.when_failed(lambda: bridge.publish(StorageStopped()))
    clock, timezone = SystemClock(), ZoneInfo(settings.terminal.timezone)
    audit = Audit(clock)
    points_rule = PointsRule(settings.loyalty.minor_per_point)
    drawer = next((CashDrawer(p.name, store, bridge, audit) for p in settings.printer if p.drawer), None)
    papers = Papers(settings.terminal.name, texts_for)
    return Groundwork(
        settings=settings,
        store=store,
        encoder=WireEncoder(points_rule),
        points_rule=points_rule,
        clock=clock,
        timezone=timezone,
        audit=audit,
        central=CentralConnection(),
        bridge=bridge,
        desk=PrintDesk(store, bridge, papers, clock, timezone, printer_names(settings.printer), drawer),
    )

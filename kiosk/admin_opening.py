"""The services of the admin screen, made on those of the terminal. Part of the composition root (kiosk.opening)."""

from __future__ import annotations

from dataclasses import dataclass
from shutil import disk_usage

from kiosk import VERSION
from kiosk.bundle_sources import BundleSourcesHere, versions_here
from kiosk.domain.money import Money
from kiosk.groundwork import Groundwork
from kiosk.processor_heat import processor_celsius
from kiosk.removable_drives import RemovableDrives
from kiosk.services.begin_enrolment import StaffEnrolments
from kiosk.services.camera_check import CameraCheck
from kiosk.services.cash_top_up import CashTopUps
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.device_reports import DeviceReports
from kiosk.services.face_ports import FaceDesk
from kiosk.services.find_orders import FindOrders
from kiosk.services.forget_face import FaceForgetting
from kiosk.services.getting_in import GettingIn
from kiosk.services.ingredients import IngredientDesk
from kiosk.services.look_up_member import LookUpMembers
from kiosk.services.member_acts import MemberActs
from kiosk.services.menu_of_day import MenuDesk
from kiosk.services.payments_lately import PaymentsLately
from kiosk.services.ports.devices import RunningDevice
from kiosk.services.printer_check import PrinterCheck
from kiosk.services.refund import Refunds
from kiosk.services.reprint import Reprints
from kiosk.services.restarting import Restarting
from kiosk.services.shifts import Shifts
from kiosk.services.stock_acts import StockActs
from kiosk.services.stock_watch import StockWatch
from kiosk.services.support_bundle import SupportBundles
from kiosk.services.terminal_health import HealthCheck
from kiosk.services.upkeep import Upkeep
from kiosk.services.z_reports import ZReports
from kiosk.store.key_file import load_key
from kiosk.store.last_run import DATABASE, KEY
from kiosk.store.pin_hash import pin_matches
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.upkeep import SqlStoreUpkeep
from kiosk.sync.encoder import WireReader
from kiosk.system_clock import SystemClock
from kiosk.terminal_disk import TerminalDisk


@dataclass(frozen=True, slots=True)
class AdminServices:
    """kiosk.screens.admin_effects.AdminServices. `devices`: those that run, told when they do."""

    store: SqliteStore
    clock: SystemClock
    getting_in: GettingIn
    health: HealthCheck
    devices: list[RunningDevice]
    device_reports: DeviceReports
    printer_check: PrinterCheck
    camera_check: CameraCheck
    find_orders: FindOrders
    payments_lately: PaymentsLately
    refunds: Refunds
    counter_payments: CounterPayments
    reprints: Reprints
    look_up_members: LookUpMembers
    member_acts: MemberActs
    face_forgetting: FaceForgetting
    staff_enrolments: StaffEnrolments
    cash_top_ups: CashTopUps
    menu_desk: MenuDesk
    ingredient_desk: IngredientDesk
    stock_acts: StockActs
    shifts: Shifts
    z_reports: ZReports
    upkeep: Upkeep
    support_bundles: SupportBundles
    restarting: Restarting


def admin_services(
    base: Groundwork,
    refunds: Refunds,
    counter_payments: CounterPayments,
    cash_top_ups: CashTopUps,
    watch: StockWatch,
    camera_desk: FaceDesk | None,
    disk: TerminalDisk,
) -> AdminServices:
    """At a counter staff answer for a drawer; elsewhere a shift is the day's closing."""
    settings, store, encoder, desk, central = base.settings, base.store, base.encoder, base.desk, base.central
    clock, audit, events, local_time = base.clock, base.audit, base.bridge, base.local_time
    state_dir, is_counter = settings.terminal.state_dir, settings.terminal.role == "counter"
    currency, devices = Money.zero().currency, list[RunningDevice]()
    database = state_dir / DATABASE
    beside_sales = SqlStoreUpkeep(database, load_key(state_dir / KEY, database))
    sources, drives = BundleSourcesHere(settings), RemovableDrives(settings.support.folder)
    return AdminServices(
        store=store,
        clock=clock,
        getting_in=GettingIn(store, audit, clock, pin_matches),
        health=HealthCheck(store, clock, VERSION, lambda: disk_usage(state_dir).free, local_time, processor_celsius),
        devices=devices,
        device_reports=DeviceReports(devices, clock, local_time),
        printer_check=PrinterCheck(store, desk, clock),
        camera_check=CameraCheck(store, camera_desk, clock),
        find_orders=FindOrders(store, local_time),
        payments_lately=PaymentsLately(store, local_time),
        refunds=refunds,
        counter_payments=counter_payments,
        reprints=Reprints(store, desk, clock),
        look_up_members=LookUpMembers(store),
        member_acts=MemberActs(store, central, encoder, central, events, clock),
        face_forgetting=FaceForgetting(store, encoder, central, events, clock),
        staff_enrolments=StaffEnrolments(store, clock),
        cash_top_ups=cash_top_ups,
        menu_desk=MenuDesk(central, clock, local_time),
        ingredient_desk=IngredientDesk(central),
        stock_acts=StockActs(store, encoder, central, events, clock, watch, sells=not settings.is_of_kitchen),
        shifts=Shifts(store, encoder, WireReader(), desk, central, clock, currency=currency, handles_cash=is_counter),
        z_reports=ZReports(store, encoder, desk, central, clock),
        upkeep=Upkeep(beside_sales, central, disk, clock, versions_here, local_time),
        support_bundles=SupportBundles(
            store, beside_sales, central, disk, sources, drives, audit, clock, versions_here, local_time
        ),
        restarting=Restarting(store, audit, events),
    )

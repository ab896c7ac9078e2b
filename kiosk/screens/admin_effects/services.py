"""What effects of the admin screen are run with."""

from __future__ import annotations

from typing import Protocol

from kiosk.domain.clock import Clock
from kiosk.services.begin_enrolment import StaffEnrolments
from kiosk.services.camera_check import CameraCheck
from kiosk.services.cash_top_up import CashTopUps
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.device_reports import DeviceReports
from kiosk.services.find_orders import FindOrders
from kiosk.services.forget_face import FaceForgetting
from kiosk.services.getting_in import GettingIn
from kiosk.services.ingredients import IngredientDesk
from kiosk.services.look_up_member import LookUpMembers
from kiosk.services.member_acts import MemberActs
from kiosk.services.menu_of_day import MenuDesk
from kiosk.services.payments_lately import PaymentsLately
from kiosk.services.ports import Store
from kiosk.services.printer_check import PrinterCheck
from kiosk.services.refund import Refunds
from kiosk.services.reprint import Reprints
from kiosk.services.restarting import Restarting
from kiosk.services.shifts import Shifts
from kiosk.services.stock_acts import StockActs
from kiosk.services.support_bundle import SupportBundles
from kiosk.services.terminal_health import HealthCheck
from kiosk.services.upkeep import Upkeep
from kiosk.services.z_reports import ZReports


class AdminServices(Protocol):
    """A line a service."""

    @property
    def getting_in(self) -> GettingIn: ...
    @property
    def stock_acts(self) -> StockActs: ...
    @property
    def shifts(self) -> Shifts: ...
    @property
    def z_reports(self) -> ZReports: ...
    @property
    def menu_desk(self) -> MenuDesk: ...
    @property
    def ingredient_desk(self) -> IngredientDesk: ...
    @property
    def find_orders(self) -> FindOrders: ...
    @property
    def payments_lately(self) -> PaymentsLately: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def counter_payments(self) -> CounterPayments: ...
    @property
    def look_up_members(self) -> LookUpMembers: ...
    @property
    def member_acts(self) -> MemberActs: ...
    @property
    def face_forgetting(self) -> FaceForgetting: ...
    @property
    def staff_enrolments(self) -> StaffEnrolments: ...
    @property
    def cash_top_ups(self) -> CashTopUps: ...
    @property
    def reprints(self) -> Reprints: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def health(self) -> HealthCheck: ...
    @property
    def device_reports(self) -> DeviceReports: ...
    @property
    def printer_check(self) -> PrinterCheck: ...
    @property
    def camera_check(self) -> CameraCheck: ...
    @property
    def upkeep(self) -> Upkeep: ...
    @property
    def support_bundles(self) -> SupportBundles: ...
    @property
    def restarting(self) -> Restarting: ...

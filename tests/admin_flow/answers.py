"""What services answer, for walks through the admin screen: a line an effect. An effect without a line is never
answered; a section adds its own here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiosk.domain.ids import PaymentId
from kiosk.screens.admin_door import AdminAnswer, AdminEffect
from kiosk.screens.admin_flow import health_state as health
from kiosk.screens.admin_flow import ingredients_events as ingredients
from kiosk.screens.admin_flow import members
from kiosk.screens.admin_flow import members_events as act
from kiosk.screens.admin_flow import orders_events as orders
from kiosk.screens.admin_flow import shift_acts as shift
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.services.begin_enrolment import EnrolmentHindrance
from kiosk.services.device_reports import DevicesSeen
from kiosk.services.entry import NotEntered, Refusal
from kiosk.services.journal import Fate
from kiosk.services.member_acts import BlockEnd
from kiosk.services.payments_lately import PaymentLately
from kiosk.services.ports import Integrity
from kiosk.services.printer_check import PageSent
from kiosk.services.restarting import Hindrance
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from kiosk.services.terminal_health import TerminalHealth
from kiosk.services.z_reports import Copied
from tests.admin_flow.larder import booked, larder
from tests.admin_flow.shift_scenes import OPEN, OPENING, listed, shown
from tests.admin_flow.test_members import SEEN
from tests.admin_flow.test_members_acts import FOUND, begun, once_unreachable
from tests.admin_flow.test_orders import NOON, details, page, sold
from tests.admin_flow.upkeep_scenes import DRIVE, TOLD_BAD, WRITTEN
from tests.admin_flow.upkeep_scenes import SEEN as SEEN_UPKEEP

_ORDER = sold()
_FOUND = page(_ORDER, older=True)
_PAYMENT = PaymentLately(PaymentId(UUID(int=2)), "1234", NOON, _ORDER.total, Fate.BEING_CHECKED)
_NOTHING = Refused(RefusedReason.NOTHING_LEFT)
TERMINAL = TerminalHealth("1.0", 3, None, datetime(2026, 3, 2, 12, 0, tzinfo=UTC), 20_000_000_000)


def _once_not_known(effect: Any) -> Refused | NotKnown:
    """The end of an act: found out when it is asked for again."""
    return NotKnown(UUID(int=3)) if effect.act_id is None else _NOTHING


ANSWERS: Mapping[type[AdminEffect], Callable[[Any], AdminAnswer]] = {
    ingredients.SeeIngredients: lambda effect: ingredients.IngredientsTold(effect.visit, effect, larder()),
    **dict.fromkeys((ingredients.DeliverIngredient, ingredients.CountIngredient, ingredients.WasteIngredient), booked),
    ingredients.UndoIngredientAct: booked,
    shift.LoadShift: lambda effect: shift.ShiftLoaded(effect.visit, OPEN),
    shift.OpenShift: lambda effect: shift.ShiftOpened(effect.visit, OPENING),
    shift.MoveCash: lambda effect: shift.CashMoved(effect.visit, NotKnown(UUID(int=7))),
    shift.CloseShift: lambda effect: shift.ShiftClosed(effect.visit, shown()),
    shift.LoadReports: lambda effect: shift.ReportsLoaded(effect.visit, listed(12)),
    shift.LoadReport: lambda effect: shift.ReportLoaded(effect.visit, shown()),
    shift.CopyReport: lambda effect: shift.ReportCopied(effect.visit, Copied(1)),
    shift.CorrectReport: lambda effect: shift.ReportCorrected(effect.visit, shown(corrected=True)),
    health.LookAtTerminal: lambda effect: health.TerminalLooked(effect.visit, TERMINAL),
    health.LookAtDevices: lambda effect: health.DevicesLooked(effect.visit, DevicesSeen({}, NOON)),
    health.PrintTestPage: lambda effect: health.PageAnswered(effect.visit, effect.printer, PageSent(UUID(int=8))),
    health.ShowCamera: lambda effect: health.CameraAnswered(effect.visit, effect.task, has_desk=True),
    orders.FindNewest: lambda effect: orders.OrdersFound(effect.visit, _FOUND, is_page=True),
    orders.FindUntil: lambda effect: orders.OrdersFound(effect.visit, _FOUND, is_page=True),
    **dict.fromkeys(
        (orders.FindByNumber, orders.FindByCard, orders.FindByCode),
        lambda effect: orders.OrdersFound(effect.visit, _FOUND),
    ),
    orders.LoadOrder: lambda effect: orders.OrderLoaded(effect.visit, effect.order_id, details(_ORDER)),
    **dict.fromkeys(
        (orders.Refund, orders.VoidOrder),
        lambda effect: orders.GivenBack(effect.visit, effect.asked, _once_not_known(effect)),
    ),
    **dict.fromkeys(
        (orders.Reprint, orders.SendToKitchen),
        lambda effect: orders.PaperSent(effect.visit, effect.order_id, _NOTHING),
    ),
    orders.ListPayments: lambda effect: orders.PaymentsListed(effect.visit, (_PAYMENT,)),
    members.LookUpMember: lambda effect: members.MemberLookedUp(effect.visit, effect.card_uid, SEEN),
    act.FindMembers: lambda effect: act.MembersFound(effect.visit, FOUND),
    act.ReadMember: lambda effect: act.MemberRead(effect.visit, effect.member_id, SEEN),
    act.BlockCard: lambda effect: act.DoneHere(effect.visit, begun(effect), BlockEnd.BLOCKED),
    act.DeleteFace: lambda effect: act.DoneHere(effect.visit, begun(effect), NotKnown(UUID(int=3))),
    act.BeginEnrolment: lambda effect: act.EnrolmentHindered(effect.visit, EnrolmentHindrance.FORGETTING),
    act.Correct: lambda effect: act.SecondRefused(effect.visit, NotEntered(Refusal.WRONG, 1.0)),
    **dict.fromkeys(
        (act.BindCard, act.UnblockCard, act.KeepDiet),
        lambda effect: act.CentralAnswered(effect.visit, begun(effect), once_unreachable(effect)),
    ),
    up.LookAtUpkeep: lambda effect: up.UpkeepLooked(effect.visit, SEEN_UPKEEP),
    up.AskCentral: lambda effect: up.CentralAnswered(effect.visit, TOLD_BAD),
    up.CheckDatabase: lambda effect: up.DatabaseChecked(effect.visit, Integrity.WHOLE),
    up.FindPlaces: lambda effect: up.PlacesFound(effect.visit, (DRIVE,)),
    up.WriteBundle: lambda effect: up.BundleWritten(effect.visit, WRITTEN),
    up.Restart: lambda effect: up.RestartAnswered(effect.visit, Hindrance.PAYMENT),
    members.TopUp: lambda effect: members.ToppedUp(effect.visit, effect.asked, _once_not_known(effect)),
}

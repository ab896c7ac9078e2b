"""The flow of the screens, pure: (state, event) → (state, effects). No Kivy, no I/O, no clock.

state.py: what is shown. events.py: what can happen. effects.py: what the flow wants done.
visit.py: coming, greeting, idling, leaving. ordering.py: choosing. redeeming.py: points, coupons. paying.py: settling.
facing.py: by face. checking.py: what is not known yet. account.py: My account. enrolling.py: a face.
sharing.py: with other terminals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.screens.flow import (
    account,
    checking,
    enrolling,
    facing,
    ordering,
    paying,
    redeeming,
    reserving,
    sharing,
    visit,
)
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import FACE_SCREENS, ScreenName, State
from kiosk.services import events as service

Handler = Callable[[State, Any], Step]


def _load_menu(state: State, _event: service.MenuChanged) -> Step:
    return state, (fx.LoadMenu(),)


def _load_levels(state: State, _event: service.StockChanged) -> Step:
    return state, (fx.LoadLevels(),)


def _load_faces(state: State, _event: service.FacesChanged) -> Step:
    return state, (fx.LoadFaces(),)


def _on_tick(state: State, event: ev.Tick) -> Step:
    state, effects = visit.on_tick(state, event)
    for on_tick in (checking.on_tick, facing.on_tick, account.on_tick, enrolling.on_tick):
        state, more = on_tick(state)
        effects = (*effects, *more)
    return state, effects


def _on_identified(state: State, event: ev.CustomerIdentified) -> Step:
    if enrolling.is_another(state, event):
        return enrolling.another_refused(state)
    state, effects = visit.on_identified(state, event)
    if state.staff_present is None:
        return state, effects
    state, more = enrolling.identified_for_staff(state)
    return state, (*effects, *more)


def _on_back(state: State, event: ev.BackTouched) -> Step:
    if state.screen is ScreenName.ACCOUNT:
        return account.on_back(state)
    if state.screen in enrolling.SCREENS:
        return enrolling.on_back(state)
    return facing.on_back(state, event)


def _told(of_trying: Handler, of_facing: Handler) -> Handler:
    """By the desk, of the one look that goes on."""

    def on_told(state: State, event: Any) -> Step:
        return (of_trying if state.enrolling is not None else of_facing)(state, event)

    return on_told


def _nothing(state: State, _event: object) -> Step:
    return state, ()


_HANDLERS: dict[type, Handler] = {
    ev.Tick: _on_tick,
    ev.Touched: visit.on_touched,
    ev.MoreTimeTouched: visit.on_more_time,
    ev.CancelTouched: visit.on_cancel,
    ev.DoneTouched: visit.on_done,
    ev.OrderingStarted: visit.on_started,
    ev.CustomerIdentified: _on_identified,
    ev.BalanceTouched: visit.on_balance,
    ev.LanguageChosen: visit.on_language,
    ev.TextSizeChosen: visit.on_text_size,
    ev.ContrastChosen: visit.on_contrast,
    ev.LayoutChosen: visit.on_layout,
    ev.MenuLoaded: ordering.on_menu_loaded,
    ev.LevelsLoaded: ordering.on_levels_loaded,
    ev.CategoryChosen: ordering.on_category,
    ev.SearchChanged: ordering.on_search,
    ev.FiltersOpened: ordering.on_filters,
    ev.DietChosen: ordering.on_diet,
    ev.DishOpened: ordering.on_dish_opened,
    ev.ComboOpened: ordering.on_combo_opened,
    ev.LineOpened: ordering.on_line_opened,
    ev.DishQuickAdded: ordering.on_quick_added,
    ev.SlotUnfolded: ordering.on_slot_unfolded,
    ev.ChoiceChanged: ordering.on_choice,
    ev.SheetQuantityChanged: ordering.on_sheet_quantity,
    ev.SheetConfirmed: ordering.on_sheet_confirmed,
    ev.SheetClosed: ordering.on_sheet_closed,
    ev.LineQuantityChanged: ordering.on_line_quantity,
    ev.CheckoutOpened: paying.on_checkout,
    ev.DiningModeChosen: paying.on_dining_mode,
    ev.MethodChosen: facing.on_method,
    ev.MemberPaymentChosen: facing.on_member_payment,
    ev.UsualChosen: facing.on_usual,
    ev.PointsChosen: redeeming.on_points,
    ev.CouponsOpened: redeeming.on_coupons_opened,
    ev.CouponChosen: redeeming.on_coupon,
    ev.CheckoutFinished: paying.on_checkout_finished,
    ev.CartReserved: reserving.on_reserved,
    ev.BackTouched: _on_back,
    ev.FaceLookTouched: facing.on_look,
    ev.FaceTryAgainTouched: facing.on_try_again,
    ev.FaceConfirmed: facing.on_confirmed,
    ev.DigitTouched: facing.on_digit,
    ev.FaceIdentified: facing.on_face_identified,
    ev.PaymentChecked: checking.on_payment_checked,
    acc.AccountOpened: account.on_opened,
    acc.AccountLoaded: account.on_loaded,
    acc.ForgetFaceTouched: account.on_forget,
    acc.ForgetFaceAnswered: account.on_forget_answered,
    acc.FaceForgettingFinished: account.on_forgetting_finished,
    acc.EnrolFaceTouched: enrolling.on_enrol,
    acc.RenewFaceTouched: enrolling.on_renew,
    acc.StaffEnrolmentBegun: enrolling.on_staff,
    acc.ConsentTextRead: enrolling.on_text,
    acc.AgeAnswered: enrolling.on_age,
    acc.SharingTouched: sharing.on_touched,
    acc.ConsentAnswered: enrolling.on_consent,
    acc.ConsentTaken: enrolling.on_consent_taken,
    acc.EnrolmentFinished: enrolling.on_finished,
    acc.TryFaceTouched: enrolling.on_try,
    acc.FaceResultRead: enrolling.on_read,
    service.CardPresented: visit.on_card,
    service.CodeScanned: _nothing,
    service.DeviceHealthChanged: visit.on_health,
    service.CameraWatching: visit.on_camera,
    service.CentralLinkChanged: visit.on_link,
    service.MenuChanged: _load_menu,
    service.StockChanged: _load_levels,
    service.MembersChanged: _nothing,
    service.FacesChanged: _load_faces,
    service.StaffChanged: _nothing,
    service.FaceReadinessChanged: visit.on_face_readiness,
    service.FaceSeen: _told(enrolling.on_seen, facing.on_seen),
    service.FaceJudged: _told(enrolling.on_judged, facing.on_judged),
    service.LookEnded: _told(enrolling.on_look_ended, facing.on_ended),
    service.PosingChanged: enrolling.on_posing,
    service.PrintJobChanged: visit.on_print_job,
    service.DrawerAsked: _nothing,
    service.StorageStopped: visit.on_storage_stopped,
}


# While a payment is in flight only its outcome ends it: these touches come too late.
_TOO_LATE = (
    ev.OrderingStarted,
    ev.DishOpened,
    ev.ComboOpened,
    ev.LineOpened,
    ev.DishQuickAdded,
    ev.SheetConfirmed,
    ev.LineQuantityChanged,
    ev.CheckoutOpened,
    ev.DiningModeChosen,
    ev.MethodChosen,
    ev.MemberPaymentChosen,
    ev.UsualChosen,
    ev.PointsChosen,
    ev.CouponsOpened,
    ev.CouponChosen,
    ev.BackTouched,
    ev.CancelTouched,
    ev.DoneTouched,
    ev.FaceLookTouched,
    ev.FaceTryAgainTouched,
    ev.FaceConfirmed,
    ev.DigitTouched,
)


def step(state: State, event: ev.FlowEvent) -> Step:
    """The next state and what is to be done outside. The same inputs always give the same answer."""
    if state.in_flight and isinstance(event, _TOO_LATE):
        return state, ()
    after, effects = _HANDLERS[type(event)](state, event)
    return reserving.reserve_or_let_go(state, *_let_go_of_face(state, after, effects))


def _let_go_of_face(before: State, after: State, effects: tuple[fx.Effect, ...]) -> Step:
    """Whatever led away from a look: the camera goes off, and who it may have been is forgotten."""
    if after.facing is not None and after.screen not in FACE_SCREENS:
        after = replace(after, facing=None)
    task = _running_task(before)
    if task is not None and _running_task(after) != task:
        effects = (*effects, fx.StopFace(task))
    return after, effects


def _running_task(state: State) -> int | None:
    """What the desk is doing."""
    return facing.running_task(state) or enrolling.running_task(state)

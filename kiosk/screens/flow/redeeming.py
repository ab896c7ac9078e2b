"""Points and coupons of the member who has tapped the card: what they can take off this order, and what is chosen.

Both need central (docs/decisions/0004), so without it nothing of them is used and the screen says so.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.coupon import Coupon
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod, PaymentPart, value_of, with_balance
from kiosk.domain.pricing import price_cart
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import Redeeming, ScreenName, State
from kiosk.services.events import LinkState


def total_of(state: State) -> Money:
    """What the cart costs; nothing without a menu."""
    return price_cart(state.session.cart, state.menu).total if state.menu else Money.zero()


def fitting_coupons(state: State) -> tuple[Coupon, ...]:
    """The member's coupons that take something off this order."""
    customer, total = state.session.customer, total_of(state)
    coupons = customer.member.coupons if customer else ()
    return tuple(coupon for coupon in coupons if coupon.part_of(total) is not None)


def chosen_coupon(state: State) -> Coupon | None:
    chosen = state.session.redeeming.coupon_id
    return next((coupon for coupon in fitting_coupons(state) if coupon.id == chosen), None)


def redeemable_points(state: State) -> PaymentPart | None:
    """The most that the member's points can pay beside the coupon that is chosen; None: nothing."""
    customer, total = state.session.customer, total_of(state)
    if customer is None:
        return None
    coupon = _coupon_part(state)
    left = total - coupon.value if coupon else total
    return state.redeem_rule.redeemable(customer.member.points, total, left)


def chosen_parts(state: State) -> tuple[PaymentPart, ...]:
    """What is paid by coupon and points."""
    if state.link is not LinkState.ONLINE:
        return ()
    points = redeemable_points(state) if state.session.redeeming.points else None
    return tuple(part for part in (_coupon_part(state), points) if part is not None)


def money_to_pay(state: State) -> Money:
    """What coupon and points leave of the total."""
    total = total_of(state)
    return value_of(with_balance(chosen_parts(state), total), PaymentMethod.BALANCE, total.currency)


def on_points(state: State, event: ev.PointsChosen) -> Step:
    return _redeeming(state, replace(state.session.redeeming, points=event.use)), ()


def on_coupons_opened(state: State, event: ev.CouponsOpened) -> Step:
    if event.is_open and (state.screen is not ScreenName.CHECKOUT or not fitting_coupons(state)):
        return state, ()
    return replace(state, choosing_coupon=event.is_open), ()


def on_coupon(state: State, event: ev.CouponChosen) -> Step:
    state = _redeeming(state, replace(state.session.redeeming, coupon_id=event.coupon_id))
    return replace(state, choosing_coupon=False), ()


def without(state: State, refused: PaymentMethod) -> State:
    """Central does not give the coupon or the points that were shown: for this visit they are gone."""
    customer, chosen = state.session.customer, state.session.redeeming
    if customer is None:
        return state
    member = customer.member
    if refused is PaymentMethod.COUPON:
        member = replace(member, coupons=tuple(c for c in member.coupons if c.id != chosen.coupon_id))
        chosen = replace(chosen, coupon_id=None)
    else:
        member, chosen = replace(member, points=0), replace(chosen, points=False)
    session = replace(state.session, customer=replace(customer, member=member), redeeming=chosen)
    return replace(state, session=session)


def _coupon_part(state: State) -> PaymentPart | None:
    coupon = chosen_coupon(state)
    return coupon.part_of(total_of(state)) if coupon else None


def _redeeming(state: State, chosen: Redeeming) -> State:
    return replace(state, session=replace(state.session, redeeming=chosen))

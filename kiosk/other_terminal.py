"""A self-service terminal without a screen, for the counter's demonstration: it takes an order that is to be paid at
the counter, as a guest would at the real one."""

from __future__ import annotations

import threading
import time

import msgspec

from kiosk.companions import run_once
from kiosk.domain.cart import Cart, Selection
from kiosk.domain.menu import Menu
from kiosk.domain.order import DiningMode
from kiosk.domain.pricing import price_cart
from kiosk.opening import Services, build_services
from kiosk.playing import STEP_WITHIN_S, DemonstrationFailed
from kiosk.screens.bridge import Bridge
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.outcomes import DueAtCounter
from kiosk.settings import Settings
from kiosk.terminal_store import enrol_terminal

_LOOK_EVERY_S = 0.02


class OtherTerminal:
    """`settings`: the counter's, whose central it enrols with."""

    def __init__(self, settings: Settings) -> None:
        state_dir = settings.terminal.state_dir.parent / "other-terminal"
        terminal = msgspec.structs.replace(settings.terminal, name="一号终端", role="order", state_dir=state_dir)
        self._embedded = settings.central.embedded
        self._settings = msgspec.structs.replace(settings, terminal=terminal, card_reader=(), scanner=(), printer=())

    def order(self) -> str:
        """The number of an order that central knows and nobody has paid. Raises DemonstrationFailed, CompanionFailed,
        CentralRefused, CentralUnreachable, StorageFailed."""
        services = build_services(self._settings, Bridge())
        try:
            if services.store.identity() is None:
                code = run_once(["central", "enrol-code", "--config", str(self._embedded)]).split()[0]
                enrol_terminal(self._settings, services.store, code)
            identity = services.store.identity()
            if identity is None:
                raise DemonstrationFailed("the other terminal is not enrolled")
            services.central.connect(self._settings.central, identity, services.store, services.bridge)
            try:
                return _take(services)
            finally:
                services.central.stop()
        finally:
            services.store.close()


def _take(services: Services) -> str:
    menu = _menu(services)
    cart = Cart().add(Selection.of_dish(menu.dishes[0]))
    request = CheckoutRequest(cart, price_cart(cart, menu).total, DiningMode.DINE_IN, "zh")
    outcome = services.checkout.take_order_for_counter(request, None)
    if not isinstance(outcome, DueAtCounter):
        raise DemonstrationFailed("the other terminal took no order")
    deadline_s = time.monotonic() + STEP_WITHIN_S
    while _waiting(services):
        _pause(deadline_s, "the other terminal's order does not reach central")
    return outcome.order.number


def _menu(services: Services) -> Menu:
    deadline_s = time.monotonic() + STEP_WITHIN_S
    while True:
        with services.store.transaction() as tx:
            menu = tx.menus.current()
        if menu is not None:
            return menu
        _pause(deadline_s, "the other terminal gets no menu")


def _waiting(services: Services) -> int:
    with services.store.transaction() as tx:
        return tx.outbox.waiting()


def _pause(deadline_s: float, what: str) -> None:
    if time.monotonic() > deadline_s:
        raise DemonstrationFailed(what)
    threading.Event().wait(_LOOK_EVERY_S)

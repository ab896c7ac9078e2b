"""Runs what the flow wants done: services on executors, their answers back as events on the Kivy clock.

Payments have a thread of their own, one at a time and never cancelled: a payment belongs to the service, not to a
screen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.domain.clock import Clock
from kiosk.domain.ids import PaymentId
from kiosk.domain.payer import ByCard
from kiosk.screens.account_effects import AccountServices, answer_to
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.face_effects import FaceEffects, FaceServices
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.services.identify import CardNotKnown, Identity, identify
from kiosk.services.journal import PaymentJournal
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Outcome
from kiosk.services.ports import StorageFailed, Store
from kiosk.services.stock_watch import StockWatch

if TYPE_CHECKING:
    from kiosk.screens.admin_effects import AdminServices
    from kiosk.services.checkout import Checkout
    from kiosk.services.reserving import Reserving

log = logging.getLogger(__name__)


class Services(Protocol):
    """What effects are run with."""

    @property
    def store(self) -> Store: ...
    @property
    def checkout(self) -> Checkout: ...
    @property
    def reserving(self) -> Reserving: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def journal(self) -> PaymentJournal: ...
    @property
    def face(self) -> FaceServices | None: ...
    @property
    def account(self) -> AccountServices: ...
    @property
    def stock_watch(self) -> StockWatch: ...
    @property
    def admin(self) -> AdminServices: ...


class EffectRunner:
    """`services` is called on the executors' threads and may wait until they are open. `post` takes an event of the
    flow from any thread to the app; `play_sound` is called on the UI thread."""

    def __init__(
        self,
        services: Callable[[], Services],
        post: Callable[[Any], None],
        play_sound: Callable[[fx.SoundKind], None],
    ) -> None:
        self._services = services
        self._post = post
        self._play_sound = play_sound
        self._payments = ThreadPoolExecutor(1, "checkout")
        self._lookups = ThreadPoolExecutor(1, "lookup")
        self._accounts = ThreadPoolExecutor(1, "account")
        self._admin_acts = ThreadPoolExecutor(1, "admin")
        self._faces = FaceEffects(services)

    def __call__(self, effect: fx.Effect | AdminEffect) -> None:
        """Start it and return at once."""
        match effect:
            case AdminEffect():
                self._run(self._admin_acts, lambda: self._for_staff(effect))
            case fx.PlaySound(kind):
                self._play_sound(kind)
            case fx.Identify(session_id, uid):
                self._run(self._lookups, lambda: ev.CustomerIdentified(session_id, self._identify(uid)))
            case fx.LoadMenu():
                self._run(self._lookups, self._load_menu)
            case fx.LoadLevels():
                self._run(self._lookups, self._load_levels)
            case fx.PayByCard() | fx.PayByFace() | fx.TakeOrderForCounter():
                self._run(self._payments, lambda: ev.CheckoutFinished(effect.session_id, self._settle(effect)))
            case fx.Reserve() | fx.LetGo():
                self._run(self._payments, lambda: self._reserve(effect))
            case fx.CheckPayment(payment_id):
                self._run(self._payments, lambda: self._check(payment_id))
            case (
                fx.LookForFace()
                | fx.TakePoses()
                | fx.StopFace()
                | fx.LoadFaces()
                | fx.IdentifyFace()
                | fx.IdentifyByDigits()
            ):
                self._run(self._lookups, lambda: self._faces.run(effect))
            case _:
                self._run(self._accounts, lambda: answer_to(effect, lambda: self._services().account))

    def stop(self) -> None:
        """Wait for what is in flight: a payment is never cut off."""
        self._lookups.shutdown(wait=True, cancel_futures=True)
        self._accounts.shutdown(wait=True)
        self._admin_acts.shutdown(wait=True)
        self._payments.shutdown(wait=True)

    def _run(self, executor: Executor, work: Callable[[], object]) -> None:
        """Post what the work makes, unless that is nothing."""

        def job() -> None:
            try:
                event = work()
            except Exception:
                log.exception("effect_failed")
                return
            if event is not None:
                self._post(event)

        executor.submit(job)

    def _reserve(self, effect: fx.Reserve | fx.LetGo) -> ev.CartReserved | None:
        """Where the disk fails, the payment says so."""
        if isinstance(effect, fx.LetGo):
            self._services().reserving.let_go()
            return None
        try:
            short = self._services().reserving.freeze(effect.cart, effect.shown_total)
        except StorageFailed:
            short = None
        return ev.CartReserved(effect.session_id, effect.cart, short)

    def _settle(self, effect: fx.PayByCard | fx.PayByFace | fx.TakeOrderForCounter) -> Outcome:
        """A fault of ours in the middle of a payment leaves it unknown, once it was begun; at the counter nothing can
        be charged."""
        from kiosk.services.checkout import CheckoutRequest  # with its papers and slips: not before the first frame

        others = () if isinstance(effect, fx.TakeOrderForCounter) else effect.others
        request = CheckoutRequest(effect.cart, effect.shown_total, effect.dining_mode, effect.language, others)
        checkout = self._services().checkout
        try:
            if isinstance(effect, fx.TakeOrderForCounter):
                return checkout.take_order_for_counter(request, effect.payer)
            payer = ByCard(effect.card_uid) if isinstance(effect, fx.PayByCard) else effect.payer
            return checkout.pay(request, payer)
        except Exception:
            log.exception("checkout_failed")
            if not isinstance(effect, fx.TakeOrderForCounter) and checkout.begun is not None:
                return BeingChecked(checkout.begun, effect.shown_total)
            return NotCharged(NotChargedReason.STORAGE_FAILED, effect.shown_total)

    def _for_staff(self, effect: AdminEffect) -> object:
        from kiosk.screens.admin_effects import answered  # with all that the admin screen needs: not before it is open

        return answered(effect, lambda: self._services().admin)

    def _check(self, payment_id: PaymentId) -> ev.PaymentChecked | None:
        """None: it cannot be found out yet; the flow asks again."""
        try:
            return ev.PaymentChecked(payment_id, self._services().journal.check(payment_id))
        except StorageFailed:
            return None

    def _identify(self, uid: str) -> Identity:
        try:
            services = self._services()
            return identify(services.store, uid, services.clock.now())
        except StorageFailed:
            log.exception("identify_failed")
            return CardNotKnown(uid)

    def _load_menu(self) -> ev.MenuLoaded | None:
        services = self._services()
        with services.store.transaction() as tx:
            menu, levels, counts = tx.menus.current(), tx.stock.levels(), tx.stock.newest_counts()
        services.stock_watch.see(levels, counts)
        return ev.MenuLoaded(menu, levels) if menu else None

    def _load_levels(self) -> ev.LevelsLoaded:
        services = self._services()
        with services.store.transaction() as tx:
            levels, counts = tx.stock.levels(), tx.stock.newest_counts()
        services.stock_watch.see(levels, counts)
        return ev.LevelsLoaded(levels)

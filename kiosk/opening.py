"""The terminal's services, made on its store: what the first frame does not need.

Part of the composition root (kiosk.bootstrap). Importing this takes longer than drawing the menu.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from kiosk import VERSION
from kiosk.admin_opening import AdminServices, admin_services
from kiosk.central_connection import CentralConnection
from kiosk.domain.audit import Act
from kiosk.face.desk import CameraDesk
from kiosk.face.look_alikes import LookAlikes
from kiosk.face.model_files import ModelMissing
from kiosk.face.model_versions import versions_of
from kiosk.groundwork import Groundwork, lay_groundwork
from kiosk.screens.bridge import Bridge
from kiosk.services.accounts import Accounts
from kiosk.services.audit import TERMINAL, Audit
from kiosk.services.cash_top_up import CashTopUps, TopUpLimits
from kiosk.services.checkout import Checkout
from kiosk.services.collect_order import CollectOrders
from kiosk.services.collection_book import CollectionBook
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.counter_sale import CashSales
from kiosk.services.due_orders import FindDueOrders
from kiosk.services.ended_faces import EndedFaces
from kiosk.services.enrol_face import EnrolmentRules, FaceEnrolment
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.faces_of import FacesHere
from kiosk.services.forget_face import FaceForgetting
from kiosk.services.journal import CardPayment, PaymentJournal
from kiosk.services.kitchen import MarkTickets
from kiosk.services.lane import Lane
from kiosk.services.printing import PrintDesk
from kiosk.services.refund import Refunds
from kiosk.services.reserving import Reserving
from kiosk.services.stock_watch import StockWatch
from kiosk.services.undo_collection import UndoCollections
from kiosk.settings import Settings
from kiosk.settings.face import FaceSettings
from kiosk.store.sqlite_store import SqliteStore
from kiosk.system_clock import SystemClock
from kiosk.terminal_disk import TerminalDisk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FaceServices:
    """What there is where faces are recognised. `models`: the versions of those in use, by name."""

    desk: CameraDesk
    here: FacesHere
    models: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccountServices:
    """kiosk.screens.account_effects.AccountServices."""

    accounts: Accounts
    enrolment: FaceEnrolment
    forgetting: FaceForgetting
    clock: SystemClock


@dataclass(frozen=True, slots=True)
class Services:
    """What runs behind the screens. `left_unseen`: a payment by card that the last run may not have told the end of.
    `face`: None where the settings have no [face], no [camera], or the models are missing."""

    store: SqliteStore
    central: CentralConnection
    desk: PrintDesk
    checkout: Checkout
    reserving: Reserving
    journal: PaymentJournal
    left_unseen: CardPayment | None
    refunds: Refunds
    counter_payments: CounterPayments
    cash_top_ups: CashTopUps
    cash_sales: CashSales
    lane: Lane
    bridge: Bridge
    clock: SystemClock
    audit: Audit
    ended_faces: EndedFaces
    due_orders: FindDueOrders
    collect_orders: CollectOrders
    undo_collections: UndoCollections
    mark_tickets: MarkTickets
    face: FaceServices | None
    account: AccountServices
    stock_watch: StockWatch
    disk: TerminalDisk
    admin: AdminServices

    def note_stop(self) -> None:
        """The program ends as it should; a start without this before it followed a crash or a power cut."""
        with self.store.transaction() as tx:
            self.audit.record(tx, TERMINAL, Act.STOPPED)


def build_services(settings: Settings, bridge: Bridge) -> Services:
    """Open the store, settle what a crash left open, and make the services. Raises CannotOpenStore, StorageFailed."""
    base = lay_groundwork(settings, bridge)
    store, encoder, desk, central, clock = base.store, base.encoder, base.desk, base.central, base.clock
    points_rule, counter_limits = base.points_rule, settings.counter_limits()
    face_limits = _face_limits(settings, base.timezone)
    journal = PaymentJournal(store, encoder, clock, base.local_time)
    left_unseen = journal.at_start()
    _note_start(base, left_unseen)
    reserving = Reserving(store, central, settings.stock.oversell_portions)
    limits = face_limits, counter_limits
    checkout = Checkout(store, central, encoder, desk, central, clock, points_rule, *limits, reserving)
    counter_payments = CounterPayments(store, encoder, desk, central, clock, points_rule)
    book = CollectionBook(encoder, desk, clock, points_rule)
    refunds = Refunds(store, encoder, desk, central, clock)
    cash_top_ups = CashTopUps(store, encoder, desk, central, clock, _top_up_limits(settings))
    face, watch, disk = _face_services(base), StockWatch(clock), TerminalDisk(settings.terminal.state_dir)
    camera = face.desk if face else None
    return Services(
        store=store,
        central=central,
        desk=desk,
        checkout=checkout,
        reserving=reserving,
        journal=journal,
        left_unseen=left_unseen,
        refunds=refunds,
        counter_payments=counter_payments,
        cash_top_ups=cash_top_ups,
        cash_sales=CashSales(store, encoder, desk, central, clock, counter_limits, reserving),
        lane=Lane(checkout, store, clock, settings.counter.ask_again_s),
        bridge=bridge,
        clock=clock,
        audit=base.audit,
        ended_faces=EndedFaces(store, encoder, central, bridge, clock, timedelta(days=_face(settings).keep_ended_days)),
        due_orders=FindDueOrders(store, central, clock),
        collect_orders=CollectOrders(
            store, central, central, counter_payments, encoder, desk, central, clock, book, face_limits
        ),
        undo_collections=UndoCollections(store, encoder, desk, central, clock),
        mark_tickets=MarkTickets(store, encoder, central),
        face=face,
        account=_account_services(base, face),
        stock_watch=watch,
        disk=disk,
        admin=admin_services(base, refunds, counter_payments, cash_top_ups, watch, camera, disk),
    )


def _note_start(base: Groundwork, left_unseen: CardPayment | None) -> None:
    if left_unseen:
        log.warning("payment_left_unseen", extra={"payment": str(left_unseen.payment_id), "fate": left_unseen.fate})
    fingerprint, left_open = _fingerprint(base.settings), int(left_unseen is not None)
    with base.store.transaction() as tx:
        base.audit.record(tx, TERMINAL, Act.STARTED, version=VERSION, settings=fingerprint, left_open=left_open)


def _face(settings: Settings) -> FaceSettings:
    """Faces may be here from before [face] was taken out."""
    return settings.face or FaceSettings()


def _face_limits(settings: Settings, timezone: ZoneInfo) -> FacePaymentLimits | None:
    face = settings.face
    return None if face is None else FacePaymentLimits(face.largest_minor, face.daily_minor, timezone)


def _face_services(base: Groundwork) -> FaceServices | None:
    """Nothing of a model is loaded yet: the desk does that when it is started."""
    settings = base.settings
    if settings.face is None or settings.camera is None:
        return None
    try:
        models = versions_of(settings.face.model)
    except ModelMissing:
        log.exception("face_models_missing")
        return None
    here = FacesHere(base.store, base.clock, models)
    return FaceServices(CameraDesk(settings.face, here.usable, base.bridge, base.bridge.preview), here, models)


def _account_services(base: Groundwork, face: FaceServices | None) -> AccountServices:
    """Without [face], too: faces may be here from before."""
    store, encoder, central, bridge, clock = base.store, base.encoder, base.central, base.bridge, base.clock
    models = face.models if face else {}
    alike = LookAlikes(_face(base.settings), face.here) if face else None
    return AccountServices(
        Accounts(store, FacesHere(store, clock, models), base.local_time),
        FaceEnrolment(store, encoder, central, bridge, clock, EnrolmentRules(models), alike),
        FaceForgetting(store, encoder, central, bridge, clock),
        clock,
    )


def _top_up_limits(settings: Settings) -> TopUpLimits:
    return TopUpLimits(settings.cash_top_up.largest_minor, settings.cash_top_up.largest_balance_minor)


def _fingerprint(settings: Settings) -> str:
    """The settings' SHA-256: the same for the same settings, whatever the file's comments say."""
    return sha256(msgspec.json.encode(settings, enc_hook=str, order="deterministic")).hexdigest()

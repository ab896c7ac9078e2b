"""Opening the terminal's store and making the services on it: what the first frame does not need.

Part of the composition root (kiosk.bootstrap). Importing this takes longer than drawing the menu.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from kiosk import VERSION
from kiosk.admin_opening import AdminServices, admin_services
from kiosk.central_connection import CentralConnection, address_of
from kiosk.domain.audit import Act
from kiosk.domain.loyalty import PointsRule
from kiosk.face.desk import CameraDesk
from kiosk.face.model_files import ModelMissing
from kiosk.face.model_versions import versions_of
from kiosk.paper_printers import printer_names
from kiosk.screens.bridge import Bridge
from kiosk.screens.texts import texts_for
from kiosk.services.accounts import Accounts
from kiosk.services.audit import TERMINAL, Audit
from kiosk.services.cash_drawer import CashDrawer
from kiosk.services.cash_top_up import CashTopUps, TopUpLimits
from kiosk.services.checkout import Checkout
from kiosk.services.collect_order import CollectOrders
from kiosk.services.collection_book import CollectionBook
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.counter_sale import CashSales
from kiosk.services.due_orders import FindDueOrders
from kiosk.services.ended_faces import EndedFaces
from kiosk.services.enrol_face import EnrolmentRules, FaceEnrolment
from kiosk.services.events import StorageStopped
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.faces_of import FacesHere
from kiosk.services.forget_face import FaceForgetting
from kiosk.services.journal import CardPayment, PaymentJournal
from kiosk.services.kitchen import MarkTickets
from kiosk.services.lane import Lane
from kiosk.services.papers import Papers
from kiosk.services.printing import PrintDesk
from kiosk.services.refund import Refunds
from kiosk.services.reserving import Reserving
from kiosk.services.stock_watch import StockWatch
from kiosk.services.undo_collection import UndoCollections
from kiosk.settings import Settings
from kiosk.settings.face import FaceSettings
from kiosk.store.database import put_back
from kiosk.store.key_file import load_key
from kiosk.store.last_run import DATABASE, KEY
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.encoder import WireEncoder
from kiosk.system_clock import SystemClock
from kiosk.terminal_disk import TerminalDisk

log = logging.getLogger(__name__)


def open_terminal_store(settings: Settings) -> SqliteStore:
    """The terminal's database in its state folder. Raises CannotOpenStore."""
    state_dir = settings.terminal.state_dir
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open_store(state_dir / DATABASE, state_dir / KEY)


def restore_terminal_store(settings: Settings, copy: Path) -> None:
    """Put the database in the state folder back to that copy; the terminal must not be running. Raises CannotOpenStore,
    BackupFailed."""
    state_dir = settings.terminal.state_dir
    database = state_dir / DATABASE
    put_back(copy, load_key(state_dir / KEY, database), database)
    store = open_terminal_store(settings)  # brings an old copy up to date, and says now what is wrong with it
    try:
        with store.transaction() as tx:
            tx.orders.leave_gap(_today(settings))
            Audit(SystemClock()).record(tx, operator(), Act.RESTORED)
    finally:
        store.close()


def enrol_terminal(settings: Settings, store: SqliteStore, code: str) -> None:
    """Make this machine the terminal that the code stands for. Raises CentralRefused, CentralUnreachable."""
    from kiosk.sync.enrol import enrol

    identity = enrol(address_of(settings.central), code, settings.terminal.name, settings.terminal.role)
    with store.transaction() as tx:
        was_on_another_disk = tx.identity.is_forgotten() or (tx.identity.get() is None and identity.incarnation > 1)
        if was_on_another_disk:
            # Two disks on one day, both enrolled anew, are two incarnations.
            tx.orders.leave_gap(_today(settings), gaps=2 + identity.incarnation % 7)
        tx.enrol(identity)
        Audit(SystemClock()).record(
            tx, operator(), Act.ENROLLED, identity.terminal_id, incarnation=identity.incarnation, letter=identity.letter
        )


def _today(settings: Settings) -> date:
    """The canteen's, by this machine's clock: order numbers are of a day."""
    return SystemClock().now().astimezone(ZoneInfo(settings.terminal.timezone)).date()


def operator() -> str:
    """Who gives a command at this machine, for the audit log: the account's number, as its name is a person's."""
    return f"os-uid:{os.getuid()}"


def back_up(store: SqliteStore, target: Path) -> None:
    """A checked copy of the database, and a word about it in the audit log. Raises BackupFailed, StorageFailed."""
    store.backup_to(target)
    with store.transaction() as tx:
        Audit(SystemClock()).record(tx, operator(), Act.BACKED_UP)


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
    store = open_terminal_store(settings)
    store.when_failed(lambda: bridge.publish(StorageStopped()))
    points_rule = PointsRule(settings.loyalty.minor_per_point)
    encoder = WireEncoder(points_rule)
    clock, central = SystemClock(), CentralConnection()
    papers = Papers(settings.terminal.name, texts_for)
    timezone = ZoneInfo(settings.terminal.timezone)
    journal = PaymentJournal(store, encoder, clock, lambda moment: moment.astimezone(timezone))
    audit, left_unseen = Audit(clock), journal.at_start()
    _note_start(settings, store, audit, left_unseen)
    drawer = next((CashDrawer(p.name, store, bridge, audit) for p in settings.printer if p.drawer), None)
    desk = PrintDesk(store, bridge, papers, clock, timezone, printer_names(settings.printer), drawer)
    counter_limits, face_limits = settings.counter_limits(), _face_limits(settings, timezone)
    reserving = Reserving(store, central, settings.stock.oversell_portions)
    limits = face_limits, counter_limits
    checkout = Checkout(store, central, encoder, desk, central, clock, points_rule, *limits, reserving)
    counter_payments = CounterPayments(store, encoder, desk, central, clock, points_rule)
    book = CollectionBook(encoder, desk, clock, points_rule)
    face, watch = _face_services(settings, store, clock, bridge), StockWatch(clock)
    refunds = Refunds(store, encoder, desk, central, clock)
    cash_top_ups = CashTopUps(store, encoder, desk, central, clock, _top_up_limits(settings))
    disk = TerminalDisk(settings.terminal.state_dir)
    return Services(
        store,
        central,
        desk,
        checkout,
        reserving,
        journal,
        left_unseen,
        refunds,
        counter_payments,
        cash_top_ups,
        CashSales(store, encoder, desk, central, clock, counter_limits, reserving),
        Lane(checkout, store, clock, settings.counter.ask_again_s),
        bridge,
        clock,
        audit,
        EndedFaces(store, encoder, central, bridge, clock, timedelta(days=_face(settings).keep_ended_days)),
        FindDueOrders(store, central, clock),
        CollectOrders(store, central, central, counter_payments, encoder, desk, central, clock, book, face_limits),
        UndoCollections(store, encoder, desk, central, clock),
        MarkTickets(store, encoder, central),
        face,
        _account_services(store, encoder, central, bridge, clock, timezone, face),
        watch,
        disk,
        admin_services(
            settings,
            store,
            clock,
            audit,
            encoder,
            desk,
            refunds,
            counter_payments,
            cash_top_ups,
            central,
            bridge,
            watch,
            face.desk if face else None,
            disk,
        ),
    )


def _note_start(settings: Settings, store: SqliteStore, audit: Audit, left_unseen: CardPayment | None) -> None:
    if left_unseen:
        log.warning("payment_left_unseen", extra={"payment": str(left_unseen.payment_id), "fate": left_unseen.fate})
    left_open = int(left_unseen is not None)
    with store.transaction() as tx:
        audit.record(tx, TERMINAL, Act.STARTED, version=VERSION, settings=_fingerprint(settings), left_open=left_open)


def _face(settings: Settings) -> FaceSettings:
    """Faces may be here from before [face] was taken out."""
    return settings.face or FaceSettings()


def _face_limits(settings: Settings, timezone: ZoneInfo) -> FacePaymentLimits | None:
    face = settings.face
    return None if face is None else FacePaymentLimits(face.largest_minor, face.daily_minor, timezone)


def _face_services(settings: Settings, store: SqliteStore, clock: SystemClock, bridge: Bridge) -> FaceServices | None:
    """Nothing of a model is loaded yet: the desk does that when it is started."""
    if settings.face is None or settings.camera is None:
        return None
    try:
        models = versions_of(settings.face.model)
    except ModelMissing:
        log.exception("face_models_missing")
        return None
    here = FacesHere(store, clock, models)
    return FaceServices(CameraDesk(settings.face, here.usable, bridge, bridge.preview), here, models)


def _account_services(
    store: SqliteStore,
    encoder: WireEncoder,
    central: CentralConnection,
    bridge: Bridge,
    clock: SystemClock,
    timezone: ZoneInfo,
    face: FaceServices | None,
) -> AccountServices:
    """Without [face], too: faces may be here from before."""
    models = face.models if face else {}
    return AccountServices(
        Accounts(store, FacesHere(store, clock, models), lambda moment: moment.astimezone(timezone)),
        FaceEnrolment(store, encoder, central, bridge, clock, EnrolmentRules(models)),
        FaceForgetting(store, encoder, central, bridge, clock),
        clock,
    )


def _top_up_limits(settings: Settings) -> TopUpLimits:
    return TopUpLimits(settings.cash_top_up.largest_minor, settings.cash_top_up.largest_balance_minor)


def _fingerprint(settings: Settings) -> str:
    """The settings' SHA-256: the same for the same settings, whatever the file's comments say."""
    return sha256(msgspec.json.encode(settings, enc_hook=str, order="deterministic")).hexdigest()

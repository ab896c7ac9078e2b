"""The messages between terminal and central, shared by both. JSON over HTTP, bodies may be gzip-compressed.

Compatibility: PROTOCOL is sent in every request (`X-Kiosk-Protocol`); central speaks OLDEST_PROTOCOL to PROTOCOL.
Unknown fields are ignored when reading, so a new optional field (with a default) breaks nobody.

Identity: a terminal signs each request with its Ed25519 key (RFC 8032). Header
`Authorization: Kiosk terminal="…",incarnation="1",signature="<base64>"` over `signed_bytes(...)`.

Epochs: a central that was put back to a backup is in a new epoch, which the feed names. From then on it takes grant
requests and pushes only with that `epoch`, and from a terminal that has announced what it holds (docs/decisions/0004,
rule 6). A message of protocol 1 or 2 names none: that is the epoch before any restore.

| call | request → reply |
|---|---|
| POST /v1/enrol | EnrolRequest → Enrolled (no signature: the code proves it) |
| POST /v1/grants | GrantRequest → GrantReply |
| POST /v1/push | PushBatch → PushReply: booked, or in quarantine, before the reply |
| POST /v1/backlog | packed PushBatch (`pack_batch`) → PushReply: durable with the reply, booked soon after |
| POST /v1/due-orders | DueOrdersRequest → DueOrdersReply |
| POST /v1/claim | ClaimRequest → ClaimReply |
| POST /v1/announce | Announcement → AnnouncementReply |
| POST /v1/audit | AuditBatch → AuditReply |
| POST /v1/faces | FaceExchange → FaceExchangeReply |
| GET /v1/feed?epoch=&after=&limit=&wait_s= | → FeedPage (long poll) |
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from kiosk.domain.audit import CountersignedHead
from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.due_order import DueOrder
from kiosk.domain.face_consent import FaceConsent, FaceDeletion
from kiosk.domain.ids import DishId, FaceConsentId, FaceDeletionId, MemberId
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.refund import Refund
from kiosk.domain.stock import StockMovement
from kiosk.domain.wallet import Spend
from kiosk.sync.packing import PackingError, pack, unpack

T = TypeVar("T")

PROTOCOL = 3
OLDEST_PROTOCOL = 1  # older than promised, as long as it costs nothing
PROTOCOL_HEADER = "X-Kiosk-Protocol"
PACKED = "application/vnd.kiosk.packed"  # the body of a backlog
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_PUSH_EVENTS = 1000
MAX_EVENT_BYTES = 256 * 1024  # a full cart of combos with options comes to some 70 kB
MAX_FEED_ROWS = 10_000
MAX_ANNOUNCED_GRANTS = 500
MAX_ABANDONS = 100
FIRST_PROTOCOL_WITH_EPOCHS = 3
MAX_AUDIT_ENTRIES = 200
MAX_FACE_LETTERS = 20  # of one exchange
MAX_FACE_LETTER_BYTES = 256 * 1024  # of which a template of two models and five poses takes some 6 kB
MAX_FACE_REFUSAL_CHARS = 40
BOX_KEY_BYTES = 32  # X25519 (RFC 7748), raw
BOX_CERTIFICATE_BYTES = 32  # HMAC-SHA256
MAX_DUE_ORDERS = 20
MAX_WAIT_S = 30


class WireError(Exception):
    """Bytes that are not a message of ours; says why."""


# --- enrolment ---


class EnrolRequest(msgspec.Struct, frozen=True):
    """`public_key` is the raw Ed25519 key in base64, made on the terminal; the private half never leaves it."""

    code: str
    public_key: str
    terminal_name: str


class Enrolled(msgspec.Struct, frozen=True):
    """`letter` starts this terminal's order numbers. `incarnation` counts enrolments of the same terminal."""

    terminal_id: str
    incarnation: int
    letter: str
    canteen_name: str


# --- grants ---


class GrantRequest(msgspec.Struct, frozen=True):
    """Exactly `amount` for the member of that card, and exactly each of `further` (points, one coupon): all or nothing.
    `amount` may be zero when there are further ones. `abandons`: earlier request ids that will never be spent, at
    most MAX_ABANDONS. `face_consent`: the member was recognised by face, under that consent, and there is no card
    (`card_uid` is "")."""

    request_id: UUID
    card_uid: str
    amount: Money
    abandons: tuple[UUID, ...] = ()
    further: tuple[Money, ...] = ()
    epoch: str = ""
    face_consent: FaceConsentId | None = None


class GrantReply(msgspec.Struct, frozen=True):
    """Issued when there are ids: `grant_id` for an amount above zero, in `further` those of the further amounts in the
    request's order. Then `member_id` and `free_after` are set too. Else `refusal` says why
    (kiosk.services.ports.Refusal) and, for insufficient only, `free` how much there is in all, `held_elsewhere` how
    much of it other terminals hold and did not give back in time. `seal` belongs to the first grant, `further_seals`
    to the further ones, for announcing them."""

    grant_id: UUID | None = None
    member_id: MemberId | None = None
    free_after: Money | None = None
    refusal: str | None = None
    free: Money | None = None
    held_elsewhere: Money | None = None
    further: tuple[UUID, ...] = ()
    seal: str = ""
    further_seals: tuple[str, ...] = ()


# --- push: what the terminal did ---


class SpendRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One use of a grant. With its `close_after`-th spend the grant is closed; None: it stays open."""

    spend: Spend
    close_after: int | None = None


class OrderRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="order_recorded"):
    """An order was taken: paid out of the member's wallet through `spends` (of each unit what the payment's parts say),
    or due at the counter, or both. `points` are earned by the member; stock moves with it. `spend` and `close_after`
    are how protocol 1 told of its only spend: `all_spends` has both."""

    order: Order
    payment: Payment
    movements: tuple[StockMovement, ...]
    spend: Spend | None = None
    close_after: int | None = None
    points: int = 0
    spends: tuple[SpendRecord, ...] = ()

    @property
    def all_spends(self) -> tuple[SpendRecord, ...]:
        if self.spend is None:
            return self.spends
        return (SpendRecord(self.spend, self.close_after), *self.spends)


class GrantReleased(msgspec.Struct, frozen=True, tag="grant_released"):
    """The request will never be spent: close its grant without a spend, or refuse it should it still arrive."""

    request_id: UUID


class GrantClosed(msgspec.Struct, frozen=True, tag="grant_closed"):
    """The terminal made `spends` spends under that grant and will make no more: what is left is free when all of them
    are in."""

    grant_id: UUID
    spends: int


class RefundRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="order_refunded"):
    """An order, or part of it, was given back by the terminal that sold it. `movements`: what of it goes back into
    stock. Which of the points it had earned go, central works out."""

    refund: Refund
    movements: tuple[StockMovement, ...] = ()


class CounterPaymentRecorded(msgspec.Struct, frozen=True, omit_defaults=True, tag="counter_payment_recorded"):
    """An order that was due at the counter was paid there in cash, which earns its member `points`; or cancelled, and
    `movements` puts it back into stock."""

    payment: CounterPayment
    movements: tuple[StockMovement, ...] = ()
    points: int = 0


class OrderCollected(msgspec.Struct, frozen=True, omit_defaults=True, tag="order_collected"):
    """An order that was due at the counter, of whichever terminal, was paid at the signing one: in cash, or through
    `spends`, which are the collection's amount. `points`: what that money earns its member."""

    collection: Collection
    spends: tuple[SpendRecord, ...] = ()
    points: int = 0


class CollectionUndone(msgspec.Struct, frozen=True, tag="collection_undone"):
    """A collection of the signing terminal was undone there. A central that does not know this event yet keeps it in
    quarantine."""

    undone: UndoneCollection


class CashTopUpRecorded(msgspec.Struct, frozen=True, tag="cash_top_up_recorded"):
    """Cash was taken for a member's balance."""

    top_up: CashTopUp


class FaceConsentGiven(msgspec.Struct, frozen=True, tag="face_consent_given"):
    """A member's face was enrolled at the terminal, or its consent renewed there. The face itself is not told."""

    consent: FaceConsent


class FaceForgotten(msgspec.Struct, frozen=True, omit_defaults=True, tag="face_forgotten"):
    """A member's face is to be forgotten everywhere; at the terminal it was, if it was enrolled there under
    `consent_id`."""

    deletion: FaceDeletion
    consent_id: FaceConsentId | None = None


class FaceDestroyed(msgspec.Struct, frozen=True, tag="face_destroyed"):
    """The terminal has heard of a deletion, or the consent has ended: the key is destroyed of the face that was there
    under it, enrolled or as a copy."""

    consent_id: FaceConsentId


class FaceCopyAnswered(msgspec.Struct, frozen=True, omit_defaults=True, tag="face_copy_answered"):
    """What became of a letter (FaceLetterRecord) at its terminal: a copy of the face is there under that consent; or
    none, and `refusal` says why (kiosk.domain.face_copy.CopyRefusal)."""

    letter_id: UUID
    member_id: MemberId
    consent_id: FaceConsentId
    refusal: str = ""


TerminalEvent = (
    OrderRecorded
    | GrantReleased
    | GrantClosed
    | RefundRecorded
    | CounterPaymentRecorded
    | OrderCollected
    | CollectionUndone
    | CashTopUpRecorded
    | FaceConsentGiven
    | FaceForgotten
    | FaceDestroyed
    | FaceCopyAnswered
)


class PushedEvent(msgspec.Struct, frozen=True):
    """`id` is a UUIDv7 for ever; `body` is the event's JSON, byte for byte as the terminal stored it."""

    id: UUID
    body: msgspec.Raw


class PushBatch(msgspec.Struct, frozen=True):
    """Events `first_seq`, `first_seq + 1`, … of the signing terminal's incarnation, 1-based without gaps."""

    first_seq: int
    events: tuple[PushedEvent, ...]
    epoch: str = ""


class Quarantined(msgspec.Struct, frozen=True):
    seq: int
    reason: str


class PushReply(msgspec.Struct, frozen=True):
    """Everything up to `last_seq` is durable at central. `quarantined`: kept there but not booked, with why; of a
    backlog, which is not booked yet, nothing is told. A gap is not an error of transport: `last_seq` then says from
    where to send again."""

    last_seq: int
    quarantined: tuple[Quarantined, ...] = ()


# --- announcement: what a terminal holds, for a central that was restored ---


class AnnouncedGrant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grant of the signing terminal, as central once issued it, with central's seal."""

    id: UUID
    member_id: MemberId
    incarnation: int
    amount: Money
    seal: str
    request_id: UUID | None = None


class Announcement(msgspec.Struct, frozen=True):
    """Every grant that the terminal holds or that an event it still keeps speaks of, in as many messages as it takes:
    `more` follow. `epoch` is the one that the terminal has taken from the feed."""

    epoch: str
    grants: tuple[AnnouncedGrant, ...]
    more: bool = False


class AnnouncementReply(msgspec.Struct, frozen=True):
    """Of this incarnation's events central has everything up to `last_seq`; the terminal sends again from there."""

    last_seq: int


# --- audit log (docs/decisions/0006) ---


class AuditBatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """Entries `first_seq`, `first_seq + 1`, … of that log, as they are stored (kiosk.domain.audit); none just asks.
    `newest`: the last head of it that central countersigned, `witness`: the last of central's own log that the
    terminal has seen. Central finds out with them when it has forgotten what it knew."""

    log_id: UUID
    first_seq: int
    entries: tuple[bytes, ...] = ()
    newest: CountersignedHead | None = None
    witness: CountersignedHead | None = None


class AuditReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """Central has that log up to `last_seq` and countersigns it there (`head`; none before the first entry).
    `public_key`: what to check that with. `disputes`: what does not fit with what central has (kiosk.domain.audit)."""

    last_seq: int
    public_key: bytes
    head: CountersignedHead | None = None
    witness: CountersignedHead | None = None
    disputes: tuple[str, ...] = ()


# --- copies of faces (docs/decisions/0008): central passes sealed letters on and opens none ---


class FaceBox(msgspec.Struct, frozen=True):
    """What letters for a terminal are sealed to: `public_key` is half of a pair made there. `certificate` is made with
    the site's key, which terminals have and central has not."""

    terminal_id: str
    incarnation: int
    id: UUID
    public_key: bytes
    certificate: bytes


class FaceLetterWanted(msgspec.Struct, frozen=True):
    """Central asks one terminal that has the face for a letter with it, for the terminal whose box that is."""

    letter_id: UUID
    member_id: MemberId
    consent_id: FaceConsentId
    box: FaceBox


class FaceLetter(msgspec.Struct, frozen=True):
    """The one that was asked for."""

    letter_id: UUID
    consent_id: FaceConsentId
    box_id: UUID
    sealed: bytes


class FaceLetterRefused(msgspec.Struct, frozen=True):
    """Of a letter that was asked for: it is not made; of one that was made: it is not taken."""

    letter_id: UUID
    reason: str


class FaceSharer(msgspec.Struct, frozen=True):
    """A terminal that shares; `letter` is how people know it."""

    letter: str
    box: FaceBox


class FaceExchange(msgspec.Struct, frozen=True, omit_defaults=True):
    """`box`: the sender's own, newest. `letters` and `declined` answer what was asked for before. `lists_sharers`: for
    people to see."""

    box: FaceBox | None = None
    letters: tuple[FaceLetter, ...] = ()
    declined: tuple[FaceLetterRefused, ...] = ()
    lists_sharers: bool = False


class FaceExchangeReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`is_on`: central passes letters on at all."""

    is_on: bool = False
    wanted: tuple[FaceLetterWanted, ...] = ()
    refused: tuple[FaceLetterRefused, ...] = ()
    sharers: tuple[FaceSharer, ...] = ()


# --- orders that are due at the counter (docs/decisions/0010) ---


class DueOrdersRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of the site's orders that wait for the counter: those under that `number`, of that card's member, or that one.
    Exactly one is asked for."""

    number: str = ""
    card_uid: str = ""
    order_id: UUID | None = None


class DueOrdersReply(msgspec.Struct, frozen=True):
    """Newest first, at most MAX_DUE_ORDERS. Nothing of who ordered."""

    orders: tuple[DueOrder, ...]


class ClaimRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """The signing terminal is about to settle it as that collection; `given_up`: it is not, after all."""

    collection_id: UUID
    order_id: UUID
    payment_id: UUID
    given_up: bool = False


class ClaimReply(msgspec.Struct, frozen=True):
    """`answer`: kiosk.domain.collection.ClaimAnswer."""

    answer: str


# --- feed: what central knows ---


class StockRecord(msgspec.Struct, frozen=True):
    """`portions` None: not counted."""

    dish_id: DishId
    portions: int | None
    sold_out: bool = False


class GrantRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pre-grant for the terminal that reads this row (nobody else gets it), of that incarnation. `recalled`: central
    asks for it back; the terminal answers with GrantClosed. Gone: it was written off, no spend may follow. `seal` is
    for announcing it."""

    id: UUID
    member_id: MemberId
    incarnation: int
    amount: Money
    recalled: bool = False
    seal: str = ""


class TerminalRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A terminal of the site in its newest incarnation. `public_key`: its raw Ed25519 key, which signs its slips."""

    id: str
    incarnation: int
    letter: str
    public_key: bytes
    is_revoked: bool = False


class CollectedRecord(msgspec.Struct, frozen=True):
    """For the terminal that took the order: another one has settled what was due for that payment. Gone: that was
    undone, and it is due again."""

    due_payment_id: UUID
    order_id: UUID


class FaceRecord(msgspec.Struct, frozen=True):
    """The newest deletion of that member's face: whatever was enrolled without knowing of it is to be destroyed."""

    member_id: MemberId
    deletion_id: FaceDeletionId


class FaceLetterRecord(msgspec.Struct, frozen=True):
    """A letter for the terminal that reads this row (nobody else gets it), sealed to that box; the terminal answers
    with FaceCopyAnswered."""

    member_id: MemberId
    consent_id: FaceConsentId
    box_id: UUID
    sealed: bytes


GONE = msgspec.Raw(b"null")


class FeedRow(msgspec.Struct, frozen=True, gc=False):
    """The newest state of one thing: `kind` is menu (key ""), member, card, stock, grant, face (key: the member's id),
    face_letter, terminal or collected (key: the payment's id); a `body` of null (GONE) means gone. Bodies: Menu,
    Member, Card (kiosk.domain), StockRecord, GrantRecord, FaceRecord, FaceLetterRecord, TerminalRecord,
    CollectedRecord. Unknown kinds are skipped; protocol 1 is given nothing that is for one terminal alone, and letters
    are only for terminals that have announced a box."""

    seq: int
    kind: str
    key: str
    body: msgspec.Raw  # not `Raw | None`: msgspec would read only null then

    @property
    def is_gone(self) -> bool:
        return self.body == GONE


class FeedPage(msgspec.Struct, frozen=True):
    """Rows after the cursor in order of seq. Another `epoch` than asked for: forget the cursor, this page starts at
    the beginning. `more`: ask again at once."""

    epoch: str
    rows: tuple[FeedRow, ...]
    next_after: int
    more: bool


# --- bytes ---

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no message of that type."""

_BEHIND_ID = b'":"'
_encoder = msgspec.json.Encoder(order="deterministic")
_event_decoder: msgspec.json.Decoder[TerminalEvent] = msgspec.json.Decoder(TerminalEvent)


def encode(message: object) -> bytes:
    """JSON bytes, the same for the same message in every process."""
    return _encoder.encode(message)


def decode(body: bytes | msgspec.Raw, type_: type[T]) -> T:
    """Read a message. Raises WireError with a reason for anything that is not one."""
    try:
        message: T = _decoder_of(type_).decode(body)  # type: ignore[arg-type]  # a type is hashable
    except UNREADABLE as error:
        raise WireError(str(error)) from error
    return message


@cache
def _decoder_of(type_: type) -> msgspec.json.Decoder[Any]:
    """Made once a type: for a small body, making it costs more than reading."""
    return msgspec.json.Decoder(type_)


def decode_event(body: bytes | msgspec.Raw) -> TerminalEvent:
    """Read one pushed event. Raises WireError."""
    try:
        return _event_decoder.decode(body)
    except UNREADABLE as error:
        raise WireError(str(error)) from error


def pack_batch(batch: PushBatch) -> bytes:
    """The body of a backlog: the first number, then each event's id and body as texts of `kiosk.sync.packing`."""
    events = (event.id.hex.encode("ascii") + _BEHIND_ID + event.body for event in batch.events)
    return pack([f"{batch.first_seq} {batch.epoch}".encode("ascii"), *events])


def unpack_batch(packed: bytes) -> PushBatch:
    """Read a backlog; its bodies come back byte for byte and are not looked into. Raises WireError."""
    try:
        head, *texts = unpack(packed, MAX_BODY_BYTES)
        first_seq, _, epoch = head.partition(b" ")
        return PushBatch(int(first_seq), tuple(_packed_event(text) for text in texts), epoch.decode("ascii"))
    except (PackingError, ValueError) as error:
        raise WireError(str(error)) from error


def _packed_event(text: bytes) -> PushedEvent:
    id_, behind, body = text.partition(_BEHIND_ID)
    if not behind:
        raise WireError("an event without an id")
    return PushedEvent(UUID(hex=id_.decode("ascii")), msgspec.Raw(body))


def signed_bytes(method: str, path_and_query: str, terminal_id: str, incarnation: int, body: bytes) -> bytes:
    """What a terminal signs: every part that gives the request its meaning. `body` as sent (after compression)."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(["kiosk-1", method, path_and_query, terminal_id, str(incarnation), digest]).encode()

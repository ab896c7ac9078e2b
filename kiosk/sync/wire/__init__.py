"""The messages between terminal and central, shared by both. JSON over HTTP, bodies may be gzip-compressed.

Both programs import them from here (`wire.GrantRequest`); each call has a file of its own, with its limits.

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
| POST /v1/portions | PortionsRequest → PortionsReply |
| POST /v1/push | PushBatch → PushReply: booked, or in quarantine, before the reply |
| POST /v1/backlog | packed PushBatch (`pack_batch`) → PushReply: durable with the reply, booked soon after |
| POST /v1/due-orders | DueOrdersRequest → DueOrdersReply |
| POST /v1/claim | ClaimRequest → ClaimReply |
| POST /v1/menu-changes | MenuChangesRequest → MenuChangesReply |
| POST /v1/member-acts | MemberActRequest → MemberActReply |
| POST /v1/ingredients | IngredientsRequest → IngredientsReply |
| POST /v1/announce | Announcement → AnnouncementReply |
| POST /v1/audit | AuditBatch → AuditReply |
| POST /v1/faces | FaceExchange → FaceExchangeReply |
| GET /v1/feed?epoch=&after=&limit=&wait_s= | → FeedPage (long poll) |
| GET /v1/kitchen?epoch=&after=&wait_s= | → KitchenPage (long poll), for the roles "kitchen" and "board" alone |
| GET /v1/kitchen-feed?epoch=&after=&limit=&wait_s= | → FeedPage (long poll): what these two need of it |
| GET /v1/upkeep?epoch=&after= | → UpkeepReply; an older central answers 404 |
"""

from kiosk.sync.wire.announcement import MAX_ANNOUNCED_GRANTS, AnnouncedGrant, Announcement, AnnouncementReply
from kiosk.sync.wire.audit import MAX_AUDIT_ENTRIES, AuditBatch, AuditReply
from kiosk.sync.wire.codec import UNREADABLE, WireError, decode, encode
from kiosk.sync.wire.due_orders import MAX_DUE_ORDERS, ClaimReply, ClaimRequest, DueOrdersReply, DueOrdersRequest
from kiosk.sync.wire.enrolment import Enrolled, EnrolRequest
from kiosk.sync.wire.events import (
    MAX_EVENT_BYTES,
    CardBlocked,
    CashMoved,
    CashTopUpRecorded,
    CollectionUndone,
    CounterPaymentRecorded,
    FaceConsentGiven,
    FaceCopyAnswered,
    FaceDestroyed,
    FaceForgotten,
    GrantClosed,
    GrantReleased,
    OrderCollected,
    OrderRecorded,
    PortionsGivenBack,
    RefundRecorded,
    ShiftClosed,
    ShiftCorrected,
    SpendRecord,
    StockActRecorded,
    TerminalEvent,
    TicketMarked,
    decode_event,
)
from kiosk.sync.wire.faces import (
    BOX_CERTIFICATE_BYTES,
    BOX_KEY_BYTES,
    MAX_FACE_LETTER_BYTES,
    MAX_FACE_LETTERS,
    MAX_FACE_REFUSAL_CHARS,
    FaceBox,
    FaceExchange,
    FaceExchangeReply,
    FaceLetter,
    FaceLetterRefused,
    FaceLetterWanted,
    FaceSharer,
)
from kiosk.sync.wire.feed import (
    GONE,
    MAX_FEED_ROWS,
    MAX_WAIT_S,
    CollectedRecord,
    FaceLetterRecord,
    FaceRecord,
    FeedPage,
    FeedRow,
    GrantRecord,
    StaffRecord,
    StockRecord,
    TerminalRecord,
)
from kiosk.sync.wire.grants import MAX_ABANDONS, GrantReply, GrantRequest
from kiosk.sync.wire.ingredients import IngredientsReply, IngredientsRequest
from kiosk.sync.wire.kitchen import MAX_TICKETS, KitchenPage, TicketRecord
from kiosk.sync.wire.member_acts import MemberActReply, MemberActRequest
from kiosk.sync.wire.menu_changes import MenuChangesReply, MenuChangesRequest
from kiosk.sync.wire.packing import CutTexts
from kiosk.sync.wire.portions import (
    MAX_ANNOUNCED_ALLOTMENTS,
    MAX_DISHES_ASKED,
    AllotmentRecord,
    AnnouncedPortions,
    PortionsHanded,
    PortionsReply,
    PortionsRequest,
    PortionsWanted,
)
from kiosk.sync.wire.protocol import (
    FIRST_PROTOCOL_WITH_EPOCHS,
    MAX_BODY_BYTES,
    OLDEST_PROTOCOL,
    PROTOCOL,
    PROTOCOL_HEADER,
    signed_bytes,
)
from kiosk.sync.wire.push import (
    MAX_PUSH_EVENTS,
    PACKED,
    PackedHead,
    PushBatch,
    PushedEvent,
    PushReply,
    Quarantined,
    cut_batch,
    pack_batch,
    packed_head,
    unpack_batch,
)
from kiosk.sync.wire.upkeep import MAX_QUARANTINED, QuarantinedRecord, UpkeepReply

__all__ = [
    "BOX_CERTIFICATE_BYTES",
    "BOX_KEY_BYTES",
    "FIRST_PROTOCOL_WITH_EPOCHS",
    "GONE",
    "MAX_ABANDONS",
    "MAX_ANNOUNCED_ALLOTMENTS",
    "MAX_ANNOUNCED_GRANTS",
    "MAX_AUDIT_ENTRIES",
    "MAX_BODY_BYTES",
    "MAX_DISHES_ASKED",
    "MAX_DUE_ORDERS",
    "MAX_EVENT_BYTES",
    "MAX_FACE_LETTERS",
    "MAX_FACE_LETTER_BYTES",
    "MAX_FACE_REFUSAL_CHARS",
    "MAX_FEED_ROWS",
    "MAX_PUSH_EVENTS",
    "MAX_QUARANTINED",
    "MAX_TICKETS",
    "MAX_WAIT_S",
    "OLDEST_PROTOCOL",
    "PACKED",
    "PROTOCOL",
    "PROTOCOL_HEADER",
    "UNREADABLE",
    "AllotmentRecord",
    "AnnouncedGrant",
    "AnnouncedPortions",
    "Announcement",
    "AnnouncementReply",
    "AuditBatch",
    "AuditReply",
    "CardBlocked",
    "CashMoved",
    "CashTopUpRecorded",
    "ClaimReply",
    "ClaimRequest",
    "CollectedRecord",
    "CollectionUndone",
    "CounterPaymentRecorded",
    "CutTexts",
    "DueOrdersReply",
    "DueOrdersRequest",
    "EnrolRequest",
    "Enrolled",
    "FaceBox",
    "FaceConsentGiven",
    "FaceCopyAnswered",
    "FaceDestroyed",
    "FaceExchange",
    "FaceExchangeReply",
    "FaceForgotten",
    "FaceLetter",
    "FaceLetterRecord",
    "FaceLetterRefused",
    "FaceLetterWanted",
    "FaceRecord",
    "FaceSharer",
    "FeedPage",
    "FeedRow",
    "GrantClosed",
    "GrantRecord",
    "GrantReleased",
    "GrantReply",
    "GrantRequest",
    "IngredientsReply",
    "IngredientsRequest",
    "KitchenPage",
    "MemberActReply",
    "MemberActRequest",
    "MenuChangesReply",
    "MenuChangesRequest",
    "OrderCollected",
    "OrderRecorded",
    "PackedHead",
    "PortionsGivenBack",
    "PortionsHanded",
    "PortionsReply",
    "PortionsRequest",
    "PortionsWanted",
    "PushBatch",
    "PushReply",
    "PushedEvent",
    "Quarantined",
    "QuarantinedRecord",
    "RefundRecorded",
    "ShiftClosed",
    "ShiftCorrected",
    "SpendRecord",
    "StaffRecord",
    "StockActRecorded",
    "StockRecord",
    "TerminalEvent",
    "TerminalRecord",
    "TicketMarked",
    "TicketRecord",
    "UpkeepReply",
    "WireError",
    "cut_batch",
    "decode",
    "decode_event",
    "encode",
    "pack_batch",
    "packed_head",
    "signed_bytes",
    "unpack_batch",
]

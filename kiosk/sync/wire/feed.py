"""The feed: the newest state of everything that central knows and a terminal needs, a page at a time."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.ids import DishId, FaceConsentId, FaceDeletionId, MemberId, StaffId, StockActId
from kiosk.domain.money import Money

MAX_FEED_ROWS = 10_000
MAX_WAIT_S = 30
GONE = msgspec.Raw(b"null")


class StockRecord(msgspec.Struct, frozen=True):
    """`portions` None: not counted. `count_id`: the newest count that they go back to; none where an older central has
    counted. `free`: how many of them central could hand to a terminal now; None from a central that hands out none."""

    dish_id: DishId
    portions: int | None
    sold_out: bool = False
    count_id: StockActId | None = None
    free: int | None = None


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


class StaffRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who works here. `number`: what they type before their PIN, `pin_hash` is the PIN's (argon2id, PHC string; ""
    while none is set). A role that a terminal does not know permits nothing there. `cards`: all that they have."""

    id: StaffId
    number: str
    name: str
    roles: tuple[str, ...]
    pin_hash: str = ""
    cards: tuple[str, ...] = ()


class FeedRow(msgspec.Struct, frozen=True, gc=False):
    """The newest state of one thing: `kind` is menu (key ""), member, card, stock, grant, face (key: the member's id),
    face_letter, terminal, collected (key: the payment's id), staff or allotment; a `body` of null (GONE) means gone.
    Bodies: Menu, Member, Card (kiosk.domain), StockRecord, GrantRecord, FaceRecord, FaceLetterRecord, TerminalRecord,
    CollectedRecord, StaffRecord, AllotmentRecord. Unknown kinds are skipped; protocol 1 is given nothing that is for
    one terminal alone, and letters are only for terminals that have announced a box."""

    seq: int
    kind: str
    key: str
    body: msgspec.Raw  # not `Raw | None`: msgspec would read only null then

    @property
    def is_gone(self) -> bool:
        return self.body == GONE


class FeedPage(msgspec.Struct, frozen=True):
    """Rows after the cursor in order of seq. Another `epoch` than asked for: forget the cursor, this page starts at
    the beginning. `more`: ask again at once. `booked_seq`: up to which of the reading terminal's events everything was
    booked when the rows were read, which therefore have all of it (unless there is `more`); 0 while a backlog waits; -1
    from an older central."""

    epoch: str
    rows: tuple[FeedRow, ...]
    next_after: int
    more: bool
    booked_seq: int = -1

"""Pull: central's change feed, a page at a time, into the terminal's store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from operator import ge

import msgspec

from kiosk.domain.ids import GrantId
from kiosk.domain.wallet import Grant
from kiosk.services.events import EventSink, FacesChanged, MembersChanged, MenuChanged, StaffChanged, StockChanged
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.sync.ahead import PageAhead
from kiosk.sync.announce import announce
from kiosk.sync.client import CentralClient
from kiosk.sync.face_sharing import FaceLetterReader
from kiosk.sync.feed_rows import LETTER, MAX_KEY_CHARS, RowsByKind, rows_by_kind
from kiosk.sync.ports import Grants, Outbox, SyncStore
from kiosk.sync.wire import MAX_FEED_ROWS, FaceDestroyed, FeedPage, GrantRecord, encode

# One transaction stores this many rows: it keeps a customer's sale waiting for some 20 ms. A page holds two such parts,
# which halves the round trips of a first read.
PART_ROWS = 5000
PAGE_ROWS = MAX_FEED_ROWS
_MAX_SEQ = 2**62

log = logging.getLogger(__name__)


class FeedReader:
    """Keeps the store's copy of menu, members, cards, stock and this terminal's pre-grants up to date, has faces
    forgotten that were deleted, and says what changed. `on_recall` is called when central wants a pre-grant back or was
    restored, a face was destroyed or a letter came: the outbox then has something to send. `letters` takes copies of
    faces; None: they are left alone. `ask_ahead` makes the request for the next page."""

    def __init__(
        self,
        client: CentralClient,
        store: SyncStore,
        identity: TerminalIdentity,
        events: EventSink,
        on_recall: Callable[[], None],
        ask_ahead: type[PageAhead] = PageAhead,
        letters: FaceLetterReader | None = None,
    ) -> None:
        self._letters = letters
        self._ask_ahead = ask_ahead
        self._client = client
        self._store = store
        self._identity = identity
        self._events = events
        self._on_recall = on_recall
        self._rereading = False
        self._ahead: PageAhead | None = None

    def read_page(self, wait_s: int) -> bool:
        """Ask for what came after the cursor, waiting up to `wait_s` for something to come, and apply it. True when
        there is more to read at once. Raises CentralUnreachable, CentralRefused, OutOfStep, StorageFailed."""
        with self._store.transaction() as tx:
            epoch, after = tx.feed.cursor()
            is_announced = tx.feed.is_announced()
        page = self._ask(epoch, after, wait_s if is_announced else 0)
        _check_page(page, epoch, after)
        if page.epoch != epoch:
            with self._store.transaction() as tx:
                tx.feed.enter_epoch(page.epoch)
                tx.portions.enter_epoch()
                tx.card_blocks.enter_epoch()
            is_announced = False
        if not is_announced:
            self._announce(page.epoch)
            self._rereading = True
        if page.more:
            self._ahead = self._ask_ahead(self._client, page.epoch, page.next_after, PAGE_ROWS)
        if is_announced and not page.rows and not self._rereading:
            with self._store.transaction() as tx:
                is_news = tx.outbox.hear_booked(page.booked_seq)
                if page.next_after != after:  # rows that are not for this role
                    tx.feed.read_to(page.next_after)
            if is_news:
                self._events.publish(StockChanged())
            return page.more
        for part in _parts(page):
            self._apply(part)
        return page.more

    def _apply(self, page: FeedPage) -> None:
        rows = rows_by_kind(page.rows)
        with self._store.transaction() as tx:
            tx.feed.apply_page(
                epoch=page.epoch,
                next_after=page.next_after,
                more=page.more,
                menus=rows.menus,
                members=rows.members,
                cards=rows.cards,
                stock=rows.stock,
            )
            _hear_booked(tx.outbox, page)
            tx.card_blocks.hear(rows.cards)
            for grant_id, record in rows.grants.items():
                self._apply_grant(tx.grants, grant_id, record)
            for terminal_id, terminal in rows.terminals.items():
                tx.slips.hear(terminal_id, terminal)
            for payment_id, is_collected in rows.collected.items():
                tx.collections.hear_collected(payment_id, is_collected=is_collected)
            tx.portions.hear_allotments(rows.allotments)
            for staff_id, heard in rows.staff.items():
                entry, cards = heard or (None, ())
                tx.staff.hear(page.epoch, staff_id, entry, cards)
            destroyed = [
                consent_id
                for member_id, newest in rows.faces.items()
                if (consent_id := tx.faces.hear(member_id, newest))
            ]
            for consent_id in destroyed:
                tx.outbox.add(encode(FaceDestroyed(consent_id)))
            for letter_id, letter in rows.letters.items():
                if self._letters:
                    self._letters.take(tx, letter_id, letter)
        self._tell(rows, everything=self._rereading and not page.more)
        if destroyed:
            log.info("faces_forgotten", extra={"count": len(destroyed)})
        if destroyed or rows.letters:
            self._on_recall()
        self._rereading = self._rereading and page.more

    def _ask(self, epoch: str, after: int, wait_s: int) -> FeedPage:
        """The page after the store's cursor. What was asked for ahead is of use only if that is where it begins: the
        page before it may not have been stored."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            page = ahead.page()
            if ahead.cursor == (epoch, after):
                return page
        return self._client.feed(epoch, after, PAGE_ROWS, wait_s)

    def _announce(self, epoch: str) -> None:
        """Before anything else is taken from a central in a new epoch. Afterwards there may be events to send again."""
        announce(self._client, self._store, epoch)
        self._on_recall()

    def _apply_grant(self, grants: Grants, grant_id: GrantId, record: GrantRecord | None) -> None:
        if record is None:
            grants.write_off(grant_id)
            return
        terminal_id, seal = self._identity.terminal_id, record.seal
        grants.take(Grant(grant_id, None, record.member_id, terminal_id, record.incarnation, record.amount, seal))
        if record.recalled:
            grants.recall(grant_id)

    def _tell(self, rows: RowsByKind, *, everything: bool) -> None:
        """`everything`: with the last page of a full read, things that were not named in it have gone."""
        if rows.menus and rows.menus[-1] is not None:
            self._events.publish(MenuChanged(rows.menus[-1].version))
        if rows.stock or everything:
            self._events.publish(StockChanged())
        if rows.members or rows.cards or everything:
            self._events.publish(MembersChanged())
        if rows.faces or rows.letters or everything or None in rows.members.values():
            self._events.publish(FacesChanged())
        if rows.staff or everything:
            self._events.publish(StaffChanged())
        present = self._identity.incarnation
        is_recalled = any(told.is_recalled for told in rows.allotments.values())
        if is_recalled or any(r and (r.recalled or r.incarnation != present) for r in rows.grants.values()):
            self._on_recall()


def _hear_booked(outbox: Outbox, page: FeedPage) -> None:
    """Only the last part of the last page has everything up to there."""
    if not page.more:
        outbox.hear_booked(page.booked_seq)


def _check_page(page: FeedPage, epoch: str, after: int) -> None:
    """Raises CentralUnreachable for a page that would lose rows or be asked for without end."""
    start = after if page.epoch == epoch else 0
    seqs = [start, *(row.seq for row in page.rows)]
    ends = page.next_after > start if page.more else page.next_after >= start
    if not (ends and seqs[-1] <= page.next_after < _MAX_SEQ):
        raise CentralUnreachable("a feed page whose cursor makes no sense")
    if any(map(ge, seqs, seqs[1:])):
        raise CentralUnreachable("a feed page that is not in order")
    if not 0 < len(page.epoch) <= MAX_KEY_CHARS or len(page.rows) > MAX_FEED_ROWS:
        raise CentralUnreachable("a feed page out of bounds")


def _parts(page: FeedPage) -> Iterator[FeedPage]:
    """The page in parts of PART_ROWS at most, each with the cursor behind its last row. A letter is the last row of its
    part: making the key of its face takes a write to the disk of its own. A page without rows is one part."""
    rows, start = page.rows, 0
    for end, row in enumerate(rows[:-1], start=1):
        if end - start == PART_ROWS or row.kind == LETTER:
            yield FeedPage(page.epoch, rows[start:end], row.seq, more=True)
            start = end
    yield msgspec.structs.replace(page, rows=rows[start:])

"""Telling central what this terminal holds: a central that was put back to a backup may have forgotten it."""

from __future__ import annotations

import logging

from kiosk.domain.ids import GrantId
from kiosk.domain.wallet import Grant
from kiosk.sync.client import CentralClient
from kiosk.sync.ports import SyncStore
from kiosk.sync.push import OutOfStep
from kiosk.sync.wire import (
    MAX_ANNOUNCED_ALLOTMENTS,
    MAX_ANNOUNCED_GRANTS,
    AnnouncedGrant,
    AnnouncedPortions,
    Announcement,
)

log = logging.getLogger(__name__)


def announce(client: CentralClient, store: SyncStore, epoch: str) -> None:
    """Announce in that epoch, which the store has entered already; then what central has not is sent again. All of it
    may happen twice. Raises CentralUnreachable, CentralRefused, OutOfStep when central has forgotten events that are
    not kept here any more, StorageFailed."""
    last: GrantId | None = None
    count = 0
    while True:
        with store.transaction() as tx:
            held = tx.grants.to_announce(last, MAX_ANNOUNCED_GRANTS)
            in_hand = tx.portions.to_announce() if last is None else ()
        is_more = len(held) == MAX_ANNOUNCED_GRANTS
        allotments = tuple(AnnouncedPortions(*portions) for portions in in_hand[:MAX_ANNOUNCED_ALLOTMENTS])
        reply = client.announce(Announcement(epoch, tuple(_told(grant) for grant in held), is_more, allotments))
        count += len(held)
        if not is_more:
            break
        last = held[-1].id
    with store.transaction() as tx:
        if tx.feed.cursor()[0] != epoch:
            return
        in_step = tx.outbox.acknowledge(reply.last_seq)
        if in_step:
            tx.feed.set_announced(announced=True)
    if not in_step:
        raise OutOfStep(f"central has everything up to {reply.last_seq}, which is not kept here: enrol anew")
    log.info("announced", extra={"grants": count, "last_seq": reply.last_seq})


def _told(grant: Grant) -> AnnouncedGrant:
    return AnnouncedGrant(grant.id, grant.member_id, grant.incarnation, grant.amount, grant.seal, grant.request_id)

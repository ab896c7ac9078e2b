"""Asking central for a grant while the customer waits. Its own connection: never behind an upload."""

from __future__ import annotations

import time
from uuid import UUID

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import GrantId, MemberId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, Payer
from kiosk.domain.wallet import Grant
from kiosk.services.ports import (
    CentralRefused,
    CentralUnreachable,
    GrantIssued,
    GrantRefused,
    Refusal,
    StorageFailed,
    TerminalIdentity,
)
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.ports import SyncStore
from kiosk.sync.wire import MAX_ABANDONS, GrantReply, GrantRequest


class CentralGrants:
    """kiosk.services.ports.Central. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity, store: SyncStore) -> None:
        """Raises CentralAddressError."""
        self._store = store
        self._client = CentralClient(address, identity)
        self._identity = identity
        self._retry_within_s = address.timeout_s / 2

    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        """See the port. A connection that breaks early is tried once more: the same request id gets the same answer,
        and a server may have closed an idle connection just then."""
        # Of very many the newest: the others' releases are on their way as events.
        card_uid, consent_id = (payer.uid, None) if isinstance(payer, ByCard) else ("", payer.consent_id)
        abandons = abandons[-MAX_ABANDONS:]
        request = GrantRequest(request_id, card_uid, amount, abandons, further, self._epoch(), consent_id)
        started_s = time.monotonic()
        try:
            reply = self._client.grant(request)
        except CentralUnreachable:
            if time.monotonic() - started_s > self._retry_within_s:
                raise
            reply = self._client.grant(request)
        return self._issued(request, reply) if reply.grant_id or reply.further else _refused(reply)

    def close(self) -> None:
        self._client.line.close()

    def _epoch(self) -> str:
        try:
            with self._store.transaction() as tx:
                return tx.feed.cursor()[0]
        except StorageFailed as error:
            raise CentralUnreachable("nothing can be asked without the disk") from error

    def _issued(self, request: GrantRequest, reply: GrantReply) -> GrantIssued:
        if reply.member_id is None or reply.free_after is None:
            raise CentralUnreachable("a grant that does not say for whom")
        counts = {len(request.further), len(reply.further), len(reply.further_seals)}
        if (reply.grant_id is None) != (not request.amount) or len(counts) > 1:
            raise CentralUnreachable("other grants than were asked for")
        try:
            money = None
            if reply.grant_id is not None:
                money = self._grant(request, reply.member_id, reply.grant_id, request.amount, reply.seal)
            told = zip(reply.further, request.further, reply.further_seals, strict=True)
            further = tuple(self._grant(request, reply.member_id, *each) for each in told)
        except DomainError as error:
            raise CentralUnreachable(str(error)) from error
        return GrantIssued(money, reply.free_after, further)

    def _grant(self, request: GrantRequest, member_id: MemberId, grant_id: UUID, amount: Money, seal: str) -> Grant:
        return Grant(
            GrantId(grant_id),
            PaymentId(request.request_id),
            member_id,
            self._identity.terminal_id,
            self._identity.incarnation,
            amount,
            seal,
            request.epoch,  # central answers only what is asked in its own
        )


def _refused(reply: GrantReply) -> GrantRefused:
    try:
        refusal = Refusal(reply.refusal or "")
    except ValueError as error:
        raise CentralRefused("a refusal this version does not know") from error
    return GrantRefused(refusal, reply.free, reply.held_elsewhere)

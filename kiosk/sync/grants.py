"""Asking central for a grant while the customer waits. Its own connection: never behind an upload."""

from __future__ import annotations

import time
from uuid import UUID

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import GrantId, MemberId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant
from kiosk.services.ports import (
    CentralRefused,
    CentralUnreachable,
    GrantIssued,
    GrantRefused,
    Refusal,
    TerminalIdentity,
)
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import GrantReply, GrantRequest


class CentralGrants:
    """kiosk.services.ports.Central. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity) -> None:
        """Raises CentralAddressError."""
        self._client = CentralClient(address, identity)
        self._identity = identity
        self._retry_within_s = address.timeout_s / 2

    def request_grant(
        self,
        request_id: PaymentId,
        card_uid: str,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        """See the port. A connection that breaks early is tried once more: the same request id gets the same answer,
        and a server may have closed an idle connection just then."""
        request = GrantRequest(request_id, card_uid, amount, abandons, further)
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

    def _issued(self, request: GrantRequest, reply: GrantReply) -> GrantIssued:
        if reply.member_id is None or reply.free_after is None:
            raise CentralUnreachable("a grant that does not say for whom")
        if (reply.grant_id is None) != (not request.amount) or len(reply.further) != len(request.further):
            raise CentralUnreachable("other grants than were asked for")
        try:
            ids = reply.further if reply.grant_id is None else (reply.grant_id, *reply.further)
            amounts = (request.amount, *request.further) if request.amount else request.further
            request_id, who = PaymentId(request.request_id), reply.member_id
            grants = [self._grant(request_id, who, *each) for each in zip(ids, amounts, strict=True)]
        except DomainError as error:
            raise CentralUnreachable(str(error)) from error
        return GrantIssued(grants.pop(0) if request.amount else None, reply.free_after, tuple(grants))

    def _grant(self, request_id: PaymentId, member_id: MemberId, grant_id: UUID, amount: Money) -> Grant:
        who = self._identity
        return Grant(GrantId(grant_id), request_id, member_id, who.terminal_id, who.incarnation, amount)


def _refused(reply: GrantReply) -> GrantRefused:
    try:
        refusal = Refusal(reply.refusal or "")
    except ValueError as error:
        raise CentralRefused("a refusal this version does not know") from error
    return GrantRefused(refusal, reply.free, reply.held_elsewhere)

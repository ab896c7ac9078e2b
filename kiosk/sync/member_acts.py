"""Acts of staff for members, asked of central while somebody waits for them."""

from __future__ import annotations

import msgspec

from kiosk.domain.ids import MemberActId, MemberId, StaffId
from kiosk.domain.member_act import (
    BindCard,
    CorrectBalance,
    MemberActRefusal,
    MemberChange,
    UnblockCard,
)
from kiosk.services.ports import CentralRefused, MemberActDone, MemberActRefused, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import MemberActReply, MemberActRequest


class CentralMemberActs:
    """kiosk.services.ports.MembersAtCentral, on a connection of its own. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity) -> None:
        """Raises CentralAddressError."""
        self._client = CentralClient(address, identity)

    def act_for_member(
        self, act_id: MemberActId, staff_id: StaffId, member_id: MemberId, change: MemberChange
    ) -> MemberActDone | MemberActRefused:
        request = _with(MemberActRequest(act_id, staff_id, member_id), change)
        return _told(self._client.member_act(request))

    def close(self) -> None:
        self._client.line.close()


def _with(request: MemberActRequest, change: MemberChange) -> MemberActRequest:
    match change:
        case BindCard():
            return msgspec.structs.replace(request, bind=change)
        case UnblockCard():
            return msgspec.structs.replace(request, unblock=change)
        case CorrectBalance():
            return msgspec.structs.replace(request, correct=change)
    return msgspec.structs.replace(request, diet=change)


def _told(reply: MemberActReply) -> MemberActDone | MemberActRefused:
    if not reply.refusal:
        return MemberActDone(reply.cards, reply.diet, reply.before, reply.after)
    try:
        reason = MemberActRefusal(reply.refusal)
    except ValueError as error:
        raise CentralRefused("an answer this version does not know") from error
    return MemberActRefused(reason, reply.limit, reply.after, reply.held)

"""The wire's calls as an enrolled terminal makes them: signed, compressed, answered with typed messages."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.sync.line import CentralAddress, CentralLine
from kiosk.sync.wire import (
    MAX_BODY_BYTES,
    PACKED,
    Announcement,
    AnnouncementReply,
    AuditBatch,
    AuditReply,
    ClaimReply,
    ClaimRequest,
    DueOrdersReply,
    DueOrdersRequest,
    FaceExchange,
    FaceExchangeReply,
    FeedPage,
    GrantReply,
    GrantRequest,
    IngredientsReply,
    IngredientsRequest,
    KitchenPage,
    MemberActReply,
    MemberActRequest,
    MenuChangesReply,
    MenuChangesRequest,
    PortionsReply,
    PortionsRequest,
    PushBatch,
    PushReply,
    UpkeepReply,
    WireError,
    decode,
    encode,
    signed_bytes,
)

T = TypeVar("T")

COMPRESS_ABOVE_BYTES = 1024
_MAX_GRANT_REPLY_BYTES = 64 * 1024
_MAX_ANNOUNCEMENT_REPLY_BYTES = 64 * 1024
_MAX_AUDIT_REPLY_BYTES = 64 * 1024
_MAX_FACES_REPLY_BYTES = 256 * 1024
_MAX_CLAIM_REPLY_BYTES = 4096
_MAX_PORTIONS_REPLY_BYTES = 64 * 1024
_MAX_UPKEEP_REPLY_BYTES = 64 * 1024
_MAX_PUSH_REPLY_BYTES = 1024 * 1024


class CentralClient:
    """One connection to central for one thread. Every call raises CentralUnreachable or CentralRefused."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity, feed_path: str = "/v1/feed") -> None:
        """`feed_path`: of the feed that the terminal's role is told. Raises CentralAddressError."""
        self.line = CentralLine(address)
        self._feed_path = feed_path
        self._identity = identity
        self._key = Ed25519PrivateKey.from_private_bytes(identity.private_key)

    def grant(self, request: GrantRequest) -> GrantReply:
        reply: GrantReply = self._call("POST", "/v1/grants", request, GrantReply, _MAX_GRANT_REPLY_BYTES)
        return reply

    def push(self, batch: PushBatch) -> PushReply:
        reply: PushReply = self._call("POST", "/v1/push", batch, PushReply, _MAX_PUSH_REPLY_BYTES)
        return reply

    def announce(self, announcement: Announcement) -> AnnouncementReply:
        reply: AnnouncementReply = self._call(
            "POST", "/v1/announce", announcement, AnnouncementReply, _MAX_ANNOUNCEMENT_REPLY_BYTES
        )
        return reply

    def audit(self, batch: AuditBatch) -> AuditReply:
        reply: AuditReply = self._call("POST", "/v1/audit", batch, AuditReply, _MAX_AUDIT_REPLY_BYTES)
        return reply

    def exchange_faces(self, message: FaceExchange) -> FaceExchangeReply:
        reply: FaceExchangeReply = self._call("POST", "/v1/faces", message, FaceExchangeReply, _MAX_FACES_REPLY_BYTES)
        return reply

    def due_orders(self, request: DueOrdersRequest) -> DueOrdersReply:
        reply: DueOrdersReply = self._call("POST", "/v1/due-orders", request, DueOrdersReply, MAX_BODY_BYTES)
        return reply

    def claim(self, request: ClaimRequest) -> ClaimReply:
        reply: ClaimReply = self._call("POST", "/v1/claim", request, ClaimReply, _MAX_CLAIM_REPLY_BYTES)
        return reply

    def portions(self, request: PortionsRequest) -> PortionsReply:
        reply: PortionsReply = self._call("POST", "/v1/portions", request, PortionsReply, _MAX_PORTIONS_REPLY_BYTES)
        return reply

    def menu_changes(self, request: MenuChangesRequest) -> MenuChangesReply:
        reply: MenuChangesReply = self._call("POST", "/v1/menu-changes", request, MenuChangesReply, MAX_BODY_BYTES)
        return reply

    def member_act(self, request: MemberActRequest) -> MemberActReply:
        reply: MemberActReply = self._call("POST", "/v1/member-acts", request, MemberActReply, MAX_BODY_BYTES)
        return reply

    def ingredients(self, request: IngredientsRequest) -> IngredientsReply:
        reply: IngredientsReply = self._call("POST", "/v1/ingredients", request, IngredientsReply, MAX_BODY_BYTES)
        return reply

    def push_backlog(self, packed: bytes) -> PushReply:
        """The same for very many events (wire.pack_batch): central keeps them at once and books them behind."""
        headers = {"Content-Type": PACKED}
        reply = self._request("POST", "/v1/backlog", packed, headers, _MAX_PUSH_REPLY_BYTES)
        return _read(reply, PushReply)

    def feed(self, epoch: str, after: int, limit: int, wait_s: int) -> FeedPage:
        """At most `limit` rows after the cursor; central may wait `wait_s` seconds for the first one."""
        query = urlencode({"epoch": epoch, "after": after, "limit": limit, "wait_s": wait_s})
        page: FeedPage = self._call("GET", f"{self._feed_path}?{query}", None, FeedPage, MAX_BODY_BYTES, wait_s)
        return page

    def kitchen(self, epoch: str, after: int, wait_s: int) -> KitchenPage:
        """Tickets that have changed after the cursor; central may wait `wait_s` seconds for the first one."""
        query = urlencode({"epoch": epoch, "after": after, "wait_s": wait_s})
        page: KitchenPage = self._call("GET", f"/v1/kitchen?{query}", None, KitchenPage, MAX_BODY_BYTES, wait_s)
        return page

    def upkeep(self, epoch: str, after: int) -> UpkeepReply:
        """`epoch`, `after`: up to where the feed was read."""
        query = urlencode({"epoch": epoch, "after": after})
        reply: UpkeepReply = self._call("GET", f"/v1/upkeep?{query}", None, UpkeepReply, _MAX_UPKEEP_REPLY_BYTES)
        return reply

    def _call(
        self,
        method: str,
        path_and_query: str,
        message: object,
        reply_type: type[Any],
        max_reply_bytes: int,
        wait_s: int = 0,
    ) -> Any:
        body = b"" if message is None else encode(message)
        headers = {"Content-Type": "application/json"} if body else {}
        if len(body) > COMPRESS_ABOVE_BYTES:
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        reply = self._request(method, path_and_query, body, headers, max_reply_bytes, wait_s)
        return _read(reply, reply_type)

    def _request(
        self,
        method: str,
        path_and_query: str,
        body: bytes,
        headers: Mapping[str, str],
        max_reply_bytes: int,
        wait_s: int = 0,
    ) -> bytes:
        signed = {**headers, "Authorization": self._authorization(method, path_and_query, body)}
        return self.line.request(method, path_and_query, body, signed, max_reply_bytes=max_reply_bytes, wait_s=wait_s)

    def _authorization(self, method: str, path_and_query: str, body: bytes) -> str:
        who = self._identity
        signature = self._key.sign(signed_bytes(method, path_and_query, who.terminal_id, who.incarnation, body))
        encoded = base64.b64encode(signature).decode("ascii")
        return f'Kiosk terminal="{who.terminal_id}",incarnation="{who.incarnation}",signature="{encoded}"'


def _read(reply: bytes, type_: type[T]) -> T:
    try:
        return decode(reply, type_)
    except WireError as error:
        raise CentralUnreachable("a reply that is no message of central's") from error

"""One HTTP connection to central: bounded in time and size, and broken off at once when the program stops."""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec

from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.sync.wire import PROTOCOL, PROTOCOL_HEADER

KEEP_ALIVE_S = 60.0
# Unauthorised, forbidden, no such thing, gone, upgrade required: trying again does not help, a person must.
_REFUSING = frozenset({401, 403, 404, 410, 426})
_OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class CentralAddressError(Exception):
    """Central's address in the settings cannot be used. Says why."""


class CentralBusy(CentralUnreachable):
    """Central says that it cannot take this now; later it can, as it is."""


@dataclass(frozen=True, slots=True)
class CentralAddress:
    """Where central is, how long one exchange may take, and the certificate authority to trust (None: the public
    ones)."""

    url: str
    timeout_s: float
    ca_file: Path | None = None


class CentralLine:
    """Requests over one kept-alive connection, for one thread; `break_off` may be called from another."""

    def __init__(self, address: CentralAddress) -> None:
        """Connects with the first request. Raises CentralAddressError."""
        self._base = address.url.rstrip("/")
        self._timeout_s = address.timeout_s
        self._http = httpx.Client(
            verify=_tls(address),
            trust_env=False,  # a proxy from the environment must not come between terminal and central
            limits=httpx.Limits(max_connections=1, keepalive_expiry=KEEP_ALIVE_S),
            headers={PROTOCOL_HEADER: str(PROTOCOL), "Accept-Encoding": "gzip"},
        )
        self._socket: socket.socket | None = None
        self._broken_off = False

    def request(
        self,
        method: str,
        path_and_query: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        max_reply_bytes: int,
        wait_s: float = 0.0,
    ) -> bytes:
        """The reply's body. `wait_s` is how long central may hold its reply back (long poll).

        Raises CentralRefused for statuses that mean it does not deal with this terminal, CentralUnreachable for
        everything else that is not a whole reply in time: CentralBusy when it says that later it can.
        """
        if self._broken_off:
            raise CentralUnreachable("the connection is closed")
        deadline_s = time.monotonic() + self._timeout_s + wait_s
        request = self._http.build_request(
            method,
            self._base + path_and_query,
            content=body,
            headers=dict(headers),
            timeout=httpx.Timeout(self._timeout_s, read=self._timeout_s + wait_s),
            extensions={"trace": self._remember_socket},
        )
        try:
            response = self._http.send(request, stream=True)
            try:
                reply = _read(response, max_reply_bytes, deadline_s)
            finally:
                response.close()
        except (httpx.HTTPError, zlib.error, OSError) as error:
            raise CentralUnreachable(type(error).__name__) from error
        _check_status(response.status_code, reply)
        return reply

    def break_off(self) -> None:
        """End the request under way, at once; later ones fail. From any thread."""
        self._broken_off = True
        self._shut_down_socket()

    def close(self) -> None:
        """Give the connection back; from the thread that makes the requests, or when it has ended."""
        self._http.close()

    def _remember_socket(self, event: str, info: Mapping[str, Any]) -> None:
        """Closing a client does not wake a thread that waits for its reply; shutting the socket down does."""
        if event in _OPENED:
            self._socket = info["return_value"].get_extra_info("socket")
            if self._broken_off:
                self._shut_down_socket()

    def _shut_down_socket(self) -> None:
        if self._socket is not None:
            try:
                # Not SSLSocket.shutdown: it drops the TLS state that the waiting thread is using.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                pass  # closed already


def _tls(address: CentralAddress) -> ssl.SSLContext | bool:
    try:
        url = httpx.URL(address.url)
    except httpx.InvalidURL as error:
        raise CentralAddressError(f"{address.url!r} is not an address: {error}") from error
    if url.scheme == "http" and _is_loopback(url.host):
        return False  # no TLS at all on this machine, so no certificates to load
    if url.scheme != "https":
        raise CentralAddressError(f"{address.url} must be https: plain http is for a server on this machine only")
    if address.ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=str(address.ca_file))
    except OSError as error:  # SSLError is one
        raise CentralAddressError(f"{address.ca_file} cannot be used as certificate authority: {error}") from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Refusal(msgspec.Struct):
    """Central's answer when it refuses: why, in words for staff."""

    detail: Annotated[str, msgspec.Meta(max_length=300)]


def _check_status(status: int, reply: bytes) -> None:
    if status in _REFUSING:
        try:
            reason = msgspec.json.decode(reply, type=_Refusal).detail
        except msgspec.MsgspecError:
            reason = "no reason given"
        raise CentralRefused(f"central answered {status}: {reason}")
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        raise CentralBusy("central answered 503")
    if status != httpx.codes.OK:
        raise CentralUnreachable(f"central answered {status}")


def _read(response: httpx.Response, max_bytes: int, deadline_s: float) -> bytes:
    """The body, unpacked, never more than `max_bytes` of it in memory."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "identity"):
        raise CentralUnreachable("a reply in an encoding that was not asked for")
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding == "gzip" else None
    body = bytearray()
    for chunk in response.iter_raw():
        body += unpack.decompress(chunk, max_bytes + 1 - len(body)) if unpack else chunk
        if len(body) > max_bytes:
            raise CentralUnreachable("a reply that is too large")
        if time.monotonic() > deadline_s:
            raise CentralUnreachable("a reply that took too long")
    if unpack and not unpack.eof:
        raise CentralUnreachable("a reply that ends in the middle")
    return bytes(body)

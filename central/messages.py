"""Messages of the wire read from HTTP requests: bounded in time and size, compressed or not."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException

from kiosk.sync import wire

BODY_TIMEOUT_S = 20
MAX_ENROL_BYTES = 4096
_GZIP = zlib.MAX_WBITS | 16
_SPOKEN = ", ".join(str(v) for v in range(wire.OLDEST_PROTOCOL, wire.PROTOCOL + 1))


def spoken_protocol(request: Request[Any, Any, Any]) -> int:
    """The terminal's protocol. Raises 400 without a number, 426 for one that central does not speak."""
    stated = request.headers.get(wire.PROTOCOL_HEADER, "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 9:
        raise HTTPException(status_code=400, detail=f"{wire.PROTOCOL_HEADER} must be a number")
    if not wire.OLDEST_PROTOCOL <= int(stated) <= wire.PROTOCOL:
        detail = f"protocol {stated} is not spoken here, only {_SPOKEN}: update the older side"
        raise HTTPException(status_code=426, detail=detail, headers={"Upgrade": f"kiosk/{wire.PROTOCOL}"})
    return int(stated)


async def read_body(request: Request[Any, Any, Any]) -> bytes:
    """The body as sent; the application's limit of its size holds. Raises 408 when it does not come."""
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await request.body()
    except TimeoutError as error:
        detail = f"the body did not arrive within {BODY_TIMEOUT_S} s"
        raise HTTPException(status_code=408, detail=detail) from error


def check_media_type(request: Request[Any, Any, Any], wanted: str) -> None:
    """Raises 415 for a body of another type."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != wanted:
        raise HTTPException(status_code=415, detail=f"the body must be {wanted}")


async def read_message(request: Request[Any, Any, Any], type_: Any) -> Any:
    """The body as a message of that type. Raises 415, 413, 408, or WireError for one that is none."""
    check_media_type(request, "application/json")
    body = await read_body(request)
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding == "gzip":
        body = _decompress(body)
    elif encoding not in ("", "identity"):
        raise HTTPException(status_code=415, detail="the body may be compressed with gzip only")
    return wire.decode(body, type_)


def _decompress(body: bytes) -> bytes:
    """One gzip member that opens to at most MAX_BODY_BYTES; it stops there."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        opened = inflater.decompress(body, wire.MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise HTTPException(status_code=400, detail="the body is not gzip") from error
    if len(opened) > wire.MAX_BODY_BYTES:
        detail = f"the body opens to more than {wire.MAX_BODY_BYTES} bytes"
        raise HTTPException(status_code=413, detail=detail)
    if not inflater.eof or inflater.unused_data:
        raise HTTPException(status_code=400, detail="the body is not one whole gzip member")
    return opened

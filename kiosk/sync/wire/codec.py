"""A message as bytes and back: JSON, read strictly, the same bytes for the same message everywhere."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no message of that type."""

_encoder = msgspec.json.Encoder(order="deterministic")


class WireError(Exception):
    """Bytes that are not a message of ours; says why."""


def encode(message: object) -> bytes:
    """JSON bytes, the same for the same message in every process."""
    return _encoder.encode(message)


def decode(body: bytes | msgspec.Raw, type_: type[T]) -> T:
    """Read a message. Raises WireError with a reason for anything that is not one."""
    try:
        message: T = _decoder_of(type_).decode(body)  # type: ignore[arg-type]  # a type is hashable
    except UNREADABLE as error:
        raise WireError(str(error)) from error
    return message


@cache
def _decoder_of(type_: type) -> msgspec.json.Decoder[Any]:
    """Made once a type: for a small body, making it costs more than reading."""
    return msgspec.json.Decoder(type_)

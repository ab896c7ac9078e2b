"""The staff's side of the API: whoever holds the API token."""

from __future__ import annotations

import hmac
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard


def staff_only(api_token: str) -> Guard:
    """A guard that lets a request with `Authorization: Bearer <token>` through."""
    expected = f"Bearer {api_token}".encode()

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, expected):
            raise NotAuthorizedException(
                detail="this needs the API token: Authorization: Bearer …",
                headers={"WWW-Authenticate": "Bearer"},
            )

    return guard

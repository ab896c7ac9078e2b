"""The OpenAPI description, with the messages of the wire: they are read from signed bytes, not by the framework."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    Operation,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
)

from kiosk.sync import wire

VERSION = "1"
TERMINAL_SCHEME = "terminal"
STAFF_SCHEME = "staff"
_SCHEMAS = "#/components/schemas/"
# In the wire's names, so that they do not meet those that the framework makes of the replies.
_PREFIX = "wire."


def takes(message: type) -> type[Operation]:
    """The description of a handler that takes that message as its body."""

    @dataclass
    class TakesMessage(Operation):
        def __post_init__(self) -> None:
            reference = Reference(ref=_SCHEMAS + _PREFIX + message.__name__)
            media_type = OpenAPIMediaType(schema=reference)
            self.request_body = RequestBody(content={"application/json": media_type}, required=True)

    return TakesMessage


def openapi_config() -> OpenAPIConfig:
    """Served as JSON at /schema; no page that would load scripts from elsewhere."""
    messages = (wire.EnrolRequest, wire.GrantRequest, wire.PushBatch, wire.TerminalEvent)
    _, schemas = msgspec.json.schema_components(messages, ref_template=_SCHEMAS + _PREFIX + "{name}")
    named = {_PREFIX + name: cast(Schema, schema) for name, schema in schemas.items()}
    return OpenAPIConfig(
        title="Canteen central",
        version=VERSION,
        path="/schema",
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        components=Components(schemas=named, security_schemes=_SECURITY),
    )


_SECURITY: dict[str, Any] = {
    TERMINAL_SCHEME: SecurityScheme(
        type="http",
        scheme="Kiosk",
        description="Ed25519 signature of the request by an enrolled terminal; see kiosk/sync/wire.py",
    ),
    STAFF_SCHEME: SecurityScheme(type="http", scheme="Bearer", description="the API token that `init` made"),
}

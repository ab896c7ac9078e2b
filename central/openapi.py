"""The OpenAPI description, with the messages of the wire: they are read from signed bytes, not by the framework."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    OpenAPIType,
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
_JSON = "application/json"
_SCHEMAS = "#/components/schemas/wire."  # a prefix, as the framework names those that it makes itself without
_MESSAGES = (
    wire.EnrolRequest,
    wire.GrantRequest,
    wire.PushBatch,
    wire.Announcement,
    wire.AuditBatch,
    wire.DueOrdersRequest,
    wire.MenuChangesRequest,
    wire.IngredientsRequest,
    wire.MemberActRequest,
    wire.PortionsRequest,
    wire.ClaimRequest,
    wire.FaceExchange,
    wire.FeedPage,
    wire.KitchenPage,
    wire.TerminalEvent,
)


def takes(message: type) -> type[Operation]:
    """The description of a handler that takes that message as its body."""

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(content={_JSON: _refer_to(message)}, required=True)

    return Taking


def takes_bytes(media_type: str) -> type[Operation]:
    """The description of a handler that takes a body which is no JSON."""

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            schema = Schema(type=OpenAPIType.STRING, content_media_type=media_type)
            self.request_body = RequestBody(content={media_type: OpenAPIMediaType(schema=schema)}, required=True)

    return Taking


def gives(message: type) -> type[Operation]:
    """The description of a handler that answers with that message, encoded by itself."""

    @dataclass
    class Giving(Operation):
        def __post_init__(self) -> None:
            answer = (self.responses or {})["200"]
            if not isinstance(answer, Reference):
                answer.content = {_JSON: _refer_to(message)}

    return Giving


def _refer_to(message: type) -> OpenAPIMediaType:
    return OpenAPIMediaType(schema=Reference(ref=_SCHEMAS + message.__name__))


class _WithWire(JsonRenderPlugin):
    """The description as JSON; no page that would load scripts from elsewhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        (*_, event), schemas = msgspec.json.schema_components(_MESSAGES, ref_template=_SCHEMAS + "{name}")
        schemas["PushedEvent"]["properties"]["body"] = event  # on the wire as raw JSON
        described = openapi_schema["components"]
        wired = {f"wire.{name}": schema for name, schema in schemas.items()}
        components = described | {"schemas": described["schemas"] | wired}
        return super().render(request, openapi_schema | {"components": components})


def openapi_config() -> OpenAPIConfig:
    """Served at /schema."""
    return OpenAPIConfig(
        title="Canteen central",
        version=VERSION,
        path="/schema",
        use_handler_docstrings=True,
        render_plugins=[_WithWire(path=["/", "/openapi.json"])],
        components=Components(
            security_schemes={
                TERMINAL_SCHEME: SecurityScheme(
                    type="http",
                    scheme="Kiosk",
                    description="Ed25519 signature of the request by an enrolled terminal; see kiosk/sync/wire",
                ),
                STAFF_SCHEME: SecurityScheme(
                    type="http", scheme="Bearer", description="the API token that `init` made"
                ),
            }
        ),
    )

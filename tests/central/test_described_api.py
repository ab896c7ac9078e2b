"""Requests made by schemathesis from central's own description, as it says and against it: no answer is a 5xx, each
refusal says why, and afterwards a terminal is served as if nothing had been."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode

from kiosk.sync import wire
from tests.central.sales import yuan
from tests.central.support import Central, Terminal

# Schemathesis' own draws count against hypothesis' budget of time and size; central's answers are what is judged.
SETTINGS = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
EXAMPLES, VERY_MANY_EXAMPLES = 12, 60
PUSHES, VERY_MANY_PUSHES = 3, 15  # a batch of whole orders takes long to draw
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
OPERATIONS = [
    ("GET", "/v1/health"),
    ("POST", "/v1/enrol"),
    ("POST", "/v1/grants"),
    ("POST", "/v1/portions"),
    ("POST", "/v1/push"),
    ("POST", "/v1/announce"),
    ("POST", "/v1/due-orders"),
    ("POST", "/v1/claim"),
    ("POST", "/v1/menu-changes"),
    ("POST", "/v1/member-acts"),
    ("POST", "/v1/ingredients"),
    ("POST", "/v1/audit"),
    ("POST", "/v1/faces"),
    ("GET", "/v1/feed"),
    ("GET", "/v1/kitchen"),
    ("GET", "/v1/kitchen-feed"),
    ("GET", "/v1/upkeep"),
    ("GET", "/v1/orders"),
    ("GET", "/v1/orders/{order_id}"),
    ("GET", "/v1/quarantine"),
]
PACKED = [("POST", "/v1/backlog")]  # not JSON: test_backlog.py
STAFF = ("/v1/orders", "/v1/quarantine")


class Caller:
    """Sends generated cases: those of a terminal signed with its key, as many as can be with numbers and cards that
    central knows, so that they are not all turned away at the door."""

    def __init__(self, central: Central) -> None:
        self._central = central
        self._terminal = central.enrol()
        self._kitchen = central.enrol(role="kitchen")
        self._member = central.add_member("9999.00")
        self.answered: dict[int, int] = {}

    def send(self, case: Case) -> None:
        self._make_known(case.body)
        answer = case.call(
            base_url=self._central.url, auth=self._sign, headers={wire.PROTOCOL_HEADER: str(wire.PROTOCOL)}
        )
        self._judge(answer.status_code, answer.content, case.operation.path)

    def _read_on(self, query: Any) -> None:
        """Half of the feed's questions with a cursor of this central's, and none that waits long for news."""
        if query and len(str(query.get("epoch", ""))) % 2:
            query["epoch"] = self._central.parts.installation.epoch
        try:
            waits = 0 < float(query["wait_s"]) <= wire.MAX_WAIT_S
        except (KeyError, TypeError, ValueError):
            return
        if waits:
            query["wait_s"] = 0.01

    def _sign(self, request: Any) -> Any:
        """With the request as it will be sent: `requests` calls this last."""
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        request.headers["Authorization"] = self._authorization(request.method, request.path_url, body)
        return request

    def _make_known(self, body: Any) -> None:
        if not isinstance(body, dict):
            return
        if body.get("first_seq") == 1:
            body["first_seq"] = self._terminal.sent + 1
        if isinstance(body.get("card_uid"), str) and len(body["card_uid"]) % 2:
            body["card_uid"] = self._member.card_uid

    def _authorization(self, method: str, target: str, body: bytes) -> str:
        if target.startswith(STAFF):
            return f"Bearer {self._central.parts.api_token}"
        signs = self._kitchen if target.startswith("/v1/kitchen") else self._terminal
        return signs.authorization(method, target, body)

    def _judge(self, status: int, body: bytes, path: str) -> None:
        self.answered[status] = self.answered.get(status, 0) + 1
        assert status < 500, body
        if status >= 400:
            assert json.loads(body)["detail"]
        elif path == "/v1/push":
            self._terminal.sent = max(self._terminal.sent, json.loads(body)["last_seq"])

    @property
    def terminal(self) -> Terminal:
        return self._terminal


def narrowed(described: dict[str, Any]) -> dict[str, Any]:
    """The description with the currency of this central, so that what keeps to it comes past the first check."""
    described["components"]["schemas"]["wire.Money"]["properties"]["currency"] = {"enum": ["CNY"]}
    described["components"]["schemas"]["wire.PushBatch"]["properties"]["first_seq"] = {"enum": [1, 2, 2**40]}
    return described


def run(central: Central, operation: tuple[str, str], mode: GenerationMode, chosen: settings) -> Caller:
    method, path = operation
    described = schemathesis.openapi.from_dict(narrowed(central.http.get("/schema").json()))
    caller = Caller(central)
    strategy = described[path][method].as_strategy(generation_mode=mode)

    @chosen
    @hypothesis.given(strategy)
    def meets(case: Case) -> None:
        caller.send(case)

    meets()
    sys.stdout.write(f"{method} {path} {mode.value}: {dict(sorted(caller.answered.items()))}\n")
    assert caller.terminal.grant(central.add_member("5.00"), "1.00").free_after == yuan("4.00")
    return caller


def cannot_be_wrong(operation: tuple[str, str], mode: GenerationMode) -> bool:
    """There is nothing in such a request that could be generated against the description."""
    return operation[1] == "/v1/health" and mode is GenerationMode.NEGATIVE


CASES = [
    pytest.param(operation, mode, id=f"{operation[1]}-{mode.value}")
    for operation in OPERATIONS
    for mode in MODES
    if not cannot_be_wrong(operation, mode)
]


@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_no_request_is_answered_with_a_5xx(central: Central, operation: tuple[str, str], mode: GenerationMode) -> None:
    examples = PUSHES if operation[1] == "/v1/push" else EXAMPLES
    run(central, operation, mode, settings(SETTINGS, max_examples=examples, derandomize=True))


@pytest.mark.prove
@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_no_request_of_very_many_is_answered_with_a_5xx(
    central: Central, operation: tuple[str, str], mode: GenerationMode
) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    seeded: Callable[..., Any] = hypothesis.seed(seed)
    chosen = settings(SETTINGS, max_examples=VERY_MANY_PUSHES if operation[1] == "/v1/push" else VERY_MANY_EXAMPLES)
    run(central, operation, mode, lambda test: seeded(chosen(test)))  # type: ignore[arg-type]


def test_every_operation_is_met(central: Central) -> None:
    described = central.http.get("/schema").json()["paths"]
    there = {(method.upper(), path) for path, operations in described.items() for method in operations}
    assert {*OPERATIONS, *PACKED} == there

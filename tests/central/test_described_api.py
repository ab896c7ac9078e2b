"""Requests made by schemathesis from central's own description, as it says and against it: no answer is a 5xx, each
refusal says why, and afterwards a terminal is served as if nothing had been."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode

from kiosk.sync import wire
from tests.central.sales import yuan
from tests.central.support import Central, Terminal, running_central

# Schemathesis' own draws count against hypothesis' budget of time and size; central's answers are what is judged.
SETTINGS = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
EXAMPLES, VERY_MANY_EXAMPLES = 12, 40
PUSHES, VERY_MANY_PUSHES = 3, 10  # a batch of whole orders takes long to draw
Chosen = Callable[[Callable[..., Any]], Any]
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


@pytest.fixture(scope="module")
def both_centrals(
    postgresql_with_tables: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Central, Central]]:
    """One on SQLite, one on PostgreSQL."""
    with (
        running_central(tmp_path_factory.mktemp("described-sqlite")) as on_sqlite,
        running_central(tmp_path_factory.mktemp("described-postgresql"), postgresql_with_tables()) as on_postgresql,
    ):
        yield on_sqlite, on_postgresql


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
        drawn = case.body, case.query
        case.body, case.query = self._with_known(case.body), self._reading_on(case.query)
        answer = case.call(
            base_url=self._central.url, auth=self._sign, headers={wire.PROTOCOL_HEADER: str(wire.PROTOCOL)}
        )
        case.body, case.query = drawn
        self._judge(answer.status_code, answer.content, case.operation.path)

    def _reading_on(self, query: Any) -> Any:
        """Half of the feed's questions with a cursor of this central's, and none that waits long for news."""
        read: dict[str, object] = dict(query or {})
        if len(str(read.get("epoch", ""))) % 2:
            read["epoch"] = self._central.parts.installation.epoch
        with suppress(KeyError, TypeError, ValueError):
            if 0 < float(str(read["wait_s"])) <= wire.MAX_WAIT_S:
                read["wait_s"] = 0.01
        return read

    def _sign(self, request: Any) -> Any:
        """With the request as it will be sent: `requests` calls this last."""
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        request.headers["Authorization"] = self._authorization(request.method, request.path_url, body)
        return request

    def _with_known(self, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        known: dict[str, object] = {}
        if body.get("first_seq") == 1:
            known["first_seq"] = self._terminal.sent + 1
        if isinstance(body.get("card_uid"), str) and len(body["card_uid"]) % 2:
            known["card_uid"] = self._member.card_uid
        return {**body, **known}

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


def run(centrals: Sequence[Central], operation: tuple[str, str], mode: GenerationMode, chosen: Chosen) -> None:
    """Each request is sent to each of them: to draw it takes ten times as long as to answer it."""
    method, path = operation
    described = schemathesis.openapi.from_dict(narrowed(centrals[0].http.get("/schema").json()))
    callers = [Caller(central) for central in centrals]
    strategy = described[path][method].as_strategy(generation_mode=mode)

    @chosen
    @hypothesis.given(strategy)
    def meets(case: Case) -> None:
        for caller in callers:
            caller.send(case)

    meets()
    for caller, central in zip(callers, centrals, strict=True):
        sys.stdout.write(f"{method} {path} {mode.value}: {dict(sorted(caller.answered.items()))}\n")
        assert caller.terminal.grant(central.add_member("5.00"), "1.00").free_after == yuan("4.00")


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
    run([central], operation, mode, settings(SETTINGS, max_examples=examples, derandomize=True))


@pytest.mark.prove
@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_no_request_of_very_many_is_answered_with_a_5xx(
    both_centrals: tuple[Central, Central], operation: tuple[str, str], mode: GenerationMode
) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    seeded: Callable[..., Any] = hypothesis.seed(seed)
    chosen = settings(SETTINGS, max_examples=VERY_MANY_PUSHES if operation[1] == "/v1/push" else VERY_MANY_EXAMPLES)
    run(both_centrals, operation, mode, lambda test: seeded(chosen(test)))  # type: ignore[arg-type]


def test_every_operation_is_met(central: Central) -> None:
    described = central.http.get("/schema").json()["paths"]
    there = {(method.upper(), path) for path, operations in described.items() for method in operations}
    assert {*OPERATIONS, *PACKED} == there

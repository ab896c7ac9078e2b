"""Requests that no terminal of ours would send: each refused with a reason, none of them harms."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest

from kiosk.sync import wire
from tests.central.sales import new_id
from tests.central.support import Central, Terminal, post_json

ENDPOINTS = ["/v1/grants", "/v1/push"]


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


GZIP = {"Content-Encoding": "gzip"}
# What is sent, with which headers, and the status that refuses it.
NO_MESSAGES: dict[str, tuple[bytes, dict[str, str], int]] = {
    "plain text": (b"{}", {"Content-Type": "text/plain"}, 415),
    "form": (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "other compression": (b"{}", {"Content-Encoding": "br"}, 415),
    "not compressed": (b"{}", GZIP, 400),
    "cut off": (gzipped(b"{}")[:-5], GZIP, 400),
    "more behind": (gzipped(b"{}") + b"more", GZIP, 400),
    "zlib": (zlib.compress(b"{}"), GZIP, 400),
    "gzip bomb": (gzipped(b" " * 10_000_000), GZIP, 413),
    "gzip bomb in a gzip bomb": (gzipped(gzipped(b" " * 10_000_000)), GZIP, 400),
    "gzip bomb of many members": (gzipped(b"") * 1000 + gzipped(b" " * 10_000_000), GZIP, 400),
    "twice compressed": (gzipped(gzipped(b"{}")), {"Content-Encoding": "gzip, gzip"}, 415),
    "deflate": (zlib.compress(b"{}"), {"Content-Encoding": "deflate"}, 415),
    "a character set": (b"{}", {"Content-Encoding": "utf-8"}, 415),
    "10 MB": (b" " * 10_000_000, {}, 413),
    "nothing in it": (b"{}", {}, 400),
    "null": (b"null", {}, 400),
    "not UTF-8": (b"\xff\xfe", {}, 400),
    "deep": (b"[" * 500_000, {}, 400),
    "NaN": (b'{"request_id":NaN,"first_seq":NaN}', {}, 400),
    "infinite": (b'{"first_seq":1e400,"events":[]}', {}, 400),
    "deep event": (b'{"first_seq":1,"events":[{"id":"x","body":' + b"[" * 500_000, {}, 400),
}


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("case", NO_MESSAGES)
def test_bodies_that_are_no_messages(terminal: Terminal, path: str, case: str) -> None:
    body, headers, status = NO_MESSAGES[case]
    response = terminal.send("POST", path, body, **headers)
    assert response.status_code == status
    assert response.json()["detail"]


def test_numbers_that_are_no_money(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    for minor in ("1.5", "1e2", '"100"', "true", "NaN", "-1", "0", "10000000000000", "1" * 400):
        body = f'{{"request_id":"{new_id()}","card_uid":"{member.card_uid}","amount":{{"minor":{minor}}}}}'
        assert terminal.send("POST", "/v1/grants", body.encode()).status_code == 400, minor


@pytest.mark.parametrize("uid", ["", "abc", "0' OR '1'='1", "A" * 21, "0\\u0000", "２２２２"])
def test_card_uids_that_are_none(terminal: Terminal, uid: str) -> None:
    body = f'{{"request_id":"{new_id()}","card_uid":"{uid}","amount":{{"minor":100}}}}'
    assert terminal.send("POST", "/v1/grants", body.encode()).status_code == 400


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "after=1" + "0" * 30, "limit=0", f"limit={wire.MAX_FEED_ROWS + 1}", "wait_s=-1",
     "wait_s=31", "wait_s=nan", "wait_s=inf", "epoch=" + "x" * 65],
)  # fmt: skip
def test_feed_questions_that_make_no_sense(terminal: Terminal, query: str) -> None:
    assert terminal.send("GET", f"/v1/feed?{query}").status_code == 400


def test_an_enrolment_is_small(central: Central) -> None:
    assert post_json(central.http, "/v1/enrol", b" " * 5000).status_code == 413


def test_the_staffs_side_needs_the_token(central: Central, terminal: Terminal) -> None:
    token = central.parts.api_token
    for path in ("/v1/orders", f"/v1/orders/{new_id()}", "/v1/quarantine"):
        for authorization in ("", token, f"Bearer {token[:-1]}", f"bearer {token}", f"Bearer {token}x", "Bearer ü"):
            answer = central.http.get(path, headers={"Authorization": authorization.encode("latin-1")})
            assert answer.status_code == 401
        assert terminal.send("GET", path).status_code == 401


def test_an_unsigned_request_is_refused_before_its_body_is_read_as_a_message(central: Central) -> None:
    for path in ENDPOINTS:
        assert post_json(central.http, path, b"{").status_code == 401


def test_what_is_not_there(central: Central) -> None:
    assert central.http.get("/v1/nothing").status_code == 404
    assert central.http.get("/v1/enrol").status_code == 405
    headers = {"Authorization": f"Bearer {central.parts.api_token}"}
    assert central.http.get(f"/v1/orders/{new_id()}", headers=headers).status_code == 404
    assert central.http.get("/v1/orders/x", headers=headers).status_code == 404
    assert central.http.get("/v1/orders?limit=501", headers=headers).status_code == 400


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        yield from (r for part in value.values() for r in references(part))
    elif isinstance(value, list):
        yield from (r for part in value for r in references(part))


def test_health_and_description_are_open_and_whole(central: Central) -> None:
    assert central.http.get("/v1/health").json() == {"status": "ok", "protocol": wire.PROTOCOL}
    described = central.http.get("/schema").json()
    assert {"/v1/enrol", "/v1/grants", "/v1/push", "/v1/backlog", "/v1/feed", "/v1/orders"} <= set(described["paths"])
    named = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= named
    assert {"#/components/schemas/wire.GrantRequest", "#/components/schemas/wire.FeedPage"} <= named

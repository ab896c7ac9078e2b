"""Requests that are not what they claim to be, and codes that are not good any more: each is refused, and every row of
every table stays as it was."""

from __future__ import annotations

import base64
import gzip
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, select, update

from central.push.repository import push_position, received_event
from central.terminals import repository as terminals
from central.terminals.repository import enrolment_code
from central.terminals.service import CODE_VALID_FOR, revoke
from central.transactions import Transactions
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, pushed_event, yuan
from tests.central.support import Central, Terminal, enrol_request, enrol_with, post_json, running_central
from tests.prove.sync.books import Dump, dump
from tests.prove.sync.mutants import AfterEachWrite, BelievesAnyone, serving

PUSH, GRANTS, FEED = "/v1/push", "/v1/grants", "/v1/feed"


@dataclass
class Site:
    """A central with terminals that have pushed one order each, and what an attacker may have got hold of."""

    central: Central
    transactions: Transactions
    http: httpx.Client
    keys: dict[str, Terminal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.old_code = self.code()
        self.central.clock.offset += CODE_VALID_FOR + timedelta(seconds=1)
        self.mine, self.others, self.revoked, self.replaced = (self._enrolled() for _ in range(4))
        self.recorded = {t.id: t.batch for t in (self.mine, self.revoked, self.replaced)}
        self.transactions.write(lambda tx: revoke(tx, self.revoked.enrolled.letter))
        self.replacing = self._enrolled(replaces=self.replaced.enrolled.letter)

    def code(self, replaces: str | None = None) -> str:
        return self.transactions.write(lambda tx: self.central.parts.desk.make_code(tx, replaces))

    def _enrolled(self, replaces: str | None = None) -> Enrolled:
        code = self.code(replaces)
        terminal = Enrolled(enrol_with(self.http, code), code)
        self.keys[terminal.id] = terminal
        assert terminal.send("POST", PUSH, terminal.batch).status_code == 200
        return terminal

    def present(self, code: str, key: Ed25519PrivateKey | None = None) -> httpx.Response:
        return post_json(self.http, "/v1/enrol", enrol_request(code, key or Ed25519PrivateKey.generate()))

    def state(self) -> Dump:
        """All that stands in the database, except how often codes were guessed at: that is to change."""
        columns = [c for c in enrolment_code.c if c.name != "failed_attempts"]
        codes = self.central.parts.transactions.read(lambda c: c.execute(select(*columns)).all())
        return dump(self.central.parts, without=[enrolment_code]) | {"codes": sorted(map(tuple, codes), key=repr)}


class Enrolled(Terminal):
    """A terminal, the code that it used, and the batch with its first order."""

    def __init__(self, terminal: Terminal, code: str) -> None:
        super().__init__(terminal.http, terminal.key, terminal.enrolled)
        self.code = code
        self.batch = self.orders(1)

    def orders(self, first_seq: int) -> bytes:
        return wire.encode(wire.PushBatch(first_seq, (pushed_event(counter_order(self, "1.00")),)))

    def claiming(self, **claims: Any) -> Enrolled:
        """The same terminal, but it names another id or incarnation, or signs with another key."""
        key = claims.pop("key", self.key)
        enrolled = wire.Enrolled(**{n: getattr(self.enrolled, n) for n in self.enrolled.__struct_fields__} | claims)
        return Enrolled(Terminal(self.http, key, enrolled), self.code)

    def pushes(self, body: bytes | None = None, *, signed: tuple[str, str, bytes] | None = None) -> httpx.Response:
        """Its next batch, which would be booked; `signed` is what the signature is for, if not for this request."""
        body = self.orders(2) if body is None else body
        authorization = self.authorization(*(signed or ("POST", PUSH, body)))
        return self.send("POST", PUSH, body, Authorization=authorization)


def a_grant() -> bytes:
    return wire.encode(wire.GrantRequest(new_id(), "FFFFFFFFFF", yuan("1.00")))


def other_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


Attempt = Callable[[Site], httpx.Response]
# What is tried, and the status that answers it.
ATTEMPTS: dict[str, tuple[Attempt, int]] = {
    # forged
    "no signature": (lambda s: post_json(s.http, PUSH, s.mine.orders(2)), 401),
    "a key of nobody's": (lambda s: s.mine.claiming(key=other_key()).pushes(), 401),
    "a terminal that is none": (lambda s: s.mine.claiming(terminal_id=str(uuid4())).pushes(), 401),
    "an incarnation to come": (lambda s: s.mine.claiming(incarnation=2).pushes(), 401),
    "another body": (lambda s: s.mine.pushes(signed=("POST", PUSH, s.mine.orders(2))), 401),
    "compressed after signing": (
        lambda s: s.mine.send(
            "POST",
            PUSH,
            gzip.compress(body := s.mine.orders(2)),
            Authorization=s.mine.authorization("POST", PUSH, body),
            **{"Content-Encoding": "gzip"},
        ),
        401,
    ),
    "signed for another call": (lambda s: s.mine.pushes(b := s.mine.orders(2), signed=("POST", GRANTS, b)), 401),
    "signed for another method": (lambda s: s.mine.pushes(b := s.mine.orders(2), signed=("GET", PUSH, b)), 401),
    # replayed
    "the same batch again": (lambda s: s.mine.pushes(s.recorded[s.mine.id]), 200),
    "a batch sent elsewhere": (
        lambda s: s.mine.send(
            "POST",
            GRANTS,
            batch := s.recorded[s.mine.id],
            Authorization=s.mine.authorization("POST", PUSH, batch),
        ),
        401,
    ),
    # cross-terminal
    "in another's name": (lambda s: s.mine.claiming(terminal_id=s.others.id).pushes(), 401),
    "with another's key": (lambda s: s.mine.claiming(key=s.others.key).pushes(), 401),
    "another's grant request": (
        lambda s: s.mine.claiming(terminal_id=s.others.id).send("POST", GRANTS, a_grant()),
        401,
    ),
    # revoked
    "revoked, a new batch": (lambda s: s.revoked.pushes(), 403),
    "revoked, an old batch again": (lambda s: s.revoked.pushes(s.recorded[s.revoked.id]), 403),
    "revoked, a grant": (lambda s: s.revoked.send("POST", GRANTS, a_grant()), 403),
    "revoked, the feed": (lambda s: s.revoked.send("GET", FEED), 403),
    "revoked, forged": (lambda s: s.revoked.claiming(key=other_key()).pushes(), 401),
    # enrolled again since
    "old incarnation, a new batch": (lambda s: s.replaced.pushes(), 403),
    "old incarnation, an old batch again": (lambda s: s.replaced.pushes(s.recorded[s.replaced.id]), 403),
    "old incarnation, a grant": (lambda s: s.replaced.send("POST", GRANTS, a_grant()), 403),
    "old key, new incarnation": (lambda s: s.replaced.claiming(incarnation=2).pushes(), 401),
    "new key, old incarnation": (lambda s: s.replacing.claiming(incarnation=1).pushes(), 403),
    # codes
    "a code nobody gave": (lambda s: s.present("0000-0000"), 403),
    "a code that is too old": (lambda s: s.present(s.old_code), 403),
    "a used code, another key": (lambda s: s.present(s.mine.code), 403),
    "a used code again": (lambda s: s.present(s.mine.code, s.mine.key), 200),  # the reply was lost: the same answer
    "a used code of who enrolled again": (lambda s: s.present(s.replaced.code, s.replaced.key), 403),
    "a used code that replaced": (lambda s: s.present(s.replacing.code), 403),
}  # fmt: skip


@contextmanager
def site(
    central: Central, transactions: Transactions | None = None, *, believes_anyone: bool = False
) -> Iterator[Site]:
    """At that central, or at a mutant of it."""
    if transactions is None:
        yield Site(central, central.parts.transactions, central.http)
        return
    keys: dict[str, Terminal] = {}
    wrapped = (lambda app: BelievesAnyone(app, keys)) if believes_anyone else (lambda app: app)
    with serving(central, transactions, wrapped) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield Site(central, transactions, http, keys)


def offences(at: Site) -> dict[str, str]:
    """Attempts that were answered otherwise than they should, or changed anything; with what happened."""
    found: dict[str, str] = {}
    before = at.state()
    for name, (attempt, status) in ATTEMPTS.items():
        answer = attempt(at)
        after = at.state()
        changed = [table for table in before if before[table] != after[table]]
        if answer.status_code != status or changed:
            found[name] = f"answered {answer.status_code}, changed {changed}"
        before = after
    return found


def test_whatever_is_tried_is_refused_and_changes_nothing(fresh_central: Central) -> None:
    with site(fresh_central) as at:
        assert offences(at) == {}


@pytest.mark.parametrize(
    "attempts", [pytest.param(40, id="40"), pytest.param(2000, id="2000", marks=pytest.mark.prove)]
)
def test_a_request_with_one_bit_turned_over_is_refused(
    fresh_central: Central, chance: random.Random, attempts: int
) -> None:
    with site(fresh_central) as at:
        before, body = at.state(), at.mine.orders(2)
        signature = at.mine.key.sign(wire.signed_bytes("POST", PUSH, at.mine.id, 1, body))
        for _ in range(attempts):
            forged_body, forged_signature = body, signature
            if chance.random() < 0.5:
                forged_body = one_bit_turned(body, chance)
            else:
                forged_signature = one_bit_turned(signature, chance)
            encoded = base64.b64encode(forged_signature).decode()
            authorization = f'Kiosk terminal="{at.mine.id}",incarnation="1",signature="{encoded}"'
            assert at.mine.send("POST", PUSH, forged_body, Authorization=authorization).status_code == 401
        assert at.state() == before
        assert at.mine.pushes(body).status_code == 200  # it was good
        assert at.state() != before


def one_bit_turned(data: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_code_of_a_terminal_that_was_revoked_is_refused(fresh_central: Central) -> None:
    with site(fresh_central) as at:
        assert at.present(at.revoked.code, at.revoked.key).status_code == 403


# --- mutants ---


def revocations_forgotten(connection: Connection) -> None:
    connection.execute(update(terminals.terminal).values(is_revoked=False))


def used_codes_forgotten(connection: Connection) -> None:
    connection.execute(update(enrolment_code).values(terminal_id=None))


def codes_good_for_ever(connection: Connection) -> None:
    connection.execute(update(enrolment_code).values(expires_at=datetime(9999, 1, 1, tzinfo=UTC)))


def batches_forgotten(connection: Connection) -> None:
    connection.execute(delete(received_event))
    connection.execute(update(push_position).values(last_seq=0))


# What is wrong with central, and some of the attempts that find out.
MUTANTS: dict[str, tuple[Callable[[Connection], None], set[str]]] = {
    "revocations forgotten": (revocations_forgotten, {"revoked, a new batch", "revoked, a grant", "revoked, the feed"}),
    "used codes forgotten": (used_codes_forgotten, {"a used code, another key", "a used code that replaced"}),
    "codes good for ever": (codes_good_for_ever, {"a code that is too old"}),
    "batches forgotten": (batches_forgotten, {"the same batch again"}),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_central_that_forgets_is_caught(tmp_path: Path, mutant: str) -> None:
    sabotage, caught_by = MUTANTS[mutant]
    with running_central(tmp_path) as central, site(central, AfterEachWrite(central, sabotage)) as at:
        assert offences(at).keys() >= caught_by


def test_a_central_that_believes_any_signature_is_caught(tmp_path: Path) -> None:
    with running_central(tmp_path) as central:
        honest = AfterEachWrite(central, lambda _: None)
        with site(central, honest, believes_anyone=True) as at:
            assert offences(at).keys() >= {
                "a key of nobody's", "another body", "signed for another call", "in another's name",
                "with another's key", "another's grant request", "old key, new incarnation",
            }  # fmt: skip

"""POST /v1/enrol, and who is believed afterwards."""

from __future__ import annotations

import base64
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.terminals.repository import enrolment_code
from central.terminals.service import CODE_VALID_FOR, MAX_FAILED_ATTEMPTS, letter_of, revoke
from kiosk.sync import wire
from kiosk.sync.client import CentralClient
from kiosk.sync.enrol import enrol
from kiosk.sync.line import CentralAddress
from tests.central.sales import counter_order, new_id, sale, yuan
from tests.central.support import Central, Terminal, post_json


def code(central: Central, replaces: str | None = None) -> str:
    return central.parts.transactions.write(lambda tx: central.parts.desk.make_code(tx, replaces))


def test_each_terminal_has_its_own_letter(own_central: Central) -> None:
    enrolled = [own_central.enrol().enrolled for _ in range(3)]
    assert [e.letter for e in enrolled] == ["A", "B", "C"]
    assert {e.incarnation for e in enrolled} == {1}
    assert {e.canteen_name for e in enrolled} == {"第一食堂"}
    assert len({e.terminal_id for e in enrolled}) == 3


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")])
def test_letters_never_run_out(index: int, letter: str) -> None:
    assert letter_of(index) == letter


def test_the_terminals_own_client_is_understood(central: Central) -> None:
    """Enrolment, grant, push and feed with the code that terminals run."""
    address = CentralAddress(central.url, timeout_s=10)
    member = central.add_member("20.00")
    identity = enrol(address, code(central), "真终端")
    client = CentralClient(address, identity)
    try:
        reply = client.grant(wire.GrantRequest(new_id(), member.card_uid, yuan("5.00")))
        assert reply.free_after == yuan("15.00")
        event = wire.encode(wire.GrantReleased(new_id()))
        many = tuple(wire.PushedEvent(new_id(), msgspec.Raw(event)) for _ in range(50))  # so many are compressed
        assert client.push(wire.PushBatch(1, many)) == wire.PushReply(50)
        page = client.feed("", 0, 500, 0)
        assert page.epoch == central.parts.installation.epoch
        assert page.rows
    finally:
        client.line.close()


def test_a_code_is_good_once(central: Central) -> None:
    key, given = Ed25519PrivateKey.generate(), code(central)
    first = central.post_enrol(given, key)
    assert first.status_code == 200
    assert central.post_enrol(given, key).content == first.content  # the reply was lost: the same machine asks again
    assert central.post_enrol(given, Ed25519PrivateKey.generate()).status_code == 403


def test_a_code_may_be_typed_as_people_type(central: Central) -> None:
    given = code(central)
    assert len(given) == 9
    assert given[4] == "-"
    typed = " " + given.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert central.post_enrol(typed, Ed25519PrivateKey.generate()).status_code == 200


def test_a_code_is_good_for_minutes(own_central: Central) -> None:
    given = code(own_central)
    own_central.clock.offset += CODE_VALID_FOR + timedelta(seconds=1)
    assert own_central.post_enrol(given, Ed25519PrivateKey.generate()).status_code == 403


def test_guessing_spends_the_code(own_central: Central) -> None:
    given, key = code(own_central), Ed25519PrivateKey.generate()
    for _ in range(MAX_FAILED_ATTEMPTS):
        assert own_central.post_enrol("0000-0000", key).status_code == 403
    assert own_central.post_enrol(given, key).status_code == 403
    assert own_central.post_enrol(code(own_central), key).status_code == 200


def test_a_newer_code_for_a_terminal_replaces_the_older_one(central: Central) -> None:
    """Whoever still has the older one cannot put the terminal out again."""
    letters = [central.enrol().enrolled.letter for _ in range(2)]
    older, newer, of_another = code(central, letters[0]), code(central, letters[0]), code(central, letters[1])
    for_a_new_one = code(central)
    assert central.post_enrol(older, Ed25519PrivateKey.generate()).status_code == 403
    key = Ed25519PrivateKey.generate()
    first = central.post_enrol(newer, key)
    assert first.status_code == 200
    assert central.post_enrol(older, Ed25519PrivateKey.generate()).status_code == 403
    code(central, letters[0])
    assert central.post_enrol(newer, key).content == first.content, "a lost reply is still told again"
    for untouched in (of_another, for_a_new_one):
        assert central.post_enrol(untouched, Ed25519PrivateKey.generate()).status_code == 200


def test_a_code_from_before_a_revocation_is_void(central: Central) -> None:
    letter = central.enrol().enrolled.letter
    before = code(central, letter)
    central.parts.transactions.write(lambda tx: revoke(tx, letter))
    assert central.post_enrol(before, Ed25519PrivateKey.generate()).status_code == 403
    assert central.post_enrol(code(central, letter), Ed25519PrivateKey.generate()).status_code == 200


def test_a_code_is_not_kept(own_central: Central) -> None:
    given = code(own_central)
    kept = own_central.parts.transactions.read(lambda c: c.execute(enrolment_code.select()).all())
    assert given.replace("-", "") not in repr(kept)
    assert given not in repr(kept)


def test_a_terminal_that_enrols_again_is_its_next_incarnation(central: Central) -> None:
    old = central.enrol()
    old.push(counter_order(old, "1.00"))
    new = central.enrol(replaces=old.enrolled.letter)
    assert (new.id, new.enrolled.letter, new.enrolled.incarnation) == (old.id, old.enrolled.letter, 2)
    refused = old.send("GET", "/v1/feed")
    assert refused.status_code == 403
    assert "again" in refused.json()["detail"]
    assert new.push(counter_order(new, "1.00")).last_seq == 1  # numbers begin anew with an incarnation


def test_sales_that_waited_for_a_new_enrolment_are_booked(central: Central) -> None:
    member, request_id, old = central.add_member("9.00"), new_id(), central.enrol()
    grant = old.grant(member, "9.00", request_id)
    new = central.enrol(replaces=old.enrolled.letter)
    sold = sale(new, request_id, grant, "9.00")
    assert new.push(sold).quarantined == ()
    assert central.account(member).booked == yuan("0")
    assert "stands already" in new.push(sale(new, request_id, grant, "9.00")).quarantined[0].reason


def test_a_request_given_up_before_a_new_enrolment_is_released_after_it(central: Central) -> None:
    """The reply was lost, the payment given up, and its release still waited when the terminal was enrolled anew."""
    member, request_id, old = central.add_member("9.00"), new_id(), central.enrol()
    old.grant(member, "9.00", request_id)
    new = central.enrol(replaces=old.enrolled.letter)
    assert new.push(wire.GrantReleased(request_id)).quarantined == ()
    assert central.free(member) == yuan("9.00")


def test_a_revoked_terminal_is_refused(central: Central, terminal: Terminal) -> None:
    central.parts.transactions.write(lambda tx: revoke(tx, terminal.enrolled.letter))
    response = terminal.send("GET", "/v1/feed")
    assert (response.status_code, response.json()["detail"]) == (403, "this terminal was revoked")


@pytest.mark.parametrize(
    ("public_key", "name"),
    [("", "x"), ("no base64!", "x"), (base64.b64encode(b"short").decode(), "x"), (None, ""), (None, "a\nb")],
)
def test_enrolments_that_make_no_sense(central: Central, public_key: str | None, name: str) -> None:
    good = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    request = wire.EnrolRequest(code(central), good if public_key is None else public_key, name)
    assert post_json(central.http, "/v1/enrol", request).status_code == 400


class TestSignatures:
    """A terminal is believed only with a signature that fits the very request."""

    def answer(self, terminal: Terminal, authorization: str) -> int:
        return terminal.send("GET", "/v1/feed", Authorization=authorization).status_code

    def test_a_good_one_can_be_sent_again(self, terminal: Terminal) -> None:
        good = terminal.authorization("GET", "/v1/feed", b"")
        assert [self.answer(terminal, good) for _ in range(2)] == [200, 200]

    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            "Bearer x",
            "Kiosk",
            'Kiosk terminal="",incarnation="1",signature=""',
            'Kiosk terminal="x",incarnation="1",signature="' + "A" * 86 + '=="',
            'Kiosk terminal="x",incarnation="-1",signature="' + "A" * 86 + '=="',
        ],
    )
    def test_none_or_nonsense(self, terminal: Terminal, authorization: str) -> None:
        assert self.answer(terminal, authorization) == 401

    def test_of_another_path_method_or_body(self, terminal: Terminal) -> None:
        for method, target, body in [("POST", "/v1/feed", b""), ("GET", "/v1/feed?after=1", b""), ("GET", "/", b"x")]:
            assert self.answer(terminal, terminal.authorization(method, target, body)) == 401

    def test_of_another_terminal(self, central: Central, terminal: Terminal) -> None:
        other = central.enrol().authorization("GET", "/v1/feed", b"")
        swapped = other.replace(other.split('"')[1], terminal.id)
        assert self.answer(terminal, swapped) == 401

    def test_of_an_incarnation_to_come(self, terminal: Terminal) -> None:
        good = terminal.authorization("GET", "/v1/feed", b"")
        assert self.answer(terminal, good.replace('incarnation="1"', 'incarnation="2"')) == 401


@pytest.mark.parametrize(
    ("protocol", "status"), [("", 400), ("x", 400), ("0", 426), ("99", 426), ("1", 200), ("2", 200)]
)
def test_the_protocol_is_checked(terminal: Terminal, protocol: str, status: int) -> None:
    assert terminal.send("GET", "/v1/feed", **{wire.PROTOCOL_HEADER: protocol}).status_code == status

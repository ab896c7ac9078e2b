"""What a terminal is told about itself: versions, whether it has read all, and what of it could not be booked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

import central as central_package
from central.push.reasons import PHRASES, reason_of
from kiosk.domain.ids import OrderId
from kiosk.domain.quarantine import EventKind, QuarantineReason, kind_of
from kiosk.domain.release import UpdateState, update_state
from kiosk.domain.version import VERSION
from kiosk.sync import wire
from tests.central.sales import new_id
from tests.central.support import Central, Terminal, running_central


def told(terminal: Terminal, epoch: str = "", after: int = 0) -> wire.UpkeepReply:
    return terminal.ask("GET", f"/v1/upkeep?epoch={epoch}&after={after}", None, wire.UpkeepReply)


def test_versions_and_the_feed(central: Central, terminal: Terminal) -> None:
    central.add_member()
    reply = told(terminal)
    assert (reply.version, reply.protocol, reply.oldest_protocol) == (VERSION, wire.PROTOCOL, wire.OLDEST_PROTOCOL)
    assert (reply.release, reply.quarantined_count, reply.quarantined) == ("", 0, ())
    assert reply.is_behind
    assert not told(terminal, *terminal.newest()).is_behind


def test_a_kitchens_screen_is_told_too(central: Central) -> None:
    assert told(central.enrol(role="kitchen")).version == VERSION


def test_the_settings_say_what_terminals_ought_to_run(tmp_path: Path) -> None:
    with running_central(tmp_path, more='[terminals]\nrelease = "7.8"\n') as running:
        assert told(running.enrol()).release == "7.8"


def test_each_kind_of_refusal_is_told_with_its_reason_and_number(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    good, other = terminal.bought(member, "1.00"), terminal.bought(member, "1.00")
    terminal.push(good)
    events: list[tuple[object, QuarantineReason, str]] = [
        (wire.PushedEvent(new_id(), msgspec.Raw(b'{"type":"of_tomorrow","x":1}')), QuarantineReason.UNREADABLE, ""),
        (good, QuarantineReason.STANDS_ALREADY, good.order.number),
        (
            msgspec.structs.replace(other, payment=replace(other.payment, order_id=OrderId(new_id()))),
            QuarantineReason.REFUSED,
            other.order.number,
        ),
    ]
    for event, _, _ in events:
        terminal.push(event)
    reply = told(terminal)
    assert reply.quarantined_count == len(events)
    assert [(record.reason, record.order_number) for record in reversed(reply.quarantined)] == [
        (reason, number) for _, reason, number in events
    ]
    assert [record.seq for record in reply.quarantined] == sorted((r.seq for r in reply.quarantined), reverse=True)
    assert reply.quarantined[-1].type == "of_tomorrow"
    assert kind_of(reply.quarantined[0].type) is EventKind.ORDER


def test_no_terminal_hears_of_another_and_never_of_more_than_it_can_show(central: Central, terminal: Terminal) -> None:
    other = central.enrol()
    for _ in range(wire.MAX_QUARANTINED + 3):
        terminal.push(wire.PushedEvent(new_id(), msgspec.Raw(b"null")))
    reply = told(terminal)
    assert (reply.quarantined_count, len(reply.quarantined)) == (wire.MAX_QUARANTINED + 3, wire.MAX_QUARANTINED)
    assert told(other).quarantined_count == 0


def test_nothing_of_a_member_is_told(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    sold = terminal.bought(member, "1.00")
    terminal.push(msgspec.structs.replace(sold, payment=replace(sold.payment, order_id=OrderId(new_id()))))
    answer = terminal.send("GET", "/v1/upkeep").content
    assert told(terminal).quarantined_count == 1
    assert member.id.encode() not in answer
    assert member.card_uid.encode() not in answer


# --- the words with which events are refused ---


def raised_words() -> Iterator[str]:
    """Every text that central raises something with or holds a condition against, where events are booked."""
    root = Path(central_package.__file__).parent
    for folder in ("orders", "wallet", "stock", "faces", "kitchen", "push", "shifts"):
        for path in (root / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                    yield node.value


@pytest.mark.parametrize("phrase", [phrase for phrase, _ in PHRASES])
def test_a_phrase_that_is_looked_for_is_one_that_central_says(phrase: str) -> None:
    own = Path(central_package.__file__).parent / "push" / "reasons.py"
    said = [words for words in raised_words() if phrase in words and words != phrase]
    whole = [words for words in raised_words() if words == phrase]
    assert said or len(whole) > own.read_text(encoding="utf-8").count(f'"{phrase}"'), "nobody says that any more"


def test_what_is_not_known_at_central_is_never_merely_refused() -> None:
    unknown = [w for w in raised_words() if w.endswith("not known here") and "order names a dish" not in w]
    assert unknown
    for words in unknown:
        assert reason_of(words, is_readable=True).value.startswith("unknown_"), words


def test_every_event_of_the_wire_has_a_kind() -> None:
    tags = [kind.__struct_config__.tag for kind in wire.TerminalEvent.__args__]  # type: ignore[attr-defined]
    assert EventKind.OTHER not in {kind_of(str(tag)) for tag in tags}


@pytest.mark.parametrize(
    ("here", "at_central", "release", "state"),
    [
        ("1.2.0", "1.2.0", "1.2.0", UpdateState.UP_TO_DATE),
        ("1.2.0", "1.10.0", "1.10.0", UpdateState.READY),
        ("1.10.0", "1.2.0", "1.2.0", UpdateState.CENTRAL_FIRST),
        ("1.2.0", "1.3.0", "1.1.9", UpdateState.READY),
        ("1.2.0", "1.2.0", "", UpdateState.UNKNOWN),
        ("1.2.0", "", "", UpdateState.UNKNOWN),
        ("1.2.0", "1", "1.2.0", UpdateState.UP_TO_DATE),
        ("1.2.0", "1.2.0", "newest", UpdateState.UNKNOWN),
    ],
)
def test_whether_an_update_is_due(here: str, at_central: str, release: str, state: UpdateState) -> None:
    assert update_state(here, at_central, release) is state

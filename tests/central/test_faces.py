"""Consents to faces and their deletions at central: kept once, and told to every terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Row

from central import cli
from central.errors import NotFound
from central.faces.repository import consents_of
from central.faces.service import forget_face
from kiosk.domain.ids import FaceConsentId, MemberId
from kiosk.sync import wire
from tests.central.support import Central, Diner, Terminal
from tests.store.enrolling import consent, deletion


def consents(central: Central, member: Diner) -> Sequence[Row[Any]]:
    return central.parts.transactions.read(lambda c: consents_of(c, member.id))


def forgotten(member: Diner, **more: Any) -> wire.FaceForgotten:
    return wire.FaceForgotten(deletion(MemberId(member.id)), **more)


def told(terminal: Terminal, member: Diner) -> UUID | None:
    """The newest deletion that the feed tells that terminal of."""
    state = terminal.states().get(("face", member.id))
    return None if state is None else UUID(state["deletion_id"])


def test_a_consent_is_kept_once_and_no_terminal_is_told_of_it(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    given = wire.FaceConsentGiven(consent(MemberId(member.id)))
    assert terminal.push(given) == wire.PushReply(terminal.sent)
    assert terminal.push(given) == wire.PushReply(terminal.sent), "sent again under another id"
    (row,) = consents(central, member)
    assert (row.letter, row.given_by, row.after, row.destroyed_at) == (terminal.enrolled.letter, "member", None, None)
    assert wire.decode(row.event, wire.FaceConsentGiven) == given
    assert told(central.enrol(), member) is None


def test_a_deletion_reaches_every_terminal_and_they_say_so(central: Central, terminal: Terminal) -> None:
    other, member = central.enrol(), central.add_member()
    here, there = consent(MemberId(member.id)), consent(MemberId(member.id))
    terminal.push(wire.FaceConsentGiven(here))
    other.push(wire.FaceConsentGiven(there))
    first = forgotten(member, consent_id=here.id)
    terminal.push(first)
    assert told(terminal, member) == told(other, member) == first.deletion.id
    assert [row.destroyed_at is not None for row in consents(central, member)] == [True, False]
    terminal.push(wire.FaceDestroyed(there.id))
    assert [row.destroyed_at is not None for row in consents(central, member)] == [True, False], "of another terminal's"
    other.push(wire.FaceDestroyed(there.id))
    assert [row.destroyed_at is not None for row in consents(central, member)] == [True, True]


def test_the_newest_deletion_is_what_is_told_whatever_comes_again(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    first, second = forgotten(member), forgotten(member)
    terminal.push(first, second, first)
    assert told(terminal, member) == second.deletion.id
    assert not central.quarantine(terminal)


def test_what_cannot_be_kept_goes_to_quarantine_and_holds_up_nothing(central: Central, terminal: Terminal) -> None:
    member, other = central.add_member(), central.add_member()
    nobody = Diner("nobody", "00")
    given = consent(MemberId(member.id))
    gone = forgotten(member)
    reply = terminal.push(
        wire.FaceConsentGiven(consent(MemberId(nobody.id))),
        forgotten(nobody),
        wire.FaceConsentGiven(given),
        wire.FaceConsentGiven(replace(given, text_version="other")),
        gone,
        wire.FaceForgotten(replace(gone.deletion, member_id=MemberId(other.id))),
        wire.FaceForgotten(replace(deletion(MemberId(member.id)), made_at=datetime(1, 1, 1, tzinfo=UTC))),
        wire.FaceDestroyed(FaceConsentId(UUID(int=5))),
    )
    assert [q.seq for q in reply.quarantined] == [1, 2, 4, 6, 7]
    assert told(terminal, member) == gone.deletion.id
    assert told(terminal, other) is None


def test_a_consent_that_says_what_no_consent_says_is_refused(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    body = wire.encode(wire.FaceConsentGiven(consent(MemberId(member.id))))
    forged = body.replace(b'"under_14":false', b'"under_14":true')
    assert forged != body
    event = wire.PushedEvent(UUID(int=77), msgspec.Raw(forged))
    assert [q.reason for q in terminal.push(event).quarantined if "guardian" in q.reason]
    assert not consents(central, member)


def test_central_itself_has_a_face_forgotten(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    deletion_id = central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
    assert told(terminal, member) == deletion_id
    with pytest.raises(NotFound):
        central.parts.transactions.write(lambda tx: forget_face(tx, "nobody", "王芳"))


def test_the_commands(own_central: Central, capsys: pytest.CaptureFixture[str]) -> None:
    member, terminal = own_central.add_member(), own_central.enrol()
    terminal.push(wire.FaceConsentGiven(given := consent(MemberId(member.id))))
    config = ["--config", str(own_central.config)]

    def states() -> list[str]:
        assert cli.main(["faces", member.id, *config]) == 0
        lines = capsys.readouterr().out.splitlines()
        return [line.split(maxsplit=6)[-1] for line in lines if line.startswith(f"{terminal.enrolled.letter} ")]

    assert states() == ["enrolled"]
    assert cli.main(["forget-face", member.id, "--by", "王芳", *config]) == 0
    capsys.readouterr()
    assert states() == ["to be forgotten: that terminal has not said so yet"]
    assert told(terminal, member) is not None
    terminal.push(wire.FaceDestroyed(given.id))
    assert states() == ["forgotten, as that terminal has said"]
    assert cli.main(["forget-face", "nobody", "--by", "王芳", *config]) == 1
    assert "nobody" in capsys.readouterr().err

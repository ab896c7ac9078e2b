"""Shared faces where somebody means ill, or lags behind: central, a terminal, or whoever copied something."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from schemathesis import GenerationMode
from sqlalchemy import Connection, text

from central.faces.service import forget_face
from central.faces.sharing import MAX_WAITING_LETTERS, leave
from central.faces.sharing_repository import count_letters, put_copy, put_shared, want_letters
from central.terminals.service import revoke
from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import FaceConsentId, MemberId
from kiosk.services.ports import StorageFailed
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from kiosk.sync.face_letters import FaceCopy, SiteKey
from tests.central import sharing_mutants as mutants
from tests.central.conftest import DATABASES
from tests.central.sharing import (
    LOCAL,
    REAL,
    SHARED,
    SHARING,
    SITE_KEY,
    RealTerminal,
    change_central,
    letters,
    put_letter,
    shared_with_all,
    sharing_site,
)
from tests.central.support import Central, Terminal, running_central
from tests.central.test_described_api import EXAMPLES, MODES, SETTINGS, run
from tests.store.enrolling import consent, template
from tests.till.mutants import Overlaid

Drill = Callable[[Central, Path, RealTerminal], None]


on_both = pytest.mark.parametrize("central", DATABASES, indirect=True)


@pytest.fixture(scope="module")
def central(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A server that passes letters on; on SQLite, if a test does not say on which database."""
    kind = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgresql_url")() if kind == "postgresql" else None
    with running_central(tmp_path_factory.mktemp(f"hostile-{kind}"), url, more=SHARED) as running:
        yield running


# --- drills: each is also flown with planted bugs ---


def drill_a_box_of_central_s_own(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    member = central.add_member()
    with sharing_site(central, folder, 2, (program,), (SITE_KEY, secrets.token_bytes(32))) as (a, stranger):
        a.enrol(member)
        shared_with_all([a, stranger])
        (left,) = letters(central, member)
        assert (left.sealed, left.refusal) == (None, "not_of_site")


def drill_a_face_of_central_s_own(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    """Sealed to the terminal's box, as everybody can who knows it; whose face it is would pay for this member."""
    member = central.add_member()
    with sharing_site(central, folder, 1, (program,)) as (a,):
        a.sync()
        copy = FaceCopy(_shared_consent(member.id), template())
        put_letter(central, a, copy.consent, SiteKey(secrets.token_bytes(32)).seal(copy, a.box()))
        a.sync()
        assert a.template(member) is None
        assert [letter.refusal for letter in letters(central, member)] == ["unreadable"]


def drill_a_letter_that_was_changed(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    member = central.add_member()
    with sharing_site(central, folder, 1, (program,)) as (a,):
        a.sync()
        copy = FaceCopy(_shared_consent(member.id), template())
        sealed = SiteKey(SITE_KEY).seal(copy, a.box())
        for changed in _changed(sealed):
            put_letter(central, a, copy.consent, changed)
            a.sync()
            assert a.template(member) is None
        put_letter(central, a, _shared_consent(member.id), sealed)
        a.sync()
        assert a.template(member) is None, "it is told under another consent than it says itself"
        put_letter(central, a, copy.consent, sealed)
        a.sync()
        assert a.template(member) == copy.template, "unchanged it is taken"


def drill_an_older_letter_again(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    member = central.add_member()
    with sharing_site(central, folder, 2, (REAL, program)) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.sync()
        (kept,) = letters(central, member)
        older = a.face(member)
        assert older is not None
        b.sync()
        newer = a.enrol(member, made=template(first=5.0))
        shared_with_all([a, b])
        assert b.template(member) == newer
        put_letter(central, b, older[0], kept.sealed)
        b.sync()
        assert b.template(member) == newer


def drill_a_letter_from_before_the_deletion(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    """Neither what central kept nor what its backup holds can be opened, at any terminal."""
    member = central.add_member()
    with sharing_site(central, folder, 2, (REAL, program)) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.sync()
        (kept,) = letters(central, member)
        face, box, key = a.face(member), b.box(), b.box_key()
        assert face is not None
        b.sync()
        a.forget(member)
        shared_with_all([a, b])
        assert SiteKey(SITE_KEY).open(kept.sealed, box, b.box_key()) is None
        assert key not in (b.folder / "kiosk.face-keys").read_bytes()
        put_letter(central, b, face[0], kept.sealed)
        b.sync()
        assert b.template(member) is None
        put_letter(central, b, face[0], SiteKey(SITE_KEY).seal(FaceCopy(*face), b.box()))
        b.sync()
        assert b.template(member) is None, "nor when it is sealed anew"
        assert [letter.refusal for letter in letters(central, member)] == ["void"]


def drill_central_asks_for_what_is_not_shared(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    member = central.add_member()
    with sharing_site(central, folder, 2, (program,)) as (a, b):
        shared_with_all([a, b])
        a.enrol(member, LOCAL)
        face = a.face(member)
        assert face is not None
        a.push()
        _let_want(central, a.identity.terminal_id, [(member.id, face[0].id)])
        assert a.writer is not None
        assert a.writer.exchange_if_due(), "it is asked"
        a.exchange()
        assert [letter.sealed for letter in letters(central, member)] == [None]


def drill_a_letter_behind_a_deletion(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    member = central.add_member()
    with sharing_site(central, folder, 2, (program,)) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.push()
        assert a.writer is not None
        assert a.writer.exchange_if_due()
        central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
        a.exchange()
        assert not any(letter.sealed for letter in letters(central, member))


def drill_a_terminal_is_revoked(central: Central, folder: Path, program: RealTerminal = REAL) -> None:
    member = central.add_member()
    with sharing_site(central, folder, 2, (program,)) as (a, b):
        shared_with_all([a, b])
        central.parts.transactions.write(lambda tx: revoke(tx, b.identity.letter))
        a.enrol(member)
        a.sync()
        assert letters(central, member) == []


DRILLS = (
    drill_a_box_of_central_s_own,
    drill_a_face_of_central_s_own,
    drill_a_letter_that_was_changed,
    drill_an_older_letter_again,
    drill_a_letter_from_before_the_deletion,
    drill_central_asks_for_what_is_not_shared,
    drill_a_letter_behind_a_deletion,
    drill_a_terminal_is_revoked,
)


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.__name__)
def test_it_comes_to_nothing(central: Central, tmp_path: Path, drill: Drill) -> None:
    drill(central, tmp_path, REAL)


@dataclass(frozen=True)
class Planted:
    mutant: type[RealTerminal] | tuple[str, ...]
    drill: Drill
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name or self.mutant.__name__}-{self.drill.__name__}"  # type: ignore[union-attr]


PLANTED = (
    Planted(mutants.BelievesEveryBox, drill_a_box_of_central_s_own),
    Planted(mutants.BelievesEveryLetter, drill_a_face_of_central_s_own),
    Planted(mutants.TakesEveryCopy, drill_an_older_letter_again),
    Planted(mutants.TakesEveryCopy, drill_a_letter_from_before_the_deletion),
    Planted(mutants.KeepsItsBox, drill_a_letter_from_before_the_deletion),
    Planted(mutants.SendsWithoutConsent, drill_central_asks_for_what_is_not_shared),
    Planted(mutants.DELETION_KEEPS_LETTERS, drill_a_letter_behind_a_deletion, "DeletionKeepsLetters"),
    Planted(mutants.WRITES_FOR_THE_REVOKED, drill_a_terminal_is_revoked, "WritesForTheRevoked"),
)


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_each_planted_bug_is_caught(tmp_path: Path, planted: Planted) -> None:
    (tmp_path / "central").mkdir()
    with running_central(tmp_path / "central", more=SHARED) as central:
        program = REAL
        if isinstance(planted.mutant, tuple):
            statements = planted.mutant
            central.parts.transactions.write(lambda tx: [tx.connection.execute(text(s)) for s in statements])
        else:
            program = planted.mutant()
        with pytest.raises(AssertionError):
            planted.drill(central, tmp_path, program)


# --- bounds ---


def test_a_letter_goes_to_its_terminal_alone(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3) as (a, b, c):
        shared_with_all([a, b, c])
        copy = FaceCopy(_shared_consent(member.id), template())
        put_letter(central, b, copy.consent, sealed := SiteKey(SITE_KEY).seal(copy, b.box()))
        c.sync()
        assert c.template(member) is None, "it is not even told of it"
        put_letter(central, c, copy.consent, sealed)
        c.sync()
        assert c.template(member) is None
        assert [letter.refusal for letter in letters(central, member)] == ["unreadable"]


def test_rows_that_are_no_letters_hold_up_nothing(central: Central, tmp_path: Path) -> None:
    member, other = central.add_member(), central.add_member()
    with sharing_site(central, tmp_path, 1) as (a,):
        a.sync()
        for sealed in (b"", b"x" * 40, bytes(700_000)):
            put_letter(central, a, _shared_consent(member.id), sealed)
            a.sync()
        copy = FaceCopy(_shared_consent(other.id), template())
        put_letter(central, a, copy.consent, SiteKey(SITE_KEY).seal(copy, a.box()))
        a.sync()
        assert a.template(member) is None
        assert a.template(other) == copy.template
        assert a.waiting() == 0


class FailsOnce(RealTerminal):
    """The disk refuses the second copy, or the power goes."""

    def store(self, store: SqliteStore) -> Any:
        count = itertools.count(1)

        class Failing(mutants.OtherStore):
            def faces(self, faces: Any) -> Any:
                def take_copy(consent: FaceConsent, template: FaceTemplate) -> object:
                    refusal = faces.take_copy(consent, template)
                    if next(count) == 2:
                        raise StorageFailed("now")
                    return refusal

                return Overlaid(faces, take_copy=take_copy)

        return Failing(store)


def test_a_crash_between_letters_loses_none_and_takes_none_twice(central: Central, tmp_path: Path) -> None:
    diners = [central.add_member() for _ in range(4)]
    with sharing_site(central, tmp_path, 1, (FailsOnce(),)) as (a,):
        a.sync()
        copies = [FaceCopy(_shared_consent(diner.id), template(first=float(n))) for n, diner in enumerate(diners)]
        for copy in copies:
            put_letter(central, a, copy.consent, SiteKey(SITE_KEY).seal(copy, a.box()))
        with pytest.raises(StorageFailed):
            a.pull()
        assert [a.template(diner) for diner in diners] == [copies[0].template, None, None, None]
        a.sync()
        assert [a.template(diner) for diner in diners] == [copy.template for copy in copies]
        a.sync()
        assert not any(letters(central, diner) for diner in diners)


@on_both
def test_what_a_terminal_may_not_say(central: Central) -> None:
    terminal, other = central.enrol(), central.enrol()
    box = _box(terminal)

    def status(message: wire.FaceExchange) -> int:
        return terminal.send("POST", "/v1/faces", wire.encode(message)).status_code

    letter = wire.FaceLetter(uuid4(), FaceConsentId(uuid4()), box.id, b"x")
    for refused in (
        wire.FaceExchange(_box(other)),
        wire.FaceExchange(_box(terminal, public_key=b"short")),
        wire.FaceExchange(_box(terminal, certificate=bytes(33))),
        wire.FaceExchange(box, (letter,) * (wire.MAX_FACE_LETTERS + 1)),
        wire.FaceExchange(box, declined=(wire.FaceLetterRefused(uuid4(), "x"),) * (wire.MAX_FACE_LETTERS + 1)),
    ):
        assert status(refused) == 400
    assert status(wire.FaceExchange(box)) == 200
    assert terminal.send("POST", "/v1/faces", b"[]").status_code == 400
    assert central.http.post("/v1/faces", content=b"{}").status_code in (400, 401)


@on_both
def test_letters_that_were_not_asked_for_or_are_too_large(central: Central, tmp_path: Path) -> None:
    writer, reader, thief = central.enrol(), central.enrol(), central.enrol()
    for terminal in (writer, reader, thief):
        _exchange(terminal, wire.FaceExchange(_box(terminal)))
    member = central.add_member()
    consent_id = FaceConsentId(uuid4())
    _let_want(central, writer.id, [(member.id, consent_id)])
    asked = _exchange(writer, wire.FaceExchange(_box(writer))).wanted
    (wanted,) = (w for w in asked if w.box.terminal_id == reader.id)
    good = wire.FaceLetter(wanted.letter_id, consent_id, wanted.box.id, b"sealed")
    bad = (
        wire.FaceLetter(uuid4(), consent_id, wanted.box.id, b"sealed"),
        wire.FaceLetter(wanted.letter_id, FaceConsentId(uuid4()), wanted.box.id, b"sealed"),
        wire.FaceLetter(wanted.letter_id, consent_id, uuid4(), b"sealed"),
        wire.FaceLetter(wanted.letter_id, consent_id, wanted.box.id, b""),
        wire.FaceLetter(wanted.letter_id, consent_id, wanted.box.id, bytes(wire.MAX_FACE_LETTER_BYTES + 1)),
    )
    reply = _exchange(writer, wire.FaceExchange(_box(writer), bad))
    assert [r.letter_id for r in reply.refused] == [letter.letter_id for letter in bad]
    assert all(r.reason for r in reply.refused)
    assert len(_exchange(thief, wire.FaceExchange(_box(thief), (good,))).refused) == 1, "another was asked"
    assert not _exchange(writer, wire.FaceExchange(_box(writer), (good,))).refused
    assert len(_exchange(writer, wire.FaceExchange(_box(writer), (good,))).refused) == 1, "it is there"
    declined = wire.FaceExchange(_box(thief), declined=(wire.FaceLetterRefused(wanted.letter_id, "not_held"),))
    _exchange(thief, declined)
    assert [bool(row.sealed) for row in letters(central, member) if row.terminal_id == reader.id] == [True]


@on_both
def test_of_very_many_faces_few_are_on_their_way_at_once(central: Central) -> None:
    """A terminal that shares and never fetches: central asks for no more than it keeps for it."""
    more = 80
    numbers = range(MAX_WAITING_LETTERS + more)
    prefix = f"many{secrets.token_hex(3)}"
    central.import_members("".join(f"{prefix}{n},王{n},甲班,,,0.00,\n" for n in numbers))
    writer, reader = central.enrol(), central.enrol()
    central.parts.transactions.write(leave)
    faces = [(f"{prefix}{n}", FaceConsentId(uuid4())) for n in numbers]
    _let_want(central, writer.id, faces)
    _exchange(reader, wire.FaceExchange(_box(reader)))
    box, written = _box(writer), 0
    wanted = _exchange(writer, wire.FaceExchange(box)).wanted
    while wanted:
        assert len(wanted) <= wire.MAX_FACE_LETTERS
        sealed = tuple(wire.FaceLetter(w.letter_id, w.consent_id, w.box.id, b"sealed") for w in wanted)
        written += len(sealed)
        wanted = _exchange(writer, wire.FaceExchange(box, sealed)).wanted
    waiting, open_, _ = central.parts.transactions.read(count_letters)[reader.id]
    assert MAX_WAITING_LETTERS <= waiting == written < MAX_WAITING_LETTERS + wire.MAX_FACE_LETTERS
    assert waiting + open_ >= len(faces)


@on_both
def test_answers_that_cannot_be_kept_go_to_quarantine(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    known, consent_id = MemberId(member.id), FaceConsentId(uuid4())
    reply = terminal.push(
        wire.FaceCopyAnswered(uuid4(), MemberId("nobody"), consent_id),
        wire.FaceCopyAnswered(uuid4(), known, consent_id, "x" * 41),
        wire.FaceCopyAnswered(uuid4(), known, consent_id, "a\nb"),
        wire.FaceCopyAnswered(uuid4(), known, consent_id, "older"),
        wire.FaceCopyAnswered(uuid4(), known, consent_id),
    )
    assert [q.seq for q in reply.quarantined] == [1, 2, 3]


def test_where_sharing_is_off_nothing_is_kept_and_no_box_stays(own_central: Central, tmp_path: Path) -> None:
    member = own_central.add_member()
    with sharing_site(own_central, tmp_path) as (a, b):
        a.enrol(member)
        shared_with_all([a, b])
        assert b.template(member) is None
        assert a.template(member) is not None
    assert own_central.parts.transactions.read(lambda c: c.execute(text("SELECT count(*) FROM face_box")).scalar()) == 0


@on_both
@pytest.mark.parametrize("mode", MODES)
def test_no_request_is_answered_with_a_5xx(central: Central, mode: GenerationMode) -> None:
    run([central], ("POST", "/v1/faces"), mode, settings(SETTINGS, max_examples=EXAMPLES, derandomize=True))


# --- parts ---


def _shared_consent(member_id: str) -> FaceConsent:
    return replace(consent(MemberId(member_id)), purposes=SHARING)


def _changed(sealed: bytes) -> Iterator[bytes]:
    for at in (0, 31, 32, 63, 64, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[at] ^= 1
        yield bytes(changed)
    yield sealed[:-1]
    yield sealed[:32]
    yield sealed + b"\0"


def _box(terminal: Terminal, public_key: bytes = bytes(32), certificate: bytes = bytes(32)) -> wire.FaceBox:
    incarnation = terminal.enrolled.incarnation
    return wire.FaceBox(terminal.id, incarnation, UUID(terminal.id), public_key, certificate)


def _exchange(terminal: Terminal, message: wire.FaceExchange) -> wire.FaceExchangeReply:
    return terminal.ask("POST", "/v1/faces", message, wire.FaceExchangeReply)


def _let_want(central: Central, holder_id: str, faces: list[tuple[str, FaceConsentId]]) -> None:
    """As if that terminal had enrolled those faces under consents that let them be shared."""

    def want(connection: Connection) -> list[UUID]:
        until = central.clock().replace(year=central.clock().year + 1)
        for member_id, consent_id in faces:
            copy = {"member_id": member_id, "terminal_id": holder_id, "incarnation": 1, "consent_id": consent_id}
            put_copy(connection, copy | {"taken_at": central.clock()})
            shared = {"member_id": member_id, "consent_id": consent_id, "after": None, "number": 1, "until": until}
            put_shared(connection, shared)
            want_letters(connection, member_id=member_id)
        return []

    change_central(central, want)

"""Copies of faces, from terminal to terminal through a central that cannot open them."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from central import cli
from central.faces.service import forget_face
from central.terminals.service import revoke
from kiosk.check import check_everything
from kiosk.domain.face_copy import CopyRefusal
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused
from kiosk.services.events import FacesChanged
from kiosk.settings import CentralSettings, Settings, TerminalSettings
from kiosk.settings.face import FaceSettings
from kiosk.sync.face_letters import SiteKey
from kiosk.terminal_store import open_terminal_store
from tests.central.conftest import DATABASES
from tests.central.sharing import LOCAL, SHARED, SITE_KEY, SharingTill, letters, shared_with_all, sharing_site
from tests.central.support import Central, running_central
from tests.central.till import enrolled
from tests.store.enrolling import template

on_both = pytest.mark.parametrize("central", DATABASES, indirect=True)


@pytest.fixture(scope="module")
def central(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A server that passes letters on; on SQLite, if a test does not say on which database."""
    kind = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgresql_url")() if kind == "postgresql" else None
    with running_central(tmp_path_factory.mktemp(f"sharing-{kind}"), url, more=SHARED) as running:
        yield running


def states(central: Central, member_id: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """Terminal and state, as `python -m central faces` shows them."""
    capsys.readouterr()
    assert cli.main(["faces", member_id, "--config", str(central.config)]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    return [(line.split()[0], line[52:].strip()) for line in lines]


@on_both
def test_a_face_gets_to_every_terminal_of_the_site(
    central: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3) as tills:
        shared_with_all(tills)
        made = tills[0].enrol(member, made=template(first=7.0))
        shared_with_all(tills)
        assert [till.template(member) for till in tills] == [made] * 3
        assert tills[0].face(member) == tills[1].face(member), "under the same consent"
        assert FacesChanged() in tills[1].events.events, "who compares faces hears of it"
        assert letters(central, member) == [], "nothing stays at central"
        assert [row.kind for row in central.enrol().feed().rows if row.kind == "face_letter"] == []
        assert sorted(state for _, state in states(central, member.id, capsys)) == ["a copy", "a copy", "enrolled"]


def test_every_terminal_keeps_it_under_a_key_of_its_own(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        a.enrol(member)
        shared_with_all([a, b])
        sealed = []
        for till in (a, b):
            with till.store.transaction() as tx:
                face = tx.faces.sealed(member.id)
            assert face is not None
            sealed.append((face.key, face.sealed))
        assert sealed[0][0] != sealed[1][0]
        assert sealed[0][1] != sealed[1][1]


def test_without_consent_to_it_a_face_stays_where_it_is(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        a.enrol(member, LOCAL)
        shared_with_all([a, b])
        assert a.template(member) is not None
        assert b.template(member) is None
        assert letters(central, member) == []


def test_a_terminal_that_does_not_share_neither_sends_nor_takes(central: Central, tmp_path: Path) -> None:
    member, other = central.add_member(), central.add_member()
    with sharing_site(central, tmp_path, 3, site_keys=(None,)) as tills:
        off, b, c = tills
        off.enrol(member)
        b.enrol(other)
        shared_with_all(tills)
        assert b.template(member) is None
        assert off.template(other) is None
        assert c.template(other) is not None


@on_both
def test_a_terminal_that_comes_later_gets_them_from_any_that_has_them(central: Central, tmp_path: Path) -> None:
    diners = [central.add_member() for _ in range(25)]  # more than an exchange takes
    with sharing_site(central, tmp_path) as (a, b):
        for number, diner in enumerate(diners):
            a.enrol(diner, made=template(first=float(number)))
        shared_with_all([a, b])
        a.close()
        home = tmp_path / "later"
        later = SharingTill(home, enrolled(central, home), central.url)
        try:
            later.sync()
            b.sync()
            later.sync()
            assert [later.template(diner) for diner in diners] == [b.template(diner) for diner in diners]
        finally:
            later.close()


@on_both
def test_a_renewal_and_a_new_enrolment_follow(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3) as tills:
        a, b, c = tills
        made = a.enrol(member)
        shared_with_all(tills)
        assert isinstance(b.renew(member), FaceEnrolled)
        shared_with_all(tills)
        renewed = b.face(member)
        assert renewed is not None
        assert renewed[0].number == 2
        assert a.face(member) == c.face(member) == renewed
        newer = c.enrol(member, made=template(first=3.0))
        shared_with_all(tills)
        assert newer != made
        assert [till.template(member) for till in tills] == [newer] * 3


def test_sharing_is_not_taken_back_by_a_renewal_but_by_a_deletion(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        a.enrol(member)
        shared_with_all([a, b])
        assert isinstance(b.renew(member, LOCAL), FaceRefused)
        assert isinstance(b.enrolment.enrol(b.consent(member, LOCAL), template(), ()), FaceRefused)
        b.forget(member)
        shared_with_all([a, b])
        b.enrol(member, LOCAL)
        shared_with_all([a, b])
        assert (a.template(member) is None, b.template(member) is None) == (True, False)


# --- deletion ---


@on_both
def test_a_deletion_reaches_copies_online_and_offline_and_each_says_so(
    central: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3) as tills:
        a, b, offline = tills
        a.enrol(member)
        shared_with_all(tills)
        a.forget(member)
        a.push()
        b.sync()
        assert (a.keys(), b.keys()) == (0, 1), "b has made another box, and nothing else"
        assert b.template(member) is None
        said = "forgotten, as that terminal has said"
        waited = "to be forgotten: that terminal has not said so yet"
        assert sorted(s for _, s in states(central, member.id, capsys)) == sorted([said, said, waited])
        offline.sync()
        assert offline.template(member) is None
        assert [s for _, s in states(central, member.id, capsys)] == [said] * 3


@on_both
def test_central_s_own_command_reaches_copies(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        a.enrol(member)
        shared_with_all([a, b])
        central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
        shared_with_all([a, b])
        assert a.template(member) is b.template(member) is None
        again = b.enrol(member, made=template(first=9.0))
        shared_with_all([a, b])
        assert a.template(member) == again, "who wants to may enrol anew"


@on_both
def test_a_letter_that_is_on_its_way_when_the_face_is_forgotten(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.sync()
        (waiting,) = letters(central, member)
        assert waiting.sealed
        central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
        assert letters(central, member) == []
        b.sync()
        assert b.template(member) is None


@on_both
def test_a_letter_that_comes_behind_the_deletion_is_not_taken(central: Central, tmp_path: Path) -> None:
    """The terminal was asked for it before, and has not heard of the deletion yet."""
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.push()
        assert a.writer is not None
        assert a.writer.exchange_if_due(), "it is asked for the letter"
        central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
        a.exchange()
        assert letters(central, member) == []
        b.sync()
        assert b.template(member) is None
        shared_with_all([a, b])
        assert a.template(member) is None


def test_a_letter_kept_by_whoever_copied_central_opens_nothing_after_the_deletion(
    central: Central, tmp_path: Path
) -> None:
    """Central's backups, and its database's log, hold letters that were delivered."""
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        made = a.enrol(member)
        a.sync()
        (kept,) = letters(central, member)
        with b.store.transaction() as tx:
            box_id, private_key = tx.faces.box()
        site = b.writer._site_key  # type: ignore[union-attr]
        box = site.box_of(b.identity, box_id, private_key)
        opened = site.open(kept.sealed, box, private_key)
        assert opened is not None
        assert opened.template == made
        b.sync()
        a.forget(member)
        shared_with_all([a, b])
        assert private_key not in (b.folder / "kiosk.face-keys").read_bytes()
        assert site.open(kept.sealed, box, b.box_key()) is None


def test_a_consent_given_without_knowing_of_the_deletion_is_not_shared(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)  # offline from here on
        central.parts.transactions.write(lambda tx: forget_face(tx, member.id, "王芳"))
        a.push()
        a.exchange()
        assert letters(central, member) == []
        shared_with_all([a, b])
        assert a.template(member) is b.template(member) is None


# --- who is of the site ---


def test_nothing_is_written_for_a_terminal_without_the_site_s_key(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3, site_keys=(SITE_KEY, secrets.token_bytes(32))) as tills:
        a, stranger, c = tills
        a.enrol(member)
        shared_with_all(tills)
        assert stranger.template(member) is None
        assert c.template(member) is not None
        (left,) = letters(central, member)
        assert (left.sealed, left.refusal) == (None, "not_of_site")


@on_both
def test_nothing_is_written_for_a_terminal_that_was_revoked(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        central.parts.transactions.write(lambda tx: revoke(tx, b.identity.letter))
        a.enrol(member)
        a.sync()
        assert letters(central, member) == []


def test_a_letter_that_waits_for_a_terminal_goes_when_it_is_revoked(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.sync()
        assert letters(central, member)
        central.parts.transactions.write(lambda tx: revoke(tx, b.identity.letter))
        assert letters(central, member) == []


def test_who_has_lost_the_face_declines_and_another_is_asked(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3) as tills:
        a, b, c = tills
        made = a.enrol(member)
        a.sync()
        b.sync()
        a.sync()
        b.sync()
        with a.store.transaction() as tx:
            tx.faces.destroy(member.id)  # and nobody is told, as when its key file was damaged
        c.sync()
        a.sync()
        b.sync()
        c.sync()
        assert (a.template(member), c.template(member)) == (None, made)


@on_both
def test_a_terminal_that_was_asked_and_does_not_answer_is_not_waited_for(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path, 3) as tills:
        a, b, c = tills
        a.enrol(member)
        a.sync()
        b.sync()
        a.sync()
        b.sync()
        c.sync()
        assert a.writer is not None
        assert a.writer.exchange_if_due(), "asked, and gone"
        b.sync()
        c.sync()
        assert c.template(member) is None
        central.clock.offset += timedelta(minutes=2)
        try:
            b.sync()
            c.sync()
            assert c.template(member) is not None
        finally:
            central.clock.offset -= timedelta(minutes=2)


def test_an_older_copy_told_again_changes_nothing(central: Central, tmp_path: Path) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        older = a.face(member)
        shared_with_all([a, b])
        newer = a.enrol(member, made=template(first=5.0))
        shared_with_all([a, b])
        assert older is not None
        with b.store.transaction() as tx:
            assert tx.faces.take_copy(*older) is CopyRefusal.OLDER
        assert b.template(member) == newer


def test_check_says_with_whom_faces_are_shared(central: Central, tmp_path: Path) -> None:
    key_file = tmp_path / "site.key"
    key_file.write_text(SITE_KEY.hex() + "\n")
    settings = Settings(
        terminal=TerminalSettings(name="t", state_dir=tmp_path / "state"),
        central=CentralSettings(url=central.url),
        face=FaceSettings(site_key_file=key_file),
    )

    def found() -> list[str]:
        check_everything(settings, tmp_path / "terminal.toml", report := io.StringIO())
        lines = report.getvalue().splitlines()
        return [line.strip() for line in lines[lines.index("Shared faces") + 1 :]]

    with sharing_site(central, tmp_path, 2, site_keys=(SITE_KEY, secrets.token_bytes(32))) as (a, stranger):
        shared_with_all([a, stranger])
        assert "central was not asked" in found()[-1], "not enrolled"
        store = open_terminal_store(settings)
        store.save_identity(enrolled(central, tmp_path / "checked"))
        store.close()
        lines = found()
        assert lines[0].startswith("works")
        assert SiteKey(SITE_KEY).fingerprint in lines[0]
        assert any(line.startswith("works") and f"terminal {a.identity.letter} shares" in line for line in lines)
        assert any(line.startswith("BROKEN") and f"terminal {stranger.identity.letter} " in line for line in lines)
        key_file.write_text("0" * 64)
        assert found()[0].startswith("BROKEN")
        key_file.unlink()
        assert found()[0].startswith("BROKEN")


@on_both
def test_central_lists_who_shares_and_what_waits(
    central: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    member = central.add_member()
    with sharing_site(central, tmp_path) as (a, b):
        shared_with_all([a, b])
        a.enrol(member)
        a.sync()
        capsys.readouterr()
        assert cli.main(["faces", "--config", str(central.config)]) == 0
        lines = {line.split()[0]: line.split()[-3:] for line in capsys.readouterr().out.splitlines()[1:]}
        assert lines[b.identity.letter][0] == "1"
        assert lines[a.identity.letter][0] == "0"

"""Enrolled faces: sealed, each under a key that is not in the database, and gone for good with that."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.face_consent import ConsentError, ConsentPurpose
from kiosk.domain.face_copy import CopyRefusal
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import FaceDeletionId, FaceKeyId, MemberId
from kiosk.logs import JsonLines
from kiosk.services.ports import StorageFailed
from kiosk.store.database import connect, put_back
from kiosk.store.face_keys import SLOT_BYTES, FaceKeys, face_keys_beside
from kiosk.store.face_sealing import models_of, seal, unseal
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.enrolling import MARK, consent, deletion, renewed, template
from tests.store.sales import MEMBER

OTHER = MemberId("m-2")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged, at every level."""
    path = tmp_path / "kiosk.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def enrol(store: SqliteStore, member_id: MemberId = MEMBER.id, first: float = 0.0) -> FaceTemplate:
    made = template(first=first)
    with store.transaction() as tx:
        tx.faces.enrol(consent(member_id, tx.faces.newest_deletion(member_id)), made)
    return made


def enrol_and_crash(store: SqliteStore, member_id: MemberId, made: FaceTemplate) -> None:
    with store.transaction() as tx:
        tx.faces.enrol(consent(member_id), made)
        raise StorageFailed(str(made))


def templates(store: SqliteStore) -> dict[MemberId, FaceTemplate]:
    with store.transaction() as tx:
        found = [face.open() for face in tx.faces.sealed_after("", 100)]
    return {opened[0].member_id: opened[1] for opened in found if opened}


def reopened(store: SqliteStore, folder: Path) -> SqliteStore:
    store.close()
    return open_store(folder / "kiosk.db", folder / "kiosk.key")


def keys(folder: Path) -> FaceKeys:
    return FaceKeys(folder / "kiosk.face-keys")


def raw_keys(folder: Path) -> list[bytes]:
    """Every key in the file, as its bytes."""
    file = keys(folder)
    return list(file.get(file.ids()).values())


def test_what_is_enrolled_is_there_after_a_start(store: SqliteStore, tmp_path: Path) -> None:
    made, other = enrol(store), enrol(store, OTHER, first=1.0)
    assert templates(store) == {MEMBER.id: made, OTHER: other}
    store = reopened(store, tmp_path)
    assert templates(store) == {MEMBER.id: made, OTHER: other}
    newer = enrol(store, first=2.0)
    assert templates(store) == {MEMBER.id: newer, OTHER: other}
    assert len(raw_keys(tmp_path)) == 2, "the key of the face that was replaced is destroyed"
    store.close()


def test_no_plain_template_in_database_wal_log_backup_or_anywhere_else(
    store: SqliteStore, tmp_path: Path, log_file: Path
) -> None:
    made = enrol(store)
    store.backup_to(tmp_path / "copy.db")
    (raw,) = raw_keys(tmp_path)
    with connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes()) as opened:
        (sealed,) = opened.execute("SELECT sealed FROM faces").fetchone()
    assert len(sealed) > sum(len(vector) for m in made.made for vector in m.vectors), "it is really kept"
    assert MARK not in sealed, "nor inside the opened database"
    assert raw not in sealed
    logging.getLogger("test").warning("a face: %s", made)
    logging.getLogger("test").warning("more", extra={"face": repr(made)})
    with pytest.raises(StorageFailed):
        enrol_and_crash(store, OTHER, made)
    looked_at = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {p.name for p in looked_at} >= {"kiosk.db", "kiosk.db-wal", "kiosk.db-shm", "copy.db", "kiosk.face-keys"}
    for path in looked_at:
        content = path.read_bytes()
        assert MARK not in content, path
        assert MARK[:8] not in content, path
        assert MARK.hex()[:16].encode() not in content.lower(), path
        assert raw not in content or path.name == "kiosk.face-keys", path


def test_a_forgotten_face_is_gone_from_the_key_file_and_no_backup_brings_it_back(
    store: SqliteStore, tmp_path: Path
) -> None:
    enrol(store)
    kept = enrol(store, OTHER, first=1.0)
    store.backup_to(tmp_path / "copy.db")
    gone = raw_keys(tmp_path)
    with store.transaction() as tx:
        before = tx.faces.of(MEMBER.id)
        assert tx.faces.forget(deletion()) == before
        assert tx.faces.of(MEMBER.id) is None
    (left,) = raw_keys(tmp_path)
    (destroyed,) = set(gone) - {left}
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert destroyed not in path.read_bytes(), path
    store.close()
    put_back(tmp_path / "copy.db", (tmp_path / "kiosk.key").read_bytes(), tmp_path / "kiosk.db")
    restored = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    assert templates(restored) == {OTHER: kept}, "whose key is there still"
    restored.close()


def test_a_backup_on_another_machine_has_no_usable_face(store: SqliteStore, tmp_path: Path) -> None:
    enrol(store)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store.backup_to(elsewhere / "kiosk.db")
    shutil.copy(tmp_path / "kiosk.key", elsewhere / "kiosk.key")
    restored = open_store(elsewhere / "kiosk.db", elsewhere / "kiosk.key")
    assert templates(restored) == {}
    with restored.transaction() as tx:
        assert tx.faces.of(MEMBER.id) is None, "nor is it said to be enrolled"
    enrol(restored)
    assert len(templates(restored)) == 1
    restored.close()


def test_a_crash_after_the_commit_and_before_the_key_is_destroyed(store: SqliteStore, tmp_path: Path) -> None:
    enrol(store)
    before = face_keys_beside(tmp_path / "kiosk.db").read_bytes()
    with store.transaction() as tx:
        tx.faces.forget(deletion())
    store.close()
    face_keys_beside(tmp_path / "kiosk.db").write_bytes(before)  # as the power cut left it
    assert raw_keys(tmp_path)
    again = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    assert raw_keys(tmp_path) == []
    with again.transaction() as tx:
        assert tx.faces.deletion_on_the_way(MEMBER.id)
    again.close()


def test_a_crash_before_the_commit_of_an_enrolment_leaves_no_key(store: SqliteStore, tmp_path: Path) -> None:
    kept = enrol(store, OTHER)
    with pytest.raises(StorageFailed):
        enrol_and_crash(store, MEMBER.id, template())
    store = reopened(store, tmp_path)
    assert templates(store) == {OTHER: kept}
    assert len(raw_keys(tmp_path)) == 1
    store.close()


@pytest.mark.parametrize("cut_at", [1, 20, SLOT_BYTES - 1])
def test_a_key_that_was_half_written_or_half_destroyed(store: SqliteStore, tmp_path: Path, cut_at: int) -> None:
    enrol(store)
    kept = enrol(store, OTHER)
    path = face_keys_beside(tmp_path / "kiosk.db")
    content = bytearray(path.read_bytes())
    content[SLOT_BYTES : SLOT_BYTES + cut_at] = bytes(cut_at)
    store.close()
    path.write_bytes(content)
    again = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    assert templates(again) == {OTHER: kept}
    assert path.read_bytes()[SLOT_BYTES : 2 * SLOT_BYTES] == bytes(SLOT_BYTES), "what was left of it is gone"
    enrol(again)
    assert len(path.read_bytes()) == 3 * SLOT_BYTES, "its place is used again"
    again.close()


def test_a_key_file_that_is_none_any_more_costs_the_faces_and_not_the_sales(
    store: SqliteStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    enrol(store)
    store.close()
    path = face_keys_beside(tmp_path / "kiosk.db")
    slot = path.read_bytes()[SLOT_BYTES:]
    path.write_bytes(b"something else".ljust(SLOT_BYTES) + slot)
    again = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    assert templates(again) == {}
    assert "face_keys_damaged" in caplog.text
    assert slot[16:48] not in path.read_bytes(), "a key that nobody uses any more"
    enrol(again)
    assert len(templates(again)) == 1
    again.close()
    path.write_bytes(b"")  # the power went when it was made
    again = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    enrol(again)
    again = reopened(again, tmp_path)
    assert len(templates(again)) == 1
    again.close()


def test_a_key_that_cannot_be_destroyed_stops_the_terminal_until_it_can(store: SqliteStore, tmp_path: Path) -> None:
    enrol(store)
    path, aside = face_keys_beside(tmp_path / "kiosk.db"), tmp_path / "aside"
    path.rename(aside)
    path.mkdir()
    with pytest.raises(StorageFailed, match="cannot be destroyed"), store.transaction() as tx:
        tx.faces.forget(deletion())
    path.rmdir()
    aside.rename(path)
    with pytest.raises(StorageFailed), store.transaction():
        pass
    store.reopen()
    assert raw_keys(tmp_path) == []
    assert templates(store) == {}


def test_a_sealed_template_is_bound_to_its_member_its_key_and_its_models(tmp_path: Path) -> None:
    file = keys(tmp_path)
    (first, key), (second, _) = file.make(), file.make()
    made = template()
    sealed = seal(made, MEMBER.id, first, key)
    models = models_of(made)
    assert unseal(sealed, models, MEMBER.id, first, key) == made
    assert unseal(sealed, models, OTHER, first, key) is None
    assert unseal(sealed, models, MEMBER.id, second, key) is None
    assert unseal(sealed, (("sface", "2027jan"), models[1]), MEMBER.id, first, key) is None
    for at in (0, 12, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert unseal(bytes(changed), models, MEMBER.id, first, key) is None
    assert unseal(b"", models, MEMBER.id, first, key) is None


def test_renewing_keeps_the_face(store: SqliteStore) -> None:
    made = enrol(store)
    with store.transaction() as tx:
        face = tx.faces.of(MEMBER.id)
        assert face is not None
        newer = renewed(face.consent)
        tx.faces.renew(newer)
    with store.transaction() as tx:
        assert [face.open() for face in tx.faces.sealed_after("", 100)] == [(newer, made)]
        with pytest.raises(ConsentError):
            tx.faces.renew(renewed(consent(OTHER)))


def test_central_s_deletion_takes_what_was_enrolled_without_knowing_of_it(store: SqliteStore) -> None:
    enrol(store)
    enrol(store, OTHER)
    told = deletion().id
    with store.transaction() as tx:
        assert tx.faces.hear(MEMBER.id, told) is not None
        assert tx.faces.hear(MEMBER.id, told) is None
    assert set(templates(store)) == {OTHER}
    enrol(store)
    with store.transaction() as tx:
        assert tx.faces.hear(MEMBER.id, told) is None, "told again: the consent came after it"
    assert set(templates(store)) == {MEMBER.id, OTHER}
    with store.transaction() as tx:
        assert tx.faces.hear(MEMBER.id, deletion().id) is not None
    assert set(templates(store)) == {OTHER}


def test_a_deletion_made_here_stays_the_newest_until_central_has_it(store: SqliteStore) -> None:
    own, older = deletion(), FaceDeletionId(deletion().id)
    with store.transaction() as tx:
        tx.faces.forget(own)
        seq = tx.outbox.add(b"{}")
    with store.transaction() as tx:
        assert tx.faces.deletion_on_the_way(MEMBER.id)
        tx.faces.hear(MEMBER.id, older)
        assert tx.faces.newest_deletion(MEMBER.id) == own.id
        tx.outbox.acknowledge(seq)
        assert not tx.faces.deletion_on_the_way(MEMBER.id)
        tx.faces.hear(MEMBER.id, own.id)
        assert tx.faces.newest_deletion(MEMBER.id) == own.id


def test_the_face_of_a_member_who_is_no_more_goes(store: SqliteStore, tmp_path: Path) -> None:
    def page(members: dict[MemberId, bytes | None]) -> None:
        with store.transaction() as tx:
            tx.feed.apply_page(epoch="e", next_after=1, more=False, menus=(), members=members, cards={}, stock={})

    page({MEMBER.id: b"{}", OTHER: b"{}"})
    enrol(store)
    enrol(store, OTHER)
    page({MEMBER.id: None})
    assert set(templates(store)) == {OTHER}
    assert len(raw_keys(tmp_path)) == 1


# --- the box that letters with copies of faces are sealed to ---


def box(store: SqliteStore) -> tuple[FaceKeyId, bytes]:
    with store.transaction() as tx:
        return tx.faces.box()


def test_the_box_is_kept_over_a_start_and_goes_with_any_face(store: SqliteStore, tmp_path: Path) -> None:
    first = box(store)
    enrol(store)
    enrol(store, first=1.0)
    store = reopened(store, tmp_path)
    assert box(store) == first, "who enrols anew is not forgotten"
    assert first[1] in raw_keys(tmp_path)
    with store.transaction() as tx:
        tx.faces.forget(deletion())
    assert raw_keys(tmp_path) == []
    second = box(store)
    assert second[0] != first[0]
    assert second[1] != first[1]
    enrol(store, OTHER)
    with store.transaction() as tx:
        tx.faces.hear(OTHER, deletion().id)
    assert raw_keys(tmp_path) == []
    store.close()


def test_a_crash_before_the_box_s_key_is_destroyed(store: SqliteStore, tmp_path: Path) -> None:
    _, gone = box(store)
    enrol(store)
    before = face_keys_beside(tmp_path / "kiosk.db").read_bytes()
    with store.transaction() as tx:
        tx.faces.destroy(MEMBER.id)
    store.close()
    face_keys_beside(tmp_path / "kiosk.db").write_bytes(before)  # as the power cut left it
    assert gone in raw_keys(tmp_path)
    again = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    assert raw_keys(tmp_path) == []
    again.close()


def test_a_backup_on_another_machine_has_another_box(store: SqliteStore, tmp_path: Path) -> None:
    first = box(store)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store.backup_to(elsewhere / "kiosk.db")
    shutil.copy(tmp_path / "kiosk.key", elsewhere / "kiosk.key")
    restored = open_store(elsewhere / "kiosk.db", elsewhere / "kiosk.key")
    assert box(restored) not in (first, None)
    assert box(restored) == box(restored)
    restored.close()


def test_a_copy_is_kept_like_what_was_enrolled(store: SqliteStore, tmp_path: Path) -> None:
    shared = replace(consent(), purposes=(ConsentPurpose.PAYING, ConsentPurpose.SHARING))
    with store.transaction() as tx:
        assert tx.faces.take_copy(consent(), template()) is CopyRefusal.NOT_SHARED
        assert tx.faces.take_copy(shared, template()) is None
        assert tx.faces.take_copy(shared, template(first=9.0)) is None, "the same consent again changes nothing"
    assert templates(store) == {MEMBER.id: template()}
    assert len(raw_keys(tmp_path)) == 1
    with store.transaction() as tx:
        tx.faces.forget(deletion())
        assert tx.faces.take_copy(shared, template()) is CopyRefusal.VOID
    assert templates(store) == {}

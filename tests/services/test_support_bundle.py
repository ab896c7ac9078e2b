"""A support bundle says nothing of anybody: a terminal is filled with people, every byte of the file is looked at."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.bundle_sources import SHOWN, BundleSourcesHere, versions_here
from kiosk.domain.audit import Act
from kiosk.domain.ids import MemberId, StaffId
from kiosk.domain.member import Card
from kiosk.domain.money import Money
from kiosk.domain.personal_scan import PersonalScan
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.removable_drives import RemovableDrives
from kiosk.services.audit import Audit
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem, DeviceState
from kiosk.services.ports import StaffEntry
from kiosk.services.support_bundle import MAX_LOG_BYTES, Exported, SupportBundles
from kiosk.settings import Settings, load_settings
from kiosk.store.key_file import load_key
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.upkeep import SqlStoreUpkeep
from kiosk.terminal_disk import TerminalDisk
from tests.services.fakes import FixedClock
from tests.services.test_upkeep import AwayCentral, StillFull
from tests.store.enrolling import MARK, consent, template
from tests.store.sales import IDENTITY, MEMBER, new_store, sell

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TECHNICIAN = Staff(StaffId("staff-1"), "x", frozenset({Role.TECHNICIAN}))
PIN_HASH = "$argon2id$v=19$m=32768,t=3,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
PEOPLE = [
    (replace(MEMBER, id=MemberId("20230101"), masked_name="王*明", balance=Money(7_654_321)), "62E3086CED"),
    (replace(MEMBER, id=MemberId("s-4711-b"), masked_name="A** L**", balance=Money(1_234_567)), "04A1B2C3D4E5F6"),
    (replace(MEMBER, id=MemberId("m00042"), masked_name="欧*", balance=Money(9_876_543)), "0000000099"),
]
WHO_WORKS_HERE = StaffEntry(Staff(StaffId("staff-9"), "Zhang Weiwei", frozenset({Role.MANAGER})), "12", PIN_HASH)
SETTINGS = """
[terminal]
name = "1号机"
state_dir = "{folder}"
[central]
url = "https://operator:hunter2@central.example.edu:8710"
ca_file = "{folder}/private-ca.pem"
[counter]
staff = "Li Na 13812345678"
[face]
site_key_file = "{folder}/site.key"
[camera]
source = "http://viewer:cam-password@10.0.0.9/stream"
[[printer]]
name = "front"
port = "tcp://10.0.0.5:9100"
"""


class Terminal:
    """With people in its database and, what must never be, in its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drive = folder / "media" / "KINGSTON"
        self.drive.mkdir(parents=True)
        self.mounts = folder / "mounts"
        self.mounts.write_text(f"proc /proc proc rw 0 0\n/dev/sda1 {self.drive} vfat rw 0 0\n")
        self.store = filled(folder)
        self.settings = load_settings(settings_file(folder))
        self.log("sold", order="A001")

    def log(self, event: str, **extra: object) -> None:
        (self.folder / "logs").mkdir(exist_ok=True)
        with (self.folder / "logs" / "terminal.log").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"event": event, **extra}, ensure_ascii=False) + "\n")

    def bundles(self, make: type[SupportBundles] = SupportBundles) -> SupportBundles:
        path = self.folder / "kiosk.db"
        return make(
            self.store,
            SqlStoreUpkeep(path, load_key(self.folder / "kiosk.key", path)),
            AwayCentral(),
            TerminalDisk(self.folder),
            BundleSourcesHere(self.settings),
            self.drives(),
            Audit(FixedClock(NOON)),
            FixedClock(NOON),
            versions_here,
            lambda at: at,
        )

    def drives(self) -> RemovableDrives:
        return RemovableDrives(None, (self.folder / "media",), self.mounts)

    def forbidden(self) -> dict[str, bytes]:
        """What may stand nowhere, by what it is."""
        found = {"a face": MARK, "the private key": IDENTITY.private_key, "staff's name": b"Zhang Weiwei"}
        found |= {
            "a PIN's hash": PIN_HASH.encode(),
            "its salt": b"c2FsdHNhbHRzYWx0",
            "a phone's digits": b"13812345678",
        }
        found |= {
            "a password": b"hunter2",
            "the camera's": b"cam-password",
            "a key's path": b"site.key",
            "a CA": b"private-ca",
        }
        found["the database's key"] = (self.folder / "kiosk.key").read_bytes()
        for member, card_uid in PEOPLE:
            found |= {
                f"{member.id}'s id": member.id.encode(),
                f"{member.id}'s name": member.masked_name.encode(),
                f"{member.id}'s card": card_uid.encode(),
                f"{member.id}'s balance": str(member.balance.minor).encode(),
            }
        return found


def settings_file(folder: Path) -> Path:
    path = folder / "terminal.toml"
    path.write_text(SETTINGS.format(folder=folder), encoding="utf-8")
    return path


def filled(folder: Path) -> SqliteStore:
    store = new_store(folder)
    members = {member.id: msgspec.json.encode(member) for member, _ in PEOPLE}
    cards = {uid: Card(uid, member.id) for member, uid in PEOPLE}
    with store.transaction() as tx:
        tx.feed.apply_page(epoch="e", next_after=1, more=False, menus=[], members=members, cards=cards, stock={})
        tx.staff.hear("e", WHO_WORKS_HERE.staff.id, WHO_WORKS_HERE, ["0A0B0C0D"])
        tx.faces.enrol(consent(PEOPLE[0][0].id), template())
    sell(store)
    return store


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.store.close()


def exported(terminal: Terminal, make: type[SupportBundles] = SupportBundles) -> tuple[Exported, bytes]:
    devices = (DeviceHealth("front", DeviceKind.PRINTER, DeviceState.UNAVAILABLE, DeviceProblem.PAPER_OUT),)
    ended = terminal.bundles(make).export(TECHNICIAN, str(terminal.drive), devices)
    assert isinstance(ended, Exported), ended
    return ended, (terminal.drive / ended.file).read_bytes()


def every_byte(content: bytes) -> bytes:
    """The file as it lies there, the names in it, and all of it unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        return b"\n".join(
            [content, *(name.encode() for name in bundle.namelist()), *map(bundle.read, bundle.namelist())]
        )


def found_in(terminal: Terminal, content: bytes) -> set[str]:
    """Also as hexadecimal digits, as base64, and as JSON escapes it."""
    there = every_byte(content)
    lower = there.lower()
    found = set()
    for what, secret in terminal.forbidden().items():
        written = [secret, secret.hex().encode(), base64.b64encode(secret)[:-3]]
        try:
            written.append(json.dumps(secret.decode()).encode()[1:-1])
        except UnicodeDecodeError:
            pass
        if any(form.lower() in lower for form in written):
            found.add(what)
    return found


def test_it_says_nothing_of_anybody(terminal: Terminal) -> None:
    for member, card_uid in PEOPLE:  # whoever logs these by mistake
        terminal.log("fault", about=f"member {member.id} has card {card_uid.lower()}")
        terminal.log("fault", about=f"{member.masked_name} 余额 {member.balance.minor}")
    terminal.log("fault", exception="StaffEntry(name='Zhang Weiwei')")
    terminal.log("fault", exception=PIN_HASH)
    terminal.log("after", order="A002")
    ended, content = exported(terminal)
    assert found_in(terminal, content) == set()
    assert ended.lines_left_out == 2 * len(PEOPLE) + 2
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        log = bundle.read("logs/terminal.log").decode()
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["sold", "after"]


def test_what_is_in_it(terminal: Terminal) -> None:
    ended, content = exported(terminal)
    assert ended.file == "canteen-support-A-20260302-040000.zip"
    assert ended.bundle_bytes == len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        about = {name: json.loads(bundle.read(name)) for name in bundle.namelist() if name.endswith(".json")}
    assert about["storage.json"]["integrity"] == "whole"
    assert about["storage.json"]["rows"]["members"] == len(PEOPLE)
    assert about["versions.json"].keys() >= {"kiosk", "python", "sqlite", "schema"}
    assert about["devices.json"][0]["problem"] == DeviceProblem.PAPER_OUT
    assert about["settings.json"]["central_host"] == "https://central.example.edu:8710"
    assert about["settings.json"]["printer"][0]["port"] == "tcp://10.0.0.5:9100"
    with terminal.store.transaction() as tx:
        newest = tx.audit.newest()
    assert newest is not None
    assert (newest.action, newest.actor) == (Act.SUPPORT_BUNDLE_MADE, TECHNICIAN.id)


def test_a_disk_that_takes_nothing_more_keeps_no_bundle_from_being_written(terminal: Terminal) -> None:
    bundles = terminal.bundles()
    bundles._store = StillFull(terminal.store)
    assert isinstance(bundles.export(TECHNICIAN, str(terminal.drive), ()), Exported)


class WithMembers(SupportBundles):
    """A planted bug: a member's name goes in."""

    def _facts(self, *arguments: Any) -> dict[str, object]:
        return {**super()._facts(*arguments), "members.json": sorted(self._store_upkeep.personal_texts())}


class WithoutScan(SupportBundles):
    """A planted bug: logs go in as they are."""

    def _made(self, *arguments: Any) -> tuple[bytes, int]:
        self._store_upkeep = KnowsNobody(self._store_upkeep)  # type: ignore[assignment]
        return super()._made(*arguments)


class KnowsNobody:
    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def personal_texts(self) -> frozenset[str]:
        return frozenset()


@pytest.mark.parametrize("mutant", [WithMembers, WithoutScan])
def test_planted_bugs_are_caught(terminal: Terminal, mutant: type[SupportBundles]) -> None:
    terminal.log("fault", about="王*明")
    _, content = exported(terminal, mutant)
    assert "20230101's name" in found_in(terminal, content)


def test_of_the_settings_only_what_is_named_goes_in() -> None:
    """A new setting is not in it until somebody has thought about it; one that is gone is not asked for."""
    for section, fields in SHOWN.items():
        types = {field.name: field.type for field in msgspec.structs.fields(Settings)}
        kind = types[section]
        structs = [one for one in (kind, *getattr(kind, "__args__", ())) if isinstance(one, type(Settings))]
        assert structs, section
        assert set(fields) <= {field.name for field in msgspec.structs.fields(structs[0])}, section
    named = {f"{section}.{field}" for section, fields in SHOWN.items() for field in fields}
    assert not named & {"counter.staff", "central.url", "central.ca_file", "terminal.state_dir", "face.site_key_file"}
    assert not named & {"camera.source", "simulator.plays", "scanner.prefix"}


def test_only_who_may_makes_one(terminal: Terminal) -> None:
    counter = Staff(StaffId("staff-2"), "x", frozenset({Role.COUNTER}))
    with pytest.raises(NotPermitted):
        terminal.bundles().export(counter, str(terminal.drive), ())
    with pytest.raises(NotPermitted):
        terminal.bundles().places(counter)


def test_it_grows_no_larger_than_its_bound(terminal: Terminal) -> None:
    for number in range(5):
        lines = (f"{number} " + "x" * 900 + "\n") * 5_000
        (terminal.folder / "logs" / f"terminal.log.{number}").write_text(lines)
    _, content = exported(terminal)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        logs = sum(info.file_size for info in bundle.infolist() if info.filename.startswith("logs/"))
    assert MAX_LOG_BYTES - 1000 < logs <= MAX_LOG_BYTES


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('{"about": "62E3086CED"}', True),
        ('{"about": "card 62e3086ced."}', True),
        ('{"about": "x62E3086CEDx"}', False),  # another word
        ('{"about": "王*明"}', True),
        ('{"about": "*"}', False),
        ('{"about": "a 7 b"}', False),  # ids of a digit stand everywhere
        ('{"about": "Ann Lee"}', True),
        ('{"about": "Ann"}', False),
    ],
)
def test_what_is_found_in_a_line(line: str, *, is_found: bool) -> None:
    assert PersonalScan(["62E3086CED", "王*明", "7", "Ann Lee"]).finds(line) is is_found

"""`python -m central faces | forget-face`: the command line of this folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from central.commands import AddCommand, say
from central.errors import NotFound
from central.faces import repository, sharing_repository
from central.faces.service import forget_face
from central.members.repository import find_member
from central.opening import opened
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    summary = "list where a member's face is or was, and which terminals have said that it is forgotten"
    faces = command("faces", _faces, summary)
    faces.add_argument("member", nargs="?", help="left out: which terminals share faces, and what waits for them")
    forget = command("forget-face", _forget, "have a member's face forgotten at every terminal")
    forget.add_argument("member")
    forget.add_argument("--by", required=True, metavar="NAME", help="who does it")


def _forget(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: forget_face(tx, arguments.member, arguments.by))
    say("Every terminal forgets it, at once or when it is next connected; `faces` shows which have said so.")


def _faces(settings: Settings, arguments: argparse.Namespace) -> None:
    zone, member = ZoneInfo(settings.canteen.timezone), arguments.member
    with opened(settings) as parts:
        lines = parts.transactions.read(
            lambda connection: list(_of_member(connection, member, zone) if member else _sharing(connection, zone))
        )
    if not settings.faces.shared and not member:
        say("Faces are not shared: [faces] shared = false in the settings.")
    for line in lines:
        say(line)


def _of_member(connection: Connection, member_id: str, zone: ZoneInfo) -> Iterator[str]:
    if find_member(connection, member_id) is None:
        raise NotFound(f"there is no member {member_id}")
    newest = repository.newest_deletions(connection, [member_id]).get(member_id)
    yield f"{'TERMINAL':8} {'GIVEN':16} {'UNTIL':16} {'BY':8} STATE"
    for row in repository.consents_of(connection, member_id):
        yield _line(row, zone, _state(row, newest, "enrolled"))
    for row in sharing_repository.copies_of(connection, member_id):
        yield _line(row, zone, _state(row, newest, "a copy"))
    for row in sharing_repository.letters_of(connection, member_id):
        state = "a copy waits for it" if row.sealed else "no copy yet: no terminal with the face was online"
        yield f"{row.letter:8} {'':42} {f'no copy: {row.refusal}' if row.refusal else state}"


def _line(row: Row[Any], zone: ZoneInfo, state: str) -> str:
    given, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (row.given_at, row.until))
    return f"{row.letter:8} {given} {until} {row.given_by:8} {state}"


def _state(row: Row[Any], newest: UUID | None, state: str) -> str:
    if row.destroyed_at is not None:
        return "forgotten, as that terminal has said"
    return state if row.after == newest else "to be forgotten: that terminal has not said so yet"


def _sharing(connection: Connection, zone: ZoneInfo) -> Iterator[str]:
    counts = sharing_repository.count_letters(connection)
    yield f"{'TERMINAL':8} {'BOX SINCE':16} {'WAITING':>8} {'WANTED':>8} {'REFUSED':>8}"
    for row in sharing_repository.boxes(connection):
        waiting, wanted, refused = counts.get(row.terminal_id, (0, 0, 0))
        since = row.announced_at.astimezone(zone)
        yield f"{row.letter:8} {since:%Y-%m-%d %H:%M} {waiting:8} {wanted:8} {refused:8}"

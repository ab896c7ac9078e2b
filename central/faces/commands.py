"""`python -m central faces | forget-face`: the command line of this folder."""

from __future__ import annotations

import argparse
import sys
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from central.errors import NotFound
from central.faces import repository
from central.faces.service import forget_face
from central.members.repository import find_member
from central.opening import opened
from central.restoring.commands import AddCommand
from central.settings import Settings


def add_face_commands(command: AddCommand) -> None:
    faces = command("faces", _faces, "list a member's consents to their face, where, and whether it was forgotten")
    faces.add_argument("member")
    forget = command("forget-face", _forget, "have a member's face forgotten at every terminal")
    forget.add_argument("member")
    forget.add_argument("--by", required=True, metavar="NAME", help="who does it")


def _forget(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: forget_face(tx, arguments.member, arguments.by))
    _say("Every terminal forgets it, at once or when it is next connected; `faces` shows which have said so.")


def _faces(settings: Settings, arguments: argparse.Namespace) -> None:
    def read(connection: Connection) -> tuple[list[Row[Any]], UUID | None]:
        if find_member(connection, arguments.member) is None:
            raise NotFound(f"there is no member {arguments.member}")
        newest = repository.newest_deletions(connection, [arguments.member]).get(arguments.member)
        return list(repository.consents_of(connection, arguments.member)), newest

    with opened(settings) as parts:
        consents, newest = parts.transactions.read(read)
    zone = ZoneInfo(settings.canteen.timezone)
    _say(f"{'TERMINAL':8} {'GIVEN':16} {'UNTIL':16} {'BY':8} STATE")
    for row in consents:
        given, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (row.given_at, row.until))
        _say(f"{row.letter:8} {given} {until} {row.given_by:8} {_state(row, newest)}")


def _state(row: Row[Any], newest: UUID | None) -> str:
    if row.destroyed_at is not None:
        return "forgotten, as that terminal has said"
    return "enrolled" if row.after == newest else "to be forgotten: that terminal has not said so yet"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")

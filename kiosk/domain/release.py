"""Which version of the program a terminal runs, ought to run, and can speak to central with."""

from __future__ import annotations

import re
from enum import StrEnum

_VERSION = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){1,3}")


class UpdateState(StrEnum):
    """`unknown`: central has not said, or says nothing of it. `ready`: another version ought to run here, a newer one
    as a rule. `central_first`: this terminal is newer than central, which is to be updated."""

    UNKNOWN = "unknown"
    UP_TO_DATE = "up_to_date"
    READY = "ready"
    CENTRAL_FIRST = "central_first"


def is_version(text: str) -> bool:
    """Two to four numbers, with dots between."""
    return _VERSION.fullmatch(text) is not None


def numbers_of(version: str) -> tuple[int, ...]:
    """For comparing; () for what is no version."""
    return tuple(map(int, version.split("."))) if is_version(version) else ()


def update_state(here: str, central: str, release: str) -> UpdateState:
    """`here`: what runs at this terminal; `central`: what runs there; `release`: what terminals ought to run by its
    settings. "" is not told."""
    if is_version(central) and numbers_of(here) > numbers_of(central):
        return UpdateState.CENTRAL_FIRST
    if not is_version(release):
        return UpdateState.UNKNOWN
    return UpdateState.UP_TO_DATE if numbers_of(here) == numbers_of(release) else UpdateState.READY

"""What a database did to the disk, in order, and what the program was told meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Stage(IntEnum):
    """How far a sale has come."""

    ABSENT = 0
    BEGUN = 1  # its payment is written down as intended, nothing else
    WHOLE = 2


@dataclass(frozen=True, slots=True)
class Created:
    """A new, empty file stands under this name. `file` numbers the files of a trace, as an inode does."""

    file: int
    name: str


@dataclass(frozen=True, slots=True)
class Unlinked:
    name: str


@dataclass(frozen=True, slots=True)
class Written:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class FileSynced:
    file: int


@dataclass(frozen=True, slots=True)
class FolderSynced:
    pass


@dataclass(frozen=True, slots=True)
class Told:
    """The store's transaction has returned: from here on the program relies on the sale being at this stage."""

    order_id: str
    stage: Stage


DiskEvent = Created | Unlinked | Written | Resized | FileSynced | FolderSynced
Event = DiskEvent | Told
Row = tuple[object, ...]
"""A table's name and the columns of one of its rows."""
Books = Mapping[str | None, frozenset[Row]]
"""The rows of each sale by its order's id; None collects rows that belong to no sale."""


@dataclass(frozen=True, slots=True)
class Trace:
    """`start`: the files before the first event, all of them durable. `begun` and `whole`: the rows that each sale of
    the trace has at these stages. `cut_from`: the first event after which the power may go."""

    start: Mapping[str, bytes]
    events: tuple[Event, ...]
    begun: Books
    whole: Books
    cut_from: int = 0

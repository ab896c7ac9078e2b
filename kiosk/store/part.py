"""Parts of a transaction: made when they are first used, for most transactions use few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Part(Generic[T]):
    """An attribute of a unit of work. `make` is given that unit."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: Any, owner: type) -> T:
        part = self._make(unit)
        vars(unit)[self._name] = part  # Python finds it there from now on
        return part


class Finishing:
    """A part with something to write when all else of the transaction stands."""

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end. `outbox_id`: the last event that was written in it; None: there was none."""
        raise NotImplementedError

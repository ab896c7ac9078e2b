"""The collector of garbage in the tests: it looks seldom, and not at what stays."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

# Of objects, before the collector looks through the young ones. With Python's 700 it took a fifth of the time of all
# tests of screens.
YOUNG_OBJECTS = 50_000


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay: the collector need not look through them again and again, nor a fork copy them for it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])

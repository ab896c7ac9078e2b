"""For all tests: property tests have no clock, and the collector of garbage looks seldom, and not at what stays."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

# They look for a fault, not at the speed of the machine that runs them. Here, because settings are those of the moment
# when a test's module is imported: a folder's own profile comes too late for what another folder's tests import.
settings.register_profile("rules", deadline=None, max_examples=80)
settings.load_profile("rules")

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

"""The terminal's log: JSON lines, rotated, nothing personal."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.logs import start_logging
from kiosk.settings import LogSettings

CARD = "62E3086CED"


@pytest.fixture
def log_path(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield start_logging(LogSettings(max_bytes=10_000, keep_files=2), tmp_path)
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_event_is_one_json_object_with_its_values(log_path: Path) -> None:
    logging.getLogger("kiosk.sync.push").warning("events_quarantined", extra={"count": 2, "first_seq": 7})
    (entry,) = entries(log_path)
    assert entry.pop("time").endswith("+00:00")
    expected = {"level": "warning", "event": "events_quarantined", "logger": "kiosk.sync.push"}
    assert entry == expected | {"count": 2, "first_seq": 7}


@pytest.mark.parametrize("key", ["card_uid", "uid", "masked_name", "code", "balance"])
def test_values_of_personal_keys_are_not_written(log_path: Path, key: str) -> None:
    logging.getLogger("kiosk").info("by_mistake", extra={key: CARD})
    assert CARD not in log_path.read_text("utf-8")
    assert entries(log_path)[0][key] == "[personal]"


def test_a_traceback_names_places_not_values(log_path: Path) -> None:
    def charge(card: str) -> int:
        return len(card) // 0

    try:
        charge(CARD)
    except ZeroDivisionError:
        logging.getLogger("kiosk").exception("sale_not_committed")
    (entry,) = entries(log_path)
    assert "ZeroDivisionError" in entry["exception"]
    assert "in charge" in entry["exception"]
    assert CARD not in log_path.read_text("utf-8")


def test_the_file_is_rotated_and_old_ones_go(log_path: Path) -> None:
    for number in range(1000):
        logging.getLogger("kiosk").info("something", extra={"number": number})
    files = sorted(p.name for p in log_path.parent.iterdir())
    assert files == ["terminal.log", "terminal.log.1", "terminal.log.2"]
    assert all(p.stat().st_size <= 10_000 for p in log_path.parent.iterdir())
    assert entries(log_path)[-1]["number"] == 999

"""Logs: one JSON object a line, rotated, and no personal data in them.

The code logs through the standard library with an event's name as message and its values in `extra`.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import traceback
from datetime import UTC, datetime
from pathlib import Path

from kiosk.settings import LogSettings

# A second net under the rule that nobody logs these: whoever does by mistake logs nothing.
PERSONAL_KEYS = frozenset({"masked_name", "card_uid", "uid", "code", "diet", "balance", "phone"})
_NOISY = ("httpx", "httpcore", "alembic", "sqlalchemy", "PIL", "escpos", "kivy")
_RECORDS_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def start_logging(settings: LogSettings, state_dir: Path, name: str = "terminal") -> Path:
    """Log to `state_dir/logs/NAME.log`; returns that path. Each process has a file of its own."""
    path = log_folder(state_dir) / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=settings.max_bytes, backupCount=settings.keep_files, encoding="utf-8"
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return path


def log_folder(state_dir: Path) -> Path:
    return state_dir / "logs"


class JsonLines(logging.Formatter):
    """A record as one line of JSON. Of an exception: type, message and places, never the values of local variables."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        for key, value in vars(record).items():
            if key not in _RECORDS_OWN:
                entry[key] = "[personal]" if key in PERSONAL_KEYS else value
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = "".join(traceback.format_exception(record.exc_info[1]))
        return json.dumps(entry, ensure_ascii=False, default=str)

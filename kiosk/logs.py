"""Logs: one JSON object a line, rotated, and no personal data in them.

The code logs through the standard library with an event name as message and values in `extra`.
"""

from __future__ import annotations

import logging
import logging.handlers
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from kiosk.settings import LogSettings

# A second net under the rule that nobody logs these: whoever does by mistake logs nothing.
PERSONAL_KEYS = frozenset({"name", "masked_name", "card_uid", "uid", "code", "diet", "balance", "phone"})
_NOISY = ("httpx", "httpcore", "alembic", "sqlalchemy", "PIL", "escpos")


def start_logging(settings: LogSettings, state_dir: Path) -> Path:
    """Log to `state_dir/logs/terminal.log`; returns that path."""
    path = state_dir / "logs" / "terminal.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=settings.max_bytes, backupCount=settings.keep_files, encoding="utf-8"
    )
    shared = (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _drop_personal,
        # Without the values of local variables: a card or a name may be among them.
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return path


def _drop_personal(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in PERSONAL_KEYS.intersection(event):
        event[key] = "[personal]"
    return event

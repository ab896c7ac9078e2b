"""Reads the text of the consent from assets/consent."""

from __future__ import annotations

import logging
from pathlib import Path

from kiosk.services.consent_text import CONSENT_LANGUAGES, CONSENT_VERSION, ConsentPage, ConsentText

CONSENTS = Path(__file__).resolve().parents[2] / "assets" / "consent"
_MAX_BYTES = 20_000

log = logging.getLogger(__name__)


def read_consent_text(folder: Path = CONSENTS) -> ConsentText | None:
    """The version that is in use; None where it is not there whole, in every language: nobody can agree to it then."""
    try:
        pages = tuple((code, _page(folder / f"{CONSENT_VERSION}.{code}.txt")) for code in CONSENT_LANGUAGES)
    except (OSError, ValueError):
        log.exception("consent_text_not_read", extra={"version": CONSENT_VERSION})
        return None
    return ConsentText(CONSENT_VERSION, pages)


def _page(path: Path) -> ConsentPage:
    """Raises OSError, ValueError."""
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"{path.name} is too long")
    title, _, body = content.decode().strip().partition("\n")
    if not title or not body.strip():
        raise ValueError(f"{path.name} is not a title and a text")
    return ConsentPage(title, body.strip())

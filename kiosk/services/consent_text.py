"""What a member is asked to say yes to, before their face is looked at: the text, for what, and for how long.

The texts stand in assets/consent as VERSION.LANGUAGE.txt. A text that has been shown to anybody is never changed: what
is said anew is another version, as the consents that were given name the one that was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose
from kiosk.services.enrol_face import ConsentForm

CONSENT_VERSION = "face-1"
"""Of the text that is shown. What it says is done: `PURPOSES`, `TERM`."""

CONSENT_LANGUAGES = ("zh", "en")
PURPOSES = (ConsentPurpose.ORDERING, ConsentPurpose.PAYING)
TERM = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """The text in one language. `body`: headed paragraphs, a blank line between them; a paragraph's first line is its
    heading where more follow it."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version in every language, by the language's code."""

    version: str
    pages: tuple[tuple[str, ConsentPage], ...]

    def page(self, language: str) -> ConsentPage:
        return dict(self.pages)[language]


@dataclass(frozen=True, slots=True)
class Yes:
    """What was agreed to, and by whom: `guardian` names who agrees for somebody under 14, "": the member themselves.
    `staff`: who was there."""

    text_version: str
    language: str
    guardian: str = ""
    staff: str = ""
    purposes: tuple[ConsentPurpose, ...] = PURPOSES

    def form(self, now: datetime) -> ConsentForm:
        """Said at that moment."""
        given_by = ConsentGiver.GUARDIAN if self.guardian else ConsentGiver.MEMBER
        return ConsentForm(
            self.text_version,
            self.language,
            self.purposes,
            under_14=bool(self.guardian),
            given_by=given_by,
            until=now + TERM,
            guardian=self.guardian,
            staff=self.staff,
        )

"""What a reason of the quarantine comes down to for whoever stands at the terminal.

Kept are the words with which an event was refused, made where it was; here they are told apart by what they say. A test
(tests/central/test_upkeep.py) holds the phrases against the places that raise them.
"""

from __future__ import annotations

from kiosk.domain.quarantine import QuarantineReason

# The first phrase that stands in the words decides.
PHRASES: tuple[tuple[str, QuarantineReason], ...] = (
    ("the database refused it", QuarantineReason.DATABASE),
    ("the event is larger than", QuarantineReason.TOO_LARGE),
    ("enrolled with the role", QuarantineReason.NOT_OF_ROLE),
    ("another event was received under this number", QuarantineReason.SENT_OTHERWISE),
    ("an event of that id but with another body", QuarantineReason.SENT_OTHERWISE),
    ("a member who is not known here", QuarantineReason.UNKNOWN_MEMBER),
    ("order that is not known here", QuarantineReason.UNKNOWN_ORDER),
    ("the order is not known here", QuarantineReason.UNKNOWN_ORDER),
    ("a dish that is not known here", QuarantineReason.UNKNOWN_DISH),
    ("stands already", QuarantineReason.STANDS_ALREADY),
    ("grant", QuarantineReason.GRANT),
)


def reason_of(words: str, *, is_readable: bool) -> QuarantineReason:
    """`is_readable`: the event is one that this version of central knows."""
    for phrase, reason in PHRASES:
        if phrase in words:
            return reason
    return QuarantineReason.REFUSED if is_readable else QuarantineReason.UNREADABLE

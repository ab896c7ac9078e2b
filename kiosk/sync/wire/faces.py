"""Copies of faces (docs/decisions/0008): central passes sealed letters on and opens none."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.ids import FaceConsentId, MemberId

MAX_FACE_LETTERS = 20  # of one exchange
MAX_FACE_LETTER_BYTES = 256 * 1024  # of which a template of two models and five poses takes some 6 kB
MAX_FACE_REFUSAL_CHARS = 40
BOX_KEY_BYTES = 32  # X25519 (RFC 7748), raw
BOX_CERTIFICATE_BYTES = 32  # HMAC-SHA256


class FaceBox(msgspec.Struct, frozen=True):
    """What letters for a terminal are sealed to: `public_key` is half of a pair made there. `certificate` is made with
    the site's key, which terminals have and central has not."""

    terminal_id: str
    incarnation: int
    id: UUID
    public_key: bytes
    certificate: bytes


class FaceLetterWanted(msgspec.Struct, frozen=True):
    """Central asks one terminal that has the face for a letter with it, for the terminal whose box that is."""

    letter_id: UUID
    member_id: MemberId
    consent_id: FaceConsentId
    box: FaceBox


class FaceLetter(msgspec.Struct, frozen=True):
    """The one that was asked for."""

    letter_id: UUID
    consent_id: FaceConsentId
    box_id: UUID
    sealed: bytes


class FaceLetterRefused(msgspec.Struct, frozen=True):
    """Of a letter that was asked for: it is not made; of one that was made: it is not taken."""

    letter_id: UUID
    reason: str


class FaceSharer(msgspec.Struct, frozen=True):
    """A terminal that shares; `letter` is how people know it."""

    letter: str
    box: FaceBox


class FaceExchange(msgspec.Struct, frozen=True, omit_defaults=True):
    """`box`: the sender's own, newest. `letters` and `declined` answer what was asked for before. `lists_sharers`: for
    people to see."""

    box: FaceBox | None = None
    letters: tuple[FaceLetter, ...] = ()
    declined: tuple[FaceLetterRefused, ...] = ()
    lists_sharers: bool = False


class FaceExchangeReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`is_on`: central passes letters on at all."""

    is_on: bool = False
    wanted: tuple[FaceLetterWanted, ...] = ()
    refused: tuple[FaceLetterRefused, ...] = ()
    sharers: tuple[FaceSharer, ...] = ()

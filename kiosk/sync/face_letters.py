"""Letters with copies of faces, from one terminal of a site to another: central passes them on and opens none.

Two keys (docs/decisions/0008). A letter is sealed to the *box* of one terminal: HPKE in base mode (RFC 9180; X25519,
HKDF-SHA256, AES-256-GCM). The *site's key* is a secret that staff give to each terminal by hand, and never to central:
its HMAC-SHA256 under a box says that the box belongs to a terminal of the site, and under a letter that one wrote it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.domain.errors import DomainError
from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.face_template import FaceTemplate
from kiosk.services.ports import TerminalIdentity
from kiosk.sync.wire import BOX_KEY_BYTES, MAX_FACE_LETTER_BYTES, FaceBox

SITE_KEY_BYTES = 32
_MAC_BYTES = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_BOX, _LETTER, _FINGERPRINT = "kiosk face box 1", "kiosk face letter 1", "kiosk face site key 1"


class SiteKeyUnusable(Exception):
    """The file is no key of a site. Says why, and nothing of what is in it."""


@dataclass(frozen=True, slots=True)
class FaceCopy:
    """What a letter says."""

    consent: FaceConsent
    template: FaceTemplate = field(repr=False)


class SiteKey:
    """`key`: 32 random bytes, the same at each terminal of the site."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def fingerprint(self) -> str:
        """Eight hex digits by which people compare two terminals' keys; nothing of the key can be found from them."""
        return self._mac(_FINGERPRINT)[:4].hex()

    def box_of(self, identity: TerminalIdentity, box_id: UUID, private_key: bytes) -> FaceBox:
        """The terminal's own box, certified."""
        public = X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
        box = FaceBox(identity.terminal_id, identity.incarnation, box_id, public, b"")
        return msgspec.structs.replace(box, certificate=self._certificate(box))

    def has_certified(self, box: FaceBox) -> bool:
        """Whether it is the box of a terminal of this site."""
        return hmac.compare_digest(self._certificate(box), box.certificate) and len(box.public_key) == BOX_KEY_BYTES

    def seal(self, copy: FaceCopy, box: FaceBox) -> bytes:
        """Only for a box that has_certified. Raises ValueError for a public key that is none."""
        recipient = X25519PublicKey.from_public_bytes(box.public_key)
        sealed = _SUITE.encrypt(msgspec.msgpack.encode(copy), recipient, info=_said(_LETTER, box))
        return self._mac(_LETTER, box.id.bytes, sealed) + sealed

    def open(self, sealed: bytes, box: FaceBox, private_key: bytes) -> FaceCopy | None:
        """A letter to this terminal's own box. None for what was not sealed to it, was not written by a terminal of the
        site, was changed on the way, or says what no template or consent can."""
        mac, rest = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if len(sealed) > MAX_FACE_LETTER_BYTES or not hmac.compare_digest(mac, self._mac(_LETTER, box.id.bytes, rest)):
            return None
        try:
            private = X25519PrivateKey.from_private_bytes(private_key)
            plain = _SUITE.decrypt(rest, private, info=_said(_LETTER, box))
            return msgspec.msgpack.decode(plain, type=FaceCopy)
        except (InvalidTag, ValueError, DomainError, msgspec.MsgspecError):
            return None

    def _certificate(self, box: FaceBox) -> bytes:
        return self._mac(_said(_BOX, box), box.public_key)

    def _mac(self, *said: str | bytes) -> bytes:
        return hmac.digest(self._key, msgspec.msgpack.encode(said), "sha256")


def read_site_key(path: Path) -> SiteKey:
    """The key in that file: 64 hex digits, as `openssl rand -hex 32` writes them. Raises SiteKeyUnusable."""
    try:
        with path.open("rb") as file:
            content = file.read(2 * SITE_KEY_BYTES + 3).strip()
    except OSError as error:
        raise SiteKeyUnusable(f"{path} cannot be read: {error.strerror}") from error
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:  # also what is no ASCII
        key = b""
    if len(key) != SITE_KEY_BYTES or len(set(key)) < SITE_KEY_BYTES // 4:
        raise SiteKeyUnusable(f"{path} is no site key: that is {2 * SITE_KEY_BYTES} random hex digits")
    return SiteKey(key)


def _said(what: str, box: FaceBox) -> bytes:
    """Which box, of which terminal: no letter and no certificate is of use for another."""
    return msgspec.msgpack.encode([what, box.terminal_id, box.incarnation, box.id.bytes])

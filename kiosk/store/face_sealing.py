"""A face's template as it is stored: AES-256-GCM under the face's own key, bound to the member, the key and the models.

A key seals one template, once: whoever enrols anew gets another. So no nonce comes twice under a key.
"""

from __future__ import annotations

import secrets

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.domain.face_template import FaceTemplate, ModelVectors
from kiosk.domain.ids import FaceKeyId, MemberId

NONCE_BYTES = 12
_FORMAT = 1

Models = tuple[tuple[str, str], ...]
"""Name and version of each, in the template's order."""


def models_of(template: FaceTemplate) -> Models:
    return tuple((m.model, m.version) for m in template.made)


def seal(template: FaceTemplate, member_id: MemberId, key_id: FaceKeyId, key: bytes) -> bytes:
    plain = msgspec.msgpack.encode([m.vectors for m in template.made])
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _bound(member_id, key_id, models_of(template)))


def unseal(sealed: bytes, models: Models, member_id: MemberId, key_id: FaceKeyId, key: bytes) -> FaceTemplate | None:
    """None when it was sealed under another key or for another member or models, or was changed since."""
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        plain = AESGCM(key).decrypt(nonce, rest, _bound(member_id, key_id, models))
        vectors = msgspec.msgpack.decode(plain, type=tuple[tuple[bytes, ...], ...])
        return FaceTemplate(tuple(ModelVectors(*m, v) for m, v in zip(models, vectors, strict=True)))
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        return None


def _bound(member_id: MemberId, key_id: FaceKeyId, models: Models) -> bytes:
    return msgspec.msgpack.encode([_FORMAT, "kiosk face", member_id, key_id.bytes, models])

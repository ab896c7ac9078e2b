"""Who pays, and by what they were recognised."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.ids import FaceConsentId, MemberId


@dataclass(frozen=True, slots=True)
class ByCard:
    """Whoever has that card; `uid` in upper-case hex. Whose it is now, central knows."""

    uid: str


@dataclass(frozen=True, slots=True)
class ByFace:
    """That member, recognised under that consent: without it nothing is charged."""

    member_id: MemberId
    consent_id: FaceConsentId


Payer = ByCard | ByFace

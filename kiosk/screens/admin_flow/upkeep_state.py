"""The section upkeep: its state, what is touched, what it wants done, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.services.events import DeviceHealth
from kiosk.services.ports import CentralTold, Integrity, Place, WriteFault
from kiosk.services.restarting import Hindrance
from kiosk.services.support_bundle import Exported
from kiosk.services.upkeep import NotTold, UpkeepSeen

QUARANTINED_A_PAGE = 3


class Page(StrEnum):
    """The screens of the section, by their names in the stage's table."""

    OVERVIEW = "upkeep"
    SYNC = "upkeep-sync"
    QUARANTINE = "upkeep-quarantine"
    STORAGE = "upkeep-storage"
    VERSIONS = "upkeep-versions"
    SUPPORT = "upkeep-support"


@dataclass(frozen=True, slots=True)
class UpkeepState:
    """`seen`, `told`, `places` None: asked for, not here yet. `look_again_s`: when to look anew. `integrity`: of the
    last check of the database; `is_checking`, `is_writing`: under way. `first_shown`: of the events in quarantine.
    `asks_restart`: whether to restart is being asked; `is_restarting`: it was said, and the screen will go."""

    look_again_s: float
    page: Page = Page.OVERVIEW
    seen: UpkeepSeen | None = None
    told: CentralTold | NotTold | None = None
    first_shown: int = 0
    integrity: Integrity | None = None
    is_checking: bool = False
    places: tuple[Place, ...] | None = None
    is_writing: bool = False
    asks_restart: bool = False
    is_restarting: bool = False

    @property
    def screen(self) -> str:
        return self.page.value


# --- what is said of an act ---


@dataclass(frozen=True, slots=True)
class BundleSaid:
    about: Exported | WriteFault


@dataclass(frozen=True, slots=True)
class RestartHindered:
    why: Hindrance


# --- touches ---


@dataclass(frozen=True, slots=True)
class PageChosen(AdminEvent):
    page: Page


@dataclass(frozen=True, slots=True)
class QuarantineTurned(AdminEvent):
    """To the older ones; else to the newer ones."""

    older: bool


@dataclass(frozen=True, slots=True)
class AskAgainTouched(AdminEvent):
    """Central, or for places to write to."""


@dataclass(frozen=True, slots=True)
class CheckTouched(AdminEvent):
    """Whether the database is whole."""


@dataclass(frozen=True, slots=True)
class PlaceChosen(AdminEvent):
    """Write the bundle there."""

    path: str


@dataclass(frozen=True, slots=True)
class RestartTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class RestartConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class RestartDismissed(AdminEvent):
    pass


# --- what is wanted ---


@dataclass(frozen=True, slots=True)
class LookAtUpkeep(AdminAct):
    needs: ClassVar[Permission] = Permission.SEE_HEALTH


@dataclass(frozen=True, slots=True)
class AskCentral(AdminAct):
    needs: ClassVar[Permission] = Permission.SEE_HEALTH


@dataclass(frozen=True, slots=True)
class CheckDatabase(AdminAct):
    needs: ClassVar[Permission] = Permission.SEE_HEALTH


@dataclass(frozen=True, slots=True)
class FindPlaces(AdminAct):
    needs: ClassVar[Permission] = Permission.EXPORT_SUPPORT_BUNDLE


@dataclass(frozen=True, slots=True)
class WriteBundle(AdminAct):
    path: str
    devices: tuple[DeviceHealth, ...]
    needs: ClassVar[Permission] = Permission.EXPORT_SUPPORT_BUNDLE


@dataclass(frozen=True, slots=True)
class Restart(AdminAct):
    needs: ClassVar[Permission] = Permission.RESTART


# --- answers ---


@dataclass(frozen=True, slots=True)
class UpkeepLooked(AdminAnswer):
    seen: UpkeepSeen


@dataclass(frozen=True, slots=True)
class CentralAnswered(AdminAnswer):
    told: CentralTold | NotTold


@dataclass(frozen=True, slots=True)
class DatabaseChecked(AdminAnswer):
    integrity: Integrity


@dataclass(frozen=True, slots=True)
class PlacesFound(AdminAnswer):
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class BundleWritten(AdminAnswer):
    ended: Exported | WriteFault


@dataclass(frozen=True, slots=True)
class RestartAnswered(AdminAnswer):
    """None: it ends now."""

    hindrance: Hindrance | None

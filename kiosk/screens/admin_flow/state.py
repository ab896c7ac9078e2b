"""Everything the admin screen shows, as one frozen value. No Kivy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from kiosk.domain.menu import Menu
from kiosk.domain.staff import Staff
from kiosk.domain.stock import StockLevels
from kiosk.screens.admin_door import AdminEvent
from kiosk.screens.flow.state import View
from kiosk.services.entry import Refusal
from kiosk.services.events import DeviceHealth, LinkState
from kiosk.services.face_events import FaceReadiness

TerminalRole = Literal["order", "counter", "kitchen", "board"]
"""See kiosk.settings.TerminalSettings."""


class SectionName(StrEnum):
    """What can be opened from home; each is in sections.SECTIONS."""

    STOCK = "stock"
    SHIFT = "shift"
    INGREDIENTS = "ingredients"
    MENU_OF_DAY = "menu_of_day"
    ORDERS = "orders"
    MEMBERS = "members"
    HEALTH = "health"
    UPKEEP = "upkeep"


class SectionState(Protocol):
    """A section's own state: a frozen dataclass."""

    @property
    def screen(self) -> str:
        """Which of the section's screens is shown, by its name in the stage's table."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """Getting in. `typed`: digits so far. `card_number`: the staff number of the card that was tapped; its PIN alone is
    typed. `checking`: asked, not answered yet. `refusal`: of the last try. `wait_until_s`: no try before that."""

    typed: str = field(default="", repr=False)
    card_number: str = ""
    checking: bool = False
    refusal: Refusal | None = None
    wait_until_s: float = 0.0


class Tone(StrEnum):
    """positive: done. warning: not, as things stand. negative: it failed."""

    POSITIVE = "positive"
    WARNING = "warning"
    NEGATIVE = "negative"


class ShellNotice(StrEnum):
    """What the shell itself has to say."""

    NOT_PERMITTED = "not_permitted"
    STORAGE_FAILED = "storage_failed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """What an act did, or why not, said for a while by the screen `screen` (its `notice_words`); `about` is that
    section's own value, or the shell's. `undo`: what its button does; None: there is none."""

    screen: str
    about: object
    tone: Tone
    until_s: float
    undo: AdminEvent | None = None


@dataclass(frozen=True, slots=True)
class AdminState:
    """One visit to the admin screen. `staff` None: nobody has got in yet, the gate is shown. `section` None: home;
    else `open` is that section's own state. `now_s` and `touched_s` are monotonic; whoever touches nothing for
    `leave_after_s` has left. `role`: the terminal's, which decides what sections there are. `menu`, `levels`,
    `link`, `devices`, `face` and `out_of_order` are the terminal's."""

    visit: int
    view: View
    now_s: float
    touched_s: float
    leave_after_s: float = 60.0
    role: TerminalRole = "order"
    gate: Gate = Gate()
    staff: Staff | None = None
    section: SectionName | None = None
    open: SectionState | None = None
    notice: ShownNotice | None = None
    menu: Menu | None = None
    levels: StockLevels = field(default_factory=lambda: StockLevels({}))
    link: LinkState = LinkState.OFFLINE
    devices: Mapping[str, DeviceHealth] = field(default_factory=dict)
    face: FaceReadiness = field(default_factory=FaceReadiness)
    out_of_order: bool = False

    @property
    def screen(self) -> str:
        """The name of what is shown, in the stage's table."""
        if self.staff is None:
            return "gate"
        return self.open.screen if self.open is not None else "home"

    @property
    def simulated_devices(self) -> tuple[str, ...]:
        return tuple(name for name, health in self.devices.items() if health.simulated)


class Terminal(Protocol):
    """What a visit takes over from the state of the terminal's own screens, whichever role that has."""

    @property
    def now_s(self) -> float: ...
    @property
    def menu(self) -> Menu | None: ...
    @property
    def levels(self) -> StockLevels: ...
    @property
    def link(self) -> LinkState: ...
    @property
    def devices(self) -> Mapping[str, DeviceHealth]: ...
    @property
    def face(self) -> FaceReadiness: ...
    @property
    def out_of_order(self) -> bool: ...

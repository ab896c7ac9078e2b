"""The section upkeep: central and what waits for it, storage, versions, a support bundle, a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.staff import Permission
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import home
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.screens.admin_flow.upkeep_state import QUARANTINED_A_PAGE, Page, UpkeepState
from kiosk.screens.flow import events as common
from kiosk.services.ports import CentralTold
from kiosk.services.support_bundle import Exported
from kiosk.services.upkeep import NotTold

ASKS = frozenset({Permission.SEE_HEALTH})
LOOKS_EVERY_S = 5.0
# From where "back" leads, if not home.
_BEHIND: Mapping[Page, Page] = {
    Page.SYNC: Page.OVERVIEW,
    Page.QUARANTINE: Page.SYNC,
    Page.STORAGE: Page.OVERVIEW,
    Page.VERSIONS: Page.OVERVIEW,
    Page.SUPPORT: Page.OVERVIEW,
}


def opened(state: AdminState) -> Step:
    state = replace(state, open=UpkeepState(state.now_s + LOOKS_EVERY_S))
    return state, (up.LookAtUpkeep(state.visit, acting(state)), up.AskCentral(state.visit, acting(state)))


def _on_tick(state: AdminState, _event: common.Tick) -> Step:
    if state.now_s < _of(state).look_again_s:
        return state, ()
    state = _with(state, look_again_s=state.now_s + LOOKS_EVERY_S)
    return state, (up.LookAtUpkeep(state.visit, acting(state)),)


# --- touches ---


def _on_page(state: AdminState, event: up.PageChosen) -> Step:
    section = _of(state)
    if section.page is not (_BEHIND.get(event.page)) or section.asks_restart:
        return state, ()
    if event.page is Page.SUPPORT:
        return _finding_places(state) if acting(state).may(Permission.EXPORT_SUPPORT_BUNDLE) else (state, ())
    if event.page is Page.QUARANTINE and not _quarantined(section):
        return state, ()
    return _with(state, page=event.page, first_shown=0), ()


def _on_back(state: AdminState, _event: shell.BackTouched) -> Step:
    section = _of(state)
    if section.asks_restart:
        return _with(state, asks_restart=False), ()
    if section.page is Page.OVERVIEW:
        return home.gone_home(state), ()
    return replace(_with(state, page=_BEHIND[section.page]), notice=None), ()


def _on_turned(state: AdminState, event: up.QuarantineTurned) -> Step:
    section = _of(state)
    first = section.first_shown + (QUARANTINED_A_PAGE if event.older else -QUARANTINED_A_PAGE)
    is_there = section.page is Page.QUARANTINE and 0 <= first < _quarantined(section)
    return (_with(state, first_shown=first) if is_there else state), ()


def _on_ask_again(state: AdminState, _event: up.AskAgainTouched) -> Step:
    section = _of(state)
    if section.page is Page.SUPPORT:
        return _finding_places(state) if not section.is_writing else (state, ())
    if section.told is None or section.page is Page.QUARANTINE:
        return state, ()
    return _with(state, told=None), (up.AskCentral(state.visit, acting(state)),)


def _on_check(state: AdminState, _event: up.CheckTouched) -> Step:
    if _of(state).is_checking or _of(state).page is not Page.STORAGE:
        return state, ()
    return _with(state, is_checking=True, integrity=None), (up.CheckDatabase(state.visit, acting(state)),)


def _finding_places(state: AdminState) -> Step:
    state = _with(state, page=Page.SUPPORT, places=None)
    return state, (up.FindPlaces(state.visit, acting(state)),)


def _on_place(state: AdminState, event: up.PlaceChosen) -> Step:
    section = _of(state)
    known = {place.path for place in section.places or ()}
    if section.page is not Page.SUPPORT or section.is_writing or event.path not in known:
        return state, ()
    devices = tuple(state.devices.values())
    write = up.WriteBundle(state.visit, acting(state), event.path, devices)
    return replace(_with(state, is_writing=True), notice=None), (write,)


def _on_restart(state: AdminState, _event: up.RestartTouched) -> Step:
    section = _of(state)
    may = acting(state).may(Permission.RESTART) and section.page is Page.OVERVIEW and not section.is_restarting
    return (_with(state, asks_restart=True) if may else state), ()


def _on_confirmed(state: AdminState, _event: up.RestartConfirmed) -> Step:
    section = _of(state)
    if not section.asks_restart or section.is_restarting:
        return state, ()
    state = _with(state, asks_restart=False, is_restarting=True)
    return state, (up.Restart(state.visit, acting(state)),)


def _on_dismissed(state: AdminState, _event: up.RestartDismissed) -> Step:
    return _with(state, asks_restart=False), ()


# --- answers ---


def _on_looked(state: AdminState, event: up.UpkeepLooked) -> Step:
    return _with(state, seen=event.seen), ()


def _on_told(state: AdminState, event: up.CentralAnswered) -> Step:
    state = _with(state, told=event.told)
    if _of(state).page is Page.QUARANTINE and not _quarantined(_of(state)):
        state = _with(state, page=Page.SYNC)
    return state, ()


def _on_checked(state: AdminState, event: up.DatabaseChecked) -> Step:
    return _with(state, integrity=event.integrity, is_checking=False), ()


def _on_places(state: AdminState, event: up.PlacesFound) -> Step:
    return _with(state, places=event.places), ()


def _on_written(state: AdminState, event: up.BundleWritten) -> Step:
    tone = Tone.POSITIVE if isinstance(event.ended, Exported) else Tone.NEGATIVE
    return noticed(_with(state, is_writing=False), up.BundleSaid(event.ended), tone)


def _on_restarting(state: AdminState, event: up.RestartAnswered) -> Step:
    if event.hindrance is None:
        return state, ()
    return noticed(_with(state, is_restarting=False), up.RestartHindered(event.hindrance), Tone.WARNING)


def _on_failed(state: AdminState, event: shell.EffectFailed) -> Step:
    """The shell has said it; nobody waits any longer."""
    section = _of(state)
    match event.effect:
        case up.CheckDatabase():
            section = replace(section, is_checking=False)
        case up.WriteBundle():
            section = replace(section, is_writing=False)
        case up.FindPlaces():
            section = replace(section, places=())
        case up.AskCentral():
            section = replace(section, told=NotTold.UNREACHABLE)
        case up.Restart():
            section = replace(section, is_restarting=False)
    return replace(state, open=section), ()


def _quarantined(section: UpkeepState) -> int:
    """How many of them can be shown."""
    return len(section.told.quarantined) if isinstance(section.told, CentralTold) else 0


def _with(state: AdminState, **changed: object) -> AdminState:
    return replace(state, open=replace(_of(state), **changed))  # type: ignore[arg-type]


def _of(state: AdminState) -> UpkeepState:
    if not isinstance(state.open, UpkeepState):
        raise TypeError("upkeep is not open")
    return state.open


HANDLERS: Mapping[type, Handler] = {
    common.Tick: _on_tick,
    shell.BackTouched: _on_back,
    shell.EffectFailed: _on_failed,
    up.PageChosen: _on_page,
    up.QuarantineTurned: _on_turned,
    up.AskAgainTouched: _on_ask_again,
    up.CheckTouched: _on_check,
    up.PlaceChosen: _on_place,
    up.RestartTouched: _on_restart,
    up.RestartConfirmed: _on_confirmed,
    up.RestartDismissed: _on_dismissed,
    up.UpkeepLooked: _on_looked,
    up.CentralAnswered: _on_told,
    up.DatabaseChecked: _on_checked,
    up.PlacesFound: _on_places,
    up.BundleWritten: _on_written,
    up.RestartAnswered: _on_restarting,
}

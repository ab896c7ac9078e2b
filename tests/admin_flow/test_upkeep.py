"""Looking after the terminal, step by step: what is asked, when, and what whoever may not do it does not even see."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from kiosk.domain.staff import Permission, Role, Staff
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.screens.admin_flow.upkeep_state import Page
from kiosk.screens.flow import events as common
from kiosk.services.ports import Integrity, WriteFault
from kiosk.services.restarting import Hindrance
from tests.admin_flow.upkeep_scenes import DRIVE, EVENTS, SEEN, TOLD, TOLD_BAD, WRITTEN
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, wanted

NOON = time(12, 0)
RESTOCKER = replace(MANAGER, roles=frozenset({Role.RESTOCK}))


def opened(staff: Staff = MANAGER, told: object = TOLD_BAD) -> AdminState:
    state = after(inside(staff), shell.SectionChosen(SectionName.UPKEEP))
    return after(state, up.UpkeepLooked(VISIT, SEEN), up.CentralAnswered(VISIT, told))  # type: ignore[arg-type]


def test_opened_it_looks_here_and_asks_central() -> None:
    chosen = shell.SectionChosen(SectionName.UPKEEP)
    assert wanted(inside(), chosen) == (up.LookAtUpkeep(VISIT, MANAGER), up.AskCentral(VISIT, MANAGER))


def test_it_looks_again_by_itself_but_asks_central_by_touch() -> None:
    state = opened()
    assert wanted(state, common.Tick(state.now_s + 4.9, NOON)) == ()
    assert wanted(state, common.Tick(state.now_s + 5.0, NOON)) == (up.LookAtUpkeep(VISIT, MANAGER),)
    on_page = after(state, up.PageChosen(Page.SYNC))
    assert wanted(on_page, up.AskAgainTouched()) == (up.AskCentral(VISIT, MANAGER),)
    assert wanted(after(on_page, up.AskAgainTouched()), up.AskAgainTouched()) == ()


def test_back_leads_the_way_one_came() -> None:
    state = after(opened(), up.PageChosen(Page.SYNC), up.PageChosen(Page.QUARANTINE))
    screens = [state.screen]
    for _ in range(3):
        state = after(state, shell.BackTouched())
        screens.append(state.screen)
    assert screens == ["upkeep-quarantine", "upkeep-sync", "upkeep", "home"]


def test_the_quarantine_is_turned_by_touches_from_end_to_end() -> None:
    state = after(opened(), up.PageChosen(Page.SYNC), up.PageChosen(Page.QUARANTINE))
    seen = set()
    for _ in range(len(EVENTS)):
        first = state.open.first_shown  # type: ignore[union-attr]
        seen |= set(range(first, first + up.QUARANTINED_A_PAGE))
        state = after(state, up.QuarantineTurned(older=True))
    assert seen >= set(range(len(EVENTS)))
    for _ in range(len(EVENTS)):
        state = after(state, up.QuarantineTurned(older=False))
    assert state.open.first_shown == 0  # type: ignore[union-attr]
    assert after(opened(told=TOLD), up.PageChosen(Page.SYNC), up.PageChosen(Page.QUARANTINE)).screen == "upkeep-sync"
    assert after(state, up.CentralAnswered(VISIT, TOLD)).screen == "upkeep-sync"


def test_the_database_is_checked_once_at_a_time() -> None:
    state = after(opened(), up.PageChosen(Page.STORAGE))
    assert wanted(state, up.CheckTouched()) == (up.CheckDatabase(VISIT, MANAGER),)
    checking = after(state, up.CheckTouched())
    assert wanted(checking, up.CheckTouched()) == ()
    assert after(checking, up.DatabaseChecked(VISIT, Integrity.WHOLE)).open.integrity is Integrity.WHOLE  # type: ignore[union-attr]
    failed = shell.EffectFailed(VISIT, up.CheckDatabase(VISIT, MANAGER), shell.Failure.FAILED)
    assert wanted(after(checking, failed), up.CheckTouched()) == (up.CheckDatabase(VISIT, MANAGER),)


def test_a_bundle_goes_only_where_a_place_was_found() -> None:
    state = after(opened(), up.PageChosen(Page.SUPPORT))
    assert wanted(opened(), up.PageChosen(Page.SUPPORT)) == (up.FindPlaces(VISIT, MANAGER),)
    assert wanted(state, up.PlaceChosen(DRIVE.path)) == ()
    state = after(state, up.PlacesFound(VISIT, (DRIVE,)))
    assert wanted(state, up.PlaceChosen("/etc")) == ()
    (write,) = wanted(state, up.PlaceChosen(DRIVE.path))
    assert write == up.WriteBundle(VISIT, MANAGER, DRIVE.path, tuple(state.devices.values()))
    writing = after(state, up.PlaceChosen(DRIVE.path))
    assert wanted(writing, up.PlaceChosen(DRIVE.path)) == ()
    for ended in (WRITTEN, WriteFault.GONE):
        said = after(writing, up.BundleWritten(VISIT, ended)).notice
        assert said is not None
        assert said.about == up.BundleSaid(ended)


def test_a_restart_is_asked_for_and_confirmed_and_said_when_it_cannot_be() -> None:
    state = opened()
    assert wanted(state, up.RestartConfirmed()) == ()
    asked = after(state, up.RestartTouched())
    assert wanted(after(asked, up.RestartDismissed()), up.RestartConfirmed()) == ()
    assert after(asked, shell.BackTouched()).screen == "upkeep"
    assert wanted(asked, up.RestartConfirmed()) == (up.Restart(VISIT, MANAGER),)
    restarting = after(asked, up.RestartConfirmed())
    assert wanted(after(restarting, up.RestartTouched()), up.RestartConfirmed()) == ()
    hindered = after(restarting, up.RestartAnswered(VISIT, Hindrance.PAYMENT))
    assert hindered.notice is not None
    assert hindered.notice.about == up.RestartHindered(Hindrance.PAYMENT)
    assert wanted(after(hindered, up.RestartTouched()), up.RestartConfirmed()) == (up.Restart(VISIT, MANAGER),)


@pytest.mark.parametrize("staff", ANYBODY.values(), ids=lambda staff: " ".join(staff.roles))
def test_who_may_not_gets_nowhere(staff: Staff) -> None:
    state = opened(staff)
    if state.section is not SectionName.UPKEEP:
        return
    found = wanted(state, up.PageChosen(Page.SUPPORT))
    assert bool(found) == staff.may(Permission.EXPORT_SUPPORT_BUNDLE)
    assert bool(wanted(after(state, up.RestartTouched()), up.RestartConfirmed())) == staff.may(Permission.RESTART)

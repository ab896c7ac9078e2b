"""Every screen of the section upkeep, in every size and the largest text, and its words: every reason has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from kiosk.domain.quarantine import EventKind, QuarantineReason
from kiosk.domain.release import UpdateState
from kiosk.domain.staff import Role
from kiosk.screens.admin import upkeep_words as words
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.admin_flow.upkeep_state import Page, UpkeepState
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.screens.texts import texts_for
from kiosk.services.events import LinkState
from kiosk.services.ports import Integrity, WriteFault
from kiosk.services.restarting import Hindrance
from tests.admin_flow.upkeep_scenes import AWAY, BAD, DAMAGED, DRIVE, FOLDER, SEEN, TOLD, TOLD_BAD, WRITTEN
from tests.admin_flow.visits import MANAGER
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.test_admin_shell import LEAST_PX_AT_WIDE, WIDE, open_admin

# Those of one size together: the app that is open goes on.
LOOKS = {
    "upright-zh": (UPRIGHT, View("zh", TextSize.NORMAL)),
    "upright-en-largest": (UPRIGHT, View("en", TextSize.LARGEST)),
    "lying-zh": (LYING, View("zh", TextSize.NORMAL)),
    "lying-en-largest": (LYING, View("en", TextSize.LARGEST)),
    "wide-zh-largest": (WIDE, View("zh", TextSize.LARGEST)),
    "wide-en": (WIDE, View("en", TextSize.NORMAL)),
}
GOOD, WRONG = UpkeepState(1e9, seen=SEEN, told=TOLD), UpkeepState(1e9, seen=BAD, told=TOLD_BAD)
SCENES: Mapping[str, UpkeepState] = {
    "overview": GOOD,
    "overview-wrong": WRONG,
    "restart": replace(GOOD, asks_restart=True),
    "sync": replace(GOOD, page=Page.SYNC),
    "sync-wrong": replace(WRONG, page=Page.SYNC),
    "sync-away": replace(WRONG, page=Page.SYNC, told=AWAY),
    "quarantine": replace(WRONG, page=Page.QUARANTINE, first_shown=3),
    "storage": replace(GOOD, page=Page.STORAGE, integrity=Integrity.WHOLE),
    "storage-wrong": replace(WRONG, page=Page.STORAGE, integrity=DAMAGED),
    "versions": replace(GOOD, page=Page.VERSIONS),
    "versions-wrong": replace(WRONG, page=Page.VERSIONS),
    "support": replace(GOOD, page=Page.SUPPORT, places=(DRIVE, FOLDER)),
    "support-none": replace(GOOD, page=Page.SUPPORT, places=()),
}
OpenApp = Callable[..., Driver]


def put(ui: Driver, section: UpkeepState, view: View | None = None) -> None:
    state, link = ui.app.admin.state, LinkState.ONLINE if section.seen is SEEN else LinkState.OFFLINE
    ui.app.admin.state = replace(state, view=view or state.view, section=SectionName.UPKEEP, open=section, link=link)
    ui.app._show()
    ui.step(3)


@pytest.mark.parametrize("look", LOOKS)
def test_how_it_looks(kept_app: OpenApp, look: str) -> None:
    size, view = LOOKS[look]
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=size)
    open_admin(ui, MANAGER)
    for name, section in SCENES.items():
        put(ui, section, view)
        look_at(ui, f"admin-upkeep-{name}-{look}", keeps_picture=is_pictured(size, view))


@pytest.mark.parametrize("name", SCENES)
def test_controls_are_at_least_15_mm_high(kept_app: OpenApp, name: str) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=WIDE)
    open_admin(ui, MANAGER)
    put(ui, SCENES[name])
    touchable = {
        getattr(widget, "test_id", ""): widget.height
        for root in (ui.app.root, *ui.app.root.children)
        for widget in root.walk()
        if hasattr(widget, "on_release") and not widget.disabled and widget.opacity and widget.height
    }
    assert {test_id: height for test_id, height in touchable.items() if height < LEAST_PX_AT_WIDE} == {}


def test_a_bundle_and_a_restart_by_touches(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, MANAGER)
    ui.tap(test_id="section-upkeep")
    visit = ui.app.admin.state.visit
    ui.happens(up.UpkeepLooked(visit, SEEN), up.CentralAnswered(visit, TOLD))
    ui.tap(test_id="page-upkeep-support")
    ui.happens(up.PlacesFound(visit, (DRIVE,)))
    ui.tap(test_id="place-0")
    assert ui.effects[-1] == up.WriteBundle(visit, MANAGER, DRIVE.path, tuple(ui.app.admin.state.devices.values()))
    ui.happens(up.BundleWritten(visit, WRITTEN))
    ui.tap(test_id="back")
    ui.tap(test_id="restart")
    ui.tap(test_id="confirm")
    assert ui.effects[-1] == up.Restart(visit, MANAGER)


def test_whoever_may_not_does_not_see_it(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, replace(MANAGER, roles=frozenset({Role.RESTOCK})))
    put(ui, GOOD)
    assert ui.has(test_id="page-upkeep-storage")
    assert not ui.has(test_id="restart")
    assert not ui.has(test_id="page-upkeep-support")


# --- words: none is missing, in either language ---

WORDS: Mapping[type[StrEnum], Callable[[Any, Any], object]] = {
    EventKind: words.kind_words,
    Integrity: words.integrity_words,
    UpdateState: lambda state, texts: words.update_words(state, "1.2", texts),
    Hindrance: lambda why, texts: words.said_words(up.RestartHindered(why), texts),
    WriteFault: lambda fault, texts: words.said_words(up.BundleSaid(fault), texts),
}
CASES = [(kind, one) for kind in WORDS for one in kind]


@pytest.mark.parametrize(("kind", "one"), CASES, ids=[f"{one}" for _, one in CASES])
def test_each_has_its_words_in_both_languages(kind: type[StrEnum], one: StrEnum) -> None:
    english, chinese = (WORDS[kind](one, texts_for(language)) for language in ("en", "zh"))
    assert english
    assert english != chinese, "not translated"


@pytest.mark.parametrize("say", [words.wrong_words, words.remedy_words])
def test_every_reason_says_what_is_wrong_and_what_to_do(say: Callable[..., str]) -> None:
    for language in ("en", "zh"):
        said = [say(reason, texts_for(language)) for reason in QuarantineReason]
        assert all(said)
        assert len(set(said)) == len(said), "two reasons say the same"

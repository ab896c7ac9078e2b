"""Opening, getting in, going from section to section, leaving; what the terminal's own screens are told meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from kiosk.domain.staff import Permission, Role, Staff
from kiosk.domain.stock import StockLevels
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import step
from kiosk.screens.admin_flow.sections import SECTIONS, open_to
from kiosk.screens.admin_flow.state import SectionName, ShellNotice, TerminalRole
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import TextSize
from kiosk.services import events as service
from kiosk.services.entry import Entered, NotEntered, PinWanted, Refusal
from tests.admin_flow.visits import ANYBODY, EVERYBODY, MANAGER, VISIT, after, at_gate, inside, typed, wanted

CARD = service.CardPresented("reader", "04A1B2C3D4", 1.0)
NOON = time(12, 0)


def test_number_and_pin_are_asked_as_one() -> None:
    gate = after(at_gate(), *typed("12345"), ev.EraseTouched(), *typed("678"))
    assert wanted(gate, ev.PinConfirmed()) == (fx.EnterByPin(VISIT, "1234678"),)


def test_digits_are_in_no_representation() -> None:
    gate = after(at_gate(), *typed("123456"))
    (effect,) = wanted(gate, ev.PinConfirmed())
    assert "123456" not in repr(gate)
    assert "123456" not in repr(effect)


def test_one_try_at_a_time() -> None:
    asking = after(at_gate(), *typed("123456"), ev.PinConfirmed())
    for event in (ev.PinConfirmed(), *typed("9"), CARD):
        assert wanted(asking, event) == ()
        assert after(asking, event) == asking


def test_who_gets_in_sees_what_they_may_open() -> None:
    state = inside(MANAGER)
    assert (state.screen, state.gate.typed) == ("home", "")
    assert open_to(MANAGER, "order") == open_to(MANAGER, "counter") == tuple(SECTIONS)


OF_KITCHEN = {SectionName.STOCK, SectionName.INGREDIENTS, SectionName.HEALTH, SectionName.UPKEEP}
OF_BOARD = {SectionName.HEALTH, SectionName.UPKEEP}


@pytest.mark.parametrize(("role", "there"), [("kitchen", OF_KITCHEN), ("board", OF_BOARD)])
@pytest.mark.parametrize("staff", [EVERYBODY, *ANYBODY.values()], ids=lambda staff: " ".join(sorted(staff.roles)))
def test_where_nothing_is_sold_there_is_nothing_of_the_till(
    role: TerminalRole, there: set[SectionName], staff: Staff
) -> None:
    state = inside(staff, role=role)
    opens = {name for name in SectionName if after(state, ev.SectionChosen(name)).section is name}
    assert opens == there & set(open_to(staff, "order"))


def test_other_roles_open_nothing_more_at_a_board() -> None:
    """Also to whoever is given more during the visit."""
    state = inside(ANYBODY[Role.RESTOCK], role="board")
    given = after(state, ev.StaffLookedUp(VISIT, replace(ANYBODY[Role.RESTOCK], roles=frozenset(Role))))
    assert after(given, ev.SectionChosen(SectionName.STOCK)).section is None
    assert after(given, ev.SectionChosen(SectionName.HEALTH)).section is SectionName.HEALTH


@pytest.mark.parametrize("staff", ANYBODY.values(), ids=lambda staff: " ".join(staff.roles))
def test_a_section_opens_for_who_may_and_leads_back_home(staff: Staff) -> None:
    for name in SectionName:
        chosen = after(inside(staff), ev.SectionChosen(name))
        assert chosen.section is (name if name in open_to(staff, "order") else None)
        assert after(chosen, ev.BackTouched()).screen == "home"


def test_a_card_may_ask_for_a_pin() -> None:
    asked = after(at_gate(), CARD, ev.EntryAnswered(VISIT, PinWanted("12")), *typed("3456"))
    assert wanted(asked, ev.PinConfirmed()) == (fx.EnterByPin(VISIT, "123456"),)
    forgotten = after(asked, *[ev.EraseTouched()] * 5, *typed("3456"))
    assert wanted(forgotten, ev.PinConfirmed()) == (fx.EnterByPin(VISIT, "3456"),)


def test_while_pins_wait_nobody_types_one_but_a_card_is_asked_about() -> None:
    refused = after(at_gate(), *typed("123456"), ev.PinConfirmed())
    refused = after(refused, ev.EntryAnswered(VISIT, NotEntered(Refusal.WRONG, 30.0)))
    assert after(refused, *typed("123456")).gate.typed == ""
    assert wanted(refused, CARD) == (fx.EnterByCard(VISIT, CARD.uid),)
    later = after(refused, common.Tick(refused.now_s + 30.0, NOON), *typed("123456"))
    assert wanted(later, ev.PinConfirmed()) == (fx.EnterByPin(VISIT, "123456"),)


@pytest.mark.parametrize("event", [ev.SectionChosen(name) for name in SectionName], ids=str)
def test_nothing_opens_at_the_gate(event: ev.SectionChosen) -> None:
    assert after(at_gate(), event) == at_gate()


def test_an_answer_for_somebody_who_has_left_lets_nobody_in() -> None:
    asking = after(at_gate(), *typed("123456"), ev.PinConfirmed())
    assert after(asking, ev.EntryAnswered(VISIT - 1, Entered(MANAGER))) == asking


def test_an_answer_that_nobody_asked_for_lets_nobody_in() -> None:
    assert after(at_gate(), ev.EntryAnswered(VISIT, Entered(MANAGER))).staff is None


def test_whoever_touches_nothing_has_left_though_cards_and_news_come() -> None:
    state = inside()
    for second in range(1, 60):
        state = after(state, common.Tick(state.touched_s + second, NOON), CARD, service.StockChanged())
    assert step(state, common.Tick(state.touched_s + 60.0, NOON)) == (
        None,
        (fx.NoteLeft(VISIT, MANAGER.id, fx.LeftBy.IDLE),),
    )
    state = after(state, common.Touched(state.now_s))
    assert after(state, common.Tick(state.now_s + 59.0, NOON)).staff == MANAGER


def test_leaving_is_noted_only_of_whoever_got_in() -> None:
    assert step(inside(), ev.LeaveTouched()) == (None, (fx.NoteLeft(VISIT, MANAGER.id, fx.LeftBy.TOUCH),))
    assert step(at_gate(), ev.LeaveTouched()) == (None, ())


def test_who_was_removed_is_out_at_once() -> None:
    state = after(inside(), ev.SectionChosen(SectionName.HEALTH))
    assert wanted(state, service.StaffChanged()) == (fx.LookUpStaff(VISIT, MANAGER.id),)
    gone = ev.StaffLookedUp(VISIT, None)
    assert step(state, gone) == (None, (fx.NoteLeft(VISIT, MANAGER.id, fx.LeftBy.REMOVED),))
    unknown = ev.EffectFailed(VISIT, fx.LookUpStaff(VISIT, MANAGER.id), ev.Failure.STORAGE_FAILED)
    assert step(state, unknown)[0] is None


def test_who_lost_a_role_goes_on_with_what_is_left() -> None:
    state = after(inside(), ev.SectionChosen(SectionName.HEALTH))
    changed = replace(MANAGER, roles=frozenset({Role.RESTOCK}))
    assert after(state, ev.StaffLookedUp(VISIT, changed)).staff == changed
    nobody = replace(MANAGER, roles=frozenset())
    assert after(state, ev.StaffLookedUp(VISIT, nobody)).section is None


def test_a_failed_effect_is_said() -> None:
    failed = ev.EffectFailed(VISIT, fx.AdminAct(VISIT, MANAGER), ev.Failure.NOT_PERMITTED)
    notice = after(inside(), failed).notice
    assert notice is not None
    assert notice.about is ShellNotice.NOT_PERMITTED


def test_a_gate_whose_disk_failed_takes_another_try() -> None:
    asking = after(at_gate(), *typed("123456"), ev.PinConfirmed())
    failed = ev.EffectFailed(VISIT, fx.EnterByPin(VISIT, "123456"), ev.Failure.STORAGE_FAILED)
    again = after(asking, failed)
    assert again.gate.refusal is Refusal.STORAGE_FAILED
    assert wanted(after(again, *typed("123456")), ev.PinConfirmed()) == (fx.EnterByPin(VISIT, "123456"),)


def test_how_one_reads() -> None:
    state = after(at_gate(), ev.LanguageTouched(), ev.TextSizeTouched())
    assert (state.view.language, state.view.text_size) == ("en", TextSize.LARGE)


def test_what_is_told_of_the_terminal_is_known() -> None:
    levels = StockLevels({})
    state = after(inside(), common.LevelsLoaded(levels), service.CentralLinkChanged(service.LinkState.ONLINE))
    health = service.DeviceHealth("printer", service.DeviceKind.PRINTER, service.DeviceState.UNAVAILABLE)
    state = after(state, service.DeviceHealthChanged(health), service.StorageStopped())
    assert (state.levels, state.link, state.out_of_order) == (levels, service.LinkState.ONLINE, True)
    assert state.devices["printer"] == health


def test_every_section_says_who_may_open_it() -> None:
    for name, section in SECTIONS.items():
        assert section.asks, name
        assert section.asks <= frozenset(Permission)

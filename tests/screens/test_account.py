"""My account on the screen: what is known here, nothing for the queue's eyes, and the end of a face seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.money import Money
from kiosk.screens.face_status_words import status_words
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow.account_state import Account
from kiosk.screens.flow.state import ScreenName, State
from kiosk.screens.texts import texts_for
from kiosk.services.accounts import AccountSeen
from kiosk.services.events import LinkState
from kiosk.services.faces_of import FaceState, FaceStatus
from kiosk.services.staff_acts import NotKnown
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.face_scenes import CONSENT, FORGOTTEN, NOBODYS, at_account, forgotten
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
ORDERS = (
    scenes.order(scenes.SOME),
    scenes.order(scenes.ONE_DISH, paid=False, number="A012"),
    scenes.order(scenes.USUAL, number="A003"),
)
ENROLLED = at_account(AccountSeen(FaceStatus(FaceState.USABLE, CONSENT), ORDERS))


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    rich = scenes.with_member(ENROLLED, scenes.RICH_IN_COUPONS, balance_shown=True)
    over = at_account(AccountSeen(FaceStatus(FaceState.CONSENT_OVER, CONSENT), ORDERS))
    variants = {
        "account-new": at_account(NOBODYS),
        "account": rich,
        "account-over": over,
        "account-forgetting": at_account(AccountSeen(FaceStatus(FaceState.FORGETTING), ORDERS)),
        "account-model": at_account(AccountSeen(FaceStatus(FaceState.MODEL_CHANGED, CONSENT))),
        "account-loading": replace(ENROLLED, account=Account()),
        "account-forget-elsewhere": replace(at_account(NOBODYS), account=Account(NOBODYS, confirming=True)),
        "account-forget": replace(ENROLLED, account=replace(ENROLLED.account, confirming=True, was_here=True)),
    }
    look_at_all(kept_app, sight, variants)


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_how_the_face_stands_leaves_room_for_an_order(kept_app: Open, sight: Sight) -> None:
    ui = kept_app(scenes.with_view(scenes.with_member(ENROLLED, scenes.RICH_IN_COUPONS), sight.view), size=sight.size)
    assert ui.find(test_id="face-title").text
    area = ui.find(test_id="account-scroll")
    first = ui.find(contains="A037").parent.parent
    _, bottom = area.to_window(*area.pos)
    _, y = first.to_window(*first.pos)
    assert y >= bottom, "the first order is cut"


def test_the_balance_is_covered_and_the_name_masked(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(ENROLLED, replace(scenes.MEMBER, balance=Money(9876))))
    assert ui.has("王*明")
    assert not any("98.76" in text for text in ui.texts())
    ui.tap(test_id="balance")
    assert ui.has("¥98.76")


def test_what_a_face_is_for_until_when_and_to_which_text(kept_app: Open) -> None:
    ui = kept_app(ENROLLED)
    assert ui.has("用途：点餐时认出您、付款。")
    assert ui.has("有效期至2027年3月9日。")
    assert ui.has("您于2026年3月9日同意（文本版本 face-1）。")


@pytest.mark.parametrize("purpose", ConsentPurpose)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_purpose_has_words(purpose: ConsentPurpose, language: str) -> None:
    given = replace(CONSENT, purposes=tuple({ConsentPurpose.PAYING, purpose}))
    words = status_words(FaceStatus(FaceState.USABLE, given), texts_for(language))
    assert all(words.lines)


def test_orders_taken_here_are_listed(kept_app: Open) -> None:
    ui = kept_app(ENROLLED)
    assert ui.has("A037")
    assert ui.has("待柜台付款")


def test_every_state_of_a_face_has_words_and_its_own_next_step(kept_app: Open) -> None:
    steps = {
        FaceState.NONE: {"face-enrol", "face-forget"},
        FaceState.USABLE: {"face-renew", "face-enrol", "face-forget"},
        FaceState.CONSENT_OVER: {"face-renew", "face-enrol", "face-forget"},
        FaceState.MODEL_CHANGED: {"face-enrol", "face-forget"},
        FaceState.FORGETTING: set(),
    }
    titles = set()
    for state, wanted in steps.items():
        consent = CONSENT if state not in (FaceState.NONE, FaceState.FORGETTING) else None
        ui = kept_app(at_account(AccountSeen(FaceStatus(state, consent))))
        offered = {name for name in ("face-renew", "face-enrol", "face-forget") if ui.has(test_id=name)}
        assert offered == wanted, state
        titles.add(ui.find(test_id="face-title").text)
    assert len(titles) == len(FaceState)


def test_without_a_camera_a_face_can_still_be_deleted(kept_app: Open) -> None:
    ui = kept_app(at_account(AccountSeen(FaceStatus(FaceState.USABLE, CONSENT)), camera=False))
    assert not ui.has(test_id="face-enrol")
    assert ui.has(test_id="face-forget")


def test_member_screen_leads_to_the_account(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(scenes.state(ScreenName.MEMBER)))
    ui.tap(test_id="account")
    assert ui.state.screen is ScreenName.ACCOUNT
    assert [effect for effect in ui.effects if isinstance(effect, acc.LoadAccount)]


def test_deleting_asks_first_and_the_member_sees_that_it_was_done(kept_app: Open) -> None:
    ui = kept_app(ENROLLED)
    ui.tap(test_id="face-forget")
    assert ui.has("删除您的人脸？")
    ui.tap(test_id="forget-no")
    assert not ui.has("删除您的人脸？")
    ui.tap(test_id="face-forget")
    ui.tap(test_id="forget-yes")
    (asked,) = [effect for effect in ui.effects if isinstance(effect, acc.ForgetFace)]
    ui.happens(acc.FaceForgettingFinished(asked.session_id, FORGOTTEN))
    assert ui.has("您的人脸已在这里删除")
    ui.tap(test_id="way-done")
    assert ui.state.screen is ScreenName.ACCOUNT


def said(ui: Driver) -> str:
    return str(ui.find(test_id="advice").text)


def test_only_what_is_known_of_other_terminals_is_said(kept_app: Open) -> None:
    told = kept_app(forgotten(replace(FORGOTTEN, on_the_way=False)))
    assert "服务器已收到通知" in said(told)
    telling = kept_app(forgotten(FORGOTTEN))
    assert "正在通知服务器" in said(telling)
    away = kept_app(forgotten(FORGOTTEN, link=LinkState.OFFLINE))
    assert "连不上服务器" in said(away)
    assert "一分钟" not in said(away), "nobody can promise that now"


def test_a_key_that_was_never_here_is_not_said_to_be_destroyed(kept_app: Open) -> None:
    ui = kept_app(forgotten(replace(FORGOTTEN, on_the_way=False), was_here=False))
    assert not any("密钥" in text for text in ui.texts())
    assert ui.has("已登记您的删除请求")
    ui = kept_app(at_account(NOBODYS))
    ui.tap(test_id="face-forget")
    assert "没有保存" in ui.find(test_id="what").text


def test_a_deletion_whose_end_is_not_known_is_not_said_to_be_done(kept_app: Open) -> None:
    ui = kept_app(forgotten(NotKnown(UUID(int=5))))
    assert ui.has("暂时无法确认是否已删除")
    assert not any("已在这里删除" in text for text in ui.texts())
    ui.tap(test_id="way-forget_again")
    assert acc.ForgetFace(ui.state.session.id, scenes.MEMBER.id, UUID(int=5)) in ui.effects


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures_of_the_confirmation(kept_app: Open, sight: Sight) -> None:
    variants: dict[str, State] = {
        "forgotten": forgotten(replace(FORGOTTEN, on_the_way=False)),
        "forgotten-away": forgotten(FORGOTTEN, link=LinkState.OFFLINE),
        "forgotten-elsewhere": forgotten(FORGOTTEN, was_here=False),
        "forgotten-not-known": forgotten(NotKnown(UUID(int=5))),
    }
    look_at_all(kept_app, sight, variants)


def test_a_consent_of_long_ago_is_dated(kept_app: Open) -> None:
    given_at = datetime(2025, 1, 2, tzinfo=CONSENT.given_at.tzinfo)
    old = replace(CONSENT, given_at=given_at, until=given_at + timedelta(days=365))
    ui = kept_app(at_account(AccountSeen(FaceStatus(FaceState.CONSENT_OVER, old))))
    assert ui.has("有效期至2026年1月2日。")

"""The section members: how it looks, and cash taken on the real screen with the real services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import pytest

from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import MemberId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import Card, CardState
from kiosk.domain.member_act import BindCard, CorrectBalance, CorrectionReason, MemberActRefusal
from kiosk.domain.money import Money
from kiosk.domain.staff import Staff
from kiosk.screens.admin.members_words import notice_words
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_acts import ActNotice
from kiosk.screens.admin_flow.members_state import Cards, Correction, Diet, FaceAsked, MembersState
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import ScreenName
from kiosk.screens.texts import texts_for
from kiosk.services import events as service
from kiosk.services.begin_enrolment import EnrolmentHindrance
from kiosk.services.entry import Entered, EntryOutcome, NotEntered, Refusal
from kiosk.services.identify import CardIsBlocked, identify
from kiosk.services.look_up_member import MemberFound
from kiosk.services.member_acts import MemberActs, MemberActTrouble
from kiosk.services.ports import CentralUnreachable, MemberActDone
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.wire import encode
from tests.admin_flow.test_members import DONE, SEEN
from tests.admin_flow.test_members_acts import SECOND
from tests.admin_flow.test_members_enrolling import CAMERA
from tests.admin_flow.visits import MANAGER
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.test_admin_orders import Visit, store, visit  # noqa: F401  (fixtures)
from tests.screens.test_admin_orders_pictures import LOOKS
from tests.screens.test_admin_shell import open_admin
from tests.services.fakes import EventLog, Signal
from tests.store.sales import CARD, MEMBER
from tests.store.test_feed import THE_MEMBER, read

NOON = datetime(2026, 3, 9, 4, tzinfo=UTC)
SAID = MemberFound(MemberId("20230117"), "李*桐"), MemberFound(MemberId("20220117"), "欧*兰")
THREE = replace(
    SEEN,
    cards=(Card("62E3086CED", SEEN.member_id), Card("02004DB005", SEEN.member_id, CardState.BLOCKED)),
    diet=DietProfile(frozenset({Allergen.PEANUT}), frozenset({DietTag.HALAL}), no_spicy=True),
)
AMOUNT = Correction(1250, takes=True)
CONFIRMING = replace(AMOUNT, reason=CorrectionReason.WRONG_TOP_UP, is_confirming=True, entry="77649")
DOUBTFUL = ev.BindCard(1, MANAGER, SEEN.member_id, "0A0B0C0D", instead=True)
VARIANTS = {
    "empty": MembersState(),
    "found": MembersState(found=SAID, typed="0117"),
    "by-number": MembersState(seen=replace(THREE, card_uid="")),
    "face": MembersState(seen=replace(THREE, has_face=True), detail=FaceAsked()),
    "cards": MembersState("member_cards", THREE, detail=Cards()),
    "losing": MembersState("member_cards", THREE, detail=Cards(losing="62E3086CED")),
    "fresh": MembersState("member_cards", THREE, detail=Cards(fresh="0A0B0C0D")),
    "doubtful": MembersState("member_cards", THREE, detail=Cards(), doubtful=DOUBTFUL),
    "amount": MembersState("member_correction", THREE, detail=AMOUNT),
    "second": MembersState("member_correction", THREE, detail=CONFIRMING),
    "wrong": MembersState("member_correction", THREE, detail=replace(CONFIRMING, entry="", refusal=Refusal.WRONG)),
    "diet": MembersState("member_diet", THREE, detail=Diet(replace(THREE.diet, no_spicy=False))),
    "no-diet": MembersState("member_diet", THREE, detail=Diet()),
    "unknown": MembersState(is_unknown=True),
    "seen": MembersState(seen=SEEN, typed="50"),
    "taken": MembersState(seen=replace(SEEN, on_the_way=DONE.asked.amount), ended=DONE.ended),
    "refused": MembersState(seen=SEEN, ended=Refused(RefusedReason.BALANCE_TOO_LARGE)),
    "blocked": MembersState(seen=replace(SEEN, is_card_blocked=True, has_face=True)),
    "not-known": MembersState(seen=SEEN, typed="50", in_flight=True, ended=NotKnown(UUID(int=1))),
}


@pytest.mark.parametrize("look", LOOKS)
def test_how_it_looks(kept_app: Callable[..., Driver], look: str) -> None:
    size, view = LOOKS[look]
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=size)
    open_admin(ui, MANAGER)
    for name, members in VARIANTS.items():
        state = ui.app.admin.state
        ui.app.admin.state = replace(state, view=view, section=SectionName.MEMBERS, open=members)
        ui.app.admin.state = replace(ui.app.admin.state, devices={"face-camera": CAMERA})
        ui.app._show()
        ui.step(3)
        look_at(ui, f"admin-members-{name}-{look}", keeps_picture=is_pictured(size, view))


def test_cash_for_a_card_and_a_finger_that_comes_down_twice(
    visit: Callable[..., Visit],  # noqa: F811
    store: SqliteStore,  # noqa: F811
) -> None:
    read(store, "first", more=False, cards={CARD.uid: CARD}, **THE_MEMBER)
    here = visit()
    here.touch("section-members")
    here.happens(service.CardPresented("reader", CARD.uid, 1.0))
    assert here.ui.find(test_id="name").text == MEMBER.masked_name
    here.touch("key-5")
    here.touch("key-0")
    key = here.ui.find(test_id="take")
    here.ui.tap(key)
    here.ui.tap(key)
    here.answer()
    with store.transaction() as tx:
        assert tx.cash.top_ups_on_the_way(MEMBER.id, "CNY").minor == 5000
    assert "已收 ¥50.00" in here.ui.find(test_id="told").text
    assert here.ui.has("本机已收，尚未到账")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_end_has_words(language: str) -> None:
    ends = ["bound", "unblocked", "blocked", "not_theirs", "theirs_already", "corrected", "diet_kept", "face_deleted"]
    ends += ["no_enrolling", "card_first", EnrolmentHindrance.FORGETTING]
    ends += ["not_known", *(f"trouble_{one}" for one in (MemberActTrouble.REFUSED, MemberActTrouble.ON_THE_WAY))]
    said = [notice_words(ActNotice(what, Money(4000), Money(2750)), texts_for(language)) for what in ends]
    said += [
        notice_words(ActNotice(refusal, Money(4000), Money(2750)), texts_for(language)) for refusal in MemberActRefusal
    ]
    unknown = notice_words(ActNotice("something new"), texts_for(language))
    assert said.count(unknown) == 1, "only where the act's id stands for another"


NUMBERED = replace(MEMBER, id=MemberId("20230117"))


class CentralThat:
    """kiosk.services.ports.MembersAtCentral: keeps what it is asked, does it the first time but for `away`."""

    def __init__(self, cards: tuple[Card, ...] = (), away: int = 0) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self._cards = cards
        self._away = away

    def act_for_member(self, *asked: Any) -> MemberActDone:
        self.asked.append(asked)
        if len(self.asked) <= self._away:
            raise CentralUnreachable("away")
        return MemberActDone(self._cards, NO_DIET, Money(4000), Money(2750))


class OnlyTheSecond:
    def as_second(self, by: Staff, typed: str) -> EntryOutcome:
        return Entered(SECOND) if typed == "776493" else NotEntered(Refusal.WRONG)


def at_the_counter(here: Visit, store: SqliteStore, central: CentralThat) -> None:  # noqa: F811
    cards, members = {CARD.uid: Card(CARD.uid, NUMBERED.id)}, {NUMBERED.id: encode(NUMBERED)}
    read(store, "first", more=False, cards=cards, members=members)
    services: Any = here.services
    encoder = WireEncoder(PointsRule(100))
    services.member_acts = MemberActs(store, central, encoder, Signal(), EventLog(), services.clock)
    services.getting_in = OnlyTheSecond()


def test_a_lost_card_is_blocked_without_a_card_and_without_a_network(
    visit: Callable[..., Visit],  # noqa: F811
    store: SqliteStore,  # noqa: F811
) -> None:
    here, central = visit(), CentralThat()
    at_the_counter(here, store, central)
    digits = [f"key-{digit}" for digit in NUMBERED.id[-4:]]
    for touched in ("section-members", *digits, "take", "act-cards", f"card-{CARD.uid[-4:]}", "confirm"):
        here.touch(touched)
    assert identify(store, CARD.uid, NOON) == CardIsBlocked(CARD.uid)
    assert here.ui.has("已挂失。其他终端联网后随即生效。")
    assert central.asked == []


def test_a_new_card_in_place_of_the_old_one_though_central_answers_late(
    visit: Callable[..., Visit],  # noqa: F811
    store: SqliteStore,  # noqa: F811
) -> None:
    fresh = "0A0B0C0D"
    here, central = visit(), CentralThat((Card(fresh, NUMBERED.id),), away=1)
    at_the_counter(here, store, central)
    here.touch("section-members")
    here.happens(service.CardPresented("reader", CARD.uid, 1.0))
    here.touch("act-cards")
    here.happens(service.CardPresented("reader", fresh, 2.0))
    here.touch("reason-instead")
    assert "结果未知" in here.ui.find(test_id="told").text
    state = here.ui.app.admin.state
    here.happens(common.Tick(state.now_s + 6, time(12, 0)))
    assert central.asked[0] == central.asked[1], "the same act"
    assert central.asked[0][3] == BindCard(fresh, instead=True)
    assert here.ui.has(test_id=f"card-{fresh[-4:]}")
    assert not here.ui.has(test_id=f"card-{CARD.uid[-4:]}")


def test_a_balance_is_corrected_by_two(
    visit: Callable[..., Visit],  # noqa: F811
    store: SqliteStore,  # noqa: F811
) -> None:
    here, central = visit(), CentralThat()
    at_the_counter(here, store, central)
    here.touch("section-members")
    here.happens(service.CardPresented("reader", CARD.uid, 1.0))
    amount, wrong, right = (f"key-{digit}" for digit in ("1", "9", "7")), "key-9", "776493"
    for touched in ("act-correct", *amount, "take-away", "reason-wrong_top_up", wrong, "key-enter"):
        here.touch(touched)
    assert here.ui.find(test_id="ask").text == "工号或密码错误。"
    assert central.asked == []
    for touched in (*(f"key-{digit}" for digit in right), "key-enter"):
        here.touch(touched)
    assert central.asked[0][3] == CorrectBalance(Money(-197), CorrectionReason.WRONG_TOP_UP, SECOND.id)
    assert here.ui.has("已更正：原余额 ¥40.00，现余额 ¥27.50。")
    assert here.ui.has("¥27.50")

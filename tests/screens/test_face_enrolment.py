"""Enrolling a face on the screen: the age, the whole text with a yes and an equal no, the poses, and every end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Agreed, Fault
from kiosk.screens.enrolment_end_words import end_words
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.account_state import Enrolling, EnrolmentEnd, Tried, Unable
from kiosk.screens.flow.state import ScreenName
from kiosk.screens.pose_words import hint_words
from kiosk.screens.texts import texts_for
from kiosk.services.consent_text import PURPOSES
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import FaceJudged, FaceReadinessChanged
from kiosk.services.face_events import FaceReadiness
from kiosk.services.posing import Posing, PosingFailure
from kiosk.services.staff_acts import NotKnown
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.face_scenes import (
    CONSENT,
    NOBODYS,
    SHARED_CONSENT,
    STAFF,
    TEXT,
    asked_to_share,
    at_account,
    ended,
    enrolling,
    posing,
    reading,
    trying,
)
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
AGE = enrolling(ScreenName.FACE_AGE, Enrolling(scenes.MEMBER.id))
ENDS: list[EnrolmentEnd] = [
    FaceEnrolled(CONSENT),
    *map(FaceRefused, FaceRefusedReason),
    *PosingFailure,
    *Unable,
    *Tried,
    NotKnown(UUID(int=3)),
]


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    variants = {
        "face-age": AGE,
        "face-consent": reading(),
        "face-consent-staff": reading(staff=STAFF),
        "face-consent-sharing": asked_to_share(),
        "face-consent-shared": asked_to_share(ticked=True, staff=STAFF),
        "face-consent-shared-before": asked_to_share(agreed=True),
        "face-pose-ahead": posing(Posing(EnrolmentPose.AHEAD, 0, Fault.TOO_FAR)),
        "face-pose-left": posing(Posing(EnrolmentPose.LEFT, 1, PoseHint.TURN_MORE)),
        "face-pose-down": posing(Posing(EnrolmentPose.DOWN, 4)),
        "face-enrolled": ended(FaceEnrolled(CONSENT)),
        "face-look-alike": ended(FaceRefused(FaceRefusedReason.LOOKS_LIKE_ANOTHER)),
        "face-another-since": ended(FaceRefused(FaceRefusedReason.ANOTHER_SINCE)),
        "face-tried": ended(Tried.RECOGNISED),
        "face-not-tried": ended(Tried.NOT_RECOGNISED),
        "face-trying": trying(Fault.TOO_DARK),
        "face-guardian": ended(Unable.GUARDIAN_NEEDED),
        "face-time-out": ended(PosingFailure.TIME_OUT),
    }
    says = {
        "face-pose-ahead": "Please come a little nearer",
        "face-pose-left": "A little more",
        "face-pose-down": "Now lower your chin a little",
        "face-trying": "It is too dark: please turn towards the light",
    }
    look_at_all(kept_app, sight, variants, says)


@pytest.mark.parametrize("name", ["en-largest", "en-largest-lying"])
def test_every_end_fits(kept_app: Open, name: str) -> None:
    sight = next(sight for sight in SIGHTS if sight.name == name)
    variants = {f"face-end-{number}": ended(end) for number, end in enumerate(ENDS)}
    look_at_all(kept_app, replace(sight, keeps_picture=False), variants)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_end_has_its_own_words(language: str) -> None:
    texts = texts_for(language)
    words = [end_words(end, "王*明", texts, renewed=False) for end in ENDS]
    assert all(w.happened and w.advice for w in words)
    refused = [w for w, end in zip(words, ENDS, strict=True) if isinstance(end, FaceRefused)]
    assert len({(w.happened, w.advice) for w in refused}) >= len(FaceRefusedReason) - 1, "two say the same on purpose"
    good = [end for w, end in zip(words, ENDS, strict=True) if w.good]
    assert good == [FaceEnrolled(CONSENT), Tried.RECOGNISED]


def test_renewed_is_not_called_enrolled(kept_app: Open) -> None:
    ui = kept_app(ended(FaceEnrolled(CONSENT), renews=True))
    assert ui.has("续期成功")
    assert ui.has(contains="2027年3月9日")


def test_yes_and_no_are_equally_large_and_neither_is_pushed(kept_app: Open) -> None:
    ui = kept_app(reading())
    yes, no = ui.find(test_id="consent-yes"), ui.find(test_id="consent-no")
    assert yes.size == no.size
    assert yes.kind == no.kind
    assert yes.y == no.y


def test_the_text_is_shown_whole_in_the_language_of_the_moment(kept_app: Open) -> None:
    ui = kept_app(reading())
    text = reading().enrolling.text
    for language in ("zh", "en"):
        page = text.page(language)
        assert ui.has(page.title)
        for paragraph in page.body.split("\n\n"):
            heading, _, rest = paragraph.partition("\n")
            assert ui.has(rest or heading)
        ui.tap(test_id="language")


def test_no_leads_back_and_yes_asks_once(kept_app: Open) -> None:
    ui = kept_app(reading())
    ui.tap(test_id="consent-yes")
    (asked,) = [effect for effect in ui.effects if isinstance(effect, acc.TakeConsent)]
    assert (asked.yes.text_version, asked.yes.language) == ("face-1", "zh")
    assert ui.find(test_id="consent-yes").disabled
    ui = kept_app(reading())
    ui.tap(test_id="consent-no")
    assert ui.state.screen is ScreenName.ACCOUNT


def test_nobody_can_say_yes_before_the_text_is_there(kept_app: Open) -> None:
    at = reading()
    ui = kept_app(replace(at, enrolling=replace(at.enrolling, text=None)))
    assert ui.find(test_id="consent-yes").disabled
    assert not ui.find(test_id="consent-no").disabled


def test_with_staff_it_says_who_agrees_and_who_saw_it(kept_app: Open) -> None:
    ui = kept_app(reading(staff=STAFF))
    assert ui.has("监护人：王芳　工作人员：李雷")


def test_sharing_is_asked_for_separately_and_not_ticked(kept_app: Open) -> None:
    ui = kept_app(asked_to_share())
    tick = ui.find(test_id="consent-sharing")
    assert ui.has("也在本食堂的其他终端上识别我")
    assert not tick.active
    ui.tap(test_id="consent-sharing")
    assert tick.active
    ui.tap(test_id="consent-yes")
    (asked,) = [effect for effect in ui.effects if isinstance(effect, acc.TakeConsent)]
    assert asked.yes.purposes == SHARED_CONSENT.purposes
    assert tick.disabled, "the answer is given"


def test_where_it_does_not_share_nothing_is_asked_nor_moved(kept_app: Open) -> None:
    ui = kept_app(asked_to_share())
    ui.show(reading())
    assert not ui.has(test_id="consent-sharing")
    high = ui.find(test_id="consent-text").height
    ui.show(asked_to_share())
    assert ui.find(test_id="consent-text").height < high


def test_who_shares_already_is_told_how_to_take_it_back(kept_app: Open) -> None:
    ui = kept_app(asked_to_share(agreed=True))
    tick = ui.find(test_id="consent-sharing")
    assert tick.active
    assert tick.disabled
    assert ui.has("您此前已同意。如需撤回，请删除您的人脸。")


def test_under_14_is_sent_to_the_staff(kept_app: Open) -> None:
    ui = kept_app(AGE)
    ui.tap(test_id="age-younger")
    assert ui.has("需要监护人同意")
    assert not ui.has(test_id="way-again")


def test_after_a_failure_it_can_be_tried_again(kept_app: Open) -> None:
    ui = kept_app(ended(PosingFailure.TIME_OUT))
    ui.tap(test_id="way-again")
    assert ui.state.screen is ScreenName.FACE_AGE


def test_the_enrolled_face_can_be_tried_when_the_engine_knows_it(kept_app: Open) -> None:
    enrolled = ended(FaceEnrolled(CONSENT), known=False)
    ui = kept_app(enrolled)
    assert not ui.has(test_id="way-try")
    ui.happens(FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset(PURPOSES))))
    ui.tap(test_id="way-try")
    (asked,) = [effect for effect in ui.effects if isinstance(effect, fx.LookForFace)]
    ui.happens(FaceJudged(asked.request.task, Agreed(scenes.MEMBER.id), turned=False))
    assert ui.has("您好，王*明，认出您了")


def test_poses_are_asked_for_one_after_the_other(kept_app: Open) -> None:
    words = set()
    for number, pose in enumerate(EnrolmentPose):
        ui = kept_app(posing(Posing(pose, number)))
        words.add(ui.find(test_id="pose").text)
        assert ui.has(f"{number} / 5")
    assert len(words) == len(EnrolmentPose)


@pytest.mark.parametrize("hint", [*Fault, *PoseHint])
def test_every_hint_has_words(hint: Fault | PoseHint) -> None:
    for language in ("zh", "en"):
        assert hint_words(hint, texts_for(language))


def test_from_the_members_screen_to_the_camera_in_four_touches(kept_app: Open) -> None:
    """As somebody would who has tapped the card: my account, enrol, 14 or older, yes."""
    works = at_account(NOBODYS)
    ui = kept_app(replace(works, screen=ScreenName.MEMBER, account=None))
    ui.tap(test_id="account")
    ui.happens(acc.AccountLoaded(ui.state.session.id, NOBODYS))
    ui.tap(test_id="face-enrol")
    ui.happens(acc.ConsentTextRead(ui.state.session.id, TEXT))
    ui.tap(test_id="age-older")
    ui.tap(test_id="consent-yes")
    ui.happens(acc.ConsentTaken(ui.state.session.id, CONSENT))
    assert ui.state.screen is ScreenName.FACE_POSES
    ui.tap(test_id="stop")
    assert ui.state.screen is ScreenName.ACCOUNT
    assert [effect for effect in ui.effects if isinstance(effect, fx.StopFace)]

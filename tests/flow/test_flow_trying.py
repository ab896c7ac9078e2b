"""A face that was just enrolled is tried at once: known again, or not said to be."""

from __future__ import annotations

import pytest

from kiosk.domain.face import Agreed, Doubtful, Fault, Unknown
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.account_state import Tried
from kiosk.screens.flow.enrolling import SILENT_S
from kiosk.screens.flow.state import ScreenName
from kiosk.services.consent_text import PURPOSES
from kiosk.services.events import FaceJudged, FaceReadinessChanged, FaceSeen, LookEnded
from kiosk.services.face_events import FaceReadiness, LookEnd
from kiosk.services.posing import PosingChanged, PosingFailure
from tests.flow.canteen import MEMBER, OTHER_MEMBER
from tests.flow.faces import AtAccount, asked, at_poses


def tries() -> AtAccount:
    """Enrolled, and asked for a try."""
    visitor = at_poses()
    visitor.poses()
    visitor.is_kept()
    visitor.happens(FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset(PURPOSES))))
    visitor.effects.clear()
    visitor.touch(acc.TryFaceTouched())
    return visitor


def end_of(visitor: AtAccount) -> object:
    assert visitor.state.enrolling is not None
    return visitor.state.enrolling.end


def test_whoever_was_enrolled_can_try_at_once() -> None:
    visitor = tries()
    (effect,) = asked(visitor, fx.LookForFace)
    assert isinstance(effect, fx.LookForFace)
    assert effect.request.task == visitor.task
    visitor.happens(FaceSeen(visitor.task, Fault.TOO_DARK))
    assert visitor.state.screen is ScreenName.FACE_POSES
    visitor.happens(FaceJudged(visitor.task, Agreed(MEMBER.id), turned=False))
    assert end_of(visitor) is Tried.RECOGNISED
    assert asked(visitor, fx.StopFace) == [fx.StopFace(visitor.task)]


@pytest.mark.parametrize(
    "judgement", [Agreed(OTHER_MEMBER.id), Doubtful(frozenset({MEMBER.id, OTHER_MEMBER.id})), Unknown()]
)
def test_anybody_else_is_not_said_to_be_known(judgement: Agreed | Doubtful | Unknown) -> None:
    visitor = tries()
    visitor.happens(FaceJudged(visitor.task, judgement, turned=False))
    assert end_of(visitor) is Tried.NOT_RECOGNISED
    visitor.touch(acc.TryFaceTouched())
    assert visitor.state.screen is ScreenName.FACE_POSES, "once more"


def test_a_try_ends_when_nothing_comes_of_it() -> None:
    visitor = tries()
    visitor.happens(LookEnded(visitor.task, LookEnd.TIME_OUT))
    assert end_of(visitor) is Tried.NOT_RECOGNISED
    visitor = tries()
    visitor.waits(SILENT_S + 1)
    assert end_of(visitor) is Tried.NOT_RECOGNISED


def test_news_of_another_task_is_nobodys() -> None:
    visitor = tries()
    visitor.happens(FaceJudged(visitor.task - 1, Agreed(MEMBER.id), turned=False))
    assert visitor.state.screen is ScreenName.FACE_POSES


def test_nothing_is_tried_that_was_not_enrolled() -> None:
    visitor = at_poses()
    visitor.happens(FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset(PURPOSES))))
    visitor.happens(PosingChanged(visitor.task, PosingFailure.TIME_OUT))
    visitor.touch(acc.TryFaceTouched())
    assert not asked(visitor, fx.LookForFace)

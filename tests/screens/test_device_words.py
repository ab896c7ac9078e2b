"""Of every device and whatever can be wrong with it: what it is and what to do, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest

from kiosk.domain.face import Fault
from kiosk.screens.admin import device_words as words
from kiosk.screens.admin.health_words import page_words
from kiosk.screens.admin_flow.health_state import TestPrint
from kiosk.screens.texts import Texts, texts_for
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem, DeviceState, PrintJobState
from kiosk.services.face_events import FaceProblem, LookEnd
from kiosk.services.ports.devices import Counted
from kiosk.services.staff_acts import Refused, RefusedReason

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What somebody is told to do begins with, or has behind a sentence of what is wrong.
TODO = {
    "en": re.compile(
        r"\b(look|unplug|push|put|have|close|open|switch|turn|compare|give|stop|start|try|IT:)\b", re.IGNORECASE
    ),
    "zh": re.compile(r"请|IT：|备好"),
}
LANGUAGES = ("en", "zh")
Advise = Callable[[DeviceProblem, DeviceKind, Texts], words.Advice | None]


def says_what_to_do(advise: Advise, problem: DeviceProblem, kind: DeviceKind, language: str) -> None:
    said = advise(problem, kind, texts_for(language))
    if problem is DeviceProblem.NONE:
        assert said is None
        return
    assert said is not None
    assert said.wrong, "it does not say what is wrong"
    assert TODO[language].search(said.todo), f"it does not say what to do: {said.todo!r}"
    for text in (said.wrong, said.todo):
        assert bool(CHINESE.search(text)) is (language == "zh"), f"not in this language: {text}"
        assert text.endswith((".", "。"))
    assert "_" not in str(said), "a name of the program's"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", DeviceKind)
@pytest.mark.parametrize("problem", DeviceProblem)
def test_every_problem_of_every_kind_says_what_to_do(problem: DeviceProblem, kind: DeviceKind, language: str) -> None:
    says_what_to_do(words.advice, problem, kind, language)


def camera(state: DeviceState, problem: DeviceProblem = DeviceProblem.NONE) -> DeviceHealth:
    return DeviceHealth("face-camera", DeviceKind.CAMERA, state, problem)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_nobody_is_recognised_is_told_apart_and_says_what_to_do(language: str) -> None:
    said = {words.face_advice(problem, texts_for(language)) for problem in FaceProblem}
    assert len(said) == len(FaceProblem)
    for one in said:
        assert TODO[language].search(one.todo)
        for text in (one.wrong, one.todo):
            assert bool(CHINESE.search(text)) is (language == "zh"), text


def test_a_camera_that_stands_still_does_not_work() -> None:
    """One in the dark does: somebody should look at it."""
    texts = texts_for("en")
    frozen, dark = (camera(DeviceState.DEGRADED, problem) for problem in (DeviceProblem.FROZEN, DeviceProblem.DARK))
    assert words.state_words(frozen, texts) == words.state_words(camera(DeviceState.UNAVAILABLE), texts)
    assert words.state_words(dark, texts) == words.state_words(camera(DeviceState.DEGRADED), texts)


def test_problems_are_told_apart() -> None:
    for language in LANGUAGES:
        for kind in DeviceKind:
            said = [words.advice(problem, kind, texts_for(language)) for problem in DeviceProblem]
            assert len(set(said)) == len(DeviceProblem)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_else_has_words(language: str) -> None:
    texts = texts_for(language)
    said = [
        *(words.count_words(counted, texts) for counted in Counted),
        *(words.worked_words(kind, texts) for kind in DeviceKind),
        *(words.state_words(camera(state), texts)[0] for state in DeviceState),
        *(words.picture_words(fault, texts)[0] for fault in (None, *Fault)),
        *(words.ended_words(end, texts)[0] for end in LookEnd),
        *(page_words(TestPrint("p", 0.0, state=state), texts)[0] for state in PrintJobState),
        *(page_words(TestPrint("p", 0.0, refused=Refused(reason)), texts)[0] for reason in RefusedReason),
    ]
    assert all(said)
    assert all(bool(CHINESE.search(text)) is (language == "zh") for text in said)


# --- planted bugs ---


def says_only_what_is_wrong(problem: DeviceProblem, kind: DeviceKind, texts: Texts) -> words.Advice | None:
    said = words.advice(problem, kind, texts)
    return words.Advice(said.wrong, said.wrong) if said is not None and problem is DeviceProblem.CUTTER else said


def forgets_one(problem: DeviceProblem, kind: DeviceKind, texts: Texts) -> words.Advice | None:
    is_forgotten = (problem, kind) == (DeviceProblem.FROZEN, DeviceKind.CAMERA)
    return None if is_forgotten else words.advice(problem, kind, texts)


def is_not_translated(problem: DeviceProblem, kind: DeviceKind, _texts: Texts) -> words.Advice | None:
    return words.advice(problem, kind, texts_for("en"))


@pytest.mark.parametrize("advise", [says_only_what_is_wrong, forgets_one, is_not_translated])
def test_planted_bugs_are_found(advise: Advise) -> None:
    with pytest.raises(AssertionError):
        _all_say_what_to_do(advise)


def _all_say_what_to_do(advise: Advise) -> None:
    for problem, kind in product(DeviceProblem, DeviceKind):
        says_what_to_do(advise, problem, kind, "zh")

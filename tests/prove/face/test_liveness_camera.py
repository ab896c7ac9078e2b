"""Clips before the camera: from a simulated one's pictures on a socket, through the driver, to the answer of the
liveness check. In time as it passes, so a turn has a second chance on a machine that does much else."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from random import Random

import cv2
import pytest

from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Failure, Stage, TurnChallenge
from kiosk.face.turning import possible_rows
from kiosk.settings.face import FaceSettings
from tests.devices.support import Events
from tests.devices.watching import next_frame, running, simulated
from tests.face.generating import people as shared
from tests.face.generating.genuine import TalkingHead, turning_head
from tests.face.generating.moving import Film, Frame, opposite
from tests.face.generating.people import Models, Person
from tests.face.generating.trials import Bench, EncodesLate

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shared.are_there(), reason=shared.NOT_THERE),
]
needs_clip = pytest.mark.skipif(not shared.CLIP.is_file(), reason=f"no shared clip ({shared.CLIP.name})")

FRAMES_A_S = 25.0  # as the simulated camera plays a clip
LEAD_S = 1.0  # the head looks ahead until somebody has noticed it
TRIES = 3
ROWS = 8  # of all that may be asked for

Row = tuple[Direction, ...]


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(Models(), EncodesLate())


@pytest.fixture
def chance() -> Random:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return Random(seed)


def write_clip(path: Path, film: Film) -> None:
    """Each picture until the next one."""
    frames = list(film)
    height, width = frames[0].pixels.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_A_S, (width, height))
    shown: Frame = frames[0]
    for number in range(int((LEAD_S + frames[-1].taken_s) * FRAMES_A_S)):
        while frames and frames[0].taken_s + LEAD_S <= number / FRAMES_A_S:
            shown = frames.pop(0)
        writer.write(shown.pixels)
    writer.release()


def before_the_camera(bench: Bench, person: Person, directions: Row, clip: Path, tmp_path: Path) -> TurnChallenge:
    """The clip is played over and over until the challenge is over."""
    with (
        simulated(tmp_path, plays=clip) as (_, source),
        running(source, Events()) as camera,
        camera.watch() as watch,
    ):
        turning = bench.turning(person, directions, asked_s=time.monotonic())
        seen = 0
        while True:
            frame = next_frame(watch)
            state = turning.see(frame.pixels, frame.taken_s)
            seen += 1
            if state.stage is Stage.COMPARE:
                bench.encoder.answer()
            if state.is_over:
                sys.stdout.write(f"{'-'.join(directions)}: {state.failure or state.stage} after {seen} frames\n")
                assert seen > 10
                return state


def test_a_turn_before_the_camera(bench: Bench, chance: Random, tmp_path: Path) -> None:
    (person,) = shared.people(bench.models, ("caltech-00",))

    def passes() -> bool:
        write_clip(tmp_path / "turn.avi", turning_head(person, Direction.LEFT, chance))
        state = before_the_camera(bench, person, (Direction.LEFT,), tmp_path / "turn.avi", tmp_path)
        return state.stage is Stage.PASSED

    # Another turn each time: a living head is lost now and then (docs/liveness.md), and the same film would be again.
    assert any(passes() for _ in range(TRIES))


@pytest.mark.prove
@needs_clip
def test_the_talking_head_turns_before_the_camera(bench: Bench, chance: Random, tmp_path: Path) -> None:
    """Another film for each try: one in which the head goes fast jumps, for its pictures are each shown twice."""
    head = TalkingHead(bench.models)
    for direction in Direction:
        clip = tmp_path / f"{direction}.avi"

        def passes(direction: Direction = direction, clip: Path = clip) -> bool:
            write_clip(clip, head.turning(direction, chance))
            return before_the_camera(bench, head.person, (direction,), clip, tmp_path).stage is Stage.PASSED

        assert any(passes() for _ in range(TRIES))
        other = (opposite(direction),)
        assert before_the_camera(bench, head.person, other, clip, tmp_path).stage is Stage.FAILED


@pytest.mark.prove
@needs_clip
def test_the_clip_as_it_is_before_the_camera(bench: Bench, chance: Random, tmp_path: Path) -> None:
    """She talks and blinks, and turns to one side now and then, as people do: not as she is asked."""
    head = TalkingHead(bench.models)
    for directions in chance.sample(possible_rows(FaceSettings().turns), ROWS):
        state = before_the_camera(bench, head.person, directions, shared.CLIP, tmp_path)
        assert state.middle is not None  # it was taken for a face that looks ahead
        assert state.failure in (Failure.TIME_OUT, Failure.FLAT, Failure.WRONG_DIRECTION, Failure.JUMPED)

"""The encoders' process: whatever becomes of it, nobody waits for ever and the next face is encoded."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from kiosk.face.detection import Face
from kiosk.face.encoder_process import CannotEncode, EncoderLost, MakeEncoders
from kiosk.face.encoding import Features
from kiosk.face.worker import MOST_WAITING, EncoderWorker, TooManyWaiting
from kiosk.services.face_events import FaceProblem
from tests.face import fakes, pictures

ANSWER_WITHIN_S = 3.0
FACE = Face(10, 10, 60, 80, 0.9, np.zeros(15, np.float32))


def wanted(worker: EncoderWorker, grey: int, size: int = 100) -> Future[Features]:
    return worker.encode(pictures.background(size, size, grey), FACE)


def told(future: Future[Features]) -> int:
    """Which grey was encoded."""
    return int(np.argmax(future.result(60)["grey"]))


def process_of(worker: EncoderWorker, other_than: int | None = None) -> int:
    fakes.until(lambda: worker.process_id not in (None, other_than))
    assert worker.process_id is not None
    return worker.process_id


@pytest.fixture
def worker() -> Iterator[EncoderWorker]:
    worker = EncoderWorker(fakes.grey_encoders, ANSWER_WITHIN_S)
    worker.start()
    yield worker
    worker.stop()


def test_faces_are_encoded_in_order(worker: EncoderWorker) -> None:
    futures = [wanted(worker, grey) for grey in (5, 6, 7)]
    assert [told(future) for future in futures] == [5, 6, 7]


def test_killed_while_nothing_is_encoded(worker: EncoderWorker) -> None:
    first = process_of(worker)
    os.kill(first, signal.SIGKILL)
    assert process_of(worker, other_than=first)
    assert told(wanted(worker, 5)) == 5


def test_killed_while_it_encodes(worker: EncoderWorker) -> None:
    """Whoever waits learns it at once; what waits behind goes to the next process."""
    first = process_of(worker)
    lost, next_one = wanted(worker, fakes.GREY_THAT_KILLS), wanted(worker, 6)
    with pytest.raises(EncoderLost, match="the process is gone"):  # not: no answer in time
        lost.result(10)
    assert told(next_one) == 6
    assert worker.process_id != first


def test_a_process_that_hangs_is_replaced(worker: EncoderWorker) -> None:
    first = process_of(worker)
    began_s = time.monotonic()
    with pytest.raises(EncoderLost, match="no answer within 3 s"):
        wanted(worker, fakes.GREY_THAT_HANGS).result(10)
    assert time.monotonic() - began_s > ANSWER_WITHIN_S - 0.5
    assert told(wanted(worker, 5)) == 5
    assert not is_there(first)


def test_a_process_that_does_not_even_read_is_replaced(worker: EncoderWorker) -> None:
    """The picture is larger than what the pipe holds: writing it blocks."""
    first = process_of(worker)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(EncoderLost, match="no answer within"):
        wanted(worker, 5, size=2000).result(10)
    assert told(wanted(worker, 6)) == 6


def test_a_face_that_cannot_be_encoded_costs_no_process(worker: EncoderWorker) -> None:
    first = process_of(worker)
    with pytest.raises(CannotEncode, match="no face in it"):
        wanted(worker, fakes.GREY_THAT_FAILS).result(10)
    assert told(wanted(worker, 5)) == 5
    assert worker.process_id == first


def test_more_than_can_be_answered_in_time_are_refused_at_once(worker: EncoderWorker) -> None:
    process_of(worker)
    slow = wanted(worker, fakes.GREY_THAT_TAKES_A_SECOND)
    fakes.until(slow.running)
    waiting = [wanted(worker, 5) for _ in range(MOST_WAITING)]
    with pytest.raises(TooManyWaiting):
        wanted(worker, 6).result(0)
    assert [told(future) for future in waiting] == [5] * MOST_WAITING


def test_what_was_cancelled_is_not_encoded(worker: EncoderWorker) -> None:
    process_of(worker)
    slow = wanted(worker, fakes.GREY_THAT_TAKES_A_SECOND)
    fakes.until(slow.running)
    deadly, next_one = wanted(worker, fakes.GREY_THAT_KILLS), wanted(worker, 6)
    assert deadly.cancel()
    assert told(next_one) == 6


def test_stopped_nothing_waits_any_more(worker: EncoderWorker) -> None:
    process = process_of(worker)
    running, waiting = wanted(worker, fakes.GREY_THAT_HANGS), wanted(worker, 6)
    fakes.until(running.running)
    began_s = time.monotonic()
    worker.stop()
    assert time.monotonic() - began_s < 1
    for future in (running, waiting, wanted(worker, 7)):
        with pytest.raises(EncoderLost):
            future.result(1)
    assert worker.process_id is None
    assert not is_there(process)


def test_stopped_while_the_models_are_loaded() -> None:
    worker = EncoderWorker(fakes.encoders_that_take_long)
    worker.start()
    waiting = wanted(worker, 5)
    began_s = time.monotonic()
    worker.stop()
    assert time.monotonic() - began_s < 1
    with pytest.raises(EncoderLost):
        waiting.result(1)


def test_stopped_before_it_began() -> None:
    worker = EncoderWorker(fakes.grey_encoders)
    waiting = wanted(worker, 5)
    worker.stop()
    with pytest.raises(EncoderLost):
        waiting.result(1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [(fakes.no_encoders, "OSError: no model there"), (fakes.encoders_of_something_else, "grey gives 2 numbers")],
)
def test_models_that_do_not_work_are_said_with_their_reason(
    make: MakeEncoders, reason: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Once, though it is tried again, and nobody waits for the next attempt."""
    worker = EncoderWorker(make)
    waiting = wanted(worker, 5)
    worker.start()
    with pytest.raises(EncoderLost, match=reason):
        waiting.result(10)
    again = wanted(worker, 5)
    with pytest.raises(EncoderLost, match=reason):
        again.result(20)
    assert (worker.problem, worker.process_id) == (FaceProblem.MODELS, None)
    worker.stop()
    assert capfd.readouterr().err == ""
    told = [vars(record) for record in caplog.records]
    assert [(one["msg"], reason in one["reason"]) for one in told] == [("face_models_unusable", True)]


def test_a_process_that_does_not_begin_is_said_too() -> None:
    worker = EncoderWorker(fakes.encoders_that_die)
    waiting = wanted(worker, 5)
    worker.start()
    with pytest.raises(EncoderLost):
        waiting.result(10)
    assert worker.problem is FaceProblem.PROCESS
    worker.stop()


def test_one_that_works_has_no_problem(worker: EncoderWorker) -> None:
    first = process_of(worker)
    os.kill(first, signal.SIGKILL)
    process_of(worker, other_than=first)
    assert worker.problem is None


def test_it_has_nothing_of_this_process_and_keeps_no_picture(worker: EncoderWorker) -> None:
    """No environment of ours is asked for a temporary folder; no file is open but the pipe and what Python needs; no
    dump of the memory is written when it dies."""
    process = process_of(worker)
    assert told(wanted(worker, 5)) == 5
    # Its standard output is whatever the tests were started with.
    opened = [str(path.readlink()) for path in Path(f"/proc/{process}/fd").iterdir() if int(path.name) > 2]
    assert [name for name in opened if Path(name).is_file()] == []
    limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4] in ("0", "1"), "a byte is no file"


def test_its_memory_does_not_grow(worker: EncoderWorker) -> None:
    process = process_of(worker)
    for _ in range(20):
        wanted(worker, 5, size=500).result(10)
    before = resident_bytes(process)
    for _ in range(100):
        wanted(worker, 5, size=500).result(10)  # 75 MB in all
    assert resident_bytes(process) - before < 10_000_000


def resident_bytes(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True

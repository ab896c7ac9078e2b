"""Encodes faces beside the program, and sees to it that there is a process to do so: one that died or hangs is
replaced."""

from __future__ import annotations

import logging
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.face.detection import Face
from kiosk.face.encoder_process import (
    ENCODE_TIMEOUT_S,
    STOP_TIMEOUT_S,
    CannotEncode,
    CannotStart,
    EncoderLost,
    EncoderProcess,
    MakeEncoders,
)
from kiosk.face.encoding import Features
from kiosk.services.face_events import FaceProblem
from kiosk.services.face_ports import Pixels

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 60.0
MOST_WAITING = 8  # more would be answered too late for whoever stands there
_LOOK_AFTER_S = 0.2

log = logging.getLogger(__name__)


class TooManyWaiting(CannotEncode):
    """The face was not taken in."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    pixels: Pixels
    face: Face
    answer: Future[Features]


class EncoderWorker:
    """Takes faces from any thread and encodes them in order."""

    def __init__(self, make_encoders: MakeEncoders, answer_within_s: float = ENCODE_TIMEOUT_S) -> None:
        self._make_encoders, self._answer_within_s = make_encoders, answer_within_s
        self._wanted: queue.Queue[_Wanted] = queue.Queue(MOST_WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="face-encoder", daemon=True)
        self._pause_s = FIRST_PAUSE_S
        self._said = ""
        self._lock = threading.Lock()
        self._process: EncoderProcess | None = None
        self.process_id: int | None = None
        """None while there is none that is ready."""
        self.problem: FaceProblem | None = None
        """Why none becomes ready; None while the last one did, or the first has not said."""

    def start(self) -> None:
        """Begin; once. What is wanted before the models are loaded waits."""
        self._thread.start()

    def stop(self) -> None:
        """At once, also while the models are loaded. What still waits gets EncoderLost."""
        self._stop.set()
        with self._lock:
            if self._process is not None:
                self._process.kill()
        if self._thread.ident is not None:
            self._thread.join(STOP_TIMEOUT_S)
        self._lose_waiting("the encoder was stopped")

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        """Fails with CannotEncode (also TooManyWaiting) or EncoderLost; may be cancelled while it waits."""
        answer: Future[Features] = Future()
        try:
            self._wanted.put_nowait(_Wanted(pixels, face, answer))
        except queue.Full:
            answer.set_exception(TooManyWaiting("too many faces wait"))
        if self._stop.is_set():
            self._lose_waiting("the encoder was stopped")
        return answer

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._serve()
            except EncoderLost as lost:
                if self._stop.is_set():
                    return
                self._say(lost)
            if self._stop.wait(self._pause_s):
                return
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _say(self, lost: EncoderLost) -> None:
        """Of models that do not work once, not with each attempt."""
        if isinstance(lost, CannotStart):
            if str(lost) != self._said:
                log.error("face_models_unusable", extra={"reason": str(lost)})
            self._said = str(lost)
        else:
            log.warning("face_encoder_lost", extra={"reason": str(lost), "again_in_s": self._pause_s})

    def _serve(self) -> None:
        """With one process: until it is lost, which is raised, or the worker is stopped."""
        process = self._begin()
        try:
            self._wait_until_ready(process)
            while not self._stop.is_set():
                try:
                    wanted = self._wanted.get(timeout=_LOOK_AFTER_S)
                except queue.Empty:
                    if not process.is_alive:
                        raise EncoderLost("the process ended") from None
                    continue
                self._encode(process, wanted)
        finally:
            self.process_id = None
            with self._lock:
                self._process = None
            process.end()

    def _begin(self) -> EncoderProcess:
        """Under the lock: `stop` finds the process or prevents it."""
        with self._lock:
            if self._stop.is_set():
                raise EncoderLost("the encoder was stopped")
            self._process = EncoderProcess(self._make_encoders, self._answer_within_s)
            return self._process

    def _wait_until_ready(self, process: EncoderProcess) -> None:
        try:
            process.wait_until_ready()
        except EncoderLost as lost:
            if not self._stop.is_set():
                self.problem = FaceProblem.MODELS if isinstance(lost, CannotStart) else FaceProblem.PROCESS
            self._lose_waiting(str(lost))  # the next attempt comes too late for them
            raise
        self.problem = None
        self.process_id = process.id

    def _encode(self, process: EncoderProcess, wanted: _Wanted) -> None:
        if not wanted.answer.set_running_or_notify_cancel():
            return
        try:
            wanted.answer.set_result(process.encode(wanted.pixels, wanted.face))
        except CannotEncode as error:
            wanted.answer.set_exception(error)
        except EncoderLost as lost:
            wanted.answer.set_exception(lost)
            raise
        self._pause_s = FIRST_PAUSE_S

    def _lose_waiting(self, reason: str) -> None:
        while True:
            try:
                wanted = self._wanted.get_nowait()
            except queue.Empty:
                return
            if wanted.answer.set_running_or_notify_cancel():
                wanted.answer.set_exception(EncoderLost(reason))

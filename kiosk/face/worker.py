"""Encodes faces beside the program, and sees to it that there is a process to do so: one that died or hangs is
replaced."""

from __future__ import annotations

import logging
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.face.detection import Face, Pixels
from kiosk.face.encoder_process import (
    ENCODE_TIMEOUT_S,
    STOP_TIMEOUT_S,
    CannotEncode,
    EncoderLost,
    EncoderProcess,
    MakeEncoders,
)
from kiosk.face.encoding import Features

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 12.8
MOST_WAITING = 8  # more would be answered too late for whoever stands there
_LOOK_AFTER_S = 0.2

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    pixels: Pixels
    face: Face
    answer: Future[Features]


class EncoderWorker:
    """Takes faces from any thread and encodes them in order."""

    def __init__(self, make_encoders: MakeEncoders) -> None:
        self._make_encoders = make_encoders
        self._wanted: queue.Queue[_Wanted] = queue.Queue(MOST_WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="face-encoder", daemon=True)
        self._pause_s = FIRST_PAUSE_S
        self.process_id: int | None = None
        """None while there is none."""

    def start(self) -> None:
        """Begin; once. What is wanted before the models are loaded waits."""
        self._thread.start()

    def stop(self) -> None:
        """What still waits gets EncoderLost."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(ENCODE_TIMEOUT_S + STOP_TIMEOUT_S)

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        """Fails with CannotEncode or EncoderLost; may be cancelled while it waits."""
        answer: Future[Features] = Future()
        try:
            self._wanted.put_nowait(_Wanted(pixels, face, answer))
        except queue.Full:
            answer.set_exception(EncoderLost("too many faces wait"))
        return answer

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._serve_with(EncoderProcess(self._make_encoders))
            except EncoderLost as lost:
                log.warning("face_encoder_lost", extra={"reason": str(lost)})
            if self._stop.wait(self._pause_s):
                break
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._lose_waiting()

    def _serve_with(self, process: EncoderProcess) -> None:
        """Until the process is lost, which it raises, or the worker is stopped."""
        self.process_id = process.id
        try:
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
            process.end()

    def _encode(self, process: EncoderProcess, wanted: _Wanted) -> None:
        if not wanted.answer.set_running_or_notify_cancel():
            return
        try:
            wanted.answer.set_result(process.encode(wanted.pixels, wanted.face))
            self._pause_s = FIRST_PAUSE_S
        except CannotEncode as error:
            wanted.answer.set_exception(error)
        except EncoderLost as lost:
            wanted.answer.set_exception(lost)
            raise

    def _lose_waiting(self) -> None:
        while True:
            try:
                wanted = self._wanted.get_nowait()
            except queue.Empty:
                return
            if wanted.answer.set_running_or_notify_cancel():
                wanted.answer.set_exception(EncoderLost("the encoder was stopped"))

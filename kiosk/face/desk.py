"""The desk: one thread that owns the engine, looks through the camera while there is a task, and hands the newest
picture to the screen. What is heavy (numpy, OpenCV, the models) is loaded on that thread, after the first frame."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.domain.face_consent import USES, ConsentPurpose
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.services.events import EventSink
from kiosk.services.face_events import FaceProblem, FaceReadiness, FaceReadinessChanged, LookEnd
from kiosk.services.face_ports import Camera, Frame, LookRequest, Preview, Watch
from kiosk.services.ports import StorageFailed
from kiosk.settings.face import FaceSettings

if TYPE_CHECKING:
    from kiosk.face.engine import FaceEngine
    from kiosk.face.task import MakeTask, Task

RELOAD_EVERY_S = 3600.0  # consents end
PICTURE_TIMEOUT_S = 6.0  # a camera that is opened may take that long
LONGEST_TASK_S = 120.0  # whatever else fails, the camera does not stay on
STOP_TIMEOUT_S = 5.0
_LOOK_AFTER_S = 0.5
_NOTICE_S = 0.1

log = logging.getLogger(__name__)

UsableFaces = Callable[[ConsentPurpose], Mapping[MemberId, FaceTemplate]]
"""kiosk.services.faces_of.FacesHere.usable"""


@dataclass(frozen=True, slots=True)
class _Wanted:
    task: int
    make: MakeTask


class CameraDesk:
    """kiosk.services.face_ports.FaceDesk. `picture_timeout_s`: so long a camera may show nothing."""

    def __init__(
        self,
        settings: FaceSettings,
        usable: UsableFaces,
        events: EventSink,
        preview: Preview,
        *,
        picture_timeout_s: float = PICTURE_TIMEOUT_S,
    ) -> None:
        self._settings, self._usable, self._events, self._preview = settings, usable, events, preview
        self._picture_timeout_s = picture_timeout_s
        self._lock = threading.Condition()
        self._wanted: _Wanted | None = None
        self._must_reload = True
        self._is_stopping = False
        self._reloaded_s = float("-inf")
        self._said = FaceReadiness()
        self._thread: threading.Thread | None = None

    def start(self, camera: Camera) -> None:
        """Begin, once: load the models, then do what is wanted."""
        self._thread = threading.Thread(target=self._run, args=(camera,), name="face-desk", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let go of camera and engine; returns when that is done."""
        with self._lock:
            self._is_stopping, self._wanted = True, None
            self._lock.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)

    def look(self, request: LookRequest) -> None:
        def make(engine: FaceEngine) -> Task:
            from kiosk.face.looking import Looking

            return Looking(engine, request, self._events)

        self.begin(request.task, make)

    def take_poses(self, task: int) -> None:
        def make(engine: FaceEngine) -> Task:
            from kiosk.face.taking_poses import TakingPoses

            return TakingPoses(engine, task, self._events)

        self.begin(task, make)

    def show(self, task: int) -> None:
        def make(engine: FaceEngine) -> Task:
            from kiosk.face.showing import Showing

            return Showing(engine.finder, engine.rules.quality, task, self._events)

        self.begin(task, make)

    def begin(self, task: int, make: MakeTask) -> None:
        """Do that, in the place of what is being done."""
        with self._lock:
            self._wanted = _Wanted(task, make)
            self._lock.notify_all()

    def stop_task(self, task: int) -> None:
        with self._lock:
            if self._wanted is not None and self._wanted.task == task:
                self._wanted = None
                self._lock.notify_all()

    def reload(self) -> None:
        with self._lock:
            self._must_reload = True
            self._lock.notify_all()

    # --- the desk's thread ---

    def _run(self, camera: Camera) -> None:
        import cv2

        from kiosk.face.engine import FaceEngine
        from kiosk.face.model_files import ModelMissing

        cv2.setNumThreads(1)  # its threads would wait for one another on the cores that draw the screen
        try:
            engine = FaceEngine(self._settings)
        except ModelMissing as error:
            log.error("face_models_missing", extra={"reason": str(error)})  # noqa: TRY400 - the text says all
            self._events.publish(FaceReadinessChanged(FaceReadiness(problem=FaceProblem.MODELS)))
            return
        engine.start()
        try:
            while not self._is_stopping:
                try:
                    self._go_on(engine, camera)
                except Exception:
                    # A fault of our own must not end the desk for good.
                    log.exception("face_desk_failed")
        finally:
            engine.stop()

    def _go_on(self, engine: FaceEngine, camera: Camera) -> None:
        if self._must_reload or time.monotonic() - self._reloaded_s > RELOAD_EVERY_S:
            self._reload(engine)
        self._say(engine)
        with self._lock:
            if self._wanted is None and not self._must_reload and not self._is_stopping:
                self._lock.wait(_LOOK_AFTER_S)
            wanted = self._wanted
        if wanted is not None:
            self._do(engine, camera, wanted)

    def _reload(self, engine: FaceEngine) -> None:
        """Nobody is known while the store cannot say who may be."""
        from kiosk.face.templates import templates_of

        self._must_reload, self._reloaded_s = False, time.monotonic()
        engine.enrol({})  # whatever fails now, nobody is known who was forgotten
        try:
            usable = {purpose: self._usable(purpose) for purpose in USES}
        except StorageFailed:
            log.exception("faces_not_loaded")
            usable = {}
        engine.enrol({purpose: templates_of(faces) for purpose, faces in usable.items()})

    def _say(self, engine: FaceEngine) -> None:
        """What can be done, when that has changed: the process of encoders may be lost, and comes back."""
        is_ready = engine.worker.process_id is not None
        purposes = frozenset(purpose for purpose in USES if is_ready and engine.members(purpose))
        readiness = FaceReadiness(is_ready, purposes, engine.worker.problem)
        if readiness != self._said:
            self._said = readiness
            self._events.publish(FaceReadinessChanged(readiness))

    def _do(self, engine: FaceEngine, camera: Camera, wanted: _Wanted) -> None:
        """Until it is over, or something else is wanted."""
        task: Task | None = None
        try:
            task = wanted.make(engine)
            with camera.watch() as watch:
                end = self._show_frames(engine, watch, wanted, task)
            if end is not None and self._is_wanted(wanted):
                task.fail(end)
        except Exception:
            # A fault of our own ends this look, not all later ones.
            log.exception("face_task_failed", extra={"task": wanted.task})
            if task is not None:
                task.fail(LookEnd.NOT_READY)
        finally:
            if task is not None:
                task.give_up()
            self._preview.newest = None
            self._forget(wanted)

    def _show_frames(self, engine: FaceEngine, watch: Watch, wanted: _Wanted, task: Task) -> LookEnd | None:
        """None: it is over, or not wanted any more. A picture that comes again is no new frame to any task: a camera
        that stands still would show a face for as long as it is wanted."""
        from kiosk.face.preview import picture_of

        last: Frame | None = None
        last_s = time.monotonic()
        ends_s = last_s + LONGEST_TASK_S
        while self._is_wanted(wanted):
            frame = watch.newest(_NOTICE_S)
            self._say(engine)
            now_s = time.monotonic()
            if now_s > ends_s:
                return LookEnd.TIME_OUT
            if frame is not None and not (last and frame.shows_the_same(last)):
                last, last_s = frame, now_s
                self._preview.newest = picture_of(frame)
                if task.see(frame):
                    return None
            elif now_s - last_s > self._picture_timeout_s:
                return LookEnd.CAMERA_GONE
        return None

    def _is_wanted(self, wanted: _Wanted) -> bool:
        return self._wanted is wanted and not self._is_stopping

    def _forget(self, wanted: _Wanted) -> None:
        with self._lock:
            if self._wanted is wanted:
                self._wanted = None

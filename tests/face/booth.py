"""A desk with its real engine, before a camera that shows what the test puts there."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.face.desk import CameraDesk
from kiosk.services.events import Event, FaceJudged, FaceReadinessChanged, FaceSeen, LookEnded
from kiosk.services.face_events import FaceReadiness
from kiosk.services.face_ports import Frame, LookRequest, Pixels, Preview
from kiosk.services.ports import StorageFailed
from kiosk.settings.face import FaceSettings
from tests.face.fakes import until

WITHIN_S = 60.0


class PlayedCamera:
    """kiosk.services.face_ports.Camera. `picture`: what stands before it; None: it is pulled. `is_frozen`: it gives
    that very picture again and again, else no two that are the same, as a sensor with its noise."""

    def __init__(self, frames_per_s: float = 25) -> None:
        self.picture: Pixels | None = None
        self.frames_per_s = frames_per_s
        self.is_frozen = False
        self.watches = 0
        self.frames = 0

    def watch(self) -> PlayedWatch:
        self.watches += 1
        return PlayedWatch(self)


class PlayedWatch:
    def __init__(self, camera: PlayedCamera) -> None:
        self._camera = camera
        self._is_closed = False
        self._due_s = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def newest(self, timeout_s: float) -> Frame | None:
        picture = self._camera.picture
        if picture is None:
            time.sleep(timeout_s)
            return None
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._due_s = max(self._due_s + 1 / self._camera.frames_per_s, time.monotonic())
        self._camera.frames += 1
        if not self._camera.is_frozen:
            picture = picture.copy()
            picture[0, 0] ^= self._camera.frames & 1
        return Frame(picture, time.monotonic(), self._camera.frames, mirror_preview=True)

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._camera.watches -= 1


class Heard:
    """An EventSink that keeps all."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


class Booth:
    """`known`: whom the store would name, by purpose; None: it cannot say."""

    def __init__(self, settings: FaceSettings | None = None) -> None:
        self.camera, self.heard, self.preview = PlayedCamera(), Heard(), Preview()
        self.known: Mapping[ConsentPurpose, Mapping[MemberId, FaceTemplate]] | None = {}
        self.desk = CameraDesk(
            settings or FaceSettings(longest_look_s=30), self._usable, self.heard, self.preview, picture_timeout_s=0.5
        )
        self._tasks = 0

    def __enter__(self) -> Self:
        self.desk.start(self.camera)
        until(lambda: self.readiness.is_ready, WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.stop()
        assert self.camera.watches == 0
        assert not [thread for thread in threading.enumerate() if thread.name == "face-desk"]

    def _usable(self, purpose: ConsentPurpose) -> Mapping[MemberId, FaceTemplate]:
        if self.known is None:
            raise StorageFailed
        return self.known.get(purpose, {})

    def knows(self, known: Mapping[ConsentPurpose, Mapping[MemberId, FaceTemplate]] | None) -> None:
        """From now on, as after an enrolment."""
        self.known = known
        wanted = frozenset(purpose for purpose, faces in (known or {}).items() if faces)
        self.desk.reload()
        until(lambda: self.readiness.purposes == wanted)

    @property
    def readiness(self) -> FaceReadiness:
        told = [event.readiness for event in self.heard.events if isinstance(event, FaceReadinessChanged)]
        return told[-1] if told else FaceReadiness()

    def look(
        self, purpose: ConsentPurpose = ConsentPurpose.ORDERING, *, turn: bool = False, within_s: float = 60.0
    ) -> int:
        """Begin one; returns its number."""
        self._tasks += 1
        self.desk.look(LookRequest(self._tasks, purpose, turn, within_s))
        return self._tasks

    def end_of(self, task: int) -> FaceJudged | LookEnded:
        """Wait for it; afterwards the camera is off."""
        until(lambda: bool(self._ends(task)), WITHIN_S)
        until(lambda: self.camera.watches == 0)
        (end,) = self._ends(task)
        return end

    def seen(self, task: int) -> list[FaceSeen]:
        return [event for event in self.heard.events if isinstance(event, FaceSeen) and event.task == task]

    def _ends(self, task: int) -> list[FaceJudged | LookEnded]:
        return [e for e in list(self.heard.events) if isinstance(e, FaceJudged | LookEnded) and e.task == task]


def encoders_process() -> int:
    """The number of the process that encodes."""
    (child,) = [child for child in multiprocessing.active_children() if child.name == "face-encoder"]
    assert child.pid is not None
    return child.pid

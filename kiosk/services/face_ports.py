"""What paying by face needs: a camera that others may look through, and a desk that looks at whoever stands there."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias

from kiosk.domain.face_consent import ConsentPurpose

if TYPE_CHECKING:  # a terminal without a camera never loads numpy
    import numpy as np
    import numpy.typing as npt

Pixels: TypeAlias = "npt.NDArray[np.uint8]"
"""Height × width × 3: blue, green, red."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture. `pixels`: upright and not mirrored; several threads share them, so they are read-only. `taken_s` is
    monotonic. `number` counts the camera's frames upwards; where one is missing, nobody fetched it. `mirror_preview`:
    people expect to see themselves as in a mirror."""

    pixels: Pixels
    taken_s: float
    number: int
    mirror_preview: bool = False

    @property
    def preview(self) -> Pixels:
        """As the person before the camera is to see it: a view, nothing is copied."""
        return self.pixels[:, ::-1] if self.mirror_preview else self.pixels

    def shows_the_same(self, other: Frame) -> bool:
        """Each pixel: no live camera gives that twice, so it is one picture and counts once."""
        return self.pixels.shape == other.pixels.shape and bool((self.pixels == other.pixels).all())


class Watch(Protocol):
    """One look through the camera, a context manager. For one thread."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def newest(self, timeout_s: float) -> Frame | None:
        """The newest frame that this watch was not given yet; those between are dropped. Waits for one up to
        `timeout_s`, then None."""
        ...

    def close(self) -> None:
        """Done again it does nothing."""
        ...


class Camera(Protocol):
    """Thread-safe. Takes pictures only while somebody watches, and says so with CameraWatching."""

    def watch(self) -> Watch:
        """Frames are taken from now on, until all watches are closed; none when the camera is away: its health says
        why, and they go on by themselves when it is back."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PreviewPicture:
    """What the screen shows of a frame, mirrored where people expect it: `rgb` has `height` rows of `width` × 3 bytes,
    the uppermost first."""

    rgb: bytes
    width: int
    height: int


class Preview:
    """The newest picture on its way to the screen: one thread puts it here, the UI thread takes it from here. None
    while nobody is looked at: nothing of anybody is kept."""

    def __init__(self) -> None:
        self.newest: PreviewPicture | None = None


@dataclass(frozen=True, slots=True)
class LookRequest:
    """Look at whoever stands there: who of those that may be recognised for `purpose` is it? `turn`: and let the head
    be turned before anything is said. `within_s`: for a face that is good enough."""

    task: int
    purpose: ConsentPurpose
    turn: bool
    within_s: float


class FaceDesk(Protocol):
    """Thread-safe; returns at once. Takes pictures only during a task, of which there is one at a time: another one
    takes its place. What comes of it is published (kiosk.services.face_events), under the task's number."""

    def look(self, request: LookRequest) -> None: ...

    def take_poses(self, task: int) -> None:
        """Guide whoever stands there through the poses of an enrolment: kiosk.services.posing.PosingChanged."""
        ...

    def show(self, task: int) -> None:
        """Only the picture, and whether it will do: CameraSeen, CameraEnded. Nobody is recognised."""
        ...

    def stop_task(self, task: int) -> None:
        """Nobody waits for it any more. The camera is let go; nothing more is published of it."""
        ...

    def reload(self) -> None:
        """Faces were enrolled or forgotten: ask the store whom to know."""
        ...

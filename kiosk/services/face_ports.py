"""What paying by face needs of the devices: a camera that others may look through."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:  # a terminal without a camera never loads numpy
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture. `pixels`: height × width × 3, blue, green, red, upright and not mirrored; several threads share
    them, so they are read-only. `taken_s` is monotonic. `number` counts the camera's frames upwards; where one is
    missing, nobody fetched it. `mirror_preview`: people expect to see themselves as in a mirror."""

    pixels: Pixels
    taken_s: float
    number: int
    mirror_preview: bool = False

    @property
    def preview(self) -> Pixels:
        """As the person before the camera is to see it: a view, nothing is copied."""
        return self.pixels[:, ::-1] if self.mirror_preview else self.pixels


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

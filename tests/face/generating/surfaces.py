"""A picture on a surface in space, as a camera sees it: a head (FaceMesh's own idea of its shape), or a sheet of paper,
flat or bent. Everything in pixels of the picture: x to the right, y down, z away from the camera."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.landmarks import Points
from kiosk.services.face_ports import Pixels

Numbers = npt.NDArray[np.float64]

CAMERA = 9.0  # away from the face, in distances between the eyes' outer corners: some 80 cm
_NECK = 0.9  # behind the face, in the same measure
_OUTER_CORNERS = (33, 263)
_SUBPIXEL_BITS = 4
_GRID = 13  # points along a sheet's side
_SMALLEST = 0.02  # of a triangle that is drawn, in half square pixels


@dataclass(frozen=True, slots=True)
class Placing:
    """How a thing is held at one moment. `yaw_deg` above 0: to the left of the person that is shown. `pitch_deg` above
    0: looks up. `roll_deg` above 0: clockwise in the picture. `shift_x`, `shift_y`: in distances between the eyes'
    corners. `light`: times as bright."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    scale: float = 1.0
    light: float = 1.0

    def rotation(self) -> Numbers:
        yaw, pitch, roll = np.radians([self.yaw_deg, self.pitch_deg, self.roll_deg])
        about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
        about_x = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
        about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        return np.asarray(about_z @ about_y @ about_x)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """`source`: where its points are in the picture, n × 2. `shape`: where they are in space, n × 3. `pivot`: what it
    turns about. `unit`: the distance between the eyes' outer corners. `still`: that many points at the end stay where
    they are, as the wall behind does."""

    source: Numbers
    shape: Numbers
    triangles: npt.NDArray[np.intp]
    pivot: Numbers
    unit: float
    still: int = 0

    def placed(self, placing: Placing) -> Numbers:
        """Where the camera sees the points, n × 3, the depth last."""
        turned = (self.shape - self.pivot) @ placing.rotation().T
        distance = CAMERA * self.unit
        near = distance / np.maximum(turned[:, 2] + distance, 1.0) * placing.scale
        seen = turned.copy()
        seen[:, :2] *= near[:, None]
        seen += self.pivot + np.array([placing.shift_x, placing.shift_y, 0]) * self.unit
        if self.still:
            seen[-self.still :] = self.shape[-self.still :]
        return seen

    def drawn(self, picture: Pixels, placing: Placing, background: Pixels) -> Pixels:
        """The picture on this surface before the background. Where the surface hides itself, the nearer part is seen;
        its back is not seen."""
        seen = self.placed(placing)
        facing = np.sign(_doubled_areas(self.source, self.triangles)) * _doubled_areas(seen, self.triangles)
        ahead = self.triangles[facing > _SMALLEST]
        far_first = ahead[np.argsort(-seen[ahead][:, :, 2].mean(axis=1))]
        index = np.full(background.shape[:2], -1, dtype=np.int32)
        corners = np.round(seen[far_first][:, :, :2] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        for number, triangle in enumerate(corners):
            cv2.fillConvexPoly(index, triangle, number, shift=_SUBPIXEL_BITS)
        back = np.linalg.solve(_homogeneous(seen[far_first][:, :, :2]), self.source[far_first])
        x, y = (_found(back[:, :, axis].astype(np.float32), index) for axis in (0, 1))
        drawn = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(np.where((index >= 0)[..., None], drawn, background), dtype=np.uint8)


def _found(back: npt.NDArray[np.float32], index: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Where each pixel comes from along one axis: `back` is an affine map, three numbers, of each triangle; `index`
    says which triangle is seen there. Where none is, anything."""
    height, width = index.shape
    columns, rows = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    by_column, by_row, offset = (np.take(back[:, part], index, mode="clip") for part in range(3))
    return np.asarray(by_column * columns + by_row * rows + offset, dtype=np.float32)


def _homogeneous(corners: Numbers) -> Numbers:
    return np.concatenate([corners, np.ones((*corners.shape[:2], 1))], axis=2)


def _doubled_areas(points: Numbers, triangles: npt.NDArray[np.intp]) -> Numbers:
    a, b, c = (points[triangles[:, corner], :2] for corner in range(3))
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


def head(points: Points) -> Surface:
    """From FaceMesh's points with depth, 468 × 3. Around it the picture is stretched, up to a ring that is still."""
    face = points.astype(np.float64)
    unit = float(np.linalg.norm(face[_OUTER_CORNERS[0], :2] - face[_OUTER_CORNERS[1], :2]))
    middle = face.mean(axis=0)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = 2 * np.abs(face[:, :2] - middle[:2]).max(axis=0)
    ring = np.column_stack([*(middle[:2] + reach * np.column_stack([np.cos(angles), np.sin(angles)])).T, 0 * angles])
    ring[:, 2] = face[:, 2].max()
    shape = np.vstack([face, ring])
    pivot = middle + np.array([0, 0, _NECK * unit])
    return Surface(shape[:, :2], shape, _triangles(shape[:, :2]), pivot, unit, still=len(ring))


def sheet(points: Points, *, radius: float | None = None, axis_deg: float = 90.0) -> Surface:
    """A photograph of that face, held before the camera. `radius`: bent round a cylinder, in distances between the
    eyes' corners, the face outwards; its axis is `axis_deg` from the horizontal, 90 is upright."""
    face = points.astype(np.float64)
    unit = float(np.linalg.norm(face[_OUTER_CORNERS[0], :2] - face[_OUTER_CORNERS[1], :2]))
    middle, reach = face[:, :2].mean(axis=0), 1.7 * np.abs(face[:, :2] - face[:, :2].mean(axis=0)).max(axis=0)
    columns, rows = np.meshgrid(np.linspace(-1, 1, _GRID), np.linspace(-1, 1, _GRID))
    flat = np.column_stack([columns.ravel(), rows.ravel()]) * reach
    shape = np.column_stack([flat, np.zeros(len(flat))])
    if radius is not None:
        shape = _bent(flat, radius * unit, np.radians(axis_deg))
    pivot = np.array([*middle, 0.0])
    corner = np.arange(_GRID * (_GRID - 1)).reshape(_GRID - 1, _GRID)[:, :-1].ravel()
    next_row = corner + _GRID
    upper = np.column_stack([corner, corner + 1, next_row])
    lower = np.column_stack([corner + 1, next_row + 1, next_row])
    triangles = np.vstack([upper, lower])
    return Surface(flat + middle, shape + pivot, triangles, pivot, unit)


def _bent(flat: Numbers, radius: float, axis: float) -> Numbers:
    along, across = np.array([np.cos(axis), np.sin(axis)]), np.array([np.sin(axis), -np.cos(axis)])
    angle = np.clip(flat @ across / radius, -np.pi / 2, np.pi / 2)
    in_plane = np.outer(flat @ along, along) + np.outer(radius * np.sin(angle), across)
    return np.column_stack([in_plane, radius * (1 - np.cos(angle))])


def moved_points(surface: Surface, points: npt.NDArray[np.intp], to: Numbers) -> Surface:
    """The same picture with some of its points elsewhere, in its own plane: lids that close."""
    shape = surface.shape.copy()
    shape[points, :2] = to
    return replace(surface, shape=shape)


def _triangles(points: Numbers) -> npt.NDArray[np.intp]:
    """Delaunay's, by OpenCV, which gives corners and not their numbers."""
    low, high = points.min(axis=0) - 10, points.max(axis=0) + 10
    division = cv2.Subdiv2D((int(low[0]), int(low[1]), int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1))
    division.insert([(float(x), float(y)) for x, y in points])
    corners = division.getTriangleList().reshape(-1, 3, 2)
    numbers = {(x, y): number for number, (x, y) in enumerate(points.astype(np.float32).tolist())}
    found = [[numbers.get((x, y), -1) for x, y in three] for three in corners.tolist()]
    return np.array([three for three in found if min(three) >= 0], dtype=np.intp)

"""A drawn face in the five poses: laid on the mesh's own idea of its head, and turned."""

from __future__ import annotations

from functools import cache

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.services.face_ports import Pixels
from tests.face import pictures
from tests.face.generating.people import Models
from tests.face.generating.surfaces import Placing, head

_PLACINGS = {
    EnrolmentPose.AHEAD: Placing(),
    EnrolmentPose.LEFT: Placing(yaw_deg=18),
    EnrolmentPose.RIGHT: Placing(yaw_deg=-18),
    EnrolmentPose.UP: Placing(pitch_deg=15),
    EnrolmentPose.DOWN: Placing(pitch_deg=-15),
}


@cache
def drawn_poses() -> dict[EnrolmentPose, Pixels]:
    """Each 640 × 480, of one head."""
    models, picture = Models(), pictures.face(100)
    (found,) = models.finder.find(picture)
    points = models.mesh.points_with_depth(picture, found)
    assert points is not None
    surface = head(points)
    return {pose: surface.drawn(picture, placing, picture) for pose, placing in _PLACINGS.items()}

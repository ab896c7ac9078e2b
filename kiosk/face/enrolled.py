"""Everybody who is enrolled here, for each model: what a face is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.domain.face import Limits, Nearest
from kiosk.domain.ids import MemberId
from kiosk.face.encoding import Features, Measure
from kiosk.face.gallery import Gallery

Templates = Mapping[MemberId, Sequence[Features]]


class Enrolled:
    """Never changes. `measures`: by each model's name. Members whose templates lack a model are found by none: they
    have to enrol anew when a model comes."""

    def __init__(self, measures: Mapping[str, Measure], templates: Templates) -> None:
        whole = {member_id: all_ for member_id, all_ in templates.items() if all_ and _have(all_, measures)}
        self._galleries = {
            name: Gallery(measure, {member_id: [one[name] for one in all_] for member_id, all_ in whole.items()})
            for name, measure in measures.items()
        }
        self.members = len(whole)

    def nearest(self, features: Features) -> dict[str, Nearest]:
        found = {name: gallery.nearest(features[name]) for name, gallery in self._galleries.items() if name in features}
        return {name: near for name, near in found.items() if near is not None}

    def alike(self, poses: Sequence[Features], limits: Mapping[str, Limits]) -> frozenset[MemberId]:
        """Whom somebody with these poses could be taken for: each model finds them within its limit in one pose or
        another."""
        found = [
            frozenset[MemberId]().union(*(gallery.within(pose[name], limits[name].distance) for pose in poses))
            for name, gallery in self._galleries.items()
        ]
        return frozenset.intersection(*found)


def _have(templates: Sequence[Features], measures: Mapping[str, Measure]) -> bool:
    return all(template.keys() >= measures.keys() for template in templates)

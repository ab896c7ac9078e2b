"""What a calibration found, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk.face.calibration import Limits, Pairs, curve, false_accepts_within, limits_at, rates
from kiosk.face.encoding import DlibEncoder
from kiosk.settings.face import FaceSettings

ROC_FAR = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6)
WANTED_FAR = (1e-2, 1e-3, 1e-4, 0.0)
_USUAL_TOLERANCE = 0.6  # of face_recognition.compare_faces


def report(pairs: Pairs, settings: FaceSettings) -> str:
    """Limits at the wanted false accept rates, the limits that are set, and both by group."""
    rules = _rules(pairs, settings)
    tables = [*_limits_lines(pairs), "", *_rules_lines(pairs, rules), "", *_roc_lines(pairs)]
    return "\n".join([*tables, *_groups_lines(pairs, rules)]) + "\n"


def curves_of(pairs: Pairs) -> dict[str, list[tuple[float, float]]]:
    """The ROC of each model, and of all together."""
    return {" and ".join(models): curve(pairs, models) for models in _asked(pairs)}


def accepts_by_group(pairs: Pairs, settings: FaceSettings) -> dict[str, dict[str, tuple[int, int]]]:
    """Of each group, by each rule's name: false accepts, and pairs of different people within it."""
    found = {name: false_accepts_within(pairs, limits) for name, limits in _rules(pairs, settings).items()}
    return {group: {name: counts[group] for name, counts in found.items()} for group in pairs.groups}


def _asked(pairs: Pairs) -> list[list[str]]:
    """Each model alone; where there are several, all together too."""
    models = list(pairs.distances)
    return [[name] for name in models] + ([models] if len(models) > 1 else [])


def _rules(pairs: Pairs, settings: FaceSettings) -> dict[str, Limits]:
    """By what each is called."""
    rules: dict[str, Limits] = {
        f"as set, up to {step.enrolled} enrolled": {name: limits.distance for name, limits in step.limits.items()}
        for step in settings.step
    }
    if DlibEncoder.name in pairs.distances:
        rules[f"dlib alone at {_USUAL_TOLERANCE}"] = {DlibEncoder.name: _USUAL_TOLERANCE}
    return rules


def _limits_lines(pairs: Pairs) -> Iterable[str]:
    yield "Widest limits at a false accept rate of one frame against one photograph:"
    yield _row("models", "false accepts wanted", "limits", "false accepts", "false rejects")
    for asked in _asked(pairs):
        for far in WANTED_FAR:
            limits = limits_at(pairs, asked, far)
            yield _row(" and ".join(asked), f"{far:.0e}" if far else "none", _in_words(limits), *_rates(pairs, limits))


def _rules_lines(pairs: Pairs, rules: dict[str, Limits]) -> Iterable[str]:
    yield _row("rule", "limits", "false accepts", "false rejects")
    for name, limits in rules.items():
        yield _row(name, _in_words(limits), *_rates(pairs, limits))


def _roc_lines(pairs: Pairs) -> Iterable[str]:
    yield "Points of the ROC: genuine pairs that are accepted, at that false accept rate or less:"
    curves = curves_of(pairs)
    yield _row("false accepts", *curves)
    for far in ROC_FAR:
        best = (max((tar for at, tar in points if at <= far), default=0.0) for points in curves.values())
        yield _row(f"{far:.0e}", *(f"{100 * tar:.2f} %" for tar in best))


def _groups_lines(pairs: Pairs, rules: dict[str, Limits]) -> Sequence[str]:
    if not pairs.groups:
        return ()
    counts = {name: false_accepts_within(pairs, limits) for name, limits in rules.items()}
    rows = [_row(group, *(_part(*counts[name][group]) for name in rules)) for group in pairs.groups]
    return ["", "False accepts among the people of one group:", _row("group", *rules), *rows]


def _rates(pairs: Pairs, limits: Limits) -> tuple[str, str]:
    found = rates(pairs, limits)
    return _part(found.false_accepts, found.impostors), _part(found.false_rejects, found.genuine)


def _part(count: int, of: int) -> str:
    return f"{count} of {of} ({100 * count / max(of, 1):.3f} %)"


def _in_words(limits: Limits) -> str:
    return ", ".join(f"{name} <= {limit:.3f}" for name, limit in limits.items())


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"

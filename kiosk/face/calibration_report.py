"""What a calibration found, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk.face.calibration import Limits, Pairs, false_accepts_within, limits_at, rates
from kiosk.face.encoding import DlibEncoder
from kiosk.settings.face import FaceSettings

WANTED_FAR = (1e-2, 1e-3, 1e-4, 0.0)
_USUAL_TOLERANCE = 0.6  # of face_recognition.compare_faces


def report(pairs: Pairs, settings: FaceSettings) -> str:
    """Limits at the wanted false accept rates, the limits that are set, and both by group."""
    rules = _rules(pairs, settings)
    return "\n".join([*_limits_lines(pairs), "", *_rules_lines(pairs, rules), *_groups_lines(pairs, rules)]) + "\n"


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
    models = tuple(pairs.distances)
    for asked in ([name] for name in models) if len(models) == 1 else [*([name] for name in models), list(models)]:
        for far in WANTED_FAR:
            limits = limits_at(pairs, asked, far)
            yield _row(" and ".join(asked), f"{far:.0e}" if far else "none", _in_words(limits), *_rates(pairs, limits))


def _rules_lines(pairs: Pairs, rules: dict[str, Limits]) -> Iterable[str]:
    yield _row("rule", "limits", "false accepts", "false rejects")
    for name, limits in rules.items():
        yield _row(name, _in_words(limits), *_rates(pairs, limits))


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

"""Whose face it is: what each stage takes, from the first face to a name, the search beside face_recognition, and the
screen while it shows the camera's picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import face_recognition
import numpy as np
import psutil

from benchmarks.results import CannotRun, Figure, Result, spread
from benchmarks.virtual_screen import VirtualScreen
from kiosk.domain.face import Agreed
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import MemberId
from kiosk.face import model_files
from kiosk.face.detection import FaceFinder
from kiosk.face.encoding import Features, Measure
from kiosk.face.engine import FaceEngine, make_encoders
from kiosk.face.gallery import Gallery
from kiosk.face.landmarks import FaceMesh
from kiosk.face.look import around
from kiosk.face.quality import QualityRule, fault_of
from kiosk.settings.face import FaceSettings
from tests.face import pictures

TIMES, LOOKS, SEARCHES = 50, 60, 200
ENROLLED, SEARCHED, TEMPLATES_EACH = 10_000, 50_000, 5
_FRAME_S = 1 / 30
_AWAY_S = 0.8  # nobody before the camera: the next face is a new one
SCREEN_S, SCREEN_TIMEOUT_S = 20.0, 300.0
_LONGEST_S = 30.0  # on a machine that is busy with other things
_MEMBER = MemberId("the one who looks")


def run(folder: Path) -> Result:
    cv2.setNumThreads(1)  # as beside a screen that draws
    screen = _screen(folder)
    looks, memory = _looks()  # first: what the others load would count as memory of the engine
    stages = _stages()
    search = _searches()
    figures = [
        *(Figure(f"{name}, median", samples["median"], "ms") for name, samples in stages.items()),
        Figure(f"first face to name, {ENROLLED:,} templates, median", looks["median"], "ms", limit=700),
        Figure(f"first face to name, {ENROLLED:,} templates, p95", looks["p95"], "ms", limit=1000),
        *_search_figures(search),
        *_screen_figures(screen),
        *(Figure(f"memory: {name}", value, "MB") for name, value in memory.items()),
    ]
    return Result(
        "face", figures, {"stages": stages, "looks": looks, "search": search, "memory": memory, "screen": screen}
    )


def _stages() -> dict[str, dict[str, float]]:
    """Each alone, in this process, on a drawn face of 640 × 480."""
    picture, finder = pictures.face(), FaceFinder(model_files.yunet())
    large = np.asarray(cv2.resize(picture, (4000, 3000)), np.uint8)
    faces = finder.find(picture)
    mesh = FaceMesh(model_files.face_mesh())
    dlib, sface = make_encoders(FaceSettings().model)
    cut = around(picture, faces[0])
    works: dict[str, Callable[[], object]] = {
        "find the face, 640 × 480": lambda: finder.find(picture),
        "find the face, 4000 × 3000": lambda: finder.find(large),
        "judge the picture": lambda: fault_of(picture, faces, QualityRule()),
        "468 landmarks": lambda: mesh.points(picture, faces[0]),
        "encode, SFace": lambda: sface.encode(*cut),
        "encode, dlib": lambda: dlib.encode(*cut),
    }
    return {name: spread(_milliseconds(work, TIMES)) for name, work in works.items()}


def _looks() -> tuple[dict[str, float], dict[str, float]]:
    """A camera's 30 frames a second, a face from one frame on; until the member is named. And the memory then."""
    picture, nobody = pictures.face(), pictures.background()
    before = psutil.Process().memory_full_info().pss
    engine = FaceEngine(FaceSettings())
    engine.start()
    try:
        own = engine.worker.encode(*around(picture, engine.finder.find(picture)[0])).result(_LONGEST_S)
        engine.enrol({ConsentPurpose.PAYING: _enrolled_beside(own)})
        look = engine.look(ConsentPurpose.PAYING)
        taken_ms = []
        for _ in range(LOOKS):
            _show(lambda taken_s: look.see(nobody, taken_s).answer is not None, _AWAY_S)
            began_s = time.monotonic()
            _show(lambda taken_s: look.see(picture, taken_s).answer == Agreed(_MEMBER), _LONGEST_S, must=True)
            taken_ms.append((time.monotonic() - began_s) * 1000)
        worker_id = engine.worker.process_id
        memory = {
            "the engine in the terminal's process, beside its libraries": (
                psutil.Process().memory_full_info().pss - before
            )
            / 1e6,
            "the encoders' process": psutil.Process(worker_id).memory_full_info().pss / 1e6,
        }
    finally:
        engine.stop()
    return {**spread(taken_ms), "p95": round(float(np.percentile(taken_ms, 95)), 3)}, memory


def _show(see: Callable[[float], bool], within_s: float, *, must: bool = False) -> None:
    """Frames at the camera's pace, until `see` says so or the time is over."""
    began_s = due_s = time.monotonic()
    while due_s - began_s < within_s:
        if see(time.monotonic()):
            return
        due_s += _FRAME_S
        time.sleep(max(0.0, due_s - time.monotonic()))
    if must:
        raise CannotRun("the drawn face was not recognised")


def _enrolled_beside(own: Features) -> dict[MemberId, list[Features]]:
    numbers = np.random.default_rng(1)
    people = {name: _vectors(numbers, ENROLLED, name) for name in own}
    return {_MEMBER: [own]} | {
        MemberId(f"m{i}"): [
            {name: people[name][i + j] for name in own} for j in range(min(TEMPLATES_EACH, ENROLLED - 1 - i))
        ]
        for i in range(0, ENROLLED - 1, TEMPLATES_EACH)
    }


def _vectors(numbers: np.random.Generator, count: int, model: str) -> np.ndarray:
    """As long as the model's are: dlib's about 1.4, SFace's 1."""
    vectors = numbers.normal(size=(count, 128)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * (1.4 if model == "dlib" else 1.0)


def _searches() -> dict[str, dict[str, float]]:
    vectors = _vectors(np.random.default_rng(2), SEARCHED, "dlib")
    members = {MemberId(f"m{i}"): list(vectors[i : i + TEMPLATES_EACH]) for i in range(0, SEARCHED, TEMPLATES_EACH)}
    asked = vectors[SEARCHED // 2]
    galleries = {measure: Gallery(measure, members) for measure in Measure}
    known = list(vectors.astype(np.float64))  # as face_encodings gives them
    works: dict[str, Callable[[], object]] = {
        **{
            f"gallery, {measure}": lambda gallery=gallery: gallery.nearest(asked)
            for measure, gallery in galleries.items()
        },
        "face_distance": lambda: face_recognition.face_distance(known, asked.astype(np.float64)),
        "compare_faces": lambda: face_recognition.compare_faces(known, asked.astype(np.float64)),
    }
    samples: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(SEARCHES // 10):
        for name, work in works.items():  # in turn, so that a busy machine disturbs all
            samples[name] += _milliseconds(work, 10)
    return {name: spread(taken_ms) for name, taken_ms in samples.items()}


def _search_figures(search: Mapping[str, Mapping[str, float]]) -> list[Figure]:
    pairs = [("euclidean", "face_distance"), ("euclidean", "compare_faces"), ("cosine", "face_distance")]
    return [
        Figure(
            f"search of {SEARCHED:,} templates, {ours}, beside {theirs}",
            search[f"gallery, {ours}"]["median"],
            "ms",
            limit=3,
            beside=search[theirs]["median"],
        )
        for ours, theirs in pairs
    ]


def _screen(folder: Path) -> dict[str, dict[str, float]]:
    """In a program of its own, on a display without a graphics card: drawing takes the same two cores."""
    command = [sys.executable, "-m", "benchmarks.face_screen_app", str(folder), str(SCREEN_S)]
    with VirtualScreen(folder / "display", 1080, 1920) as display:
        environment = {**os.environ, "DISPLAY": display.name}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SCREEN_TIMEOUT_S, check=False
        )
    if done.returncode:
        raise CannotRun(f"the screen ended: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    if "encoding" not in found:
        raise CannotRun("the encoders were not ready in time for the screen")
    return found


def _screen_figures(screen: Mapping[str, Mapping[str, float]]) -> list[Figure]:
    alone, encoding = screen["picture alone"], screen["encoding"]
    return [
        Figure("screen: pictures a second while encoding", encoding["pictures_per_s"], "", limit=20, at_least=True),
        Figure(
            "screen: longest pause while encoding, beside the picture alone",
            encoding["longest_ms"],
            "ms",
            limit=50,
            beside=alone["longest_ms"],
        ),
        Figure("screen: 99th percentile of pauses while encoding", encoding["pass_p99_ms"], "ms"),
        Figure(
            "screen: processor time for a picture while encoding, beside the picture alone",
            encoding["processor_ms"],
            "ms",
            beside=alone["processor_ms"],
        ),
        Figure("memory: the terminal's program with picture and engine", encoding["memory_mb"], "MB"),
    ]


def _milliseconds(work: Callable[[], object], times: int) -> list[float]:
    taken_ms = []
    for _ in range(times):
        began_s = time.perf_counter()
        work()
        taken_ms.append((time.perf_counter() - began_s) * 1000)
    return taken_ms

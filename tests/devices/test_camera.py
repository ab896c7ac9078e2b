"""The camera's driver against a network camera on a real socket: the simulator with its faults, scripted answers."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.devices.bench.client import BenchClient, BenchError
from kiosk.devices.camera.simulator import CameraFault
from kiosk.services.events import CameraWatching, DeviceKind, DeviceProblem, DeviceState
from kiosk.services.face_ports import Frame, Watch
from tests.devices.support import Events, eventually, free_tcp_port, stays
from tests.devices.watching import (
    HEAD,
    ScriptedCamera,
    claiming,
    corners,
    jpeg,
    next_frame,
    noisy,
    part,
    quarters,
    running,
    simulated,
    write_clip,
)


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[tuple[BenchClient, str]]:
    with simulated(tmp_path) as bench_and_source:
        yield bench_and_source


def lights(events: Events) -> list[bool]:
    return [event.is_on for event in events.all if isinstance(event, CameraWatching)]


def frames_for(watch: Watch, count: int) -> list[Frame]:
    return [next_frame(watch) for _ in range(count)]


def test_it_takes_pictures_only_while_somebody_watches_and_says_so(sim: tuple[BenchClient, str]) -> None:
    _, source = sim
    events = Events()
    with running(source, events) as camera:
        events.await_health(DeviceState.READY)  # it is there; nothing was taken
        assert lights(events) == []
        with camera.watch() as first, camera.watch() as second:
            frames = [next_frame(first), next_frame(second)]
            assert lights(events) == [True]
            first.close()
            first.close()
            next_frame(second)  # the other still watches
        eventually(lambda: lights(events) == [True, False], "the light goes out")
        with camera.watch() as third:
            assert next_frame(third).number > max(frame.number for frame in frames)
        eventually(lambda: lights(events) == [True, False] * 2, "the light goes out again")
    assert {health.kind for health in events.health} == {DeviceKind.CAMERA}
    assert len(events.health) == 1


def test_the_light_goes_out_when_the_driver_stops(sim: tuple[BenchClient, str]) -> None:
    events = Events()
    with running(sim[1], events) as camera:
        next_frame(camera.watch())
    assert lights(events) == [True, False]


def test_the_light_goes_out_when_the_driver_stops_before_it_tries_again() -> None:
    events = Events()
    with running(f"http://127.0.0.1:{free_tcp_port()}/", events) as camera:
        camera.watch()
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.REFUSED)
        eventually(lambda: lights(events) == [True], "the light")
    assert lights(events) == [True, False]


def test_nobody_who_watches_gets_an_old_frame(sim: tuple[BenchClient, str]) -> None:
    with running(sim[1], Events()) as camera, camera.watch() as watch:
        first = next_frame(watch)
        eventually(lambda: camera.newest_from(first.number + 5, 0) is not None, "five more frames")
        late = next_frame(watch)
        assert late.number >= first.number + 5  # those between are dropped
        again = watch.newest(0)
        assert again is None or again.number > late.number
        with camera.watch() as other:
            assert next_frame(other).taken_s > late.taken_s


def test_frames_are_upright_and_read_only(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(jpeg(quarters()))
    with (
        simulated(tmp_path, plays=tmp_path / "photos") as (_, source),
        running(source, Events(), rotation=90) as camera,
        camera.watch() as watch,
    ):
        frame = next_frame(watch)
    assert frame.pixels.shape == (640, 480, 3)
    assert corners(frame.pixels) == ["red", "blue", "white", "green"]
    assert corners(frame.preview) == ["blue", "red", "green", "white"]
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0] = 0


def test_a_simulated_camera_plays_clips_and_what_it_is_given(tmp_path: Path, sim: tuple[BenchClient, str]) -> None:
    bench, source = sim
    write_clip(tmp_path / "clip.avi", frames=8)
    (tmp_path / "photo.jpg").write_bytes(jpeg(quarters(640, 480)))
    with running(source, Events()) as camera, camera.watch() as watch:
        bench.play(tmp_path / "photo.jpg")
        eventually(lambda: corners(next_frame(watch).pixels) == ["blue", "green", "red", "white"], "the photo")
        bench.play(tmp_path / "clip.avi")
        seen: set[int] = set()

        def sees_all() -> bool:
            seen.add(round(float(next_frame(watch).pixels.mean()) / 10))
            return set(range(8)) <= seen

        eventually(sees_all, "the clip's frames")
        (tmp_path / "huge.jpg").write_bytes(claiming(60_000, 60_000))
        for nothing in ("nothing", "huge.jpg"):
            with pytest.raises(BenchError, match="no photo and no clip"):
                bench.play(tmp_path / nothing)
        next_frame(watch)


def test_a_hundred_frames_a_second_are_thinned(sim: tuple[BenchClient, str]) -> None:
    bench, source = sim
    bench.trouble(CameraFault.FAST)
    with running(source, Events(), frames_per_s=20) as camera, camera.watch() as watch:
        frames = frames_for(watch, 30)
    periods = frames[-1].number - frames[0].number
    assert frames[-1].taken_s - frames[0].taken_s >= (periods - 1) / 20


def test_twelve_megapixel_frames_are_scaled_down_and_do_not_stall_it(sim: tuple[BenchClient, str]) -> None:
    bench, source = sim
    bench.trouble(CameraFault.HUGE_PICTURES)
    events = Events()
    with running(source, events) as camera, camera.watch() as watch:
        assert {frame.pixels.shape for frame in frames_for(watch, 3)} == {(960, 1280, 3)}
        bench.trouble(None)
        eventually(lambda: next_frame(watch).pixels.shape == (480, 640, 3), "ordinary frames again")
    assert [health.state for health in events.health] == [DeviceState.READY]


@pytest.mark.parametrize(
    ("fault", "problem"), [(CameraFault.BLACK, DeviceProblem.DARK), (CameraFault.FREEZE, DeviceProblem.FROZEN)]
)
def test_a_camera_that_shows_nothing_is_degraded(
    sim: tuple[BenchClient, str], fault: CameraFault, problem: DeviceProblem
) -> None:
    bench, source = sim
    events = Events()
    with running(source, events) as camera, camera.watch() as watch:
        next_frame(watch)
        bench.trouble(fault)
        events.await_health(DeviceState.DEGRADED, problem)
        next_frame(watch)  # it goes on
        bench.trouble(None)
        events.await_health(DeviceState.READY)


def test_a_camera_that_stood_still_is_well_again_only_when_it_moves(sim: tuple[BenchClient, str]) -> None:
    """Also while nobody watches: nobody is looked at through it meanwhile."""
    bench, source = sim
    events = Events()
    with running(source, events) as camera:
        with camera.watch() as watch:
            next_frame(watch)
            bench.trouble(CameraFault.FREEZE)
            events.await_health(DeviceState.DEGRADED, DeviceProblem.FROZEN)
        with camera.watch() as watch:
            next_frame(watch)  # for whoever looks what is wrong with it
        heard = len(events.health)
        eventually(lambda: lights(events)[-4:] == [True, False] * 2, "it is looked whether it moves")
        assert len(events.health) == heard, "it has not said that all is well"
        assert events.health[-1].problem is DeviceProblem.FROZEN
        assert not events.health[-1].works
        bench.trouble(None)
        events.await_health(DeviceState.READY)
        eventually(lambda: lights(events)[-1] is False, "and the light goes out")


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (CameraFault.SILENT, DeviceProblem.NO_ANSWER),
        (CameraFault.GARBAGE, DeviceProblem.GARBLED),
        (CameraFault.CUT, DeviceProblem.DISCONNECTED),
        (CameraFault.ENDLESS_HEAD, DeviceProblem.GARBLED),
        (CameraFault.ENDLESS_PICTURE, DeviceProblem.GARBLED),
    ],
)
def test_a_camera_that_fails_is_told_and_is_back_by_itself(
    sim: tuple[BenchClient, str], fault: CameraFault, problem: DeviceProblem
) -> None:
    bench, source = sim
    events = Events()
    with running(source, events) as camera, camera.watch() as watch:
        before = next_frame(watch)
        bench.trouble(fault)
        events.await_health(DeviceState.UNAVAILABLE, problem)
        bench.trouble(None)
        eventually(lambda: (watch.newest(0.1) or before).number > before.number + 3, "new frames")
        assert events.health[-1].state is DeviceState.READY
    assert {health.problem for health in events.health} == {DeviceProblem.NONE, problem}


@pytest.mark.parametrize("watched", [True, False])
def test_unplugged_and_back(sim: tuple[BenchClient, str], watched: bool) -> None:
    bench, source = sim
    events = Events()
    with running(source, events) as camera:
        watch = camera.watch() if watched else None
        events.await_health(DeviceState.READY)
        bench.unplug("sim")
        eventually(lambda: events.health[-1].state is DeviceState.UNAVAILABLE, "gone")
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.REFUSED)  # nobody listens there now
        bench.plug("sim")
        events.await_health(DeviceState.READY)
        if watch is not None:
            next_frame(watch)


def test_a_camera_that_is_absent_at_the_start_comes_later(tmp_path: Path) -> None:
    events = Events()
    with simulated(tmp_path) as (bench, source):
        bench.unplug("sim")
        with running(source, events) as camera, camera.watch() as watch:
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.REFUSED)
            bench.plug("sim")
            next_frame(watch)
            events.await_health(DeviceState.READY)


def test_stop_is_soon_while_the_camera_is_silent(sim: tuple[BenchClient, str]) -> None:
    bench, source = sim
    bench.trouble(CameraFault.SILENT)
    with running(source, Events()) as camera, camera.watch() as watch:
        assert watch.newest(0.3) is None
        began_s = time.monotonic()
        camera.stop()
        assert time.monotonic() - began_s < 1.0


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", DeviceProblem.NO_PERMISSION),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", DeviceProblem.REFUSED),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\n\r\n#EXTM3U\r\n", DeviceProblem.GARBLED),
        (HEAD + part(noisy(np.random.default_rng(3))[:-2000]) * 4, DeviceProblem.GARBLED),
        (HEAD + part(claiming(65_000, 980) + bytes(200_000)) * 4, DeviceProblem.GARBLED),
    ],
    ids=["password", "redirect", "playlist", "damaged", "huge"],
)
def test_other_answers_are_refused(answer: bytes, problem: DeviceProblem) -> None:
    events = Events()
    with (
        ScriptedCamera(answer) as scripted,
        running(f"http://127.0.0.1:{scripted.port}/", events) as camera,
        camera.watch() as watch,
    ):
        events.await_health(DeviceState.UNAVAILABLE, problem)
        assert watch.newest(0) is None


def test_a_few_damaged_pictures_are_skipped(capfd: pytest.CaptureFixture[str]) -> None:
    good = jpeg(quarters())
    events = Events()
    with (
        ScriptedCamera(HEAD + part(good[:-400]) + part(b"no picture") + part(good), closes=False) as scripted,
        running(f"http://127.0.0.1:{scripted.port}/", events, frames_per_s=60) as camera,
        camera.watch() as watch,
    ):
        assert corners(next_frame(watch).pixels) == ["blue", "green", "red", "white"]
    assert [health.state for health in events.health] == [DeviceState.READY]
    assert capfd.readouterr().err == ""


def test_a_password_is_sent_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    events = Events()
    with (
        ScriptedCamera(b"HTTP/1.1 401 Unauthorized\r\n\r\n") as scripted,
        running(f"http://staff:s%3Acret@127.0.0.1:{scripted.port}/video?key=k3y", events) as camera,
        camera.watch(),
    ):
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NO_PERMISSION)
    assert b"Authorization: Basic " + base64.b64encode(b"staff:s:cret") in scripted.asked[0]
    assert scripted.asked[0].startswith(b"GET /video?key=k3y HTTP/1.0\r\n")
    told = [str(vars(record)) for record in caplog.records]
    assert told
    assert not [text for text in told if "cret" in text or "k3y" in text]


def test_who_only_looks_whether_it_is_there_sends_nothing() -> None:
    events = Events()
    with ScriptedCamera(b"") as scripted, running(f"http://127.0.0.1:{scripted.port}/", events):
        events.await_health(DeviceState.READY)
        stays(lambda: scripted.asked == [], 0.1)


def test_a_machine_that_is_not_there_is_told() -> None:
    events = Events()
    with running(f"http://127.0.0.1:{free_tcp_port()}/", events):
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.REFUSED)

"""What [camera] in a settings file means, what is refused, and what is said of it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from kiosk.check import check_everything
from kiosk.configfile import ConfigFileError
from kiosk.devices.bench.__main__ import main as bench
from kiosk.devices.camera.driver import build_camera
from kiosk.devices.camera.source import NetworkCamera, Recording, VideoDevice, port_of, source_of
from kiosk.services.events import DeviceProblem, DeviceState
from kiosk.settings import Settings, load_settings
from kiosk.settings.devices import CameraSettings
from tests.devices.support import Events, free_tcp_port
from tests.devices.watching import next_frame, running, simulated

BEGIN = """
[terminal]
name = "T1"
state_dir = "{folder}/state"
[central]
url = "http://127.0.0.1:1"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "terminal.toml"
    path.write_text(BEGIN.format(folder=folder) + text)
    return path


def settings_of(folder: Path, text: str) -> Settings:
    return load_settings(written(folder, text))


def test_without_the_section_there_is_no_camera(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "").camera is None
    assert load_settings(Path("config/demo.toml")).camera is None


_SETTING = re.compile(r"# (?:\[|\w+ = )")  # commented out; the rest is words


def test_the_examples_that_are_commented_out_are_sound(tmp_path: Path) -> None:
    for name in ("demo", "example-terminal"):
        lines = Path(f"config/{name}.toml").read_text(encoding="utf-8").splitlines()
        shown = lines[lines.index("# [camera]") :]
        settings = settings_of(tmp_path, "\n".join(line[2:] for line in shown if _SETTING.match(line)))
        assert settings.camera is not None
        assert settings.is_simulated(port_of(source_of(settings.camera.source))) is (name == "demo")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "rtsp://cam/stream",
        "https://cam/stream",
        "HTTP://cam/stream",
        "file:///etc/passwd",
        "http://",
        "http:///video",
        "http://user:hunter2@/video",
        "http://user:hunter2@cam:99999/",
        "http://user:hunter2@cam:0/",
        "http://user:hunter2@cam:port/",
        "http://user:hunter2@[::1/",
        "http://cam/a b",
        "http://cam/a\\r\\nX-Other: header",
        "clip\\u0000.mp4",
    ],
)
def test_other_sources_are_refused_without_quoting_a_password(tmp_path: Path, source: str) -> None:
    with pytest.raises(ConfigFileError) as refused:
        settings_of(tmp_path, f'[camera]\nsource = "{source}"\n')
    assert refused.value.field == "camera.source"
    assert refused.value.line == 8
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        '[camera]\nsource = "0"\nrotation = 45\n',
        '[camera]\nsource = "0"\nframes_per_s = 0\n',
        '[camera]\nsource = "0"\nexposure = 1\n',
        '[camera]\nname = "x"\nsource = "0"\n[[card_reader]]\nname = "x"\ndriver = "rdm6300"\nport = "/dev/ttyS0"\n',
        '[[simulator]]\nname = "cam"\ndevice = "mjpeg"\nport = "/tmp/cam"\n',
    ],
)
def test_unsound_settings_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigFileError):
        settings_of(tmp_path, text)


@pytest.mark.parametrize("source", ["http://cam/video", "clip.mp4"])
@pytest.mark.parametrize("setting", ["exposure_us", "gain"])
def test_what_a_camera_would_never_be_told_is_refused(tmp_path: Path, source: str, setting: str) -> None:
    with pytest.raises(ConfigFileError, match="only a V4L2 device") as refused:
        settings_of(tmp_path, f'[camera]\nsource = "{source}"\n{setting} = 500\n')
    assert refused.value.field == f"camera.{setting}"
    told = settings_of(tmp_path, f'[camera]\nsource = "/dev/video0"\n{setting} = 500\n').camera
    assert getattr(told, setting) == 500


def test_what_a_source_names() -> None:
    assert source_of("2") == VideoDevice("/dev/video2")
    assert source_of("/dev/v4l/by-id/usb-cam") == VideoDevice("/dev/v4l/by-id/usb-cam")
    assert source_of("clip.mp4") == Recording(str(Path.cwd() / "clip.mp4"), is_sequence=False)
    assert source_of("photos/p%03d.jpg") == Recording(str(Path.cwd() / "photos/p%03d.jpg"), is_sequence=True)
    assert source_of("http://cam") == NetworkCamera("cam", 80, "/", "")
    assert source_of("http://cam:81/a?b=c#d") == NetworkCamera("cam", 81, "/a?b=c", "")
    for text in ("concat:a|b", "pipe:0", "data:,x"):  # protocols of FFmpeg
        source = source_of(text)
        assert isinstance(source, Recording)
        assert source.path.startswith("/")


def test_a_source_does_not_show_its_password() -> None:
    source = source_of("http://staff:hunter2@[fe80::1]:81/video?key=hunter3")
    assert str(source) == "http://[fe80::1]:81/"
    assert "hunter" not in repr(source)
    assert "Basic" not in repr(source)


def test_a_simulators_camera_is_known_as_simulated(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[[simulator]]\nname = "cam"\ndevice = "mjpeg"\nport = "tcp://127.0.0.1:9820"\n')
    for source in ("http://127.0.0.1:9820/", "http://localhost:9820", "http://a:b@127.0.0.1:9820/video"):
        assert settings.is_simulated(port_of(source_of(source)))
    assert not settings.is_simulated(port_of(source_of("http://127.0.0.1:9821/")))


@pytest.mark.parametrize(("source", "simulated"), [("clip.mp4", True), ("p%d.jpg", True), ("/dev/video0", False)])
def test_a_recording_counts_as_simulated(source: str, simulated: bool) -> None:
    camera = build_camera(CameraSettings(source=source), Events(), simulated=False)
    assert camera.health.simulated is simulated


def test_check_says_whether_the_camera_is_there(tmp_path: Path) -> None:
    source = f"http://staff:hunter2@127.0.0.1:{free_tcp_port()}/"
    settings = settings_of(tmp_path, f'[camera]\nsource = "{source}"\n')
    report = io.StringIO()
    check_everything(settings, tmp_path / "terminal.toml", report)
    assert "BROKEN  camera at http://127.0.0.1:" in report.getvalue()
    assert "refused the connection" in report.getvalue()
    assert "hunter2" not in report.getvalue()

    with simulated(tmp_path) as (_, source):
        settings = settings_of(tmp_path, f'[camera]\nsource = "{source}"\n')
        report = io.StringIO()
        check_everything(settings, tmp_path / "terminal.toml", report)
        assert f"works   camera at {source} is there" in report.getvalue()

    settings = settings_of(tmp_path, f'[camera]\nsource = "{tmp_path}/p%d.jpg"\n')
    report = io.StringIO()
    check_everything(settings, tmp_path / "terminal.toml", report)
    assert "plays a recording" in report.getvalue()


def test_the_simulated_camera_is_steered_from_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(written(tmp_path, ""))
    (tmp_path / "state").mkdir()
    with simulated(tmp_path / "state") as (_, source):
        events = Events()
        with running(source, events) as camera, camera.watch() as watch:
            next_frame(watch)
            assert bench(["trouble", "--config", config, "garbage"]) == 0
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.GARBLED)
            assert bench(["trouble", "--config", config, "none"]) == 0
            next_frame(watch)
        assert bench(["play", "--config", config, str(tmp_path / "nothing")]) == 1
        assert bench(["trouble", "--config", config, "--camera", "other", "none"]) == 1
    told = capsys.readouterr().err
    assert "no photo and no clip" in told
    assert "no simulator 'other'" in told

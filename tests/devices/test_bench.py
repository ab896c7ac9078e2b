"""The bench as a person uses it: a process that hosts the simulators, a shell that steers them, and its client."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from kiosk.devices.bench.client import BenchClient, BenchError
from kiosk.devices.card_reader import ic_reader, rdm6300
from kiosk.devices.transport import DeviceFault, Transport, open_transport
from kiosk.devices.wake import Wake
from kiosk.domain.receipt import Paper, Text
from kiosk.settings import Settings
from kiosk.settings.devices import PrinterSettings, SimulatorSettings
from tests.devices.papers import CHINESE, job_bytes
from tests.devices.support import eventually, free_tcp_port, hosted_bench, settings_with

UID = "62E3086CED"
FRAME = rdm6300.encode(bytes.fromhex(UID))


def settings(tmp_path: Path) -> Settings:
    tcp = f"tcp://127.0.0.1:{free_tcp_port()}"
    return settings_with(
        tmp_path,
        (
            SimulatorSettings(name="reader", device="rdm6300", port=str(tmp_path / "lines" / "reader")),
            SimulatorSettings(name="ic", device="ic_reader", port=str(tmp_path / "lines" / "ic")),
            SimulatorSettings(name="receipts", device="escpos", port=tcp),
        ),
        (PrinterSettings(name="receipts", port=tcp, paper_mm=58),),
    )


def port_of(bench: BenchClient, name: str) -> str:
    return next(d.port for d in bench.devices() if d.name == name)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BenchClient]:
    with hosted_bench(settings(tmp_path)) as client:
        yield client


@contextmanager
def line_to(bench: BenchClient, name: str) -> Iterator[Transport]:
    with open_transport(port_of(bench, name), 9600, Wake()) as transport:
        yield transport


def read(transport: Transport, n_bytes: int, timeout_s: float = 5.0) -> bytes:
    data = b""
    ends_s = time.monotonic() + timeout_s
    while len(data) < n_bytes and (left_s := ends_s - time.monotonic()) > 0:
        data += transport.read(left_s)
    return data


def test_a_tapped_card_sends_its_frame_a_few_times_at_the_lines_speed(bench: BenchClient) -> None:
    with line_to(bench, "reader") as line:
        began_s = time.monotonic()
        bench.tap(UID)
        assert read(line, 2 * len(FRAME)) == 2 * FRAME
        assert time.monotonic() - began_s > (len(FRAME) - 1) * 10 / 9600
        rest = read(line, 1000, timeout_s=0.6)
        assert len(rest) % len(FRAME) == 0
        assert len(rest) < 5 * len(FRAME)  # then it is lifted


def test_a_card_held_stays_until_it_is_lifted(bench: BenchClient) -> None:
    with line_to(bench, "reader") as line:
        bench.hold(UID)
        assert read(line, 8 * len(FRAME)) == 8 * FRAME
        bench.lift()
        read(line, 1000, timeout_s=0.2)
        assert line.read(0.2) == b""


def test_two_em4100_cards_drown_each_other_out(bench: BenchClient) -> None:
    with line_to(bench, "reader") as line:
        bench.hold(UID, "02004DB005")
        received = read(line, 2 * len(FRAME))
        assert not [m for m in rdm6300.Rdm6300Framer().feed(received) if m == rdm6300.CardSeen(bytes.fromhex(UID))]
        bench.lift()


def test_the_ic_reader_answers_when_it_is_asked(bench: BenchClient) -> None:
    with line_to(bench, "ic") as line:
        assert line.read(0.1) == b""
        line.write(ic_reader.ASK_UID, 1.0)
        assert read(line, len(ic_reader.NO_CARD)) == ic_reader.NO_CARD
        bench.hold("AABB02BB", reader="ic")
        line.write(b"noise" + ic_reader.ASK_UID, 1.0)
        assert read(line, 11) == bytes.fromhex("AA 00 06 00 00 AA BB 02 BB AE BB")
        bench.hold("AABB02BB", "04A2B3C4D5E6F7", reader="ic")
        line.write(ic_reader.ASK_UID, 1.0)
        assert ic_reader.IcReaderFramer().feed(read(line, 11)) == [ic_reader.SeveralCards()]


def test_the_printer_answers_with_the_bytes_of_real_ones(bench: BenchClient) -> None:
    with line_to(bench, "receipts") as line:

        def ask(request: str, n_bytes: int) -> str:
            line.write(bytes.fromhex(request), 1.0)
            return read(line, n_bytes).hex(" ").upper()

        assert [ask(f"10 04 0{n}", 1) for n in (1, 2, 4)] == ["16", "12", "12"]
        assert ask("1D 61 FF", 4) == "14 00 00 00"
        assert ask("1D 72 01", 1) == "00"
        bench.cover(is_open=True)
        assert read(line, 4).hex(" ").upper() == "3C 00 00 00"  # by itself
        assert [ask(f"10 04 0{n}", 1) for n in (1, 2)] == ["1E", "16"]


def test_papers_come_with_their_time_and_as_pictures(bench: BenchClient, tmp_path: Path) -> None:
    with line_to(bench, "receipts") as line:
        line.write(b"\x10\x04\x01", 1.0)
        began_s = time.monotonic()
        line.write(job_bytes(CHINESE, 58, "gb18030"), 1.0)
        line.write(job_bytes(Paper((Text("two"),)), 58, "gb18030"), 1.0)
        first, second = bench.papers("receipts", at_least=2, timeout_s=5.0)

    assert (first.index, second.index) == (0, 1)
    assert first.data == job_bytes(CHINESE, 58, "gb18030")  # status requests are not on the paper
    assert began_s <= first.first_byte_s <= first.cut_s <= second.first_byte_s
    assert bench.papers(since=1) == (second,)
    bench.save_paper("receipts", 0, tmp_path / "out" / "first.png")
    bench.save_paper("", -1, tmp_path / "out" / "last.png")
    with Image.open(tmp_path / "out" / "first.png") as a, Image.open(tmp_path / "out" / "last.png") as b:
        assert a.format == "PNG"
        assert a.width == b.width < 600  # 58 mm, as the printer's settings say
        assert a.height > b.height
    with pytest.raises(BenchError, match="no paper 7"):
        bench.save_paper("receipts", 7, tmp_path / "none.png")


def test_waiting_for_papers_ends_in_time(bench: BenchClient) -> None:
    began_s = time.monotonic()
    assert bench.papers(at_least=1, timeout_s=0.2) == ()
    assert time.monotonic() - began_s < 2.0


def test_unplugged_and_back_on_another_terminal_at_the_same_path(bench: BenchClient) -> None:
    with line_to(bench, "reader"):
        before = os.path.realpath(port_of(bench, "reader"))
        bench.unplug("reader")
        assert not os.path.lexists(port_of(bench, "reader"))
        its_old_name_is_taken = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
        bench.plug("reader")
        assert os.path.realpath(port_of(bench, "reader")) != before
        os.close(its_old_name_is_taken)
    with line_to(bench, "reader") as line:
        bench.send("reader", b"raw")
        assert read(line, 3) == b"raw"


def test_a_busy_port_is_somebody_elses(bench: BenchClient) -> None:
    bench.busy("reader", on=True)
    with pytest.raises(DeviceFault), line_to(bench, "reader"):
        pass
    bench.busy("receipts", on=True)
    with pytest.raises(DeviceFault), line_to(bench, "receipts") as line:
        read(line, 1)
    bench.busy("reader", on=False)
    bench.busy("receipts", on=False)
    with line_to(bench, "reader"), line_to(bench, "receipts") as line:
        line.write(b"\x10\x04\x01", 1.0)
        assert read(line, 1) == b"\x16"
        with pytest.raises(DeviceFault), line_to(bench, "receipts") as second:
            read(second, 1)  # one client at a time


@pytest.mark.parametrize(
    ("uid", "reader", "reason"),
    [
        ("62E308", "", "5 bytes"),
        ("nonsense", "", "no card UID"),
        (UID, "ic", "4, 7 or 10"),
        (UID, "nobody", "no simulator 'nobody'"),
        (UID, "receipts", "no card reader"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(bench: BenchClient, uid: str, reader: str, reason: str) -> None:
    with pytest.raises(BenchError, match=reason):
        bench.tap(uid, reader)
    bench.tap(UID)


def test_nonsense_on_the_control_socket_is_refused(bench: BenchClient, tmp_path: Path) -> None:
    for nonsense in (b"\xff\xfe\n", b"{}\n", b'{"do":"tap"}\n', b'{"do":"fly"}\n'):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(tmp_path / "devices.sock"))
            raw.settimeout(5.0)
            raw.sendall(nonsense)
            assert b'"refused"' in raw.recv(1000)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(tmp_path / "devices.sock"))
        raw.settimeout(5.0)
        with pytest.raises(OSError, match=r"pipe|reset"):
            raw.sendall(b"x" * 10_000_000)
    assert bench.devices()


CONFIG = """
[terminal]
name = "T1"
state_dir = "{folder}/state"
[central]
url = "http://127.0.0.1:1"
[[simulator]]
name = "reader"
device = "rdm6300"
port = "{folder}/lines/reader"
[[simulator]]
name = "printer"
device = "escpos"
port = "{folder}/lines/printer"
baud = 115200
"""


def command(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "kiosk.devices.bench", *arguments, "--config", str(config)]
    return subprocess.run(call, capture_output=True, text=True, timeout=30)


def test_the_whole_bench_from_a_shell(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text(CONFIG.format(folder=tmp_path))
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "reader").symlink_to("/dev/pts/99999")  # left by a bench that was killed
    (tmp_path / "state").mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "state" / "devices.sock"))
    assert "no bench answers" in command(config, "list").stderr

    serving = subprocess.Popen(
        [sys.executable, "-m", "kiosk.devices.bench", "serve", "--config", str(config)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith("ready: reader at ")
        with open_transport(str(tmp_path / "lines" / "reader"), 9600, Wake()) as line:
            assert command(config, "tap", UID).returncode == 0
            assert read(line, len(FRAME)).startswith(FRAME)
        with open_transport(str(tmp_path / "lines" / "printer"), 115_200, Wake()) as line:
            line.write(job_bytes(CHINESE, 80, "gb18030"), 1.0)
            eventually(lambda: "80 mm" in command(config, "receipts").stdout, "printed")
        shown = command(config, "show", "--out", str(tmp_path / "last.png"))
        assert shown.stdout.strip() == str(tmp_path / "last.png")
        Image.open(tmp_path / "last.png").verify()

        assert command(config, "unplug", "reader").returncode == 0
        assert "(unplugged)" in command(config, "list").stdout
        refused = command(config, "tap", "12")
        assert (refused.returncode, "5 bytes" in refused.stderr) == (1, True)
        assert "another bench" in command(config, "serve").stderr
        assert "another bench" in command(config, "serve").stderr  # and the first one was not disturbed
        assert command(config, "list").returncode == 0

        serving.send_signal(signal.SIGTERM)
        assert serving.wait(10) == 0
    finally:
        serving.kill()
        serving.wait(10)
        if serving.stdout is not None:
            serving.stdout.close()
    assert list((tmp_path / "lines").iterdir()) == []
    assert not (tmp_path / "state" / "devices.sock").exists()


def test_a_port_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        simulators = (SimulatorSettings(name="receipts", device="escpos", port=port),)
        with pytest.raises(BenchError, match="'receipts'"), hosted_bench(settings_with(tmp_path, simulators)):
            pass


def test_names_are_unique(tmp_path: Path) -> None:
    simulator = SimulatorSettings(name="a", device="rdm6300", port=str(tmp_path / "a"))
    with pytest.raises(BenchError, match="two simulators"), hosted_bench(settings_with(tmp_path, (simulator,) * 2)):
        pass

"""Ports that are missing, forbidden, taken, silent or gone: each a DeviceFault that says which."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.devices.transport import DeviceFault, Stopped, Transport, open_transport
from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceProblem
from tests.devices.support import Pty, as_nobody, free_tcp_port


def problem_at_open(port: str) -> DeviceProblem:
    with pytest.raises(DeviceFault) as caught, open_transport(port, 9600, Wake()):
        pass
    return caught.value.problem


@contextmanager
def tcp_pair() -> Iterator[tuple[Transport, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = open_transport(f"tcp://127.0.0.1:{server.getsockname()[1]}", 9600, Wake())
        peer, _ = server.accept()
        with transport, peer:
            yield transport, peer


def test_a_path_that_is_not_there_or_is_no_serial_line_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")

    for name in ("absent", "dangling", "file", "."):
        assert problem_at_open(str(tmp_path / name)) is DeviceProblem.NOT_FOUND


def test_a_line_of_another_user_says_no_permission(tmp_path: Path) -> None:
    with Pty(tmp_path / "line") as line:
        line.path.chmod(0o000)
        with as_nobody():
            assert problem_at_open(str(line.path)) is DeviceProblem.NO_PERMISSION


def test_a_line_that_another_program_holds_is_busy(tmp_path: Path) -> None:
    with Pty(tmp_path / "line") as line, open_transport(str(line.path), 9600, Wake()):
        assert problem_at_open(str(line.path)) is DeviceProblem.BUSY
    # and is free again afterwards
    with Pty(tmp_path / "line") as line, open_transport(str(line.path), 9600, Wake()):
        pass


def test_bytes_go_both_ways_on_a_serial_line(tmp_path: Path) -> None:
    with Pty(tmp_path / "line") as line, open_transport(str(line.path), 9600, Wake()) as transport:
        every_byte = bytes(range(256))
        line.send(every_byte)
        transport.write(every_byte, 1.0)

        assert transport.read(1.0) == every_byte
        assert line.read(300) == every_byte
        assert transport.read(0.01) == b""


def test_stale_bytes_are_dropped_at_open(tmp_path: Path) -> None:
    with Pty(tmp_path / "line") as line:
        line.send(b"stale")
        trickle = threading.Timer(0.01, line.send, [b"still stale"])
        trickle.start()
        with open_transport(str(line.path), 9600, Wake()) as transport:
            trickle.join()
            assert transport.read(0.05) == b""
            line.send(b"fresh")
            assert transport.read(1.0) == b"fresh"


def test_an_unplugged_line_is_disconnected(tmp_path: Path) -> None:
    with Pty(tmp_path / "line") as line, open_transport(str(line.path), 9600, Wake()) as transport:
        line.unplug()
        with pytest.raises(DeviceFault) as at_read:
            transport.read(1.0)
        with pytest.raises(DeviceFault) as at_write:
            transport.write(b"x", 1.0)
    assert at_read.value.problem is at_write.value.problem is DeviceProblem.DISCONNECTED


def test_nobody_listens_is_refused() -> None:
    assert problem_at_open(f"tcp://127.0.0.1:{free_tcp_port()}") is DeviceProblem.REFUSED


@pytest.mark.parametrize("port", ["tcp://", "tcp://host", "tcp://:9100", "tcp://127.0.0.1:x", "tcp://127.0.0.1:99999"])
def test_an_address_that_is_none_is_not_found(port: str) -> None:
    assert problem_at_open(port) is DeviceProblem.NOT_FOUND


@contextmanager
def hanging_at_connect() -> Iterator[str]:
    """A port whose backlog is full: connecting gets no answer."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for client in crowd:
            client.settimeout(0)
            client.connect_ex(server.getsockname())
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            for client in crowd:
                client.close()


def test_a_connect_that_hangs_is_no_answer_and_can_be_stopped() -> None:
    with hanging_at_connect() as port:
        assert problem_at_open(port) is DeviceProblem.NO_ANSWER
        stop = Wake()
        threading.Timer(0.05, stop.set).start()
        began_s = time.monotonic()
        with pytest.raises(Stopped):
            open_transport(port, 9600, stop)
        assert time.monotonic() - began_s < 1.0


def test_a_peer_that_closes_or_resets_is_disconnected() -> None:
    with tcp_pair() as (transport, peer):
        peer.close()
        with pytest.raises(DeviceFault) as caught:
            transport.read(1.0)
        assert caught.value.problem is DeviceProblem.DISCONNECTED


def test_a_peer_that_stops_reading_is_no_answer() -> None:
    with tcp_pair() as (transport, _):
        with pytest.raises(DeviceFault) as caught:
            transport.write(b"x" * 20_000_000, 0.1)
        assert caught.value.problem is DeviceProblem.NO_ANSWER


def test_a_serial_line_that_nobody_reads_is_no_answer(tmp_path: Path) -> None:
    with Pty(tmp_path / "line") as line, open_transport(str(line.path), 9600, Wake()) as transport:
        with pytest.raises(DeviceFault) as caught:
            transport.write(b"x" * 100_000, 0.1)
        assert caught.value.problem is DeviceProblem.NO_ANSWER


def test_wake_ends_a_read_without_bytes_and_stop_ends_everything(tmp_path: Path) -> None:
    stop, wake = Wake(), Wake()
    with Pty(tmp_path / "line") as line, open_transport(str(line.path), 9600, stop) as transport:
        wake.set()
        assert transport.read(60.0, wake) == b""
        stop.set()
        with pytest.raises(Stopped):
            transport.read(60.0)
        with pytest.raises(Stopped):
            transport.write(b"x", 60.0)


def test_an_endless_sender_does_not_hold_drop_input() -> None:
    with tcp_pair() as (transport, peer):
        ends = threading.Event()

        def flood() -> None:
            while not ends.is_set():
                try:
                    peer.sendall(bytes(65_536))
                except OSError:
                    return

        sender = threading.Thread(target=flood, daemon=True)
        sender.start()
        transport.drop_input()
        ends.set()
        transport.close()
        sender.join(5.0)
        assert not sender.is_alive()


def test_wake_is_a_flag() -> None:
    wake = Wake()
    assert not wake.is_set()
    wake.clear()
    wake.set()
    wake.set()
    assert wake.is_set()
    assert wake.wait(60.0)
    wake.clear()
    assert not wake.wait(0.001)

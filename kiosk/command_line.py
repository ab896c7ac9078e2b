"""The terminal's commands: run, play (the demonstration session), check, enrol, enrol-face, backup, restore,
check-audit, unlock-admin."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.configfile import ConfigFileError
from kiosk.core_dumps import prevent_core_dumps
from kiosk.logs import start_logging
from kiosk.script import Script
from kiosk.settings import Settings, load_settings

if TYPE_CHECKING:
    from kiosk.playing import Play

DEFAULT_CONFIG = Path("config/demo.toml")
OUT = Path("out")
# EX_TEMPFAIL of sysexits.h. `make run` and config/systemd start the terminal again.
START_AGAIN = 75


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0, 1 when something failed (said on standard error), 2 for a wrong call or settings file,
    START_AGAIN when staff have asked for a restart."""
    options = _parser().parse_args(arguments)
    prevent_core_dumps()
    try:
        settings = load_settings(options.config)
    except ConfigFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    status: int = options.act(settings, options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="The terminal, in whichever role.")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="settings file (default: %(default)s)")
    parser.set_defaults(act=_run, out=OUT)
    commands = parser.add_subparsers(title="commands")
    commands.add_parser("run", help="run the terminal (the default)").set_defaults(act=_run)
    play = commands.add_parser("play", help="play the demonstration session without a display")
    play.add_argument("--out", type=Path, default=OUT, help="folder for pictures and papers (default: %(default)s)")
    play.set_defaults(act=_play)
    commands.add_parser("check", help="say what works and what does not").set_defaults(act=_check)
    enrol = commands.add_parser("enrol", help="make this machine a terminal of central")
    enrol.add_argument("code", help="the one-time code from `python -m central enrol-code`")
    enrol.set_defaults(act=_enrol)
    face = commands.add_parser("enrol-face", help="enrol a member's face together with them, and with their guardian")
    face.add_argument("--card", required=True, help="the member's card, its UID in hexadecimal digits")
    face.add_argument("--staff", required=True, help="who is there of the staff, by name or number")
    face.add_argument("--guardian", default="", help="the parent or guardian who agrees for a member under 14")
    face.set_defaults(act=_enrol_face)
    backup = commands.add_parser("backup", help="copy the database, checked and encrypted with the same key")
    backup.add_argument("file", type=Path)
    backup.set_defaults(act=_backup)
    restore = commands.add_parser("restore", help="put the database back to such a copy; then enrol anew")
    restore.add_argument("file", type=Path)
    restore.set_defaults(act=_restore)
    check_audit = commands.add_parser("check-audit", help="say whether somebody changed the audit log")
    check_audit.set_defaults(act=_check_audit)
    unlock = commands.add_parser("unlock-admin", help="let PINs be typed on the admin screen after too many wrong ones")
    unlock.set_defaults(act=_unlock_admin)
    return parser


def _run(settings: Settings, options: argparse.Namespace) -> int:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("SDL_VIDEODRIVER")):
        sys.stdout.write("No display here: playing the demonstration session on a virtual one.\n")
        return _play(settings, options)
    return _with_window(settings, options.config, None)


def _play(settings: Settings, options: argparse.Namespace) -> int:
    if settings.is_of_kitchen:
        sys.stderr.write("Nobody orders here: there is no demonstration session to play. It needs a display.\n")
        return 2
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    demonstration = _demonstration(settings)(settings, options.out, sys.stdout)
    status = _with_window(settings, options.config, demonstration)
    return status or (0 if demonstration.succeeded else 1)


def _demonstration(settings: Settings) -> type[Play]:
    """Of the terminal's role."""
    if settings.terminal.role == "counter":
        from kiosk.counter_demonstration import CounterDemonstration

        return CounterDemonstration
    from kiosk.demonstration import Demonstration

    return Demonstration


def _with_window(settings: Settings, config_path: Path, script: Script | None) -> int:
    gc.disable()  # what is made while starting stays: looking for garbage in it costs a tenth of the start
    from kiosk.screens.window import prepare_window

    state_dir = settings.terminal.state_dir
    start_logging(settings.log, state_dir)
    # With a second window beside it, where this one stands is not left to the window system.
    has_second = settings.terminal.role == "counter" and settings.counter.customer_display
    prepare_window(settings.screen, state_dir / "kivy", (0, 0) if has_second else None)
    from kiosk.bootstrap import run_terminal
    from kiosk.services.ports import StorageFailed
    from kiosk.state_folder import AlreadyRunning
    from kiosk.store.errors import CannotOpenStore

    try:
        is_to_start_again = run_terminal(settings, config_path, script)
    except (AlreadyRunning, CannotOpenStore, StorageFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return START_AGAIN if is_to_start_again else 0


def _check(settings: Settings, options: argparse.Namespace) -> int:
    from kiosk.check import check_everything

    return 0 if check_everything(settings, options.config, sys.stdout) else 1


def _enrol(settings: Settings, options: argparse.Namespace) -> int:
    from kiosk.services.ports import CentralRefused, CentralUnreachable
    from kiosk.store.errors import CannotOpenStore
    from kiosk.terminal_store import enrol_terminal, open_terminal_store

    try:
        store = open_terminal_store(settings)
    except CannotOpenStore as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        enrol_terminal(settings, store, options.code)
    except (CentralRefused, CentralUnreachable) as error:
        sys.stderr.write(f"Not enrolled: {error}\n")
        return 1
    finally:
        store.close()
    sys.stdout.write("Enrolled.\n")
    return 0


def _enrol_face(settings: Settings, options: argparse.Namespace) -> int:
    from kiosk.domain.face_consent import MAX_GUARDIAN_CHARS
    from kiosk.domain.refund import MAX_STAFF_CHARS
    from kiosk.domain.text import TextError, check_text
    from kiosk.screens.flow.account_state import StaffPresent
    from kiosk.staff_enrolment import StaffEnrolment

    try:
        check_text(options.staff, MAX_STAFF_CHARS, "who is there of the staff")
        if options.guardian:
            check_text(options.guardian, MAX_GUARDIAN_CHARS, "the guardian's name")
    except TextError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    enrolment = StaffEnrolment(StaffPresent(options.card.upper(), options.staff, options.guardian), sys.stdout)
    status = _with_window(settings, options.config, enrolment)
    return status or (0 if enrolment.succeeded else 1)


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from kiosk.services.ports import StorageFailed
    from kiosk.store.errors import BackupFailed, CannotOpenStore
    from kiosk.terminal_store import back_up, open_terminal_store

    try:
        store = open_terminal_store(settings)
        try:
            back_up(store, options.file)
        finally:
            store.close()
    except (BackupFailed, CannotOpenStore, StorageFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Copied to {options.file}; the key that opens it is not in the copy.\n")
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from kiosk.state_folder import AlreadyRunning, take_state_dir
    from kiosk.store.errors import BackupFailed, CannotOpenStore
    from kiosk.terminal_store import restore_terminal_store

    try:
        lock = take_state_dir(settings.terminal.state_dir)
    except AlreadyRunning as error:
        sys.stderr.write(f"{error}; stop it first\n")
        return 1
    try:
        restore_terminal_store(settings, options.file)
    except (BackupFailed, CannotOpenStore) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        os.close(lock)
    sys.stdout.write(
        "Restored. Cards pay here again when this terminal is enrolled anew:\n"
        "  `python -m central enrol-code --replaces LETTER` on the server, `enrol CODE` here.\n"
    )
    return 0


def _check_audit(settings: Settings, _: argparse.Namespace) -> int:
    from kiosk.audit_check import check_audit_log
    from kiosk.services.ports import StorageFailed
    from kiosk.store.errors import CannotOpenStore

    try:
        return 0 if check_audit_log(settings, sys.stdout) else 1
    except (CannotOpenStore, StorageFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _unlock_admin(settings: Settings, _: argparse.Namespace) -> int:
    from kiosk.admin_unlocking import unlock_admin
    from kiosk.services.ports import StorageFailed
    from kiosk.store.errors import CannotOpenStore

    try:
        unlock_admin(settings)
    except (CannotOpenStore, StorageFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Unlocked: wrong tries are counted from none again.\n")
    return 0

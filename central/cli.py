"""`python -m central …`: the central server's command line. Exit status: 0 done, 1 could not be done, 2 wrong usage or
settings; the reason is on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from central.audit import commands as audit
from central.commands import say
from central.copying import copy_database
from central.coupons import commands as coupons
from central.database import opened_database
from central.deleting import commands as deleting
from central.errors import CentralError
from central.faces import commands as faces
from central.ingredients import commands as ingredients
from central.logs import configure_logs
from central.members import commands as members
from central.menu import commands as menu
from central.opening import initialise, opened
from central.orders import commands as orders
from central.push import commands as push
from central.restoring import commands as restoring
from central.settings import Settings, load_settings, with_url
from central.shifts import commands as shifts
from central.staff import commands as staff
from central.stock import commands as stock
from central.terminals import commands as terminals
from central.wallet import commands as wallet
from kiosk.configfile import ConfigFileError
from kiosk.core_dumps import prevent_core_dumps
from kiosk.domain.errors import DomainError

DEFAULT_CONFIG = Path("config/demo-central.toml")
DONE, FAILED, WRONG_USAGE = 0, 1, 2
_FOLDERS = (
    terminals, menu, members, staff, coupons, wallet, orders, stock, ingredients, shifts, push, audit, faces, deleting,
    restoring,
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    prevent_core_dumps()
    try:
        settings = load_settings(arguments.config)
        arguments.run(settings, arguments)
    except ConfigFileError as error:
        return _failed(str(error), WRONG_USAGE)
    except (CentralError, DomainError) as error:
        return _failed(str(error), FAILED)
    except DBAPIError as error:
        return _failed(f"the database refused: {error.orig}", FAILED)
    return DONE


def _failed(reason: str, status: int) -> int:
    sys.stderr.write(f"central: {reason}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central", description="The canteen's central server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help=f"settings (default: {DEFAULT_CONFIG})"
    )

    def command(name: str, run: Callable[..., None], summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary, parents=[common])
        added.set_defaults(run=run)
        return added

    command("init", _init, "make the database and the API token; done again it changes nothing")
    serve = command("serve", _serve, "serve terminals and staff until stopped")
    serve.add_argument("--ready-fd", type=int, metavar="N", help="write the URL there, not to standard output")
    copy = command("copy-to", _copy_to, "copy the embedded database into an empty PostgreSQL; stop the server first")
    copy.add_argument("url", help="postgresql://…, then to be written into the settings as database.url")
    for folder in _FOLDERS:
        folder.add_commands(command)
    return parser


def _init(settings: Settings, _: argparse.Namespace) -> None:
    initialise(settings, say)


def _serve(settings: Settings, arguments: argparse.Namespace) -> None:
    # Only serving needs the web framework; importing it takes as long as most commands.
    from central.app import create_app
    from central.server import Server, ignore_repeated_stop_signals, look_for_garbage_seldom

    configure_logs(settings.server.state_dir / "logs", settings.log)

    def on_ready(url: str) -> None:
        if arguments.ready_fd is None:
            say(f"listening on {url}")
        else:
            with os.fdopen(arguments.ready_fd, "w") as ready:
                ready.write(url + "\n")

    with opened(settings) as parts:
        ignore_repeated_stop_signals()
        server = Server(create_app(parts), settings.listen, parts.waiters, on_ready)
        look_for_garbage_seldom()
        server.listen_and_serve()


def _copy_to(settings: Settings, arguments: argparse.Namespace) -> None:
    if settings.database.url is not None:
        raise CentralError("the settings name a PostgreSQL already: its own tools copy it")
    with opened_database(settings) as source, opened_database(with_url(settings, arguments.url)) as target:
        rows = copy_database(source, target)
    say(f"copied {rows} rows; now write the URL into the settings, and never serve from the old file again")

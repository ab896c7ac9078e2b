"""Central's settings: one TOML file, typed; an unknown key is an error that names file, line and field."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from central.errors import CentralError
from kiosk.configfile import TomlFile
from kiosk.domain.member_act import MAX_CORRECTION_MINOR
from kiosk.domain.release import is_version

PlainText = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class CanteenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom this server serves. `currency` holds for every amount and cannot change later."""

    name: PlainText
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "CNY"
    timezone: str = "Asia/Shanghai"


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`state_dir` holds the API token, what a restore needs (seal.key, restore.record), the logs and, without a
    database URL, the database and its key; relative to the working folder."""

    state_dir: Path


class ListenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other hosts than the loopback need TLS: `tls_certificate` (with its chain) and `tls_key`, PEM files. Port 0 takes
    a free one."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8710
    tls_certificate: Path | None = None
    tls_key: Path | None = None


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is postgresql://…; left out, an encrypted SQLite file in `state_dir`."""

    url: str | None = None


class FirstContentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `init` imports into a database that is new; every member is given a coupon of each offer."""

    menu: Path | None = None
    members: Path | None = None
    offers: Path | None = None
    staff: Path | None = None
    recipes: Path | None = None


class PreGrantSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member can spend where they usually eat while this server is away, in minor units (fen): `limit_minor` at
    each of the one or two terminals, 0 for nothing. `terminal_cap_minor` is the most that all members together can
    spend at one terminal, and so the most that a stolen one is worth."""

    limit_minor: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 4_000
    terminal_cap_minor: Annotated[int, msgspec.Meta(ge=0, le=100_000_000_000)] = 5_000_000


class BalanceCorrectionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What two of the staff may add to a balance at a terminal, or take from it, in one act: at most that, in minor
    units (fen); 0 for nothing."""

    largest_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_CORRECTION_MINOR)] = 20_000


class FacesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`shared`: sealed copies of faces are passed on between the terminals that share theirs, if the member consents to
    it. This server cannot open them."""

    shared: bool = False


class TerminalsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`release`: the version that terminals ought to run, shown there to whoever looks after them; "" says nothing.
    Nothing is installed by it."""

    release: Annotated[str, msgspec.Meta(max_length=23)] = ""


CreditLines = dict[
    Annotated[str, msgspec.Meta(min_length=1, max_length=60)], Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
]
"""How far a balance may fall below zero, in minor units (fen), by group of members: staff = 10_000."""


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Literal["debug", "info", "warning", "error"] = "info"
    max_bytes: Annotated[int, msgspec.Meta(ge=10_000)] = 2_000_000
    keep_files: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    canteen: CanteenSettings
    server: ServerSettings
    listen: ListenSettings = ListenSettings()
    database: DatabaseSettings = DatabaseSettings()
    first_content: FirstContentSettings = FirstContentSettings()
    pre_grants: PreGrantSettings = PreGrantSettings()
    credit_lines: CreditLines = {}
    balance_corrections: BalanceCorrectionSettings = BalanceCorrectionSettings()
    faces: FacesSettings = FacesSettings()
    terminals: TerminalsSettings = TerminalsSettings()
    log: LogSettings = LogSettings()


def load_settings(path: Path) -> Settings:
    """Read and check the settings file. Raises ConfigFileError naming file, line and field."""
    file = TomlFile(path)
    settings = file.convert(Settings)
    _check_timezone(file, settings.canteen.timezone)
    _check_listen(file, settings.listen)
    if settings.terminals.release and not is_version(settings.terminals.release):
        raise file.error("terminals.release", 'is no version such as "1.4.0"')
    if settings.database.url is not None:
        _check_url(file, settings.database.url)
    return settings


def with_url(settings: Settings, url: str) -> Settings:
    """The same settings with that database. Raises CentralError for what is no address of a PostgreSQL."""
    reason = _url_fault(url)
    if reason:
        raise CentralError(f"the URL {reason}")
    return msgspec.structs.replace(settings, database=DatabaseSettings(url=url))


def _check_timezone(file: TomlFile, timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (KeyError, OSError, ValueError) as error:
        raise file.error("canteen.timezone", f"unknown time zone {timezone!r}") from error


def _check_listen(file: TomlFile, listen: ListenSettings) -> None:
    if (listen.tls_certificate is None) != (listen.tls_key is None):
        missing = "tls_key" if listen.tls_key is None else "tls_certificate"
        raise file.error(f"listen.{missing}", "is missing: TLS needs both tls_certificate and tls_key")
    for name in ("tls_certificate", "tls_key"):
        path = getattr(listen, name)
        if path is not None and not path.is_file():
            raise file.error(f"listen.{name}", f"there is no file {path}")
    if listen.tls_key is None and not _is_loopback(listen.host):
        reason = f"{listen.host} is reachable by others: that needs tls_certificate and tls_key"
        raise file.error("listen.host", reason)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_url(file: TomlFile, url: str) -> None:
    reason = _url_fault(url)
    if reason:
        raise file.error("database.url", reason)


def _url_fault(url: str) -> str:
    """Why it cannot be the database's URL, or "". It never repeats the URL, which may hold a password."""
    try:
        driver = make_url(url).drivername
    except ArgumentError:
        return "is not a database URL"
    return "" if driver == "postgresql" else "must begin with postgresql://"

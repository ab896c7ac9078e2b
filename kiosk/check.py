"""`python main.py check`: says plainly what works and what does not of configuration, storage, devices and central."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from kiosk.central_connection import address_of
from kiosk.devices.camera.source import Recording, Source, look, port_of, source_of
from kiosk.devices.transport import DeviceFault, open_transport
from kiosk.devices.wake import Wake
from kiosk.domain.face_consent import USES, ConsentPurpose
from kiosk.face import model_files
from kiosk.face.model_versions import versions_of
from kiosk.screens.announcer import has_voice
from kiosk.screens.consent_files import read_consent_text
from kiosk.screens.sounds import has_audio_output
from kiosk.services.consent_text import CONSENT_VERSION
from kiosk.services.events import DeviceProblem
from kiosk.services.faces_of import FacesHere
from kiosk.services.ports import CentralRefused, CentralUnreachable, StorageFailed
from kiosk.settings import Settings
from kiosk.settings.devices import CardReaderSettings, PrinterSettings, ScannerSettings
from kiosk.settings.face import FaceModelSettings
from kiosk.store.errors import CannotOpenStore
from kiosk.sync.client import CentralClient
from kiosk.sync.face_letters import SiteKey, SiteKeyUnusable, read_site_key
from kiosk.sync.line import CentralAddressError, CentralLine
from kiosk.sync.wire import FaceExchange, FaceExchangeReply
from kiosk.system_clock import SystemClock
from kiosk.terminal_store import open_terminal_store

_PROBLEMS = {
    DeviceProblem.NOT_FOUND: "nothing is there: is it plugged in, and is the port right?",
    DeviceProblem.NO_PERMISSION: "this user may not open it: add the user to the group that owns it (often dialout)",
    DeviceProblem.BUSY: "another program has it open (a running terminal?)",
    DeviceProblem.REFUSED: "it refused the connection: is it switched on, is the address right?",
    DeviceProblem.NO_ANSWER: "no answer: is it switched on and on this network?",
}
_HEALTH_REPLY_BYTES = 64 * 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `works` None: nothing to say yes or no to."""

    text: str
    works: bool | None


def _good(text: str) -> Finding:
    return Finding(text, works=True)


def _bad(text: str) -> Finding:
    return Finding(text, works=False)


def _note(text: str) -> Finding:
    return Finding(text, works=None)


def check_everything(settings: Settings, config_path: Path, report: TextIO) -> bool:
    """Write the findings to `report`; True when nothing is broken."""
    sections: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("Configuration", lambda: _configuration(settings, config_path)),
        ("Storage", lambda: _storage(settings)),
        ("Devices", lambda: _devices(settings)),
        ("Faces", lambda: _faces(settings)),
        ("Central", lambda: _central(settings)),
        ("Shared faces", lambda: _shared_faces(settings)),
    )
    all_work = True
    for title, findings in sections:
        report.write(f"{title}\n")
        for finding in findings():
            mark = {True: "works ", False: "BROKEN", None: "note  "}[finding.works]
            report.write(f"  {mark}  {finding.text}\n")
            all_work = all_work and finding.works is not False
    return all_work


def _configuration(settings: Settings, config_path: Path) -> Iterator[Finding]:
    yield _good(f"{config_path} is read and understood")
    for simulator in settings.simulator:
        yield _note(f"{simulator.name} at {simulator.port} is a simulator, not a real device")
    if settings.camera is not None and isinstance(source_of(settings.camera.source), Recording):
        yield _note(f"{settings.camera.name} plays a recording, it is no camera")
    if settings.is_of_kitchen:
        yield from _of_kitchen(settings)
        return
    if not settings.card_reader:
        yield _note("no card reader is configured: nobody can pay by card here")
    if not settings.printer:
        yield _note("no printer is configured: numbers are shown on the screen only")
    if settings.terminal.meal_period:
        yield _note(f"held at the meal period {settings.terminal.meal_period!r} whatever the clock says")


def _of_kitchen(settings: Settings) -> Iterator[Finding]:
    yield _note(f"shows the tickets of {settings.kitchen.stall or 'all stalls'}")
    if settings.terminal.role != "board":
        return
    if not settings.screen.sound:
        yield _note("no sound: the settings say so")
    elif not has_audio_output():
        yield _note("no sound: this machine has no audio output, numbers are not called out")
    elif not has_voice(settings.board.voice):
        yield _bad("no voice: the clips in assets/voice are not whole; the chime is all that is heard")
    else:
        yield _good(f"numbers are called out in: {', '.join(settings.board.voice) or 'no language, chime only'}")


def _storage(settings: Settings) -> Iterator[Finding]:
    try:
        store = open_terminal_store(settings)
    except (CannotOpenStore, OSError) as error:
        yield _bad(str(error))
        return
    try:
        with store.transaction() as tx:
            menu, waiting = tx.menus.current(), tx.outbox.waiting()
            identity, is_copy = tx.identity.get(), tx.identity.is_forgotten()
    except StorageFailed as error:
        yield _bad(str(error))
        return
    finally:
        store.close()
    yield _good(f"the database in {settings.terminal.state_dir} opens and is whole")
    yield _note(f"{waiting} events wait to be uploaded")
    if settings.terminal.role == "board":
        pass  # no menu comes here
    elif menu is None:
        yield _note("no menu yet: it comes from central")
    else:
        yield _good(f"menu {menu.version}: {len(menu.dishes)} dishes, {len(menu.combos)} combos")
    if identity is None:
        yield (_note if settings.central.embedded else _bad)("not enrolled yet: python main.py enrol CODE")
    elif is_copy:
        yield _bad("put back to a backup: enrol it anew (on the server: enrol-code --replaces LETTER)")
    else:
        yield _good(f"enrolled as terminal {identity.letter} of {identity.canteen_name}")


def _devices(settings: Settings) -> Iterator[Finding]:
    if settings.camera is not None:
        yield _camera(settings, source_of(settings.camera.source))
    configured: tuple[CardReaderSettings | ScannerSettings | PrinterSettings, ...] = (
        *settings.card_reader,
        *settings.scanner,
        *settings.printer,
    )
    for device in configured:
        name = f"{device.name} ({device.driver} at {device.port})"
        try:
            open_transport(device.port, device.baud, Wake()).close()
        except DeviceFault as error:
            what = _PROBLEMS.get(error.problem, str(error))
            hint = " (its simulator is not running)" if settings.is_simulated(device.port) else ""
            yield _bad(f"{name}: {what}{hint}")
        else:
            yield _good(f"{name} can be opened")


def _camera(settings: Settings, source: Source) -> Finding:
    """Whether it is there; no picture is taken."""
    try:
        look(source, Wake())
    except DeviceFault as error:
        what = _PROBLEMS.get(error.problem, str(error))
        hint = " (its simulator is not running)" if settings.is_simulated(port_of(source)) else ""
        return _bad(f"camera at {source}: {what}{hint}")
    return _good(f"camera at {source} is there")


def _faces(settings: Settings) -> Iterator[Finding]:
    """Each model is loaded and tried; nobody is looked at."""
    if settings.face is None:
        yield _note("no [face] in the settings: nobody is recognised, cards work")
        return
    if settings.camera is None:
        yield _bad("[face] needs a [camera]: without one nobody is recognised, cards work")
    if read_consent_text() is None:
        yield _bad(f"the text of the consent, {CONSENT_VERSION}, is not whole in assets/consent: nobody can enrol")
    try:
        models = versions_of(settings.face.model)
        for find in (model_files.yunet, model_files.sface, model_files.face_mesh):
            find()
    except model_files.ModelMissing as error:
        yield _bad(str(error))
        return
    yield from _models(settings.face.model, models)
    yield from _enrolled_faces(settings, models)


def _models(models: tuple[FaceModelSettings, ...], versions: Mapping[str, str]) -> Iterator[Finding]:
    from kiosk.face.trial import fault_of_model  # numpy and OpenCV come with it

    for model in models:
        name = f"{model.name} ({versions[model.name]})"
        fault = fault_of_model(model)
        yield _bad(f"model {name}: {fault}") if fault else _good(f"model {name}: loaded, and tried on a made picture")


def _enrolled_faces(settings: Settings, models: Mapping[str, str]) -> Iterator[Finding]:
    try:
        store = open_terminal_store(settings)
    except (CannotOpenStore, OSError):
        return  # said under Storage
    try:
        here = FacesHere(store, SystemClock(), models)
        counts = {purpose: len(here.usable(purpose)) for purpose in USES}
    except StorageFailed as error:
        yield _bad(str(error))
        return
    finally:
        store.close()
    ordering, paying = counts[ConsentPurpose.ORDERING], counts[ConsentPurpose.PAYING]
    yield _note(f"{ordering} members may be recognised here for ordering, {paying} for paying")


def _central(settings: Settings) -> Iterator[Finding]:
    url = settings.central.url
    try:
        line = CentralLine(address_of(settings.central))
        try:
            line.request("GET", "/v1/health", b"", {}, max_reply_bytes=_HEALTH_REPLY_BYTES)
        finally:
            line.close()
    except CentralAddressError as error:
        yield _bad(str(error))
    except (CentralUnreachable, CentralRefused) as error:
        hint = " (the terminal starts this embedded server itself)" if settings.central.embedded else ""
        yield _bad(f"{url} does not answer: {error}{hint}")
    else:
        yield _good(f"{url} answers")
        if settings.is_of_kitchen:
            yield _tickets(settings)


def _tickets(settings: Settings) -> Finding:
    """Whether central tells this terminal of them: it does not when it was enrolled with another role."""
    try:
        page = _ask_as_terminal(settings, lambda client: client.kitchen("", 0, 0))
    except (CentralUnreachable, CentralRefused) as error:
        return _bad(f"central tells of no tickets: {error}")
    if page is None:
        return _note("central was not asked for tickets: not enrolled yet")
    return _good(f"central tells of {len(page.tickets)} tickets that are made or ready")


def _shared_faces(settings: Settings) -> Iterator[Finding]:
    """With whom. Only central can say who takes part; who is of the site, the site's key says."""
    if settings.face is None or settings.face.site_key_file is None:
        yield _note("faces stay at this terminal: the settings name no face.site_key_file")
        return
    try:
        key = read_site_key(settings.face.site_key_file)
    except SiteKeyUnusable as error:
        yield _bad(str(error))
        return
    yield _good(f"the site's key is {key.fingerprint}: every terminal of the site must show the same")
    reply = _exchange(settings)
    if reply is None:
        yield _note("central was not asked: not enrolled, or it does not answer")
    elif not reply.is_on:
        yield _note("central passes no faces on: its settings say [faces] shared = false")
    else:
        yield from _sharers(key, reply)


def _sharers(key: SiteKey, reply: FaceExchangeReply) -> Iterator[Finding]:
    for sharer in reply.sharers:
        if key.has_certified(sharer.box):
            yield _good(f"terminal {sharer.letter} shares faces")
        else:
            yield _bad(f"terminal {sharer.letter} has another site's key, or is none of this site: it is sent no face")


def _exchange(settings: Settings) -> FaceExchangeReply | None:
    try:
        return _ask_as_terminal(settings, lambda client: client.exchange_faces(FaceExchange(lists_sharers=True)))
    except (CentralUnreachable, CentralRefused):
        return None


def _ask_as_terminal(settings: Settings, ask: Callable[[CentralClient], T]) -> T | None:
    """None: not enrolled, or the store cannot be read. Raises CentralUnreachable, CentralRefused."""
    try:
        store = open_terminal_store(settings)
        try:
            identity = store.identity()
        finally:
            store.close()
        if identity is None:
            return None
        client = CentralClient(address_of(settings.central), identity)
    except (CannotOpenStore, OSError, StorageFailed, CentralAddressError):
        return None
    try:
        return ask(client)
    finally:
        client.line.close()

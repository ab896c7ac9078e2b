"""Staff made at central get in at a terminal, by the real feed and a real hash; whoever is removed is out at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from central.staff.pins import hash_pin
from central.staff.service import add_card, add_staff, remove_staff, set_pin, set_roles
from kiosk.admin_unlocking import unlock_admin
from kiosk.domain.staff import Role
from kiosk.screens.admin_effects import answered
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.services.audit import Audit
from kiosk.services.entry import Entered, EntryOutcome, NotEntered, PinWanted, Refusal
from kiosk.services.events import StaffChanged
from kiosk.services.getting_in import GettingIn
from kiosk.settings import load_settings
from kiosk.store.last_run import DATABASE, KEY
from kiosk.store.pin_hash import pin_matches
from tests.admin_flow.visits import VISIT, after, at_gate, inside, typed, wanted
from tests.central.support import Central
from tests.till.till import Till

CARD = "5C00A1B2C3"


@dataclass
class Here:
    """A till's gate: AdminServices."""

    till: Till

    def __post_init__(self) -> None:
        clock = self.till.services.clock
        self.getting_in = GettingIn(self.till.store, Audit(clock), clock, pin_matches)

    def answer(self, effect: fx.EnterByPin | fx.EnterByCard | fx.LookUpStaff) -> object:
        return answered(effect, lambda: self)

    def tries(self, digits: str) -> EntryOutcome:
        answer = self.answer(fx.EnterByPin(VISIT, digits))
        assert isinstance(answer, ev.EntryAnswered)
        return answer.outcome


@pytest.fixture
def here(new_till: Callable[[], Till]) -> Here:
    return Here(new_till())


def test_the_whole_way_of_one_who_works_here(central: Central, here: Here) -> None:
    write = central.parts.transactions.write
    number = write(lambda tx: add_staff(tx, "刘师傅", [Role.RESTOCK], hash_pin("4271")))
    assert here.tries(f"{number}4271") == NotEntered(Refusal.WRONG), "the feed was not read yet"
    here.till.reads_feed()
    liu = here.tries(f"{number}4271")
    assert isinstance(liu, Entered)
    assert (liu.staff.name, liu.staff.roles) == ("刘师傅", {Role.RESTOCK})

    write(lambda tx: add_card(tx, number, CARD))
    here.till.reads_feed()
    assert here.getting_in.by_card(CARD) == liu
    write(lambda tx: set_roles(tx, number, [Role.RESTOCK, Role.MANAGER]))
    write(lambda tx: set_pin(tx, number, hash_pin("5382")))
    here.till.reads_feed()
    assert here.getting_in.by_card(CARD) == PinWanted(number)
    assert here.tries(f"{number}4271") == NotEntered(Refusal.WRONG)
    assert isinstance(here.tries(f"{number}5382"), Entered)

    visit = inside(liu.staff)
    write(lambda tx: remove_staff(tx, number))
    here.till.reads_feed()
    (look_up,) = wanted(visit, StaffChanged())
    assert isinstance(look_up, fx.LookUpStaff)
    answer = here.answer(look_up)
    assert answer == ev.StaffLookedUp(VISIT, None)
    assert wanted(visit, answer) == (fx.NoteLeft(VISIT, liu.staff.id, fx.LeftBy.REMOVED),)
    assert here.getting_in.by_card(CARD) == NotEntered(Refusal.CARD_UNKNOWN)
    assert here.tries(f"{number}5382") == NotEntered(Refusal.WRONG)


def test_the_feed_says_so_in_one_page(central: Central, new_till: Callable[[], Till]) -> None:
    """What the bridge hears when staff change."""
    till, published = new_till(), []

    class Events:
        def publish(self, event: object) -> None:
            published.append(event)

    from kiosk.sync.pull import FeedReader

    central.parts.transactions.write(lambda tx: add_staff(tx, "陈姐", [Role.COUNTER]))
    with till._client() as client:
        reader = FeedReader(client, till.store, till.identity, Events(), lambda: None)  # type: ignore[arg-type]
        while reader.read_page(0):
            pass
    assert published == [StaffChanged()]


def test_what_the_gate_says_when_the_store_fails(here: Here) -> None:
    here.till.store.close()
    effect = fx.EnterByPin(VISIT, "104271")
    failed = here.answer(effect)
    assert failed == ev.EffectFailed(VISIT, effect, failed.failure)  # type: ignore[attr-defined]
    asking = after(at_gate(), *typed("104271"), ev.PinConfirmed())
    assert after(asking, failed).gate.refusal is Refusal.STORAGE_FAILED
    here.till.reopens()


def test_it_at_the_machine_unlocks_pins(here: Here, tmp_path_factory: pytest.TempPathFactory) -> None:
    for _ in range(5):
        here.tries("774271")
    assert here.tries("774271") == NotEntered(Refusal.WAIT, 30.0)
    folder = tmp_path_factory.mktemp("settings")
    (folder / DATABASE).symlink_to(here.till.folder / "kiosk.db")
    (folder / KEY).symlink_to(here.till.folder / "kiosk.key")
    config = folder / "terminal.toml"
    config.write_text(
        f'[terminal]\nname = "1"\nstate_dir = "{folder}"\n[central]\nurl = "{here.till.central.url}"\n',
        encoding="utf-8",
    )
    unlock_admin(load_settings(config))
    assert here.tries("774271") == NotEntered(Refusal.WRONG)
    with here.till.store.transaction() as tx:
        found = tx.audit.open_log()
        assert found is not None
        bodies = [entry.body for entry in tx.audit.entries_after(found[0], 0, 100)]
    assert any(b'"pins_unlocked"' in body and b'"os-uid:' in body for body in bodies)

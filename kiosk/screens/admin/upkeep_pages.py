"""Central, storage, versions: a row a fact, and under them the one thing that can be done."""

from __future__ import annotations

from datetime import timedelta

from kiosk.screens.admin import upkeep_words as words
from kiosk.screens.admin.parts import AdminRow
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.upkeep_state import Page, UpkeepState
from kiosk.screens.kv import load_kv
from kiosk.services.events import LinkState
from kiosk.services.ports import CentralTold
from kiosk.services.terminal_health import ROOM_IS_LOW_BYTES
from kiosk.services.upkeep import NotTold, UpkeepSeen

_FULL_SOON_DAYS = 30
_FRESH = timedelta(minutes=2)  # the feed is asked at least twice in that time
_BACKUP_IS_OLD_DAYS = 2
_EPOCH_CHARS = 8
_SHOWN_ABOVE = ("kiosk", "protocol")


class RowsPage(AdminScreen):
    """A subclass says which rows, and what the button under them does ("" is none)."""

    def notice_words(self, about: object) -> str:
        return words.said_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, UpkeepState) or not self.changed("rows", mine, state.link):
            return
        rows = self.ids.rows
        rows.clear_widgets()
        _ = self.texts.gettext
        if mine.seen is None:
            rows.add_widget(AdminRow(text=_("One moment"), disabled=True))
        else:
            for row in self.rows_of(mine, mine.seen, state.link):
                rows.add_widget(row)
        self.ids.act.text, self.ids.act.disabled = self.act_words(mine)

    def rows_of(self, mine: UpkeepState, seen: UpkeepSeen, link: LinkState) -> list[AdminRow]:
        raise NotImplementedError

    def act_words(self, _mine: UpkeepState) -> tuple[str, bool]:
        """What the button says, and whether it cannot be touched now."""
        return "", True

    def act(self) -> None:
        """The button was touched."""


class SyncPage(RowsPage):
    """What waits, since when, what central has not booked."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Central")

    def rows_of(self, mine: UpkeepState, seen: UpkeepSeen, link: LinkState) -> list[AdminRow]:
        return [
            self._waiting(seen),
            self._contact(seen, link),
            self._quarantine(mine.told),
            self._feed(mine.told),
            self._self(seen),
        ]

    def act_words(self, mine: UpkeepState) -> tuple[str, bool]:
        return self.texts.gettext("Ask central again"), mine.told is None

    def act(self) -> None:
        self.dispatch_flow(up.AskAgainTouched())

    def _waiting(self, seen: UpkeepSeen) -> AdminRow:
        _, ngettext = self.texts.gettext, self.texts.ngettext
        position = seen.position
        row = AdminRow(test_id="waiting", icon="sync", text=_("To be sent"), disabled=True)
        if not position.waiting:
            row.value, row.tone = _("nothing"), "positive"
            return row
        row.value, row.tone = (
            ngettext("{n} event", "{n} events", position.waiting).format(n=position.waiting),
            "warning",
        )
        orders = ngettext("{n} of them is an order.", "{n} of them are orders.", position.orders_waiting)
        row.detail = orders.format(n=position.orders_waiting)
        if position.oldest_at is not None:
            age = words.age_words(seen.now - position.oldest_at, self.texts)
            row.detail += "\n" + _("The oldest is of {time}, {age}.").format(
                time=words.moment_words(position.oldest_at.astimezone(seen.now.tzinfo), seen.now), age=age
            )
        return row

    def _contact(self, seen: UpkeepSeen, link: LinkState) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="contact", icon="cloud-check", text=_("Last contact"), disabled=True)
        row.value, row.tone = _("none since the start"), "warning"
        if seen.last_contact_at is not None:
            row.value = words.moment_words(seen.last_contact_at, seen.now)
            is_fresh = link is LinkState.ONLINE and seen.now - seen.last_contact_at < _FRESH
            row.tone = "positive" if is_fresh else "warning"
        row.detail = {
            LinkState.ONLINE: "",
            LinkState.OFFLINE: _("Sales go on and are kept here. Look at the network cable, then ask IT."),
            LinkState.REFUSED: _("Central does not accept this terminal. IT: enrol it anew."),
        }[link]
        return row

    def _quarantine(self, told: CentralTold | NotTold | None) -> AdminRow:
        _, ngettext = self.texts.gettext, self.texts.ngettext
        row = AdminRow(test_id="quarantine", icon="alert", text=_("Not booked by central"))
        row.disabled = not (isinstance(told, CentralTold) and told.quarantined)
        if not isinstance(told, CentralTold):
            row.value, row.detail = words.not_told_words(told, self.texts)
            return row
        row.value, row.tone = _("nothing"), "positive"
        if told.quarantined_count:
            row.value = ngettext("{n} event", "{n} events", told.quarantined_count).format(n=told.quarantined_count)
            row.tone = "negative"
            row.detail = _("Central keeps them. Touch here: what is wrong, and what to do.")
            row.fbind("on_release", lambda _row: self.dispatch_flow(up.PageChosen(Page.QUARANTINE)))
        return row

    def _feed(self, told: CentralTold | NotTold | None) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="feed", icon="arrow-collapse-down", text=_("News from central"), disabled=True)
        if not isinstance(told, CentralTold):
            row.value, row.detail = words.not_told_words(told, self.texts)
        elif told.is_behind:
            row.value, row.tone = _("behind"), "warning"
            row.detail = _("Menu, members or prices are still being read. Ask again in a minute.")
        else:
            row.value, row.tone = _("all read"), "positive"
        if isinstance(told, CentralTold) and told.waiting_batches:
            row.detail = _("Central is still booking what was sold while it was away.")
        return row

    def _self(self, seen: UpkeepSeen) -> AdminRow:
        _ = self.texts.gettext
        position = seen.position
        row = AdminRow(test_id="self", icon="tag-outline", text=_("This terminal"), disabled=True)
        if not position.letter:
            row.value, row.tone = _("not enrolled"), "negative"
            return row
        row.value = position.letter
        row.detail = _("Enrolment {n}, central's epoch {epoch}, read up to {after}").format(
            n=position.incarnation, epoch=position.epoch[:_EPOCH_CHARS] or "–", after=position.after
        )
        return row


class StoragePage(RowsPage):
    """Room, the database, backups."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Storage")

    def rows_of(self, mine: UpkeepState, seen: UpkeepSeen, _link: LinkState) -> list[AdminRow]:
        return [self._disk(seen), self._database(mine), self._sizes(seen), self._backup(seen)]

    def act_words(self, mine: UpkeepState) -> tuple[str, bool]:
        _ = self.texts.gettext
        return (_("Checking …") if mine.is_checking else _("Check the database")), mine.is_checking

    def act(self) -> None:
        self.dispatch_flow(up.CheckTouched())

    def _disk(self, seen: UpkeepSeen) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="disk", icon="wallet", text=_("Room on the disk"), disabled=True)
        row.value = _("{size} free").format(size=words.size_words(seen.free_bytes, self.texts))
        days = seen.full_in_days
        row.tone = "negative" if seen.free_bytes < ROOM_IS_LOW_BYTES else "positive"
        row.detail = words.full_words(days, self.texts)
        if days is not None and days <= _FULL_SOON_DAYS:
            row.tone = "negative"
        if row.tone == "negative":
            row.detail += "\n" + _("Make room: IT can say what may go.")
        return row

    def _database(self, mine: UpkeepState) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="integrity", icon="shield-check", text=_("The database"), disabled=True)
        row.value, row.tone = _("not checked yet"), "ink"
        if mine.is_checking:
            row.value = _("One moment")
        elif mine.integrity is not None:
            row.value, row.tone, row.detail = words.integrity_words(mine.integrity, self.texts)
        return row

    def _sizes(self, seen: UpkeepSeen) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="sizes", icon="receipt-text", text=_("What it takes"), disabled=True)
        row.value = words.size_words(seen.database_bytes + seen.wal_bytes + seen.log_bytes, self.texts)
        row.detail = _("Database {database}, written ahead {wal}, logs {logs}").format(
            database=words.size_words(seen.database_bytes, self.texts),
            wal=words.size_words(seen.wal_bytes, self.texts),
            logs=words.size_words(seen.log_bytes, self.texts),
        )
        return row

    def _backup(self, seen: UpkeepSeen) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="backup", icon="history", text=_("Last backup"), disabled=True)
        at = seen.last_backup_at
        row.value = words.moment_words(at, seen.now) if at else _("none noted")
        is_old = at is None or (seen.now - at).days >= _BACKUP_IS_OLD_DAYS
        row.tone = "warning" if is_old else "positive"
        row.detail = _("IT: back it up each night (docs/backup.md).") if is_old else ""
        return row


class VersionsPage(RowsPage):
    """What runs here and at central, and whether that is as it should be."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Versions and update")

    def rows_of(self, mine: UpkeepState, seen: UpkeepSeen, _link: LinkState) -> list[AdminRow]:
        rows = [self._update(mine, seen), self._here(seen), self._beneath(seen)]
        if isinstance(mine.told, CentralTold):
            rows.insert(2, self._central(mine.told))
        return rows

    def act_words(self, mine: UpkeepState) -> tuple[str, bool]:
        return self.texts.gettext("Ask central again"), mine.told is None

    def act(self) -> None:
        self.dispatch_flow(up.AskAgainTouched())

    def _update(self, mine: UpkeepState, seen: UpkeepSeen) -> AdminRow:
        _, told = self.texts.gettext, mine.told
        row = AdminRow(test_id="update", icon="arrow-up", text=_("Update"), disabled=True)
        if isinstance(told, CentralTold):
            state = seen.update_state(told)
            row.value, row.tone, row.detail = words.update_words(state, told.release, self.texts)
        else:
            row.value, row.detail = words.not_told_words(told, self.texts)
        return row

    def _here(self, seen: UpkeepSeen) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="here", icon="information-outline", text=_("This terminal"), disabled=True)
        row.value, row.detail = seen.versions["kiosk"], _("Protocol {n}").format(n=seen.versions["protocol"])
        return row

    def _central(self, told: CentralTold) -> AdminRow:
        _ = self.texts.gettext
        row = AdminRow(test_id="central", icon="cloud-sync", text=_("Central server"), value=told.version)
        row.detail = _("Protocol {oldest} to {newest}").format(oldest=told.oldest_protocol, newest=told.protocol)
        row.disabled = True
        return row

    def _beneath(self, seen: UpkeepSeen) -> AdminRow:
        versions = [f"{name} {version}" for name, version in seen.versions.items() if name not in _SHOWN_ABOVE]
        row = AdminRow(test_id="beneath", icon="cog-outline", text=self.texts.gettext("Beneath it"), disabled=True)
        row.detail = " · ".join(versions)
        return row


load_kv(__file__)

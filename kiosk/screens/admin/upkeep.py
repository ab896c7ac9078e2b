"""Looking after the terminal: a tile a subject, each with how it stands."""

from __future__ import annotations

from kiosk.domain.staff import Permission
from kiosk.screens.admin import upkeep_words as words
from kiosk.screens.admin.parts import ConfirmSheet
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.upkeep_state import Page, UpkeepState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.action_tile import ActionTile
from kiosk.services.ports import CentralTold


class UpkeepTile(ActionTile):
    """One subject."""


class UpkeepScreen(AdminScreen):
    """What is not permitted is not shown."""

    _sheet: ConfirmSheet | None = None

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Sync and upkeep")

    def notice_words(self, about: object) -> str:
        return words.said_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, UpkeepState) or state.staff is None:
            return
        if not self.changed("tiles", mine.seen, mine.told, mine.is_restarting, state.staff.roles):
            self._render_sheet(mine)
            return
        tiles = self.ids.tiles
        tiles.clear_widgets()
        _ = self.texts.gettext
        self._add(Page.SYNC, "cloud-sync", _("Central"), self._sync_words(mine))
        self._add(Page.STORAGE, "wallet", _("Storage"), self._storage_words(mine))
        self._add(Page.VERSIONS, "information-outline", _("Versions and update"), self._version_words(mine))
        if state.staff.may(Permission.EXPORT_SUPPORT_BUNDLE):
            self._add(Page.SUPPORT, "help-circle-outline", _("Support bundle"), _("Logs and figures, nobody's data"))
        if state.staff.may(Permission.RESTART):
            restart = UpkeepTile(test_id="restart", icon="refresh", disabled=mine.is_restarting)
            restart.text = _("Restart the program")
            restart.detail = _("One moment") if mine.is_restarting else _("Takes a few seconds")
            restart.fbind("on_release", lambda _tile: self.dispatch_flow(up.RestartTouched()))
            tiles.add_widget(restart)
        self._render_sheet(mine)

    def left(self) -> None:
        self._close_sheet()

    def _add(self, page: Page, icon: str, text: str, detail: str) -> None:
        tile = UpkeepTile(test_id=f"page-{page}", icon=icon, text=text, detail=detail)
        tile.fbind("on_release", lambda _tile: self.dispatch_flow(up.PageChosen(page)))
        self.ids.tiles.add_widget(tile)

    def _sync_words(self, mine: UpkeepState) -> str:
        _, ngettext = self.texts.gettext, self.texts.ngettext
        if mine.seen is None:
            return _("One moment")
        told = mine.told
        if isinstance(told, CentralTold) and told.quarantined_count:
            count = told.quarantined_count
            return ngettext("{n} event was not booked: look", "{n} events were not booked: look", count).format(n=count)
        waiting = mine.seen.position.waiting
        if waiting:
            return ngettext("{n} event waits to be sent.", "{n} events wait to be sent.", waiting).format(n=waiting)
        return _("Everything is sent")

    def _storage_words(self, mine: UpkeepState) -> str:
        _ = self.texts.gettext
        if mine.seen is None:
            return _("One moment")
        free = _("{size} free").format(size=words.size_words(mine.seen.free_bytes, self.texts))
        days = mine.seen.full_in_days
        return free if days is None else f"{free} · {words.full_words(days, self.texts)}"

    def _version_words(self, mine: UpkeepState) -> str:
        if mine.seen is None:
            return self.texts.gettext("One moment")
        told = mine.told if isinstance(mine.told, CentralTold) else None
        state, _, _ = words.update_words(mine.seen.update_state(told), told.release if told else "", self.texts)
        version = mine.seen.versions["kiosk"]
        return f"{version} · {state}" if told else version

    def _render_sheet(self, mine: UpkeepState) -> None:
        if not mine.asks_restart:
            self._close_sheet()
            return
        if self._sheet is None:
            _ = self.texts.gettext
            self._sheet = ConfirmSheet(
                test_id="restart-sheet",
                title=_("Restart the program?"),
                detail=_("Nobody can order for some seconds. Everything that was sold is kept."),
                confirm_text=_("Restart now"),
                cancel_text=_("Not now"),
            )
            self._sheet.bind(
                on_confirm=lambda *_: self.dispatch_flow(up.RestartConfirmed()),
                on_dismiss=lambda *_: self.dispatch_flow(up.RestartDismissed()),
            )
            self.add_widget(self._sheet)

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self.remove_widget(self._sheet)
            self._sheet = None


load_kv(__file__)

"""A support bundle: what is in it, and where to write it."""

from __future__ import annotations

from kiosk.screens.admin import upkeep_words as words
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.upkeep_state import UpkeepState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.action_tile import ActionTile
from kiosk.services.ports import Place


class PlaceTile(ActionTile):
    """A drive, or the folder of the settings."""


class SupportPage(AdminScreen):
    """A tile a place: touched, the bundle is written there."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Support bundle")

    def notice_words(self, about: object) -> str:
        return words.said_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, UpkeepState) or not self.changed("all", mine.places, mine.is_writing):
            return
        _, ids = self.texts.gettext, self.ids
        ids.about.text = _(
            "For IT and the supplier: logs, versions, settings and figures. No names, cards, balances, faces or keys."
        )
        ids.told.text = self._told(mine)
        ids.again.text, ids.again.disabled = _("Look for drives again"), mine.is_writing
        ids.places.clear_widgets()
        for number, place in enumerate(mine.places or ()):
            tile = PlaceTile(test_id=f"place-{number}", icon="arrow-collapse-down", disabled=mine.is_writing)
            tile.text = place.name or _("The folder of the settings")
            tile.detail = _("{size} free").format(size=words.size_words(place.free_bytes, self.texts))
            tile.fbind("on_release", self._choose, place)
            ids.places.add_widget(tile)

    def look_again(self) -> None:
        self.dispatch_flow(up.AskAgainTouched())

    def _told(self, mine: UpkeepState) -> str:
        _ = self.texts.gettext
        if mine.is_writing:
            return _("Writing. Leave the drive where it is.")
        if mine.places is None:
            return _("One moment")
        return _("Where to?") if mine.places else _("Plug in a USB drive.")

    def _choose(self, place: Place, _tile: PlaceTile) -> None:
        self.dispatch_flow(up.PlaceChosen(place.path))


load_kv(__file__)

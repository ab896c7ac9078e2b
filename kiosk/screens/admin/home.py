"""Home: what this staff member may open, as large tiles."""

from __future__ import annotations

from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.sections import open_to
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets.action_tile import ActionTile


class HomeTile(ActionTile):
    """One section."""


class HomeScreen(AdminScreen):
    """Nothing that may not be opened is shown."""

    def title(self, state: AdminState) -> str:
        return self.texts.gettext("Canteen staff") if state.menu is None else self.texts.of(state.menu.canteen)

    def notice_words(self, _about: object) -> str:
        return ""

    def render(self, state: AdminState) -> None:
        names = open_to(state.staff, state.role) if state.staff is not None else ()
        if not self.changed("tiles", names):
            return
        tiles = self.ids.tiles
        tiles.clear_widgets()
        for name in names:
            icon, text, detail = tile_words(name, self.texts)
            tile = HomeTile(test_id=f"section-{name}", icon=icon, text=text, detail=detail)
            tile.fbind("on_release", self._choose, name)
            tiles.add_widget(tile)
        self.ids.nothing.text = "" if names else self.texts.gettext("There is nothing here for your roles yet.")

    def _choose(self, name: SectionName, _tile: HomeTile) -> None:
        self.dispatch_flow(ev.SectionChosen(name))


def tile_words(name: SectionName, texts: Texts) -> tuple[str, str, str]:
    """Icon, name and a line about it: a line a section."""
    _ = texts.gettext
    return {
        SectionName.SHIFT: ("cash-multiple", _("Shift"), _("Float, cash, closing and Z reports")),
        SectionName.STOCK: ("rice", _("Stock"), _("Sold out, restock, count, waste, what to cook next")),
        SectionName.INGREDIENTS: ("carrot", _("Ingredients"), _("What is left, deliveries, count, waste")),
        SectionName.MENU_OF_DAY: (
            "silverware-fork-knife",
            _("Menu of the day"),
            _("Dishes on and off, prices"),
        ),
        SectionName.ORDERS: ("receipt-text", _("Orders"), _("Find, refund, print again")),
        SectionName.MEMBERS: ("account", _("Members"), _("Look up by card, cash for the balance")),
        SectionName.UPKEEP: ("cog-outline", _("Sync and upkeep"), _("Central, storage, versions, support, restart")),
        SectionName.HEALTH: ("information-outline", _("Health"), _("Devices, network, storage: what works")),
    }[name]


load_kv(__file__)

"""What the screens of the section orders have in common."""

from __future__ import annotations

from kiosk.screens.admin.orders_words import given_back_words
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow.orders_events import GivenBack
from kiosk.screens.admin_flow.state import AdminState


class OrdersSectionScreen(AdminScreen):
    """One of them."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Orders")

    def notice_words(self, about: object) -> str:
        return given_back_words(about, self.texts) if isinstance(about, GivenBack) else ""

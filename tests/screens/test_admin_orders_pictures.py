"""Every screen of the section orders, in every size and the largest text: a picture of each, held to the layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow.state import ScreenName, TextSize, View
from tests.admin_flow.visits import MANAGER
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.orders_scenes import VARIANTS
from tests.screens.test_admin_shell import WIDE, open_admin

# Those of one size together: the app that is open goes on.
LOOKS = {
    "upright-zh": (UPRIGHT, View("zh", TextSize.NORMAL)),
    "upright-en-largest": (UPRIGHT, View("en", TextSize.LARGEST)),
    "lying-zh": (LYING, View("zh", TextSize.NORMAL)),
    "lying-en-largest": (LYING, View("en", TextSize.LARGEST)),
    "wide-zh-largest": (WIDE, View("zh", TextSize.LARGEST)),
}


@pytest.mark.parametrize("look", LOOKS)
def test_how_it_looks(kept_app: Callable[..., Driver], look: str) -> None:
    size, view = LOOKS[look]
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=size)
    open_admin(ui, MANAGER)
    for name, orders in VARIANTS.items():
        state = ui.app.admin.state
        ui.app.admin.state = replace(state, view=view, section=SectionName.ORDERS, open=orders)
        ui.app._show()
        ui.step(3)
        look_at(ui, f"admin-orders-{name}-{look}", keeps_picture=is_pictured(size, view))

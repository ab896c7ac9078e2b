"""The bar over the counter's screens: the three ways to sell, or the way back from one of their steps; how the devices
are; how the staff want to read."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.counter.signs import Sign
from kiosk.screens.kv import load_kv

_BESIDE_HOW_TO_READ = 4  # from the right


class DeviceSign(BoxLayout):
    """One device, or the link: an icon; where it does not work another icon and its name (see signs.Sign)."""

    icon = StringProperty("")
    words = StringProperty("")
    tone = StringProperty("ink_soft")
    test_id = StringProperty("")


class WayTabs(BoxLayout):
    """The three ways to sell."""

    bar = ObjectProperty()


class StepTitle(BoxLayout):
    """Where a step of a sale leads back from."""

    bar = ObjectProperty()


class CounterBar(BoxLayout):
    """`way`: which of "sale", "lane" and "collect" is on; with a `title` the way back stands in their place; while it
    `waits` there is none. `enrols`: a face can be enrolled here. `leads_to_admin`: the lock can be touched. Dispatches
    `on_way_chosen` with one of the three, `on_back`, `on_enrol`, `on_text_size`, `on_contrast`, `on_language` and
    `on_admin`."""

    way = StringProperty("sale")
    title = StringProperty("")
    waits = BooleanProperty(defaultvalue=False)
    sale_text = StringProperty("")
    lane_text = StringProperty("")
    collect_text = StringProperty("")
    language_text = StringProperty("")
    signs = ListProperty()
    enrols = BooleanProperty(defaultvalue=False)
    leads_to_admin = BooleanProperty(defaultvalue=False)

    __events__ = ("on_way_chosen", "on_back", "on_enrol", "on_text_size", "on_contrast", "on_language", "on_admin")

    def on_way_chosen(self, way: str) -> None:
        """Bound by the owner."""

    def on_back(self) -> None:
        """Bound by the owner."""

    def on_enrol(self) -> None:
        """Bound by the owner."""

    def on_text_size(self) -> None:
        """Bound by the owner."""

    def on_contrast(self) -> None:
        """Bound by the owner."""

    def on_language(self) -> None:
        """Bound by the owner."""

    def on_admin(self) -> None:
        """Bound by the owner."""

    def on_kv_post(self, _base_widget: object) -> None:
        self._tabs, self._step = WayTabs(bar=self), StepTitle(bar=self)
        self._enrol = self.ids.enrol.__self__  # kept while it stands nowhere
        self.fbind("title", self._arrange)
        self.fbind("enrols", self._offer_enrolling)
        self._arrange()
        self._offer_enrolling()

    def _arrange(self, *_: object) -> None:
        place, wanted = self.ids.place, self._step if self.title else self._tabs
        if wanted.parent is None:
            place.clear_widgets()
            place.add_widget(wanted)

    def _offer_enrolling(self, *_: object) -> None:
        if self.enrols and self._enrol.parent is None:
            self.add_widget(self._enrol, index=_BESIDE_HOW_TO_READ)
        elif not self.enrols and self._enrol.parent is not None:
            self.remove_widget(self._enrol)

    def on_signs(self, _widget: object, signs: list[Sign]) -> None:
        """One widget for each."""
        box = self.ids.signs
        if len(box.children) != len(signs):
            box.clear_widgets()
            for _ in signs:
                box.add_widget(DeviceSign())
        for widget, sign in zip(reversed(box.children), signs, strict=True):
            widget.test_id, widget.icon, widget.words, widget.tone = sign.test_id, sign.icon, sign.words, sign.tone


load_kv(__file__)

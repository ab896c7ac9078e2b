"""The scrolling grid of dishes: only the cards that are seen exist, each one opaque picture of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.input import MotionEvent
from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.art import Art
from kiosk.screens.cards import Card, Cell, GridPlan, Section, card_metrics, plan_grid
from kiosk.screens.theme import Look
from kiosk.screens.widgets.card_painter import CardPainter, DrawnText, TouchTarget
from kiosk.screens.widgets.card_view import CardView
from kiosk.screens.widgets.scroll_area import ScrollArea
from kiosk.screens.widgets.typesetting import TextTextures

_ROWS_AHEAD = 1  # painted before they are seen, one card a frame
_PICTURES_AHEAD = 3  # rows whose pictures are read before


class DishGrid(ScrollArea):
    """Sections of cards. A touch on a card dispatches `on_open` with its card, one on its plus `on_add`.

    `top_section`: the number of the section at the top, for the rail beside it. `columns` 0: as many as the menu has.
    """

    top_section = NumericProperty(0)
    columns = NumericProperty(0)

    __events__ = ("on_open", "on_add")

    def __init__(self, **kwargs: Any) -> None:
        self._sections: tuple[Section, ...] = ()
        self._plan: GridPlan | None = None
        self._painter: CardPainter | None = None
        self._textures = TextTextures()
        self._views: dict[Cell, CardView] = {}
        self._idle_views: list[CardView] = []
        self._ahead: list[Cell] = []
        self._pressed: CardView | None = None
        self._titles: list[DrawnText] = []
        self._waiting_for_size: tuple[Sequence[Section], Look, Art] | None = None
        self._paint_ahead = Clock.create_trigger(self._paint_one_ahead, 0)
        super().__init__(size=(0, 0), **kwargs)  # no size yet: nothing is painted for Kivy's default one
        self._content = Widget(size_hint=(1, None), height=0)
        self.add_widget(self._content)
        self.fbind("size", self._on_size)
        self.fbind("pos", self._on_size)
        self.fbind("scroll_px", self._refresh)

    def on_open(self, card: Card) -> None:
        """Bound by the owner."""

    def on_add(self, card: Card) -> None:
        """Bound by the owner."""

    # --- what it shows ---

    def show(self, sections: Sequence[Section], look: Look, art: Art) -> None:
        """Show these; where the look and the shape stay the same, only cards that changed are painted again."""
        if self.width < 1 or self.height < 1:
            self._waiting_for_size = (sections, look, art)
            return
        self._waiting_for_size = None
        metrics = card_metrics(look, int(self.width), int(self.columns))
        if self._painter is None or self._painter.look != look or self._painter.metrics != metrics:
            self._painter = CardPainter(look, metrics, art, self._textures)
            self._forget_views()
        retitled = [s.title for s in sections] != [s.title for s in self._sections]
        self._sections = tuple(sections)
        plan = plan_grid(sections, look, metrics, int(self.width))
        if plan != self._plan or retitled:
            self._plan = plan
            self._park_views()
            self._content.height = plan.height
            self._place_titles()
        self._refresh()

    def scroll_to_section(self, number: int) -> None:
        """Bring the section's title to the top."""
        if self._plan and number < len(self._plan.section_tops):
            self.scroll_to(self._plan.section_tops[number] if number else 0)

    # --- drawing ---

    def _on_size(self, *_: object) -> None:
        if self._waiting_for_size is not None:
            self.show(*self._waiting_for_size)
        elif self._painter is not None:
            self.show(self._sections, self._painter.look, self._painter.art)
            self._place_titles()
            self._refresh()

    def _refresh(self, *_: object) -> None:
        """Give every visible cell a view, and take views from where nothing is seen."""
        plan, painter = self._plan, self._painter
        if plan is None or painter is None:
            return
        top, bottom = self.scroll_px, self.scroll_px + self.height
        margin = _ROWS_AHEAD * plan.cell_height
        near = plan.visible(top - margin, bottom + margin)
        kept = set(near)
        for cell in [c for c in self._views if c not in kept]:
            self._park(cell)
        for cell in plan.visible(top - _PICTURES_AHEAD * margin, bottom + _PICTURES_AHEAD * margin):
            painter.art.prefetch(painter.picture_of(self._card_at(cell)))
        painter.art.collect()  # what has come meanwhile need not be painted twice
        self._ahead = [cell for cell in near if cell not in self._views]
        for cell in plan.visible(top, bottom):
            self._show_cell(cell)
        for cell in list(self._views):
            self._show_cell(cell)
        if self._ahead:
            self._paint_ahead()
        self.top_section = plan.section_at(top + plan.title_height)

    def _show_cell(self, cell: Cell) -> None:
        assert self._plan is not None  # noqa: S101 - the caller has checked
        assert self._painter is not None  # noqa: S101
        view = self._views.get(cell)
        if view is None:
            view = self._views[cell] = self._idle_views.pop() if self._idle_views else CardView(self._painter)
            self._content.add_widget(view)
        ceiling = round(self._content.y + self._content.height)
        view.show(self._card_at(cell), round(self.x) + cell.left, ceiling - cell.top - self._plan.cell_height)

    def _paint_one_ahead(self, _dt: float) -> None:
        """One card a frame, so that a row that comes into sight does not cost three at once."""
        if self._ahead and self._plan is not None:
            cell = self._ahead.pop(0)
            self._show_cell(cell)
        if self._ahead:
            self._paint_ahead()

    def _card_at(self, cell: Cell) -> Card:
        return self._sections[cell.section].cards[cell.index]

    def _park(self, cell: Cell) -> None:
        view = self._views.pop(cell)
        view.press(pressed=False)
        self._content.remove_widget(view)
        self._idle_views.append(view)

    def _park_views(self) -> None:
        self._ahead = []
        for cell in list(self._views):
            self._park(cell)

    def _forget_views(self) -> None:
        self._park_views()
        self._idle_views.clear()
        self._plan = None

    def _place_titles(self) -> None:
        assert self._plan is not None  # noqa: S101 - called after planning
        assert self._painter is not None  # noqa: S101
        look = self._painter.look
        self._titles = []
        ceiling = round(self._content.y + self._content.height)
        canvas = self._content.canvas.before
        canvas.clear()
        with canvas:
            Color(*look.color.ink)
            for section, top in zip(self._sections, self._plan.section_tops, strict=True):
                if not section.title:
                    continue
                texture = self._textures.get(section.title, look.font("title"), bold=True)
                x = round(self.x) + look.u(18)
                y = ceiling - top - (self._plan.title_height + texture.height) // 2
                Rectangle(texture=texture, pos=(x, y), size=texture.size)
                cut = texture.width > self.width
                self._titles.append(DrawnText(section.title, x, y, texture.width, texture.height, cut))

    # --- touches: decided here, so that a press shows at once ---

    def touch_content(self, touch: MotionEvent) -> None:
        x, y = self.to_local(*touch.pos)
        for view in self._views.values():
            if view.collide_point(x, y):
                self._pressed = view
                view.press(pressed=True)
                return

    def take_back(self, touch: MotionEvent) -> None:
        self._release_view()

    def on_touch_up(self, touch: MotionEvent) -> bool:
        view = self._release_view() if touch.grab_current is self else None
        handled = super().on_touch_up(touch)
        hit = [target for target in view.targets() if target.holds(*self.to_local(*touch.pos))] if view else []
        if view is not None and hit:
            self.dispatch("on_add" if len(hit) > 1 else "on_open", view.card)
        return handled

    def _release_view(self) -> CardView | None:
        view, self._pressed = self._pressed, None
        if view is not None:
            view.press(pressed=False)
        return view

    # --- what is drawn without widgets, for whoever looks for texts and targets ---

    def drawn_texts(self) -> Iterator[DrawnText]:
        """Everything that can be read on the cards, in the coordinates of the children."""
        yield from self._titles
        for view in self._views.values():
            for text in view.texts:
                yield DrawnText(text.text, view.x + text.x, view.y + text.y, text.width, text.height, text.cut)

    def touch_targets(self) -> Iterator[TouchTarget]:
        """Cards and their pluses, in the coordinates of the children."""
        for view in self._views.values():
            yield from view.targets()

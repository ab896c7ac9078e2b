"""The scrolling grid of dishes: only the cards that are seen exist, each one opaque picture of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kivy.graphics import Color, Fbo, Rectangle
from kivy.graphics.texture import Texture
from kivy.input import MotionEvent
from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.art import Art
from kiosk.screens.cards import Card, Cell, GridPlan, Section, Standing, card_metrics, plan_grid
from kiosk.screens.theme import TOUCH_UNITS, Look
from kiosk.screens.widgets.card_painter import CardPainter, DrawnText, pressed_shade
from kiosk.screens.widgets.scroll_area import ScrollArea
from kiosk.screens.widgets.typesetting import TextTextures

_ACTION_UNITS = TOUCH_UNITS + 10  # the corner of a card where the plus is


@dataclass(frozen=True, slots=True)
class TouchTarget:
    """Something to touch that is drawn, not a widget; in the coordinates of the children."""

    name: str
    x: float
    y: float
    width: float
    height: float


class CardView(Widget):
    """Shows one card; used again for another when it has scrolled out."""

    def __init__(self, painter: CardPainter) -> None:
        metrics = painter.metrics
        super().__init__(size_hint=(None, None), size=(metrics.cell_width, metrics.cell_height))
        self.card: Card | None = None
        self.texts: list[DrawnText] = []
        self._painter = painter
        # Not on the canvas: it is drawn when it is painted, free of the scroller's clipping and shift.
        self._fbo = Fbo(size=self.size)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(texture=self._fbo.texture, size=self.size)
            self._shade = Color(0, 0, 0, 0)
            self._shade_rectangle = Rectangle(size=(0, 0))
        self._fbo.texture.mag_filter = self._fbo.texture.min_filter = "nearest"

    def show(self, card: Card, x: int, y: int) -> None:
        """Stand at that place with that card; paints only what is new."""
        if self._rectangle.pos != (x, y):
            self.pos = self._rectangle.pos = (x, y)
        if card != self.card:
            self.card = card
            self._paint()

    def press(self, pressed: bool) -> None:
        metrics = self._painter.metrics
        self._shade.rgba = pressed_shade(self._painter.look) if pressed else (0, 0, 0, 0)
        self._shade_rectangle.pos = (self.x + metrics.margin, self.y + metrics.margin)
        self._shade_rectangle.size = (metrics.card_width, metrics.card_height) if pressed else (0, 0)

    def _paint(self) -> None:
        if self.card is not None:
            self.texts = self._painter.paint(self._fbo, self.card, self._on_picture)
            self._fbo.draw()
            self.canvas.ask_update()

    def _on_picture(self, _texture: Texture) -> None:
        self._paint()


class DishGrid(ScrollArea):
    """Sections of cards. A touch on a card dispatches `on_open` with its card, one on its plus `on_add`.

    `top_section`: the number of the section at the top, for the rail beside it.
    """

    top_section = NumericProperty(0)

    __events__ = ("on_open", "on_add")

    def __init__(self, **kwargs: Any) -> None:
        self._sections: tuple[Section, ...] = ()
        self._plan: GridPlan | None = None
        self._painter: CardPainter | None = None
        self._textures = TextTextures()
        self._views: dict[Cell, CardView] = {}
        self._idle_views: list[CardView] = []
        self._pressed: CardView | None = None
        self._titles: list[DrawnText] = []
        self._waiting_for_size: tuple[Sequence[Section], Look, Art] | None = None
        super().__init__(**kwargs)
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
        if self.width <= 1:
            self._waiting_for_size = (sections, look, art)
            return
        self._waiting_for_size = None
        metrics = card_metrics(look, int(self.width))
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
        plan = self._plan
        if plan is None or self._painter is None:
            return
        top = self.scroll_px
        visible = plan.visible(top, top + self.height)
        wanted = set(visible)
        for cell in [c for c in self._views if c not in wanted]:
            self._park(cell)
        left, ceiling = round(self.x), round(self._content.top)
        for cell in visible:
            view = self._views.get(cell) or self._take_view(cell)
            view.show(self._card_at(cell), left + cell.left, ceiling - cell.top - plan.cell_height)
        self.top_section = plan.section_at(top + plan.title_height)

    def _card_at(self, cell: Cell) -> Card:
        return self._sections[cell.section].cards[cell.index]

    def _take_view(self, cell: Cell) -> CardView:
        assert self._painter is not None  # noqa: S101 - the caller has checked
        view = self._idle_views.pop() if self._idle_views else CardView(self._painter)
        self._views[cell] = view
        self._content.add_widget(view)
        return view

    def _park(self, cell: Cell) -> None:
        view = self._views.pop(cell)
        view.press(pressed=False)
        self._content.remove_widget(view)
        self._idle_views.append(view)

    def _park_views(self) -> None:
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
        canvas = self._content.canvas.before
        canvas.clear()
        with canvas:
            Color(*look.color.ink)
            for section, top in zip(self._sections, self._plan.section_tops, strict=True):
                if not section.title:
                    continue
                texture = self._textures.get(section.title, look.font("title"), bold=True)
                x = round(self.x) + look.u(18)
                y = round(self._content.top) - top - (self._plan.title_height + texture.height) // 2
                Rectangle(texture=texture, pos=(x, y), size=texture.size)
                self._titles.append(
                    DrawnText(section.title, x, y, texture.width, texture.height, texture.width > self.width)
                )

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
        ours = touch.grab_current is self
        view = self._release_view() if ours else None
        handled = super().on_touch_up(touch)
        x, y = self.to_local(*touch.pos)
        if view is not None and view.card is not None and view.collide_point(x, y):
            adds = view.card.standing is Standing.AVAILABLE and not view.card.opens
            on_plus = adds and self._action_box(view).holds(x, y)
            self.dispatch("on_add" if on_plus else "on_open", view.card)
        return handled

    def _release_view(self) -> CardView | None:
        view, self._pressed = self._pressed, None
        if view is not None:
            view.press(pressed=False)
        return view

    def _action_box(self, view: CardView) -> _Box:
        assert self._painter is not None  # noqa: S101 - there are views
        side = self._painter.look.u(_ACTION_UNITS)
        return _Box(view.right - side, view.y, side, side)

    # --- for tests: what is drawn without widgets ---

    def drawn_texts(self) -> Iterator[DrawnText]:
        """Everything that can be read on the visible cards, in the coordinates of the children."""
        yield from self._titles
        for view in self._views.values():
            for text in view.texts:
                yield DrawnText(text.text, view.x + text.x, view.y + text.y, text.width, text.height, text.cut)

    def touch_targets(self) -> Iterator[TouchTarget]:
        """Cards and their pluses."""
        for view in self._views.values():
            if view.card is None:
                continue
            yield TouchTarget(view.card.key, view.x, view.y, view.width, view.height)
            if view.card.standing is Standing.AVAILABLE and not view.card.opens:
                box = self._action_box(view)
                yield TouchTarget(f"{view.card.key} plus", box.x, box.y, box.width, box.height)


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

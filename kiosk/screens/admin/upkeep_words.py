"""What the section upkeep says, in plain words: how it stands, what is wrong, what to do."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.quarantine import EventKind, QuarantineReason
from kiosk.domain.release import UpdateState
from kiosk.screens.admin_flow.upkeep_state import BundleSaid, RestartHindered
from kiosk.screens.texts import Texts
from kiosk.services.ports import Integrity, WriteFault
from kiosk.services.restarting import Hindrance
from kiosk.services.support_bundle import Exported
from kiosk.services.upkeep import NotTold

_MEGABYTE, _GIGABYTE = 1_000_000, 1_000_000_000
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def size_words(size_bytes: int, texts: Texts) -> str:
    _ = texts.gettext
    if size_bytes >= _GIGABYTE:
        return _("{n} GB").format(n=f"{size_bytes / _GIGABYTE:.1f}")
    return _("{n} MB").format(n=f"{size_bytes / _MEGABYTE:.1f}")


def moment_words(moment: datetime, now: datetime) -> str:
    """Of today only the time."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M}"


def age_words(age: timedelta, texts: Texts) -> str:
    """In the one unit that says it; a clock that was set back makes it "just now"."""
    _, ngettext = texts.gettext, texts.ngettext
    if age < _MINUTE:
        return _("just now")
    if age < _HOUR:
        return ngettext("{n} minute ago", "{n} minutes ago", age // _MINUTE).format(n=age // _MINUTE)
    if age < 2 * _DAY:
        return ngettext("{n} hour ago", "{n} hours ago", age // _HOUR).format(n=age // _HOUR)
    return ngettext("{n} day ago", "{n} days ago", age // _DAY).format(n=age // _DAY)


def full_words(days: int | None, texts: Texts) -> str:
    """When the disk will be full."""
    if days is None:
        return texts.gettext("When it will be full is not known yet, or far off.")
    said = texts.ngettext("Full in about {n} day at this pace.", "Full in about {n} days at this pace.", days)
    return said.format(n=days)


def kind_words(kind: EventKind, texts: Texts) -> str:
    """What central could not book."""
    _ = texts.gettext
    return {
        EventKind.ORDER: _("An order"),
        EventKind.REFUND: _("A refund"),
        EventKind.COUNTER_PAYMENT: _("A payment at the counter"),
        EventKind.TOP_UP: _("A top-up in cash"),
        EventKind.SHIFT: _("Something of a shift"),
        EventKind.STOCK: _("A change of stock"),
        EventKind.GRANT: _("An amount given back"),
        EventKind.FACE: _("Something about a face"),
        EventKind.CARD: _("A lost card"),
        EventKind.KITCHEN: _("A mark of the kitchen"),
        EventKind.OTHER: _("Something else"),
    }[kind]


def wrong_words(reason: QuarantineReason, texts: Texts) -> str:
    """What is wrong with it."""
    _ = texts.gettext
    return {
        QuarantineReason.UNREADABLE: _("Central's version does not know this kind of message."),
        QuarantineReason.TOO_LARGE: _("The message is larger than central takes."),
        QuarantineReason.NOT_OF_ROLE: _("This terminal was enrolled for another role."),
        QuarantineReason.SENT_OTHERWISE: _("Central has had another message under the same number."),
        QuarantineReason.STANDS_ALREADY: _("Central has it already, but not quite the same."),
        QuarantineReason.UNKNOWN_MEMBER: _("It names a member whom central does not know."),
        QuarantineReason.UNKNOWN_ORDER: _("It is about an order that central does not know."),
        QuarantineReason.UNKNOWN_DISH: _("It names a dish that central does not know."),
        QuarantineReason.GRANT: _("It spends from an amount that this terminal was not given."),
        QuarantineReason.DATABASE: _("Central's database did not take it."),
        QuarantineReason.REFUSED: _("It does not fit what stands in central's books."),
    }[reason]


def remedy_words(reason: QuarantineReason, texts: Texts) -> str:
    """What to do about it."""
    _ = texts.gettext
    return {
        QuarantineReason.UNREADABLE: _("IT: update central first, then the terminals."),
        QuarantineReason.TOO_LARGE: _("IT: send a support bundle to the supplier."),
        QuarantineReason.NOT_OF_ROLE: _("IT: enrol it anew with the role that its settings say."),
        QuarantineReason.SENT_OTHERWISE: _("IT: two machines may use one copy. Enrol this one anew."),
        QuarantineReason.STANDS_ALREADY: _("Nothing is lost. IT: compare both at central."),
        QuarantineReason.UNKNOWN_MEMBER: _("IT: import the members anew, then book it by hand."),
        QuarantineReason.UNKNOWN_ORDER: _("Look whether the order is on this list too; IT settles that one first."),
        QuarantineReason.UNKNOWN_DISH: _("IT: look whether the menu lost the dish, and count its stock."),
        QuarantineReason.GRANT: _("IT: look at this terminal's grants at central, and book it by hand."),
        QuarantineReason.DATABASE: _("IT: look at central's log, and at the room on its disk."),
        QuarantineReason.REFUSED: _("IT: `python -m central quarantine` says what does not fit."),
    }[reason]


def not_told_words(told: NotTold | None, texts: Texts) -> tuple[str, str]:
    """In a word, and why. None: central is being asked."""
    _ = texts.gettext
    if told is None:
        return _("asking"), ""
    return _("not known"), {
        NotTold.UNREACHABLE: _("Central does not answer."),
        NotTold.REFUSED: _("Central does not say: it is older, or does not accept this terminal."),
    }[told]


def integrity_words(integrity: Integrity, texts: Texts) -> tuple[str, str, str]:
    """In a word, its tone, and what to do."""
    _ = texts.gettext
    return {
        Integrity.WHOLE: (_("whole"), "positive", ""),
        Integrity.NOT_ALL: (
            _("nothing wrong found"),
            "positive",
            _("It is too large to be checked whole here; the nightly backup does that."),
        ),
        Integrity.DAMAGED: (
            _("damaged"),
            "negative",
            _("IT: copy the state folder away now, then restore a backup (docs/backup.md)."),
        ),
    }[integrity]


def update_words(state: UpdateState, release: str, texts: Texts) -> tuple[str, str, str]:
    """In a word, its tone, and what to do."""
    _ = texts.gettext
    return {
        UpdateState.UNKNOWN: (_("not said"), "ink", _("Central does not say which version terminals ought to run.")),
        UpdateState.UP_TO_DATE: (_("up to date"), "positive", ""),
        UpdateState.READY: (
            _("update to {version}").format(version=release),
            "warning",
            _("IT: update this terminal when nobody orders (docs/update.md)."),
        ),
        UpdateState.CENTRAL_FIRST: (
            _("central is older"),
            "warning",
            _("IT: update central: it may not book all that this version sends."),
        ),
    }[state]


def said_words(about: object, texts: Texts) -> str:
    """What an act of the section did."""
    _ = texts.gettext
    if isinstance(about, RestartHindered):
        return {
            Hindrance.PAYMENT: _("A payment is under way. Try again in a moment."),
            Hindrance.PRINTING: _("A paper is being printed. Try again in a moment."),
        }[about.why]
    if not isinstance(about, BundleSaid):
        return ""
    if isinstance(about.about, Exported):
        return _("Written as {file}, {size}. The drive may be pulled out.").format(
            file=about.about.file, size=size_words(about.about.bundle_bytes, texts)
        )
    return {
        WriteFault.GONE: _("The drive is gone, or broken off in the middle. Nothing usable is on it."),
        WriteFault.FULL: _("There is no room on it. Nothing was written."),
        WriteFault.NOT_WRITABLE: _("It cannot be written to. Look for a switch on it, or take another."),
    }[about.about]

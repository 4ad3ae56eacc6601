"""What the composer shows of a reply being written, part by part, from what is known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _
from cmconsole.core.account import Mode
from cmconsole.core.canned import placeholders
from cmconsole.tui.actions import key_name
from cmconsole.tui.present import composer as present
from cmconsole.tui.present.header import Identity
from cmconsole.tui.present.times import clock
from cmconsole.tui.present.words import account_name, network

if TYPE_CHECKING:
    from cmconsole.desk.canned.ranking import Offer
    from cmconsole.desk.conversation import Dossier
    from cmconsole.tui.composing import Composing
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session

_NEWS: Final = (2, 5)
"""Most lines of what the writer has to know: on a low screen, on a tall one."""

_PREVIEW: Final = 3
"""Fewest lines a preview is worth beside what stops a reply: its title, and two of the text."""

_TALL: Final = 30
"""From so many lines a screen is tall."""


class Sight:
    """Makes the lines of the composer's parts; they are cheap enough for every key.

    composing: None until the sheet was read. offers: the canned responses that suit best, each with its text
    filled with this author's data.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.composing: Composing | None = None
        self.offers: tuple[tuple[Offer, str], ...] = ()
        self._shown: tuple[Dossier, int, Dossier] | None = None

    def _key(self, action_id: str) -> str:
        return key_name(self._session.settings.keymap.first(action_id))

    def dossier(self) -> Dossier | None:
        """Return the conversation as last read, without this very draft, which stands below."""
        composing = self.composing
        if composing is None:
            return None
        talk, own = composing.sheet.conversation, composing.sheet.reply.id
        dossier = self._session.dossier(talk) or self._session.stale_dossier(talk.id)
        if dossier is None:
            return None
        if self._shown is None or self._shown[0] is not dossier or self._shown[1] != own:
            entries = tuple(it for it in dossier.entries if it.reply is None or it.reply.id != own)
            self._shown = (dossier, own, replace(dossier, entries=entries))
        return self._shown[2]

    def speaker(self) -> Identity | None:
        """Return who would speak, for the header; None where nobody can, or it is not known yet."""
        sheet = None if self.composing is None else self.composing.sheet
        if sheet is None or sheet.speaker is None:
            return None
        speaker, brand = sheet.speaker, self._session.settings.brand
        live = speaker.mode is Mode.LIVE
        return Identity(brand, account_name(speaker.handle), network(speaker.platform), live)

    def band(self, width: int, height: int) -> list[Line]:
        """Return who speaks to whom, and what the writer has to know; height: the screen's."""
        composing, desk = self.composing, self._session.desk
        if composing is None:
            return [()]
        if composing.note:
            return [present.private(width)]
        sheet, now, kept = composing.sheet, desk.now(), composing.kept_at
        words = _("kept {time}").format(time=clock(kept, now, desk.zone)) if kept is not None else ""
        most = _NEWS[height >= _TALL]
        lines = present.news(sheet, now, desk.zone, self._key("read-anew"), width, behind=composing.behind)
        lines += present.others(sheet, now, desk.zone, width, max(1, most - len(lines)))
        return [present.identity(sheet, words, width), *lines[:most]]

    def ruler(self, width: int) -> list[Line]:
        """Return the rule below the text."""
        composing = self.composing
        if composing is None:
            return [()]
        if composing.note:
            return [present.note_ruler(width)]
        began = next((it for it, _text in self.offers if it.canned.code == composing.canned), None)
        words = present.canned_meter(began, composing.canned)
        lengths = () if composing.is_empty else composing.lengths
        return [present.ruler(lengths, words, width, split=composing.split)]

    def under(self, width: int, height: int) -> list[Line]:
        """Return the offers while nothing is written; then what would be published, and what stops it."""
        composing = self.composing
        if composing is None:
            return []
        if composing.note:
            told = (
                _("Your colleagues find this beside the conversation. Its author never does."),
                _("{key} makes a reply of it again.").format(key=self._key("private")),
            )
            return present.told_of(told, width)
        if composing.is_empty:
            return present.offers(self.offers, width)[:height]
        clearance, keymap = composing.clearance, self._session.settings.keymap
        stopped = [] if clearance is None else present.findings(clearance, keymap, width)
        if stopped and height - len(stopped) <= _PREVIEW:
            return present.shortened(stopped, height, width)
        live = composing.sheet.reply.mode is Mode.LIVE
        shown = present.preview(composing.parts, composing.lengths, width, live=live)
        if not stopped:
            return present.shortened(shown, height, width)
        return [*present.shortened(shown, height - len(stopped) - 1, width), (), *stopped]

    def footer(self, width: int) -> list[Line]:
        """Return the keys that mean something now."""
        composing, keymap = self.composing, self._session.settings.keymap
        if composing is None or composing.note:
            return [present.footer(keymap, (), width, note=composing is not None)]
        written = not composing.is_empty
        meant = {
            "read-anew": composing.behind,
            "as-thread": composing.split or (written and composing.is_over),
            "fill-in": bool(placeholders(composing.text)),
            "speak-as": len(composing.sheet.fitting) > 1,
            "drop-draft": written,
        }
        return [present.footer(keymap, [it for it, is_so in meant.items() if is_so], width, note=False)]

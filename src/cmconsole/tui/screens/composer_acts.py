"""What a person does in the composer, from the key to what is said of it: send, note, take, fill in, drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cmconsole.config.language import _, ngettext, said
from cmconsole.core.account import Mode
from cmconsole.core.canned import placeholders, substituted
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.guard import GuardError, Level
from cmconsole.core.reply import ReplyStatus
from cmconsole.desk.reply.send import check_word, window_of
from cmconsole.tui.actions import key_name
from cmconsole.tui.present.composer import choice
from cmconsole.tui.present.deeds import told
from cmconsole.tui.present.words import account_name, author_name, network

if TYPE_CHECKING:
    from cmconsole.core.clock import Millis
    from cmconsole.core.reply import Reply
    from cmconsole.desk.canned.ranking import Offer
    from cmconsole.desk.reply.send import Clearance
    from cmconsole.tui.composing import Composing
    from cmconsole.tui.host import Host
    from cmconsole.tui.offering import Offering


class Page(Protocol):
    """The composer's screen, as its acts see it."""

    @property
    def word(self) -> str:
        """Return what was typed to confirm guards."""
        ...

    def put(self, text: str, *, whole: bool) -> None:
        """Write where the cursor is, or in place of the whole text."""
        ...

    def want_word(self, word: str) -> None:
        """Ask for a guard's word; an empty one takes the question away."""
        ...

    def close(self) -> None:
        """Leave; what is not kept by now is not kept."""
        ...

    def sync(self) -> None:
        """Paint what changed."""
        ...


class ComposerActs:
    """Carries out what the composer's keys ask for; a failure is said, and the text stays."""

    def __init__(self, host: Host, page: Page, composing: Composing, offering: Offering) -> None:
        self._host = host
        self._page = page
        self._composing = composing
        self._offering = offering

    # --------------------------------------------------------------------------------------------- leaving

    async def finish(self) -> None:
        """Keep the note, or send the reply: a note never comes near to being sent."""
        if self._composing.is_empty:
            self._host.say(_("Nothing is written yet."), "quiet")
        elif self._composing.note:
            await self._keep_note()
        else:
            await self._send()

    async def _send(self) -> None:
        try:
            await self._composing.keep()
            clearance = await self._composing.clear()
            word = self._page.word
            check_word(clearance, word)
            self._page.want_word("")
            self._page.sync()
            if await self._sure(clearance):
                self._left(await self._composing.send(word))
        except GuardError as error:
            await self._stopped(error)
        except CmconsoleError as error:
            # Somebody else holds or has answered it, or the author wrote again: what is new is shown.
            await self._composing.refresh()
            self._host.session.forget(self._composing.sheet.conversation.id)
            self._host.say(said(error), "overdue")
        self._page.sync()

    async def _stopped(self, error: GuardError) -> None:
        """Show the guards that stand in the way; they may have been raised only when it was to leave."""
        clearance = self._composing.clearance
        if clearance is None or clearance.findings != error.findings:
            await self._composing.clear()
        self._page.want_word(error.word)
        self._host.say(said(error), "overdue" if not error.word else "urgent")

    async def _sure(self, clearance: Clearance) -> bool:
        """Ask the one question: for a second person's yes, or whether it may be published for good."""
        from cmconsole.tui.screens.prompts import ConfirmPrompt  # noqa: PLC0415 - only to send

        sheet = clearance.sheet
        author = author_name(sheet.conversation.author)
        if clearance.owed:
            reasons = "; ".join(clearance.owed)
            detail = _("It has to be read by two: {reasons}.").format(reasons=reasons)
            question = ConfirmPrompt(_("Ask a second person?"), detail, _("Ask"))
        elif clearance.word or sheet.reply.mode is not Mode.LIVE or sheet.speaker is None:
            # A typed word said it already; in rehearsal nothing leaves.
            return True
        else:
            words = _("Publish as {account} on {network} to {author}?").format(
                account=account_name(sheet.speaker.handle),
                network=network(sheet.conversation.platform),
                author=author,
            )
            aside = [it.reason for it in clearance.findings if it.level is Level.TELL]
            detail = " ".join([*aside, self._window(window_of(self._composing.desk, sheet))])
            question = ConfirmPrompt(words, detail, _("Publish"))
        return await self._host.ask(question) is True

    def _window(self, length: Millis) -> str:
        key = key_name(self._host.session.settings.keymap.first("take-back"))
        seconds = -(-length // SECOND)
        if not seconds:
            return _("It leaves at once and cannot be taken back.")
        words = ngettext(
            "{key} takes it back for {n} second.", "{key} takes it back for {n} seconds.", seconds
        )
        return words.format(key=key, n=seconds)

    def _left(self, reply: Reply) -> None:
        """Go back to where one was, and say what becomes of the reply."""
        sheet = self._composing.sheet
        account = account_name(sheet.speaker.handle) if sheet.speaker is not None else reply.account
        there = network(reply.platform)
        key = key_name(self._host.session.settings.keymap.first("take-back"))
        seconds = -(-max(0, (reply.hold_until or 0) - self._composing.desk.now()) // SECOND)
        if reply.status is ReplyStatus.AWAITING:
            words, meaning = _("Kept for a second person to say yes: {author}."), "success"
        elif reply.mode is Mode.LIVE:
            words, meaning = _("Leaves in {n} s as {account} on {network}; {key} takes it back."), "urgent"
        else:
            words = _("Rehearsal: would leave in {n} s as {account} on {network}; {key} takes it back.")
            meaning = "success"
        self._host.session.forget(reply.conversation_id)
        self._page.close()
        author = author_name(sheet.conversation.author)
        self._host.say(
            words.format(n=seconds, account=account, network=there, key=key, author=author), meaning
        )

    async def _keep_note(self) -> None:
        session = self._host.session
        try:
            deed = await self._composing.keep_note()
        except CmconsoleError as error:
            self._host.say(said(error), "overdue")
            return
        words, meaning = told(deed, session.settings.keymap.first("take-back"))
        if deed.refused:
            self._host.say(words, meaning)
            return
        for talk in deed.changed:
            session.forget(talk.id)
        session.apply(deed.changed)
        self._page.close()
        self._host.say(words, meaning)
        self._host.show()

    async def turn(self) -> None:
        """Make a note for colleagues of the text, or a reply again; what was a reply so far stays a draft."""
        composing = self._composing
        try:
            await composing.keep()
        finally:
            composing.note = not composing.note
            composing.clearance = None
            self._page.want_word("")
            self._page.sync()
        await composing.keep()

    async def drop(self) -> None:
        """Drop the draft, once the person said that they mean it."""
        from cmconsole.tui.screens.prompts import ConfirmPrompt  # noqa: PLC0415 - hardly ever needed

        if not self._composing.is_empty:
            detail = _("What you wrote is gone then; what you sent before stays.")
            if await self._host.ask(ConfirmPrompt(_("Drop this draft?"), detail, _("Drop"))) is not True:
                return
        await self._composing.drop()
        self._host.session.forget(self._composing.sheet.conversation.id)
        self._page.close()
        self._host.say(_("The draft is dropped."), "quiet")

    # --------------------------------------------------------------------------------------------- writing

    async def take(self, offer: Offer) -> None:
        """Write a canned response, filled with this author's data; what is left is asked for."""
        composing = self._composing
        filled = self._offering.fill(composing.sheet, offer)
        before = composing.text
        self._page.put(filled.text, whole=not before.strip())
        composing.canned = composing.canned or offer.canned.code
        if offer.warning:
            self._host.say(offer.warning, "urgent")
        if filled.missing:
            await self._ask_for(filled.missing, dict(offer.canned.asks))

    async def find(self) -> None:
        """Find a canned response, or write the slash that was meant as one."""
        from cmconsole.tui.screens.canned_finder import SLASH, CannedFinder  # noqa: PLC0415 - not before it is needed

        sheet = self._composing.sheet
        finder = CannedFinder(
            lambda query: self._offering.find(sheet, query),
            lambda offer: self._offering.fill(sheet, offer).text,
        )
        chosen = await self._host.ask(finder)
        if chosen == SLASH:
            self._page.put(SLASH, whole=False)
        elif chosen is not None and not isinstance(chosen, str):
            await self.take(chosen)

    async def fill_in(self) -> None:
        """Ask again for the placeholders that are not filled."""
        names = placeholders(self._composing.text)
        if names:
            await self._ask_for(names, {})
        else:
            self._host.say(_("Everything is filled in."), "quiet")

    async def _ask_for(self, names: tuple[str, ...], questions: dict[str, str]) -> None:
        from cmconsole.tui.screens.reply_prompts import PlaceholderPrompt  # noqa: PLC0415 - only when it is asked for

        given: dict[str, str] = {}
        for place, name in enumerate(names, start=1):
            text = substituted(self._composing.text, given)
            answer = await self._host.ask(
                PlaceholderPrompt(name, questions.get(name, ""), text, (place, len(names)))
            )
            if answer is None:
                break
            given[name] = answer
        if any(given.values()):
            self._page.put(substituted(self._composing.text, given), whole=True)

    async def split(self) -> None:
        """Make a thread of what is too long, or leave it whole again."""
        composing = self._composing
        if not composing.note:
            composing.split = not composing.split
            composing.clearance = None
            self._page.want_word("")
            self._page.sync()

    # ------------------------------------------------------------------------------------------ around it

    async def tell_keys(self) -> None:
        """Show the composer's keys."""
        from cmconsole.tui.screens.reply_prompts import WritingKeys  # noqa: PLC0415 - only when it is asked for

        await self._host.ask(WritingKeys(self._host.session.settings.keymap))

    async def speak_as(self) -> None:
        """Have another account of the platform speak."""
        from cmconsole.tui.screens.reply_prompts import AccountPrompt  # noqa: PLC0415 - only when it is asked for

        sheet, desk = self._composing.sheet, self._composing.desk
        speakers = {it.name: it for it in desk.replying.speakers}
        names = [name for name in sheet.fitting if name in speakers]
        if not names:
            there = network(sheet.conversation.platform)
            self._host.say(_("The settings have no account on {network}.").format(network=there), "overdue")
            return
        states = {it.name: it for it in await desk.store.account_states()}
        lines = [choice(speakers[name], states.get(name)) for name in names]
        now = names.index(sheet.reply.account) if sheet.reply.account in names else None
        place = await self._host.ask(AccountPrompt(lines, now))
        if place is not None and place != now:
            await self._composing.speak_as(names[place])
            self._page.want_word("")
            self._page.sync()

    async def have_read(self) -> None:
        """Take note that the person has read what the author wrote since the draft began."""
        if not self._composing.behind:
            self._host.say(_("There is nothing you have not read."), "quiet")
            return
        await self._composing.have_read()
        self._page.want_word("")
        self._host.say(_("Read: your reply answers what the author wrote last."), "success")
        self._page.sync()

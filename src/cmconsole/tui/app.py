"""The console as a Textual app: one session, its screens, and the tasks that keep it alive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from cmconsole.config.language import _, said
from cmconsole.config.tasks import spawn
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.text import link
from cmconsole.desk import presence
from cmconsole.tui import themes
from cmconsole.tui.actions import AMONG_REPLIES, BY_ID
from cmconsole.tui.feed import DEAF, READY, Bell, ShiftWatch, follow, keep_engine, make_ready
from cmconsole.tui.filter import LastFilter
from cmconsole.tui.palette import Palette
from cmconsole.tui.places import PLACES, elsewhere, place
from cmconsole.tui.screens.desk import DeskScreen
from cmconsole.tui.screens.keyed import KeyedScreen
from cmconsole.tui.session import Session

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.screen import Screen

    from cmconsole.core.clock import Instant
    from cmconsole.desk.board import Board
    from cmconsole.desk.context import Desk
    from cmconsole.tui.acts import Acts
    from cmconsole.tui.settings import ConsoleSettings

_T = TypeVar("_T")

_MESSAGE_SHOWN: Final = 6 * SECOND
"""How long a message stays in the footer: two short sentences are read in half of it."""

_TICK: Final = 1.0
"""Seconds between two looks at the clock."""


_SETTLED: Final = 0.25
"""Seconds after the start when the store is first read again."""


class ConsoleApp(App[None], inherit_bindings=False):
    """One person's console.

    board: what was read before the app began, so that rows come at once. start_engine: called in a thread,
    when the first picture is drawn and again whenever no engine is at work.
    """

    TITLE: str | None = "cmconsole"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    ALLOW_SELECT: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", priority=True, show=False)]

    def __init__(
        self,
        desk: Desk,
        settings: ConsoleSettings,
        board: Board | None = None,
        start_engine: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._start_engine = start_engine
        sixteen = self.console.color_system == "standard"
        self.palette = Palette(themes.load(settings.theme), sixteen=sixteen, colour=settings.colour)
        self._last_filter = LastFilter(colour=settings.colour, ascii_only=settings.ascii)
        theme = self.palette.textual()
        self.register_theme(theme)
        self.theme = theme.name
        self.stylesheet.set_variables(self.get_css_variables())
        self.animation_level = "none"
        self.session = Session(desk, settings)
        if board is not None:
            self.session.take(board)
        self._acts: Acts | None = None
        self._watch = ShiftWatch()
        self._bell = Bell()
        self._message_until: Instant | None = None
        self._last_key: Instant = 0
        self._deaf_until: Instant = 0
        self._leaving = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters every line of every widget goes through: ours alone, and so the last.

        Our themes have no named colours and nothing dim, so that Textual's own filters have nothing to do.
        """
        return (self._last_filter,)

    def get_default_screen(self) -> Screen[None]:
        return DeskScreen(self.session, self.palette)

    # ---------------------------------------------------------------------------------------------------
    # life and tasks

    async def on_event(self, event: events.Event) -> None:
        """Drop keys that a screen which has just opened by itself was not meant to get."""
        if isinstance(event, events.Key) and self.session.desk.now() < self._deaf_until:
            return
        await super().on_event(event)

    def on_mount(self) -> None:
        # What was read before the start is fresh: the first picture comes before anything is read again.
        self.set_timer(_SETTLED if self.session.board is not None else 0, self._follow)
        self.set_interval(_TICK, self._tick)

    def _follow(self) -> None:
        if self._start_engine is not None:
            self.begin(keep_engine(self.session, self._start_engine), "keep-engine")
        self.begin(follow(self.session, self), "follow-store")
        self.begin(presence.live(self.session.desk), "say-alive")
        self.set_timer(READY, lambda: self.begin(make_ready(), "make-ready"))

    def on_unmount(self) -> None:
        for task in self._tasks:
            task.cancel()

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Carry out a command beside everything else; a failure is said."""
        task = spawn(work, name=name, on_error=self._failed)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _failed(self, error: BaseException) -> None:
        """Say a failure nobody foresaw: it is in the log, and the console goes on."""
        if isinstance(error, CmconsoleError):
            self.say(said(error), "overdue")
        else:
            kind = type(error).__name__
            self.say(
                _("Something failed inside the console ({kind}); nothing of it was done.").format(kind=kind),
                "overdue",
            )

    def board_came(self) -> None:
        """Show the board that was read, and ring when it is time to."""
        if self._bell.due(self.session, stage_changed=self._look_at_shift()):
            self.bell()
        self.show()

    def _look_at_shift(self) -> bool:
        news = self._watch.look(self.session)
        if news is not None:
            self.say(*news)
        return news is not None

    def _tick(self) -> None:
        now = self.session.desk.now()
        if self._message_until is not None and now >= self._message_until:
            self._message_until = None
            self._tell("", "text")
        # What somebody types is never taken from them: a prompt on the screen comes first.
        top = self.screen
        free = isinstance(top, KeyedScreen) and not top.WRITES
        if free and self._watch.handover_due(now, self._last_key):
            self._deaf_until = now + DEAF
            self.act("handover", [])
        self.show()

    # ------------------------------------------------------------------------------------------------- what
    # acts need

    async def ask(self, question: Screen[_T]) -> _T | None:
        """Show a question and return its answer; None when it was left."""
        answer: asyncio.Future[_T | None] = asyncio.get_running_loop().create_future()

        def answered(given: _T | None) -> None:
            self.note_key()
            if not answer.done():
                answer.set_result(given)

        await self.push_screen(question, callback=answered)
        return await answer

    def say(self, text: str, meaning: str = "text") -> None:
        """Show one line of words for a while."""
        self._message_until = self.session.desk.now() + _MESSAGE_SHOWN
        self._tell(text, meaning)

    def _tell(self, text: str, meaning: str) -> None:
        for screen in self._keyed():
            screen.say(text, meaning)

    def show(self) -> None:
        """Paint what changed, on every screen of ours that can be seen."""
        for screen in self._keyed():
            if screen.is_current:
                screen.sync()

    def _keyed(self) -> list[KeyedScreen]:
        return (
            [screen for screen in self.screen_stack if isinstance(screen, KeyedScreen)]
            if self._screen_stack
            else []
        )

    def note_key(self) -> None:
        """Remember that somebody typed just now."""
        self._last_key = self.session.desk.now()

    #
    #
    #
    #
    #
    #
    # ------------------------------------------------------------------------------------------------ actions

    def act(self, action_id: str, targets: Sequence[int]) -> None:
        """Run an action that is not a screen's own; commands run in the order of their keys."""
        if words := elsewhere(action_id, self.session.settings.keymap):
            self.say(words, "quiet")
            return
        if BY_ID[action_id].acts:
            self.begin(self._decide(action_id, targets), action_id)
            return
        openers: dict[str, Callable[[Sequence[int]], Coroutine[Any, Any, None]]] = {
            "link": self._link,
            "search": self._search,
            "palette": self._palette,
            "help": self._help,
            "handover": self._handover,
            "quit": self._quit,
        }
        if action_id in openers:
            self.begin(openers[action_id](targets), action_id)
        elif action_id in PLACES:
            self._go_to(action_id)

    async def _decide(self, action_id: str, targets: Sequence[int]) -> None:
        if self._acts is None:
            from cmconsole.tui.acts import Acts  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

            self._acts = Acts(self)
        await self._acts.carry_out(action_id, targets)
        top = self.screen
        if isinstance(top, KeyedScreen) and top.done_with():
            top.dismiss(None)  # type: ignore[unused-awaitable] # this task belongs to that screen, which would wait for itself

    def unfold(self) -> None:
        """Read the lane of the others, and show it."""
        self.begin(self._unfold(), "unfold")

    async def _unfold(self) -> None:
        await self.session.unfold()
        self.show()

    def open_conversation(self, conversation_id: int) -> None:
        """Show a conversation on a screen of its own."""
        from cmconsole.tui.screens.conversation import ConversationScreen  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        screen = ConversationScreen(self.session, self.palette, conversation_id)
        self.push_screen(screen)  # type: ignore[unused-awaitable] # a key waits for nothing

    def open_composer(self, conversation_id: int, pick: int | None = None) -> None:
        """Write a reply to a conversation; pick: the place of the canned response it begins as, from 0."""
        from cmconsole.tui.screens.composer import ComposerScreen  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        screen = ComposerScreen(self.session, self.palette, conversation_id, pick)
        self.push_screen(screen)  # type: ignore[unused-awaitable] # a key waits for nothing

    def open_alike(self, conversation_id: int) -> None:
        """Show the conversations that say nearly the same as one, where there are any."""
        self.begin(self._alike(conversation_id), "alike")

    async def _alike(self, conversation_id: int) -> None:
        from cmconsole.tui.alike import Alike  # noqa: PLC0415 - not before it is needed: the first picture comes sooner
        from cmconsole.tui.screens.alike import AlikeScreen  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        asked_on, below = self.screen, self.session.alike
        talks = await self.session.desk.store.conversations([conversation_id])
        alike = Alike(talks[0]) if talks else None
        if alike is not None:
            await alike.read(self.session.desk)
        if alike is None or alike.size < 2:  # noqa: PLR2004 - one alone is no cluster
            self.say(_("No other conversation says nearly the same."), "quiet")
        elif self.screen is not asked_on:
            # The person went elsewhere meanwhile, or pressed the key twice.
            return
        elif below is not None and below.holds(alike.talk):
            # The conversation was opened from this very cluster.
            asked_on.dismiss(None)  # type: ignore[unused-awaitable] # a key waits for nothing
        else:
            await self.push_screen(AlikeScreen(self.session, self.palette, alike))

    def _go_to(self, action_id: str) -> None:
        """Show a screen of its own, unless it is the one that is shown."""
        screen = place(action_id, self.session, self.palette)
        if type(self.screen) is not type(screen):
            self.push_screen(screen)  # type: ignore[unused-awaitable] # a key waits for nothing

    async def action_quit(self) -> None:
        """Leave from wherever the person is, a question or a text among them."""
        self.act("quit", [])

    async def _quit(self, _targets: Sequence[int]) -> None:
        """Leave; where replies of this console are on hold, ask first what becomes of them."""
        from cmconsole.tui.reply_acts import may_leave  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        if self._leaving:
            return
        self._leaving = True
        try:
            if await may_leave(self):
                self.exit()
        finally:
            self._leaving = False

    async def _link(self, targets: Sequence[int]) -> None:
        talks = await self.session.desk.store.conversations(targets[:1])
        url = link(talks[0].url) if talks else ""
        if not url:
            self.say(_("This conversation has no link."), "quiet")
            return
        self.copy_to_clipboard(url)
        self.say(_("{url} (copied)").format(url=url), "accent")

    async def _search(self, _targets: Sequence[int]) -> None:
        from cmconsole.tui.screens.search import SearchScreen  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        desk = self.session.desk
        found = await self.ask(SearchScreen(desk.store.search, now=desk.now, person=desk.person))
        if found is not None:
            await self._bring(found)

    async def _bring(self, conversation_id: int) -> None:
        """Go to a conversation: to its row when it is open, else to a screen of its own."""
        dossier = await self.session.read_dossier(conversation_id)
        shown = self.session.bring(dossier.conversation)
        lanes = self.screen
        if shown and isinstance(lanes, DeskScreen):
            lanes.go_to(dossier.conversation.lane)
        else:
            self.open_conversation(conversation_id)

    async def _palette(self, targets: Sequence[int]) -> None:
        from cmconsole.tui.screens.palette import ActionPalette  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        screen = self.screen
        chosen = await self.ask(ActionPalette(self.session.settings.keymap, self._refusal(targets)))
        if chosen is not None and isinstance(screen, KeyedScreen):
            screen.act(chosen)

    def _refusal(self, targets: Sequence[int]) -> Callable[[Any], str]:
        screen = self.screen
        here = screen.handlers() if isinstance(screen, KeyedScreen) else {}

        def refusal(action: Any) -> str:
            if action.acts and self.session.read_only:
                return _("read only: your shift was handed over")
            if action.id == "pause":
                return "" if "pause" in here else _("open the sources first")
            if action.id in AMONG_REPLIES and action.id not in here:
                return _("open the approvals or the outbox first")
            if action.acts and not targets and action.id != "take-back":
                return _("there is no conversation here")
            return ""

        return refusal

    async def _help(self, _targets: Sequence[int]) -> None:
        from cmconsole.tui.screens.help import HelpScreen  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        await self.ask(HelpScreen(self.session.settings.keymap))

    async def _handover(self, _targets: Sequence[int]) -> None:
        self._watch.opened()
        from cmconsole.tui.screens.handover import HandoverScreen  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        await self.ask(HandoverScreen(self.session.desk))

    # ------------------------------------------------------------------------------------- what Textual
    # must not do here

    def open_url(self, url: str, *, new_tab: bool = True) -> None:  # noqa: ARG002 - Textual's signature
        """Show and copy an address: a console that is served must not open a browser where it runs."""
        safe = link(url)
        if safe:
            self.copy_to_clipboard(safe)
            self.say(_("{url} (copied)").format(url=safe), "accent")

    def action_suspend_process(self) -> None:
        """Stay: over SSH nobody could bring a suspended console back."""

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Write nothing: the file would stay on the machine the console runs on."""

    def action_command_palette(self) -> None:
        """Open nothing: `:` opens the registry's palette."""

"""What is to be done to which post: the question behind the key that acts on posts where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import OptionList

from cmconsole.config.language import _
from cmconsole.core.account import Mode
from cmconsole.core.reply import Act
from cmconsole.core.text import one_line
from cmconsole.desk.words import word
from cmconsole.tui.present.header import mode_label
from cmconsole.tui.present.line import clip, steady
from cmconsole.tui.present.times import clock
from cmconsole.tui.present.words import account_name, network
from cmconsole.tui.screens.dialog import Choices, Dialog, Words, content, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.post_acts import Post

_TEXT: int = 240
"""Most characters of the post that are shown: enough to know it by."""


def act_sentence(act: Act) -> str:
    """Return what an act does, as an entry of the list."""
    return {
        Act.LIKE: _("like it"),
        Act.HIDE: _("hide it below our post"),
        Act.REPORT: _("report it to the moderators"),
        Act.REMOVE: _("remove it for everybody"),
        Act.APPROVE: _("approve it: it stays"),
        Act.LOCK: _("lock it: only moderators answer"),
        Act.DELETE: _("delete it: it is ours"),
    }.get(act, word(act))


class PostActs(Dialog["tuple[Post, Act]"]):
    """Shows the newest post and what can be done to it; left and right go to the others."""

    DEFAULT_CSS: ClassVar[str] = """
    PostActs > #box { width: 76; }
    PostActs #text { margin: 0 0 1 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("left,h", "turn(1)"), ("right,l", "turn(-1)")]

    def __init__(self, posts: Sequence[Post], desk: Desk) -> None:
        super().__init__()
        self._posts = list(posts)
        self._desk = desk
        self._at = 0
        self.title_words = _("Act on a post")
        more = len(posts) > 1
        self.keys_words = (
            _("1–9 choose · ← → another post · Esc back") if more else _("1–9 choose · Esc back")
        )

    @property
    def _post(self) -> Post:
        return self._posts[self._at]

    def parts(self) -> ComposeResult:
        yield Words("", name="whose")
        yield Words("", name="text", classes="quiet")
        yield Choices([])
        yield Words("", name="done", classes="quiet after")

    def on_mount(self) -> None:
        self._show()
        self.query_one(Choices).focus()

    def _show(self) -> None:
        post, now = self._post, self._desk.now()
        when = clock(post.at, now, self._desk.zone)
        whose = _("our reply of {time}") if post.ours else _("{whom}'s post of {time}")
        whom = f"u/{steady(post.handle)}" if post.speaker.platform == "reddit" else account_name(post.handle)
        line = (
            (whose.format(whom=whom, time=when), "strong"),
            (
                "  "
                + _("as {account} on {network}").format(
                    account=account_name(post.speaker.handle), network=network(post.speaker.platform)
                )
                + "  ",
                "text",
            ),
            *mode_label(live=post.speaker.mode is Mode.LIVE),
        )
        self.query_one("#whose", Words).update(content([line]))
        self.query_one("#text", Words).say(clip(steady(one_line(post.text, _TEXT)), _TEXT))
        choices = self.query_one(Choices)
        choices.clear_options()
        choices.add_options(numbered([act_sentence(act) for act in post.acts]))
        choices.highlighted = None
        done = ", ".join(word(act) for act in post.done)
        self.query_one("#done", Words).say(_("Done already: {acts}").format(acts=done) if done else "")

    def action_turn(self, by: int) -> None:
        """Go to another post: older ones to the left."""
        self._at = max(0, min(self._at + by, len(self._posts) - 1))
        self._show()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer((self._post, self._post.acts[event.option_index]))

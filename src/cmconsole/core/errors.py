"""The one exception tree: every failure a person may meet, in words they can act on."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the name gettext's tools look for
    """Return the message as it is: marks what `config.language.said` translates when it is shown."""
    return message


class CmconsoleError(Exception):
    """Root of all errors raised on purpose.

    message: an English sentence, or a template of one for `facts`; rooms that know no language mark it with
    N_, and it is translated where it is shown (`config.language.said`).
    advice: what the person can do about it; it may be empty when the message already says so.
    """

    def __init__(self, message: str, *, advice: str = "", **facts: str | int) -> None:
        super().__init__(message)
        self.template = message
        self.facts = facts
        self.message = message.format(**facts) if facts else message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()


class SettingsError(CmconsoleError):
    """A setting is wrong; the message names file, key, what was found and what is allowed."""


class InputError(CmconsoleError):
    """What a person or a file gave cannot be taken as it stands."""


class NotFoundError(CmconsoleError):
    """The conversation, shift or handover that was named does not exist (any more)."""


class IllegalMoveError(CmconsoleError):
    """The conversation's status does not allow this move."""


class ClaimHeldError(CmconsoleError):
    """Somebody else holds the conversation; `holder` says who."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            N_("{holder} holds this conversation."),
            advice=N_("Ask them, or wait until the claim expires."),
            holder=holder,
        )
        self.holder = holder


class AnsweredError(CmconsoleError):
    """A colleague answers, or has answered, this conversation; `who` says which of them."""

    def __init__(self, message: str, *, advice: str, who: str) -> None:
        super().__init__(message, advice=advice, who=who)
        self.who = who


class ReadOnlyError(CmconsoleError):
    """The shift was handed over: this console may look, not act."""


class StoreError(CmconsoleError):
    """The store could not do what was asked; nothing of it was done."""


class StoreBusyError(StoreError):
    """Another process held the store's write lock for longer than the busy time-out."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of the program than this one."""


class LeaseLostError(StoreError):
    """Another engine holds the lease now: nothing of this transaction was committed."""


class SourceError(CmconsoleError):
    """A source could not be read this time; it is tried again after a pause.

    `retry_after` is the least pause in seconds that the platform asked for, or None.
    """

    def __init__(
        self, message: str, *, advice: str = "", retry_after: float | None = None, **facts: str | int
    ) -> None:
        super().__init__(message, advice=advice, **facts)
        self.retry_after = retry_after


class SourceRefusedError(SourceError):
    """The platform refuses us (bad token, forbidden, gone): trying again alone will not help."""


class BudgetSpentError(SourceError):
    """The month's money for this account is used up: reading it pauses until the month is over."""


class PublishError(CmconsoleError):
    """A reply could not be published, or it is not known whether it was.

    `retry_after` is the least pause in seconds that the platform asked for, or None.
    """

    def __init__(
        self, message: str, *, advice: str = "", retry_after: float | None = None, **facts: str | int
    ) -> None:
        super().__init__(message, advice=advice, **facts)
        self.retry_after = retry_after


class NotPublishedError(PublishError):
    """Nothing was published, surely; trying again later may help."""


class PublishRefusedError(NotPublishedError):
    """Nothing was published, surely, and trying again alone will not help: a person must act."""


class UnclearError(PublishError):
    """The platform may or may not have published it: it has to be looked up before anything else is done."""

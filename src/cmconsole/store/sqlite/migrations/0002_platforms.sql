-- Platforms for good: mentions change and go, accounts are checked and cost money, colleagues forward links.

ALTER TABLE mention ADD COLUMN edited_at INTEGER;
ALTER TABLE mention ADD COLUMN gone TEXT NOT NULL DEFAULT '';          -- why it is no longer on its platform
ALTER TABLE mention ADD COLUMN can_reply INTEGER NOT NULL DEFAULT 1;
ALTER TABLE mention ADD COLUMN checked_at INTEGER;                     -- when its platform was last asked for it
ALTER TABLE conversation ADD COLUMN can_reply INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversation ADD COLUMN tips INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN paused_by TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN paused_at INTEGER;

-- A post of a platform with ids in its addresses, or one that can be asked, is not looked for by its address.
CREATE INDEX mention_address ON mention (url) WHERE platform NOT IN ('x', 'reddit', 'mastodon', 'bluesky', 'hackernews');

DROP INDEX event_history;
CREATE INDEX event_history ON event (conversation_id, seq)
WHERE (person <> '' OR kind IN (
    'conversation.won', 'conversation.rejudged', 'silence.kept', 'conversation.gone', 'mention.edited',
    'mention.removed', 'tip.linked'
));

CREATE TABLE account (
    name TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    handle TEXT NOT NULL,
    mode TEXT NOT NULL,
    standing TEXT NOT NULL,
    seen TEXT NOT NULL,
    native_id TEXT NOT NULL,
    checked_at INTEGER,
    error TEXT NOT NULL,
    cap INTEGER
) STRICT, WITHOUT ROWID;

-- What an account used of each thing in a calendar month (UTC, as 2026-11), and its price in micro-dollars.
CREATE TABLE usage (
    account TEXT NOT NULL,
    month TEXT NOT NULL,
    item TEXT NOT NULL,
    n INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    PRIMARY KEY (account, month, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE tip (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    conversation_id INTEGER,
    again INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX tip_identity ON tip (url, person);
CREATE INDEX tip_conversation ON tip (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX tip_waiting ON tip (id) WHERE state = 'waiting';

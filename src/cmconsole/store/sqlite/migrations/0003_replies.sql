-- Replies: what the desk says in public, and the trail of who said it, as which account, approved by whom.

CREATE TABLE reply (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    platform TEXT NOT NULL,
    account TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    text TEXT NOT NULL,
    writer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    mode TEXT NOT NULL,
    act TEXT NOT NULL,
    thread TEXT NOT NULL,
    parts TEXT NOT NULL,                 -- JSON, like raised and native_ids
    language TEXT NOT NULL,
    key TEXT NOT NULL,
    status TEXT NOT NULL,
    seen INTEGER NOT NULL,
    canned TEXT NOT NULL,
    editor TEXT NOT NULL,
    approver TEXT NOT NULL,
    asked_at INTEGER,
    asked_text TEXT NOT NULL,
    refusal TEXT NOT NULL,
    raised TEXT NOT NULL,
    hold_until INTEGER,
    console TEXT NOT NULL,
    turn INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    first_at INTEGER,
    next_at INTEGER,
    looks INTEGER NOT NULL,
    absences INTEGER NOT NULL,
    doubted INTEGER NOT NULL,
    error TEXT NOT NULL,
    advice TEXT NOT NULL,
    native_ids TEXT NOT NULL,
    url TEXT NOT NULL,
    sent_at INTEGER,
    version INTEGER NOT NULL,
    -- When the engine has to do something about it; NULL: it has not.
    due INTEGER AS (CASE status WHEN 'holding' THEN hold_until WHEN 'unknown' THEN next_at END),
    -- When it was said, or since when it is about to be; NULL: nobody has heard it.
    said_at INTEGER AS (
        CASE WHEN act = 'reply'
            AND (status IN ('holding', 'sending', 'unknown', 'sent', 'rehearsed') OR native_ids <> '[]')
        THEN coalesce(sent_at, updated_at) END
    )
) STRICT;
-- Whatever the programs do, a conversation has one reply on its way out at most.
CREATE UNIQUE INDEX reply_flying ON reply (conversation_id)
WHERE act = 'reply' AND status IN ('holding', 'sending', 'unknown');
-- Not unique for drafts: taking a reply back must never fail because its writer has begun another one.
CREATE INDEX reply_conversation ON reply (conversation_id, status);
CREATE INDEX reply_status ON reply (status, updated_at);
CREATE INDEX reply_due ON reply (account, due) WHERE due IS NOT NULL;
CREATE INDEX reply_said ON reply (account, said_at) WHERE said_at IS NOT NULL;

-- The trail outlives replies and conversations, and holds none of their words.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reply_id INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL,
    person TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX audit_reply ON audit (reply_id, seq);
CREATE INDEX audit_conversation ON audit (conversation_id, seq);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
-- INSERT OR REPLACE deletes without a word to the trigger above.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = new.seq)
BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;

ALTER TABLE account ADD COLUMN most INTEGER;                           -- characters a post may have there

DROP INDEX event_history;
CREATE INDEX event_history ON event (conversation_id, seq)
WHERE (person <> '' OR kind IN (
    'conversation.won', 'conversation.rejudged', 'silence.kept', 'conversation.gone', 'mention.edited',
    'mention.removed', 'tip.linked', 'conversation.done', 'conversation.pending'
) OR kind BETWEEN 'reply.' AND 'reply/');

-- The store as it began: authors, conversations, mentions with their full text, events, sources, people.
-- Times are milliseconds since the Unix epoch. Statuses, lanes, kinds and tones are the words of the domain.

CREATE TABLE author (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    folded TEXT NOT NULL,                -- core.text.fold(handle): the author's identity on the platform
    folded_name TEXT NOT NULL,           -- core.text.fold(name), empty where it says no more than the handle
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    reach INTEGER,
    verified INTEGER NOT NULL,
    bio TEXT NOT NULL,
    url TEXT NOT NULL,
    vip INTEGER NOT NULL,
    first_seen INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX author_identity ON author (folded, platform);
CREATE INDEX author_name ON author (folded_name) WHERE folded_name <> '';
CREATE INDEX author_vip ON author (id) WHERE vip = 1;

CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id INTEGER NOT NULL REFERENCES author (id),
    thread TEXT NOT NULL,
    rooted INTEGER NOT NULL,             -- 1: opened by the thread's first post itself
    status TEXT NOT NULL DEFAULT 'open', -- defaults: what a new conversation is, for intake is spared saying it
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    kind TEXT NOT NULL,
    severity INTEGER NOT NULL,
    tone TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    waiting_since INTEGER,
    answer_by INTEGER,
    messages INTEGER NOT NULL,
    last_mention INTEGER NOT NULL,       -- text and link of a conversation are those of this mention
    last_at INTEGER NOT NULL,
    vip INTEGER NOT NULL,
    clock_left INTEGER,
    snoozed_until INTEGER,
    claim_person TEXT,
    claim_until INTEGER,
    language TEXT NOT NULL,
    complaint REAL NOT NULL,
    outcome TEXT,
    silence_reason TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    version INTEGER NOT NULL DEFAULT 0,
    judged INTEGER NOT NULL,             -- the mention whose verdict's reasons are the conversation's …
    reasons TEXT,                        -- … unless it was judged anew since: then these are
    resolved_at INTEGER,
    hostility INTEGER NOT NULL DEFAULT 0,
    themes TEXT NOT NULL DEFAULT '[]',
    route TEXT NOT NULL DEFAULT '',
    decided TEXT NOT NULL DEFAULT '',    -- what a person decided against triage: JSON of core.conversation.Decided
    cluster INTEGER,                     -- those that say nearly the same share it: the id of one of them
    lead INTEGER NOT NULL DEFAULT 1,     -- 0: open, and another one of its cluster and lane stands for it
    quiet INTEGER NOT NULL DEFAULT 1     -- 0: in a cluster, and its author's voice carries far
) STRICT;
-- A rooted conversation is found through its first mention (mention_identity): this index need not hold it, and
-- nearly all are rooted. Ids are scattered, so each entry spared is a page spared (docs/decisions).
CREATE UNIQUE INDEX conversation_identity ON conversation (thread, author_id) WHERE rooted = 0;
CREATE INDEX conversation_author ON conversation (author_id, last_at);
CREATE INDEX conversation_lane ON conversation (lane, priority, answer_by, id) WHERE status = 'open' AND lead = 1;
CREATE INDEX conversation_behind ON conversation (lane, priority, answer_by, id) WHERE status = 'open' AND lead = 0;
-- Who leads a cluster in a lane is the first of an index range, however many there are; none of this costs
-- anything where nothing is clustered.
CREATE INDEX conversation_cluster ON conversation (cluster, status, lane, lead, priority, quiet, created_at)
WHERE cluster IS NOT NULL;
CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE status = 'snoozed';
CREATE INDEX conversation_pending ON conversation (updated_at) WHERE status = 'pending';
CREATE INDEX conversation_resolved ON conversation (updated_at) WHERE status = 'resolved';
CREATE INDEX conversation_outcome ON conversation (outcome, resolved_at) WHERE status = 'resolved';
CREATE INDEX conversation_claim ON conversation (claim_person, claim_until) WHERE claim_person IS NOT NULL;

CREATE TABLE mention (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    thread TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    language TEXT NOT NULL,
    reasons TEXT NOT NULL                -- why triage judged it as it did: JSON of core.verdict.Reason
) STRICT;
CREATE UNIQUE INDEX mention_identity ON mention (native_id, platform);
CREATE INDEX mention_conversation ON mention (conversation_id, created_at);

-- Words only: no positions and no sizes, for nobody asks for phrases or ranks here (docs/decisions).
CREATE VIRTUAL TABLE mention_text USING fts5(
    text, content='mention', content_rowid='id', tokenize='unicode61 remove_diacritics 2', detail=none, columnsize=0
);
INSERT INTO mention_text (mention_text, rank) VALUES ('automerge', 8);

-- How many conversations there are: kept by every writer in its own transaction.
CREATE TABLE tally (
    status TEXT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (status, lane, kind)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a seq is never used twice, also after the newest events were deleted.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    conversation_id INTEGER,
    person TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX event_history ON event (conversation_id, seq)
WHERE (person <> '' OR kind IN ('conversation.won', 'conversation.rejudged', 'silence.kept'));

-- What a learner made of the desk's corrections: JSON of its own, up to the event `seq`.
CREATE TABLE learned (name TEXT PRIMARY KEY, state TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE minute (at INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;

CREATE TABLE source (
    name TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    health TEXT NOT NULL,
    retry_at INTEGER,
    last_error TEXT NOT NULL,
    last_ok_at INTEGER,
    newest_at INTEGER,
    taken INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    set_aside INTEGER NOT NULL,
    cursor TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL
) STRICT;

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE presence (
    console TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    shift_id INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE shift (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    handed_over_at INTEGER
) STRICT;
CREATE INDEX shift_person ON shift (person, ends_at);

CREATE TABLE handover (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shift_id INTEGER NOT NULL UNIQUE REFERENCES shift (id),
    outgoing TEXT NOT NULL,
    brief TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_at INTEGER
) STRICT;

-- Written in the PostgreSQL words; the SQLite runner maps the type names and appends STRICT.
-- Times are milliseconds since 1970 UTC, ids are ours, 16 bytes.

CREATE TABLE accounts (
    id BYTEA PRIMARY KEY,
    email_key TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'locked', 'closed')),
    -- The anti-phishing words, now and before, sealed.
    words BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- One version and digest cover the set of the account's credentials, so that a deleted or rolled-back
    -- row shows.
    version BIGINT NOT NULL,
    digest BYTEA NOT NULL
);

-- What grants power: passwords, authenticator apps, recovery codes, kits, channels. Each row carries a MAC.
CREATE TABLE credentials (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('password', 'totp', 'kit', 'recovery_code', 'channel')),
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX credentials_account ON credentials (account);

-- The newest step that an authenticator app has spent, and the drift of its clock.
CREATE TABLE totp_use (
    credential BYTEA PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    last_step BIGINT NOT NULL,
    drift BIGINT NOT NULL CHECK (drift IN (-1, 0, 1)),
    used_at BIGINT NOT NULL
);

CREATE TABLE old_passwords (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    phc TEXT NOT NULL,
    pepper BIGINT NOT NULL,
    replaced_at BIGINT NOT NULL
);
CREATE INDEX old_passwords_account ON old_passwords (account, replaced_at);


-- Argon2id parameters that some stored hash has or had: every failed sign-in costs the dearest (policy.md).
CREATE TABLE hash_parameters (
    memory_kib BIGINT NOT NULL,
    passes BIGINT NOT NULL,
    PRIMARY KEY (memory_kib, passes)
);

CREATE TABLE sessions (
    -- SHA-256 of the 256-bit secret in the cookie; the session's id is its first 16 bytes.
    token_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    level BIGINT NOT NULL,
    methods BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_created ON sessions (created_at);

-- Read by every process each 500 ms: which sessions have ended.
CREATE TABLE revocations (
    session BYTEA PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX revocations_at ON revocations (at);

-- A sign-in between its first and its second factor. The secret is in a cookie, the row is sealed.
CREATE TABLE sign_ins (
    secret_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_account ON sign_ins (account);
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

-- A sign-up, one row a browser: it holds progress only once that browser has proved the address.
CREATE TABLE sign_ups (
    secret_hash BYTEA PRIMARY KEY,
    email_key TEXT NOT NULL,
    proven BIGINT NOT NULL CHECK (proven IN (0, 1)),
    tries BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ups_email ON sign_ups (email_key);
CREATE INDEX sign_ups_expiry ON sign_ups (expires_at);

-- Budgets: failures and requests, counted exactly, each charged by one guarded upsert before any work.
CREATE TABLE budgets (
    kind TEXT NOT NULL,
    key BYTEA NOT NULL,
    charged BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    window_ends_at BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX budgets_window ON budgets (window_ends_at);

-- A browser that has finished a sign-in: SHA-256 of its cookie, for one account.
CREATE TABLE known_browsers (
    token_hash BYTEA NOT NULL,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    mac BYTEA NOT NULL,
    PRIMARY KEY (token_hash, account)
);
CREATE INDEX known_browsers_account ON known_browsers (account);

-- A step-up: what was shown and what will be done, sealed; proven once.
CREATE TABLE step_ups (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX step_ups_expiry ON step_ups (expires_at);

-- A mailed code for one purpose and one browser (a pass past the strangers' tries, a notice address).
CREATE TABLE mailed_codes (
    secret_hash BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    tries BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (secret_hash, purpose)
);
CREATE INDEX mailed_codes_expiry ON mailed_codes (expires_at);

-- Mail that an event owes, written in the event's transaction. Recipient and parameters are sealed, and wiped
-- at delivery.
CREATE TABLE outbox (
    id BYTEA PRIMARY KEY,
    account BYTEA,
    template TEXT NOT NULL,
    priority BIGINT NOT NULL,
    sealed BYTEA,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    last_answer TEXT NOT NULL
);
CREATE INDEX outbox_due ON outbox (priority, due_at) WHERE state = 'waiting';
CREATE INDEX outbox_account ON outbox (account, created_at);

-- What happened to an account, for its owner.
CREATE TABLE events (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX events_account ON events (account, at);

-- When something of an account is due, so that a worker finds it. It grants nothing: what is done stands in
-- the account's credentials, under their MACs.
CREATE TABLE due_work (
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (account, due_at)
);
CREATE INDEX due_work_due ON due_work (due_at);

-- Codes that stop a change or a case without signing in: SHA-256 of 50 random bits, each for one thing and
-- one channel that was told.
CREATE TABLE stop_codes (
    code_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX stop_codes_account ON stop_codes (account);
CREATE INDEX stop_codes_expiry ON stop_codes (expires_at);

-- Browsers that are asked for no second factor for a while; each proves itself by a key that it cannot give
-- away.
CREATE TABLE trusted_browsers (
    token_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    public_key BYTEA NOT NULL,
    browser TEXT NOT NULL,
    trusted_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX trusted_browsers_account ON trusted_browsers (account);

-- Browsers that are asked for no second factor for a while: each proves itself by a key that it cannot give
-- away. Found by the token of the known-browser cookie, one row for each account that trusts it.
CREATE TABLE trusted_browsers (
    id BYTEA PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- P-256, an uncompressed point (SEC 1 section 2.3.3).
    public_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    mac BYTEA NOT NULL,
    UNIQUE (token_hash, account)
);
CREATE INDEX trusted_browsers_account ON trusted_browsers (account);
CREATE INDEX trusted_browsers_created ON trusted_browsers (created_at);

-- Sessions of a trusted browser: whoever ends one of them ends the trust. It grants nothing.
CREATE TABLE trusted_sessions (
    session BYTEA PRIMARY KEY,
    trusted BYTEA NOT NULL REFERENCES trusted_browsers (id) ON DELETE CASCADE
);
CREATE INDEX trusted_sessions_trusted ON trusted_sessions (trusted);

-- Lock codes: one for each message to an address of an account; 50 random bits, kept as a keyed hash. The
-- lock itself stands in the account's credentials, under their MACs, and in its state, under one digest.
CREATE TABLE lock_codes (
    code_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    channel BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX lock_codes_account ON lock_codes (account);
CREATE INDEX lock_codes_expiry ON lock_codes (expires_at);

-- Codes that stop a change, or undo it: one for each message that tells of it; 50 random bits, kept as a
-- keyed hash.
CREATE TABLE change_codes (
    code_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    change BYTEA NOT NULL,
    channel BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX change_codes_change ON change_codes (change);
CREATE INDEX change_codes_expiry ON change_codes (expires_at);

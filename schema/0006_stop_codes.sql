-- Codes that stop a case on a road back, one for each mail of it; 50 random bits, kept as a keyed hash.
CREATE TABLE stop_codes (
    code_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    recovery BYTEA NOT NULL,
    channel BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX stop_codes_recovery ON stop_codes (recovery);
CREATE INDEX stop_codes_expiry ON stop_codes (expires_at);

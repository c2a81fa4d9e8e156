-- Passkeys, and kinds of credentials that later rooms add: the kind is the server's word, held by each row's
-- MAC, and no longer listed here. The table is made anew, because SQLite cannot drop a CHECK.
CREATE TABLE credentials_new (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
INSERT INTO credentials_new (id, account, kind, body, created_at, version, mac)
    SELECT id, account, kind, body, created_at, version, mac FROM credentials;

CREATE TABLE totp_use_new (
    credential BYTEA PRIMARY KEY REFERENCES credentials_new (id) ON DELETE CASCADE,
    last_step BIGINT NOT NULL,
    drift BIGINT NOT NULL CHECK (drift IN (-1, 0, 1)),
    used_at BIGINT NOT NULL
);
INSERT INTO totp_use_new (credential, last_step, drift, used_at)
    SELECT credential, last_step, drift, used_at FROM totp_use;

DROP TABLE totp_use;
DROP TABLE credentials;
ALTER TABLE credentials_new RENAME TO credentials;
ALTER TABLE totp_use_new RENAME TO totp_use;
CREATE INDEX credentials_account ON credentials (account);

-- What changes with each use of a passkey, and how a sign-in without an address finds the account.
CREATE TABLE passkey_use (
    credential BYTEA PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    -- The authenticator's name for it (WebAuthn level 3, section 4, credential ID).
    credential_id BYTEA NOT NULL UNIQUE,
    counter BIGINT NOT NULL,
    backed_up BIGINT NOT NULL CHECK (backed_up IN (0, 1)),
    used_at BIGINT,
    browser TEXT NOT NULL
);

-- WebAuthn challenges that were answered, until they would have expired: each is good for one answer.
CREATE TABLE spent_challenges (
    challenge BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_challenges_expiry ON spent_challenges (expires_at);

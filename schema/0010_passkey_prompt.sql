-- When the account's owner said "Not now" to the proposal of a passkey. It grants nothing.
ALTER TABLE accounts ADD COLUMN passkey_declined_at BIGINT;

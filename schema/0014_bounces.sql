-- What came back of a message: '', 'refused' by a relay, 'bounced' after one took it, 'complained' of.
ALTER TABLE outbox ADD COLUMN report TEXT NOT NULL DEFAULT '';
-- What answers to mails said of an account's addresses (policy/deliverability.h). `address` is a keyed hash.
CREATE TABLE address_standings (
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address BYTEA NOT NULL,
    failures BIGINT NOT NULL,
    first_failure_at BIGINT,
    undeliverable_since BIGINT,
    accepted_at BIGINT,
    complained_at BIGINT,
    told BIGINT NOT NULL CHECK (told IN (0, 1)),
    mac BYTEA NOT NULL,
    PRIMARY KEY (account, address)
);
-- How many there are, for the operator.
CREATE INDEX address_standings_undeliverable ON address_standings (undeliverable_since)
    WHERE undeliverable_since IS NOT NULL;

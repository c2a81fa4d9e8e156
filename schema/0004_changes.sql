-- When something of an account is due, so that a worker finds it. It grants nothing: what is done stands in
-- the account's credentials, under their MACs.
CREATE TABLE due_work (
    account BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (account, due_at)
);
CREATE INDEX due_work_due ON due_work (due_at);

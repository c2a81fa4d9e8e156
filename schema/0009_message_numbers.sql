-- Every message has a number (crypto/message_number.h), and stays for its account's list when it is finished.
-- `message_serial` is the row's part of the number, drawn and not counted; `recipient` a keyed hash of it and
-- whom it went to; `kept` what stays after delivery, sealed: number, masked recipient, language. Rows from
-- before have none of them.
ALTER TABLE outbox ADD COLUMN message_serial BIGINT;
ALTER TABLE outbox ADD COLUMN recipient BYTEA;
ALTER TABLE outbox ADD COLUMN kept BYTEA;
CREATE UNIQUE INDEX outbox_message ON outbox (message_serial);
-- An account's list in its order, page by page; and what is to be forgotten.
DROP INDEX outbox_account;
CREATE INDEX outbox_account ON outbox (account, created_at, id);
CREATE INDEX outbox_created ON outbox (created_at);

-- The order in which rows leave: each channel's and priority's by time. The number of rows that wait then
-- costs nothing.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (channel, priority, due_at) WHERE state = 'waiting';

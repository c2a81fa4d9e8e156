-- Text messages leave through the same outbox as mail, by a worker of their own.
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';

-- Of the guesses that were charged: those of a search for a clock's drift. They count towards the most that
-- there may be between two successes, and not towards the waits.
ALTER TABLE budgets ADD COLUMN searched BIGINT NOT NULL DEFAULT 0;

-- Mails of one kind that left in a window, and whether the kind is stopped (policy/mail_breaker.h).
CREATE TABLE mail_breakers (
    template TEXT PRIMARY KEY,
    window_began BIGINT NOT NULL,
    told BIGINT NOT NULL,
    stopped_at BIGINT,
    released_until BIGINT
);

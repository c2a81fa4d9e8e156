-- Fakes that people reported. Texts and pictures are sealed, and die before the rest. `reference` is what the
-- reporter was told; `account` whose, where somebody was signed in; `finding` what people found out: '',
-- 'fake', 'genuine'.
CREATE TABLE fake_reports (
    reference TEXT PRIMARY KEY,
    account BYTEA,
    network BYTEA NOT NULL,
    channel TEXT NOT NULL,
    given TEXT NOT NULL,
    signed_by_us BIGINT NOT NULL CHECK (signed_by_us IN (0, 1)),
    content BYTEA,
    picture BYTEA,
    finding TEXT NOT NULL DEFAULT '',
    told BIGINT NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    made_at BIGINT NOT NULL
);
CREATE INDEX fake_reports_made ON fake_reports (made_at);
CREATE INDEX fake_reports_found ON fake_reports (finding) WHERE finding <> '' AND told = 0;
-- What each of them named: 'host' or 'sender', under the name that they are counted by.
CREATE TABLE fake_names (
    reference TEXT NOT NULL REFERENCES fake_reports (reference) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    cluster TEXT NOT NULL,
    PRIMARY KEY (reference, kind, name)
);
CREATE INDEX fake_names_cluster ON fake_names (cluster);

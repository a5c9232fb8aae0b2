CREATE TABLE extract_decision (    -- what a person said of one extract; an extract's newest row counts
    decision_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    extract_id  TEXT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('hold', 'approve')),
    reason      TEXT NOT NULL,
    decided_by  TEXT NOT NULL,
    decided_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON extract_decision (city, dataset, extract_id, decision_id);

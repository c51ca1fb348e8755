-- What became of alerts: a row for each change. The alert service decides from its log and tells it here; the same row may come twice.
CREATE TABLE IF NOT EXISTS {database}.alert_history {on_cluster}
(
    fingerprint String COMMENT 'stable name of the alert: its rule and what it watches',
    since DateTime('UTC') COMMENT 'when the condition began to hold: names the episode',
    changed_at DateTime64(3, 'UTC'),
    change LowCardinality(String) COMMENT 'began, fired, dropped, recovering, held_again, no_data, data_again, resolved, forgotten',
    reason String COMMENT 'why, for people',
    state LowCardinality(String) COMMENT 'inactive, pending, firing, recovering, no_data, resolved',
    rule_group LowCardinality(String),
    rule LowCardinality(String),
    severity LowCardinality(String) COMMENT 'page, ticket, info',
    tenant_id String COMMENT 'whom it is about; empty: no tenant alone',
    labels Map(String, String),
    value Nullable(Float64) COMMENT 'what the condition was held against when it held last',
    threshold Nullable(Float64),
    sample Float64 COMMENT 'what the value was taken over',
    summary String,
    description String,
    runbook String,
    fired Nullable(DateTime('UTC')),
    until Nullable(DateTime('UTC')),
    facts String COMMENT 'JSON'
)
ENGINE = {engine:ReplacingMergeTree}
PARTITION BY toYYYYMM(since)
ORDER BY (fingerprint, since, changed_at, change)
TTL toDateTime(changed_at) + INTERVAL 400 DAY;

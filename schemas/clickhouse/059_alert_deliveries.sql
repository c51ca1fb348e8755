-- What was sent to whom, when, with what answer: of the rows of a message and a receiver the latest counts.
CREATE TABLE IF NOT EXISTS {database}.alert_deliveries {on_cluster}
(
    message_id String,
    receiver LowCardinality(String),
    updated_at DateTime64(3, 'UTC'),
    decided_at DateTime64(3, 'UTC'),
    first_tried_at Nullable(DateTime64(3, 'UTC')),
    tries UInt32,
    outcome LowCardinality(String) COMMENT 'waiting, delivered, retry, refused, gone, expired',
    status UInt16 COMMENT 'of HTTP; 0: none',
    detail String COMMENT 'the answer in a line, without secrets',
    reason LowCardinality(String) COMMENT 'why it was sent',
    severity LowCardinality(String),
    group_key String,
    title String,
    fingerprints Array(String) COMMENT 'alerts in it',
    tenant_ids Array(String) COMMENT 'whom its alerts are about',
    is_for_tenants Bool COMMENT 'all its alerts are about one tenant each and owned by tenants: they may read it',
    message String COMMENT 'as it was sent, JSON'
)
ENGINE = {engine:ReplacingMergeTree}(updated_at)
PARTITION BY toYYYYMM(decided_at)
ORDER BY (message_id, receiver)
TTL toDateTime(decided_at) + INTERVAL 400 DAY;

-- Silences of alerts, as people asked for them; of the rows of one the latest counts.
CREATE TABLE IF NOT EXISTS {database}.alert_silences {on_cluster}
(
    id String,
    changed_at DateTime64(3, 'UTC'),
    is_ended Bool COMMENT 'somebody ended it, or it is over',
    matchers Map(String, String) COMMENT 'labels with the values to match; * stands for any text',
    from DateTime64(3, 'UTC'),
    until DateTime64(3, 'UTC'),
    author String,
    comment String
)
ENGINE = {engine:ReplacingMergeTree}(changed_at)
ORDER BY id
TTL toDateTime(changed_at) + INTERVAL 400 DAY;

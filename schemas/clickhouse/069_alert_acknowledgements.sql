-- Who took on which group of alerts; of the rows of one the latest counts.
CREATE TABLE IF NOT EXISTS {database}.alert_acknowledgements {on_cluster}
(
    group_key String,
    changed_at DateTime64(3, 'UTC'),
    is_over Bool COMMENT 'the group ended or grew louder since',
    author String,
    comment String
)
ENGINE = {engine:ReplacingMergeTree}(changed_at)
ORDER BY group_key
TTL toDateTime(changed_at) + INTERVAL 400 DAY;

-- Silences that are not over, the next to end first. Parameters: now (seconds).
SELECT
    s.id AS id, s.matchers AS matchers, toUnixTimestamp64Milli(s.from) AS from_ms, toUnixTimestamp64Milli(s.until) AS until_ms,
    s.author AS author, s.comment AS comment
FROM {database}.alert_silences AS s FINAL
WHERE NOT s.is_ended AND s.until > toDateTime64({now:UInt32}, 3)
ORDER BY s.until, s.id

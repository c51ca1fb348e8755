-- Closings of statements.
SELECT toDateTime(intDiv(s.closed_at_ms, 1000), 'UTC') AS time, concat('Closed: ', s.month) AS title, s.tenant_id AS text
FROM {database}.statements AS s
WHERE s.closed_at_ms >= toInt64(toUnixTimestamp({from})) * 1000 AND s.closed_at_ms < toInt64(toUnixTimestamp({to})) * 1000
ORDER BY time
LIMIT 500

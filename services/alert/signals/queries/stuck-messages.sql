-- Messages that receivers do not have yet though they were tried, by receiver. Parameters: from (s): older ones were given up.
SELECT
    d.receiver AS receiver, count() AS messages, toUnixTimestamp64Milli(min(d.decided_at)) AS oldest_ms,
    argMax(d.outcome, d.updated_at) AS outcome, argMax(d.status, d.updated_at) AS status, argMax(d.detail, d.updated_at) AS detail
FROM {database}.alert_deliveries AS d FINAL
WHERE d.decided_at >= {from:DateTime('UTC')} AND d.outcome IN ('waiting', 'retry')
GROUP BY receiver
ORDER BY oldest_ms, receiver
LIMIT 10000

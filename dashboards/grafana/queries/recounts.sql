-- Settled minutes that a person let be published again from fewer rows.
SELECT toDateTime(w.republished_at, 'UTC') AS time, 'Recounted' AS title, concat(w.republished_by, ': ', w.reason) AS text
FROM {database}.republished_windows AS w
WHERE w.republished_at >= {from} AND w.republished_at < {to}
ORDER BY time
LIMIT 500

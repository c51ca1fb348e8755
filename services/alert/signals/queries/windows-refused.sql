-- What the last comparison of settled minutes with their raw rows found. Parameters: from (s): older ones say nothing of now.
SELECT
    toUnixTimestamp64Milli(c.checked_at) AS checked_ms, c.fewer AS fewer,
    toUnixTimestamp(c.first_fewer) AS first_s, toUnixTimestamp(c.last_fewer) AS last_s
FROM {database}.window_checks AS c
WHERE c.checked_at >= {from:DateTime('UTC')}
ORDER BY c.checked_at DESC
LIMIT 1

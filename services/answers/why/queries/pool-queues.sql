-- Mean time that requests waited in the engines of pools, by minute. Parameters: from, to.
SELECT toUnixTimestamp(p.window_start) AS window_s, p.pool AS pool, avg(p.queue_ms) AS queue_ms
FROM {database}.pool_per_minute_current AS p
WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')} AND p.queue_ms IS NOT NULL
GROUP BY p.window_start, p.pool

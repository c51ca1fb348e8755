-- Pools with the minutes that were read, and those in which requests waited. Parameters: from, to.
SELECT
    p.pool AS pool,
    uniqExact(p.window_start) AS read_minutes,
    uniqExactIf(p.window_start, p.waiting >= 1 OR p.saturation >= 1) AS contended_minutes
FROM {database}.pool_per_minute_current AS p
WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')}
GROUP BY p.pool
ORDER BY p.pool

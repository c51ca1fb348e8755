-- Pools as their engines tell. Parameters: from, to.
SELECT
    p.pool AS pool,
    uniqExact(p.window_start) AS minutes,
    uniqExactIf(p.window_start, p.samples > 0) AS read_minutes,
    uniqExactIf(p.window_start, p.saturation IS NOT NULL) AS forecast_minutes,
    uniqExactIf(p.window_start, p.saturation >= 1) AS saturated_minutes,
    max(p.engines) AS engines,
    max(p.waiting_max) AS waiting_max,
    sum(p.attempts) AS attempts
FROM {database}.pool_per_minute_current AS p
WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')}
GROUP BY p.pool
ORDER BY p.pool

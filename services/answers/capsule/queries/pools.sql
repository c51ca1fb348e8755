-- Pools by phase of an incident. Parameters: before, from, to, after (s).
SELECT
    multiIf(p.window_start < {from:DateTime('UTC')}, 'before', p.window_start < {to:DateTime('UTC')}, 'during', 'after') AS phase,
    p.pool AS pool,
    uniqExact(p.window_start) AS minutes,
    max(p.saturation) AS saturation_max,
    max(p.waiting_max) AS waiting_max,
    max(p.kv_cache_use_ratio_max) AS kv_max,
    sum(p.preemptions) AS preemptions,
    minIf(toUnixTimestamp(p.window_start), p.saturation >= 1) * 1000 AS saturated_from_ms
FROM {database}.pool_per_minute_current AS p
WHERE p.window_start >= {before:DateTime('UTC')} AND p.window_start < {after:DateTime('UTC')}
GROUP BY phase, p.pool
ORDER BY phase, pool

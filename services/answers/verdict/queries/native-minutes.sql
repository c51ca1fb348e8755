-- How long requests took at the upstream that they were meant for, by minute. Parameters: from, to, targets.
SELECT
    toUnixTimestamp(g.window_start) * 1000 AS at_ms,
    g.to_upstream AS upstream,
    sum(g.request_duration_count) AS requests,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(g.request_duration_ms) AS duration_ms
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.from_upstream = g.to_upstream AND g.to_upstream IN {targets:Array(String)}
GROUP BY g.window_start, g.to_upstream
HAVING requests > 0
ORDER BY at_ms, upstream
LIMIT 300000

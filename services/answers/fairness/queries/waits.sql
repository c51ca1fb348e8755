-- How long answered requests of a priority class waited in a pool, by minute, in the minutes in which requests waited.
-- Parameters: from, to.
SELECT
    g.upstream AS pool,
    toUnixTimestamp(g.window_start) * 1000 AS at_ms,
    g.priority AS priority,
    sum(g.request_queue_count) AS requests,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(g.request_queue_ms)[1] AS queue_p50_ms
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.request_queue_count > 0 AND g.priority != '' AND g.upstream_kind = 'pool'
    AND (g.upstream, g.window_start) IN (
        SELECT p.pool, p.window_start
        FROM {database}.pool_per_minute_current AS p
        WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')}
            AND (p.waiting >= 1 OR p.saturation >= 1))
GROUP BY pool, g.window_start, g.priority
ORDER BY pool, at_ms, priority
LIMIT 100000

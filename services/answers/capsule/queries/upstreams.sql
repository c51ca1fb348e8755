-- Attempts at upstreams by phase of an incident. Parameters: before, from, to, after (s).
SELECT
    multiIf(g.window_start < {from:DateTime('UTC')}, 'before', g.window_start < {to:DateTime('UTC')}, 'during', 'after') AS phase,
    g.upstream_kind AS upstream_kind,
    g.upstream AS upstream,
    sum(g.attempts) AS attempts,
    sumIf(g.attempts, g.outcome = 'error') AS failed,
    sumMapIf(map(toString(g.error_class), g.attempts), g.outcome = 'error') AS failed_by_class
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {before:DateTime('UTC')} AND g.window_start < {after:DateTime('UTC')}
    AND g.upstream != '' AND g.outcome NOT IN ('rejected', 'cancelled')
GROUP BY phase, g.upstream_kind, g.upstream
ORDER BY phase, upstream_kind, upstream

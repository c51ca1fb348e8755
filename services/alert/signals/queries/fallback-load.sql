-- Pools that take what falls back from elsewhere: how full they were at the fullest, and whose traffic it is. Parameters: from, to (s).
WITH served AS (
    SELECT
        g.upstream AS pool, sum(g.attempts) AS attempts, sum(g.collateral_attempts) AS fallbacks,
        topKWeightedIf(3)(toString(g.from_upstream), g.collateral_attempts,
            g.collateral_attempts > 0 AND g.from_upstream NOT IN ('', 'unknown')) AS origins,
        uniqExactIf(g.tenant_id, g.collateral_attempts > 0) AS tenants_total,
        topKWeightedIf(5)(toString(g.tenant_id), g.collateral_attempts, g.collateral_attempts > 0) AS tenants
    FROM {database}.attempt_groups_per_minute_current AS g
    WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')} AND g.upstream_kind = 'pool'
    GROUP BY pool
    HAVING fallbacks > 0
)
SELECT
    p.pool AS pool, p.model AS model,
    greatest(max(ifNull(p.kv_cache_use_ratio_max, 0.)), max(ifNull(p.saturation, 0.))) AS fullness,
    max(ifNull(p.running_max, 0.)) AS running, max(ifNull(p.waiting_max, 0.)) AS waiting, max(p.engines) AS engines,
    any(s.attempts) AS attempts, any(s.fallbacks) AS fallbacks, any(s.origins) AS origins,
    any(s.tenants_total) AS tenants_total, any(s.tenants) AS tenants
FROM {database}.pool_per_minute_current AS p
INNER JOIN served AS s ON s.pool = p.pool
WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')}
GROUP BY pool, model
ORDER BY pool, model
LIMIT 10000

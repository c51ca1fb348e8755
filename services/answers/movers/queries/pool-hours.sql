-- What own pools cost by hour and kind (busy, idle, unattributed), as published. Parameters: from, to (s, whole hours), is_all, tenants.
SELECT
    toUnixTimestamp(c.hour_start) * 1000 AS hour_ms,
    c.pool AS pool,
    c.kind AS kind,
    c.currency AS currency,
    toString(sum(c.cost)) AS cost
FROM {database}.gpu_pool_cost_per_hour_current AS c
WHERE c.hour_start >= {from:DateTime('UTC')} AND c.hour_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR c.tenant_id IN {tenants:Array(String)})
GROUP BY c.hour_start, c.pool, c.kind, c.currency
ORDER BY hour_ms, pool, kind, currency
LIMIT 300000

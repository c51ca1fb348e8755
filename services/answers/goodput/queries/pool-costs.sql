-- What tenants bear of own pools, as published by the hour. Parameters: from, to (s, whole hours), is_all, tenants.
SELECT
    toString(c.tenant_id) AS tenant_id,
    toString(c.pool) AS pool,
    toString(c.currency) AS currency,
    toString(sum(c.cost)) AS cost
FROM {database}.gpu_pool_cost_per_hour_current AS c
WHERE c.hour_start >= {from:DateTime('UTC')} AND c.hour_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR c.tenant_id IN {tenants:Array(String)})
GROUP BY ALL
ORDER BY tenant_id, pool, currency
LIMIT 100000

-- What the pools cost these tenants: of a pool's use, the part of others is not theirs to see.
SELECT
    {keys}
    sum(r.cost) AS cost,
    sumIf(r.cost, r.kind = 'busy') AS busy_cost,
    sumIf(r.cost, r.kind = 'idle') AS idle_cost,
    sumIf(r.cost, r.kind = 'unattributed') AS unattributed_cost,
    sum(r.gpu_hours) AS gpu_hours
FROM (
    SELECT c.period_start AS window_start, c.pool AS pool, c.currency AS currency, c.kind AS kind, c.cost AS cost, c.gpu_hours AS gpu_hours
    FROM {database}.gpu_pool_cost_per_hour_current AS c
    WHERE c.period_start >= {from:DateTime('UTC')} AND c.period_start < {to:DateTime('UTC')} AND c.tenant_id IN {tenants:Array(String)}
) AS r
WHERE true {filters}
{groups}
{page}

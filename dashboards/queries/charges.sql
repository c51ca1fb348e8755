-- What tenants are charged for, as published hour by hour: the three prices, and their part of the pools.
SELECT c.tenant_id AS tenant_id, c.currency AS currency, toFloat64(sum(c.list_cost)) AS list_cost,
    toFloat64(sum(c.contracted_cost)) AS contracted_cost, toFloat64(sum(c.effective_cost)) AS effective_cost,
    toFloat64(sum(c.pool_cost)) AS pool_cost, toFloat64(sum(c.wasted_cost)) AS wasted_cost,
    toFloat64(sum(c.unpriced_quantity)) AS unpriced_quantity
FROM (
    SELECT r.tenant_id AS tenant_id, r.currency AS currency, r.list_cost AS list_cost, r.contracted_cost AS contracted_cost,
        r.effective_cost AS effective_cost, toDecimal128(0, 18) AS pool_cost, r.wasted_cost AS wasted_cost,
        r.unpriced_quantity AS unpriced_quantity
    FROM {database}.charges_per_hour_current AS r
    WHERE r.hour_start >= {from} AND r.hour_start < {to} AND {only:tenant_id r.tenant_id}
    UNION ALL
    SELECT r.tenant_id, r.currency, 0, 0, 0, r.cost, 0, 0
    FROM {database}.gpu_pool_cost_per_hour_current AS r
    WHERE r.period_start >= {from} AND r.period_start < {to} AND {only:tenant_id r.tenant_id}
) AS c
GROUP BY tenant_id, currency
ORDER BY effective_cost + pool_cost DESC, tenant_id, currency
LIMIT 200

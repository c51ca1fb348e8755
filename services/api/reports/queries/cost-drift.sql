-- Only amounts of one currency are compared, and only where we had a price for every attempt.
SELECT
    {keys}
    sum(r.attempts) AS attempts,
    sum(r.unpriced_attempts) AS unpriced_attempts,
    sum(r.list_cost) AS list_cost,
    sum(r.reported_cost) AS reported_cost,
    any(r.currency = r.reported_currency) AND sum(r.unpriced_attempts) = 0 AS is_comparable,
    if(is_comparable, sum(r.list_cost) - sum(r.reported_cost), NULL) AS difference,
    if(is_comparable AND sum(r.reported_cost) != 0,
        toDecimal128(divideDecimal(toDecimal256(sum(r.list_cost), 18), toDecimal256(if(sum(r.reported_cost) = 0, 1, sum(r.reported_cost)),
            18), 18), 18), NULL) AS ratio
FROM {database}.cost_drift_per_minute_current AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({all_tenants:Bool} OR r.tenant_id IN {tenants:Array(String)}) {filters}
GROUP BY {group_by}
HAVING count() > 0 AND {after}
ORDER BY {order_by}
LIMIT {limit:UInt32}

SELECT *, {ratios:cost_drift}
FROM (
    SELECT
        {keys}
        sum(r.attempts) AS attempts,
        sum(r.unpriced_attempts) AS unpriced_attempts,
        sum(r.list_cost) AS list_cost,
        sum(r.reported_cost) AS reported_cost
    FROM {database}.cost_drift_per_minute_current AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
        AND ({all_tenants:Bool} OR r.tenant_id IN {tenants:Array(String)}) {filters}
    GROUP BY {group_by}
    HAVING count() > 0 AND {after}
)
ORDER BY {order_by}
LIMIT {limit:UInt32}

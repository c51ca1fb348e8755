-- List cost by tenant and hour, estimates included: from hours that are up to date, else from their minutes. Parameters: from, to (whole
-- hours), is_all, tenants.
WITH
    finer AS (
        SELECT hour_start FROM {database}.stale_hours
        WHERE hour_start >= {from:DateTime('UTC')} AND hour_start < {to:DateTime('UTC')}
    ),
    hours AS (
        SELECT
            h.tenant_id AS tenant_id, h.currency AS currency, toUnixTimestamp(h.hour_start) AS hour_s,
            h.list_cost + h.estimated_cost AS cost
        FROM {database}.usage_per_hour_current AS h
        WHERE h.hour_start >= {from:DateTime('UTC')} AND h.hour_start < {to:DateTime('UTC')}
            AND h.hour_start NOT IN (SELECT f.hour_start FROM finer AS f)
            AND ({is_all:Bool} OR h.tenant_id IN {tenants:Array(String)})
        UNION ALL
        SELECT u.tenant_id, u.currency, toUnixTimestamp(toStartOfHour(u.window_start)), u.list_cost + u.estimated_cost
        FROM {database}.usage_per_minute_current AS u
        WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
            AND toStartOfHour(u.window_start) IN (SELECT f.hour_start FROM finer AS f)
            AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})
    )
SELECT tenant_id, currency, groupArray(hour_s) AS starts, groupArray(toFloat64(cost)) AS costs
FROM (SELECT tenant_id, currency, hour_s, sum(cost) AS cost FROM hours GROUP BY ALL)
WHERE cost > 0
GROUP BY tenant_id, currency
ORDER BY tenant_id, currency

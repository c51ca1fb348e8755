-- Quarters of an hour (months begin with one in every time zone) with charges of a tenant that no closed statement of it covers. What is
-- nobody's is on the house's statement.
SELECT DISTINCT toUnixTimestamp(c.quarter) AS start
FROM (
    SELECT DISTINCT if(has({house_tenants:Array(String)}, tenant_id), {house:String}, tenant_id) AS tenant,
        toStartOfFifteenMinutes(window_start) AS quarter
    FROM {database}.charges_per_minute_current
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {before:DateTime('UTC')}
) AS c
LEFT JOIN (
    SELECT toString(tenant_id) AS tenant, groupArray((period_start_ms, period_end_ms)) AS periods FROM {database}.statements GROUP BY tenant
) AS s ON s.tenant = c.tenant
WHERE NOT arrayExists(p -> toUnixTimestamp(c.quarter) * 1000 >= p.1 AND toUnixTimestamp(c.quarter) * 1000 < p.2, s.periods)

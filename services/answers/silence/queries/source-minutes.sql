-- Attempts by sender and minute. Parameters: from, to (s), is_all, tenants.
SELECT
    toString(r.source) AS source,
    toFloat64(toUnixTimestamp(r.window_start)) * 1000 AS at_ms,
    toFloat64(count()) AS attempts
FROM {database}.attempts_raw AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR r.tenant_id IN {tenants:Array(String)})
GROUP BY r.source, r.window_start
ORDER BY source, at_ms
LIMIT 100000

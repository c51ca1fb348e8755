-- By day (UTC): networks from which callers were refused once or twice. Parameters: from, to, is_all, tenants.
SELECT toUnixTimestamp(day) AS day_s, countIf(d.failures <= 2) AS places,
    sumIf(d.failures, d.failures <= 2) AS failures
FROM (
    SELECT s.client_ip_prefix AS client_ip_prefix, toStartOfDay(s.window_start) AS day,
        toUInt64(sum(s.auth_failures - s.auth_failures_by_result['denied'] - s.auth_failures_by_result['forbidden'])) AS failures
    FROM {rows} AS s
    WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
        AND ({is_all:Bool} OR s.tenant_id IN {tenants:Array(String)})
    GROUP BY client_ip_prefix, day
) AS d
WHERE d.failures > 0
GROUP BY day
ORDER BY day

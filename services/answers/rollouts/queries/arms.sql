-- Where first attempts went, and which version answered those that were answered at once. Parameters: from, to, is_all, tenants, route.
SELECT
    g.route AS route,
    g.request_model AS request_model,
    g.from_upstream AS upstream,
    if(g.outcome = 'ok' AND g.cause = '', g.response_model, '') AS version,
    sum(g.requests) AS requests,
    toUnixTimestamp(min(g.window_start)) * 1000 AS first_ms,
    toUnixTimestamp(max(g.window_start)) * 1000 AS last_ms,
    uniq(g.window_start) AS minutes
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.requests > 0 AND g.outcome IN ('ok', 'error') AND g.from_upstream NOT IN ('', 'unknown')
    AND ({route:String} = '' OR g.route = {route:String})
    AND ({is_all:Bool} OR g.tenant_id IN {tenants:Array(String)})
GROUP BY g.route, g.request_model, g.from_upstream, version
ORDER BY route, request_model, upstream, version
LIMIT 100000

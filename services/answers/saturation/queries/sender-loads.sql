-- Who sent how much to pools in the minutes from {middle}, and in those before. Parameters: from, middle, to (s), is_all, tenants.
SELECT
    g.upstream AS pool,
    toString(g.request_model) AS request_model,
    toString(g.response_model) AS response_model,
    toString(g.tenant_id) AS tenant_id,
    toString(g.route) AS route,
    toFloat64(sumIf(g.attempts, g.window_start >= {middle:DateTime('UTC')})) AS recent_attempts,
    toFloat64(sumIf(g.attempts, g.window_start < {middle:DateTime('UTC')})) AS before_attempts,
    toFloat64(sum(g.input_tokens)) AS input_tokens,
    toFloat64(sum(g.cached_input_tokens)) AS cached_input_tokens,
    toFloat64(sum(g.output_tokens)) AS output_tokens,
    toFloat64(sumIf(g.attempts, g.outcome = 'ok')) AS counted_attempts
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.upstream_kind = 'pool' AND g.outcome != 'rejected'
    AND ({is_all:Bool} OR g.tenant_id IN {tenants:Array(String)})
GROUP BY pool, request_model, response_model, tenant_id, route
ORDER BY pool, request_model, response_model, tenant_id, route
LIMIT 100000

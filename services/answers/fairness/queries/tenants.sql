-- Tenants with what they cost at list, all of it and the parts at providers without a named policy and without a route.
-- Parameters: from, to.
SELECT
    g.tenant_id AS tenant_id,
    g.currency AS currency,
    sum(g.requests) AS requests,
    toString(sum(g.input_cost + g.cached_input_cost + g.cache_write_cost + g.output_cost + g.reasoning_cost + g.unit_cost)) AS cost,
    sumIf(g.requests, g.upstream_kind = 'provider' AND g.policy = '') AS unpoliced_requests,
    toString(sumIf(g.input_cost + g.cached_input_cost + g.cache_write_cost + g.output_cost + g.reasoning_cost + g.unit_cost,
        g.upstream_kind = 'provider' AND g.policy = '')) AS unpoliced_cost,
    sumIf(g.requests, g.route = '') AS unrouted_requests,
    toString(sumIf(g.input_cost + g.cached_input_cost + g.cache_write_cost + g.output_cost + g.reasoning_cost + g.unit_cost,
        g.route = '')) AS unrouted_cost
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')} AND g.outcome != 'rejected'
GROUP BY g.tenant_id, g.currency
ORDER BY tenant_id, currency
LIMIT 20000

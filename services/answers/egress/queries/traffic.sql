-- What tenants sent to providers. Parameters: from, to, is_all, tenants.
SELECT
    g.tenant_id AS tenant_id,
    g.upstream AS provider,
    g.region AS region,
    g.currency AS currency,
    sum(g.attempts) AS attempts,
    sum(g.input_tokens + g.output_tokens) AS tokens,
    toString(sum(g.input_cost + g.cached_input_cost + g.cache_write_cost + g.output_cost + g.reasoning_cost + g.unit_cost
        + g.estimated_cost)) AS cost,
    toUnixTimestamp(min(g.window_start)) * 1000 AS first_ms,
    toUnixTimestamp(max(g.window_start)) * 1000 + 60000 AS last_ms
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.upstream_kind = 'provider' AND g.upstream != '' AND g.outcome != 'rejected' AND g.response_cache_hits = 0
    AND ({is_all:Bool} OR g.tenant_id IN {tenants:Array(String)})
GROUP BY g.tenant_id, g.upstream, g.region, g.currency
ORDER BY tenant_id, provider, region, currency
LIMIT 100000

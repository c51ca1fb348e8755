-- What a token that no cache gave cost a tenant in the mean, at list prices. Parameters: from, to, is_all, tenants.
SELECT
    u.tenant_id AS tenant_id,
    u.currency AS currency,
    toFloat64(sum(u.list_cost + u.estimated_cost)) AS cost,
    toFloat64(sum(u.input_tokens - least(u.input_tokens, u.cached_input_tokens) + u.output_tokens)) AS tokens,
    sum(u.requests) AS requests
FROM {rows} AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})
GROUP BY tenant_id, currency
ORDER BY tenant_id, cost DESC

-- Answers out of the gateways' caches by tenant, route and model asked for. Parameters: from, to, is_all, tenants.
SELECT
    u.tenant_id AS tenant_id,
    u.route AS route,
    u.request_model AS request_model,
    sum(u.response_cache_hits) AS hits,
    toString(sum(u.response_cache_hit_tokens)) AS hit_tokens,
    sum(u.requests) AS requests,
    sum(u.cached_input_tokens) AS cached_tokens
FROM {rows} AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})
GROUP BY ALL

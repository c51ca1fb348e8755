-- Requests of a period by where they were answered. Parameters: from, to, is_all, tenants.
SELECT
    u.tenant_id AS tenant_id,
    u.route AS route,
    u.request_model AS request_model,
    u.response_model AS response_model,
    u.upstream_kind AS upstream_kind,
    u.upstream AS upstream,
    u.service_tier AS service_tier,
    toString(sum(u.requests)) AS requests,
    toString(sum(u.successful_requests)) AS successful,
    toString(sum(u.response_cache_hits)) AS cache_hits
FROM {rows} AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})
GROUP BY ALL

-- Requests, output and list cost by tenant and upstream. Parameters: from, to, is_all, tenants.
SELECT
    toString(u.tenant_id) AS tenant_id,
    toString(u.upstream_kind) AS upstream_kind,
    toString(u.upstream) AS upstream,
    toString(u.currency) AS currency,
    toFloat64(sum(u.requests)) AS requests,
    toFloat64(sum(u.successful_requests)) AS successful_requests,
    toFloat64(sum(u.output_tokens)) AS output_tokens,
    toFloat64(sum(u.unpriced_attempts)) AS unpriced_attempts,
    toString(sum(u.list_cost)) AS cost
FROM {rows} AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)}) AND u.upstream != ''
GROUP BY ALL
ORDER BY tenant_id, upstream_kind, upstream, currency
LIMIT 100000

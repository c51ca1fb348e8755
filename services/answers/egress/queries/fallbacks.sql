-- Where requests went whose first attempt at a provider failed. Parameters: from, to, is_all, tenants.
SELECT r.from_upstream AS provider, r.to_upstream AS next, sum(r.fallback_requests) AS requests
FROM {database}.resilience_per_minute_current AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND r.from_upstream != r.to_upstream AND r.to_upstream != ''
    AND ({is_all:Bool} OR r.tenant_id IN {tenants:Array(String)})
GROUP BY r.from_upstream, r.to_upstream
HAVING requests > 0
ORDER BY provider, requests DESC, next

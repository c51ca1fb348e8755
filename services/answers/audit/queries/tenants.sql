-- Tenants by requests. Parameters: from, to.
SELECT u.tenant_id AS tenant_id, sum(u.requests) AS requests
FROM {database}.usage_per_minute_current AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
GROUP BY u.tenant_id
ORDER BY requests DESC, u.tenant_id
LIMIT 10000

-- Requests of a period. Parameters: from, to, is_all, tenants.
SELECT sum(u.requests) AS requests
FROM {database}.usage_per_minute_current AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})

-- Answered requests of a period. Parameters: from, to, is_all, tenants, and the values of the filters.
SELECT sum(r.duration_count) AS requests
FROM {database}.latency_per_minute_current AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR r.tenant_id IN {tenants:Array(String)})

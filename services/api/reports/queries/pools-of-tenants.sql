-- Condition on `r`: pools that served the tenants in the range.
AND r.pool IN (
    SELECT u.upstream FROM {database}.usage_per_minute_current AS u
    WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
        AND u.upstream_kind = 'pool' AND u.tenant_id IN {tenants:Array(String)})

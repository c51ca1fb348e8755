-- What the summary may tell of some tenants alone.
SELECT
    (SELECT count() FROM {database}.attempts_raw AS a
        WHERE a.window_start >= {from:DateTime('UTC')} AND a.window_start < {to:DateTime('UTC')} AND a.tenant_id IN {tenants:Array(String)}) AS attempts_rows,
    (SELECT count() FROM {database}.conflicts_current AS c
        WHERE c.window_start >= {from:DateTime('UTC')} AND c.window_start < {to:DateTime('UTC')} AND c.tenant_id IN {tenants:Array(String)}) AS conflicts,
    sum(r.requests) AS requests,
    sum(r.attempts) AS attempts,
    sum(r.unseen_attempts) AS unseen_attempts
FROM {database}.usage_per_minute_current AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} AND r.tenant_id IN {tenants:Array(String)}

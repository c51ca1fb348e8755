-- What stands behind the statements of a period, by tenant: settled requests and attempts, and the rows of attempts_raw, redeliveries
-- included.
SELECT u.tenant_id AS tenant_id, sum(u.requests) AS requests, sum(u.attempts) AS attempts, sum(u.raw_rows) AS raw_rows
FROM (
    SELECT tenant_id, requests, attempts, toUInt64(0) AS raw_rows FROM {database}.usage_per_minute_current
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    UNION ALL
    SELECT tenant_id, 0, 0, count() FROM {database}.attempts_raw
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    GROUP BY tenant_id
) AS u
GROUP BY tenant_id

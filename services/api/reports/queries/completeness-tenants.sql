-- What the summary may tell of some tenants alone: their rows, and the windows in which they have any. A window of theirs is unsettled
-- when it has no settled version, or when a row of theirs came after the one that it has.
WITH own AS (
    SELECT window_start, sum(raw) AS raw, max(newest) AS newest
    FROM (
        SELECT a.window_start AS window_start, count() AS raw, max(a.received_at) AS newest
        FROM {database}.attempts_raw AS a
        WHERE a.window_start >= {from:DateTime('UTC')} AND a.window_start < {to:DateTime('UTC')} AND a.tenant_id IN {tenants:Array(String)}
        GROUP BY window_start
        UNION ALL
        SELECT DISTINCT u.window_start AS window_start, toUInt64(0) AS raw, toDateTime64(0, 3, 'UTC') AS newest
        FROM {database}.usage_per_minute_current AS u
        WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')} AND u.tenant_id IN {tenants:Array(String)})
    GROUP BY window_start
),
sums AS (
    SELECT sum(r.requests) AS requests, sum(r.attempts) AS attempts, sum(r.unseen_attempts) AS unseen_attempts
    FROM {database}.usage_per_minute_current AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} AND r.tenant_id IN {tenants:Array(String)}
)
SELECT
    sum(own.raw) AS attempts_rows,
    (SELECT requests FROM sums) AS requests,
    (SELECT attempts FROM sums) AS attempts,
    (SELECT count() FROM {database}.conflicts_current AS c
        WHERE c.window_start >= {from:DateTime('UTC')} AND c.window_start < {to:DateTime('UTC')}
            AND c.tenant_id IN {tenants:Array(String)}) AS conflicts,
    (SELECT unseen_attempts FROM sums) AS unseen_attempts,
    countIf(s.settle_version > 0) AS settled_windows,
    countIf(s.settle_version = 0 OR own.newest > s.settled_at) AS unsettled_windows,
    countIf(s.settle_version > 0 AND s.price_version < repriced.wanted) AS repricing_windows,
    nullIf(maxIf(own.window_start, s.settle_version > 0), toDateTime(0, 'UTC')) AS last_settled_window
FROM own
LEFT JOIN {database}.settled_windows_current AS s ON s.window_start = own.window_start
LEFT JOIN (
    SELECT r.window_start, max(r.price_version) AS wanted FROM {database}.repriced_windows AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} GROUP BY r.window_start
) AS repriced ON repriced.window_start = own.window_start

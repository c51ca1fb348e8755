-- What the summary may tell of some tenants alone: their rows, and the windows in which they have any. A window of theirs is unsettled
-- when it has no settled version, or when a row of theirs came after the one that it has. Each table of figures is read once, and of
-- versions those of the range alone: of a short range nearly all that this takes is planning, and the versions of all of history.
WITH current AS (
    SELECT window_start, max(settle_version) AS version, argMax(settled_at, settle_version) AS settled_at,
        argMax(price_version, settle_version) AS price_version
    FROM {database}.settled_windows
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    GROUP BY window_start
)
SELECT
    sum(own.raw) AS attempts_rows,
    sum(own.requests) AS requests,
    sum(own.attempts) AS attempts,
    sum(own.conflicts) AS conflicts,
    sum(own.unseen_attempts) AS unseen_attempts,
    countIf(s.version > 0) AS settled_windows,
    countIf(s.version = 0 OR own.newest > s.settled_at) AS unsettled_windows,
    countIf(s.version > 0 AND s.price_version < repriced.wanted) AS repricing_windows,
    nullIf(maxIf(own.window_start, s.version > 0), toDateTime(0, 'UTC')) AS last_settled_window
FROM (
    SELECT window_start, sum(t.raw) AS raw, max(t.newest) AS newest, sum(t.requests) AS requests, sum(t.attempts) AS attempts,
        sum(t.unseen_attempts) AS unseen_attempts, sum(t.conflicts) AS conflicts
    FROM (
        SELECT window_start, toUInt64(1) AS raw, received_at AS newest, toUInt64(0) AS requests, toUInt64(0) AS attempts,
            toUInt64(0) AS unseen_attempts, toUInt64(0) AS conflicts
        FROM {database}.attempts_raw
        WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND tenant_id IN {tenants:Array(String)}
        UNION ALL
        SELECT window_start, 0, toDateTime64(0, 3, 'UTC'), requests, attempts, unseen_attempts, 0
        FROM {database}.usage_per_minute
        WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND tenant_id IN {tenants:Array(String)}
            AND (window_start, settle_version) IN (SELECT window_start, version FROM current)
        UNION ALL
        SELECT window_start, 0, toDateTime64(0, 3, 'UTC'), 0, 0, 0, 1
        FROM {database}.conflicts
        WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND tenant_id IN {tenants:Array(String)}
            AND (window_start, settle_version) IN (SELECT window_start, version FROM current)
    ) AS t
    GROUP BY window_start
) AS own
LEFT JOIN current AS s ON s.window_start = own.window_start
LEFT JOIN (
    SELECT window_start, max(price_version) AS wanted
    FROM {database}.repriced_windows
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    GROUP BY window_start
) AS repriced ON repriced.window_start = own.window_start

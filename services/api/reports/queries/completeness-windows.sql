-- Raw rows against settled versions, window by window; the range is of window starts.
SELECT
    sum(w.raw) AS attempts_rows,
    sum(w.requests) AS requests,
    sum(w.attempts) AS attempts,
    sum(w.duplicates) AS duplicates,
    sum(w.conflicts) AS conflicts,
    sum(w.unseen_attempts) AS unseen_attempts,
    countIf(w.is_settled) AS settled_windows,
    countIf(w.raw > w.settled_rows) AS unsettled_windows,
    (SELECT count()
        FROM (SELECT r.window_start, max(r.price_version) AS wanted FROM {database}.repriced_windows AS r
            WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} GROUP BY r.window_start) AS r
        INNER JOIN (
            SELECT c.window_start AS window_start, argMax(c.price_version, c.settle_version) AS price_version
            FROM {database}.settled_windows AS c
            WHERE c.window_start IN (SELECT p.window_start FROM {database}.repriced_windows AS p
                WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')})
            GROUP BY window_start
        ) AS s ON s.window_start = r.window_start
        WHERE s.price_version < r.wanted) AS repricing_windows,
    (SELECT nullIf(max(s.window_start), toDateTime(0, 'UTC')) FROM {database}.settled_windows AS s) AS last_settled_window,
    (SELECT nullIf(max(s.settled_at), toDateTime64(0, 3, 'UTC')) FROM {database}.settled_windows AS s) AS last_settled_at
FROM (
    SELECT
        u.window_start,
        sum(u.raw) AS raw, sum(u.settled_rows) AS settled_rows, max(u.is_settled) AS is_settled,
        sum(u.requests) AS requests, sum(u.attempts) AS attempts, sum(u.duplicates) AS duplicates,
        sum(u.conflicts) AS conflicts, sum(u.unseen_attempts) AS unseen_attempts
    FROM (
        SELECT a.window_start AS window_start, count() AS raw, toUInt64(0) AS settled_rows, false AS is_settled,
            toUInt64(0) AS requests, toUInt64(0) AS attempts, toUInt64(0) AS duplicates, toUInt64(0) AS conflicts,
                toUInt64(0) AS unseen_attempts
        FROM {database}.attempts_raw AS a
        WHERE a.window_start >= {from:DateTime('UTC')} AND a.window_start < {to:DateTime('UTC')}
        GROUP BY a.window_start
        UNION ALL
        SELECT s.window_start, 0, s.raw_rows, true, s.requests, s.attempts, s.duplicates, s.conflicts, s.unseen_attempts
        FROM {database}.settled_windows_current AS s
        WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
    ) AS u
    GROUP BY u.window_start
) AS w

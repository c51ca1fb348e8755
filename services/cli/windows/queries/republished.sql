-- Windows that people let be published from fewer rows, the latest first.
SELECT
    formatDateTime(window_start, '%Y-%m-%dT%H:%i:%SZ') AS minute, formatDateTime(republished_at, '%Y-%m-%dT%H:%i:%SZ') AS republished_at,
    republished_by, reason, rows_before, rows_now
FROM {database}.republished_windows AS r
ORDER BY r.republished_at DESC, r.window_start DESC
LIMIT 1000

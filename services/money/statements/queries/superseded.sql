-- Pinned minutes that have another current version by now.
SELECT toUnixTimestamp(pinned.window_start) AS start_s
FROM {database}.pinned_windows AS pinned
INNER JOIN (
    SELECT window_start, max(settle_version) AS version FROM {live}.settled_windows
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    GROUP BY window_start
) AS now ON now.window_start = pinned.window_start
WHERE now.version != pinned.settle_version
ORDER BY start_s

-- Windows of [from, to) (s) whose figures are still at prices of before an import that reaches them.
SELECT count() AS windows
FROM (
    SELECT window_start, max(repriced.price_version) AS wanted
    FROM {database}.repriced_windows AS repriced
    WHERE window_start >= fromUnixTimestamp({from:UInt32}) AND window_start < fromUnixTimestamp({to:UInt32})
    GROUP BY window_start
) AS reached
INNER JOIN {database}.settled_windows_current AS settled ON settled.window_start = reached.window_start
WHERE settled.price_version < reached.wanted

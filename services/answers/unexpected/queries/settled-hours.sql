-- Hours (s) of which at least one minute is settled. Parameters: from, to.
SELECT DISTINCT toUnixTimestamp(toStartOfHour(s.window_start)) AS hour_s
FROM {database}.settled_windows AS s
WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
ORDER BY hour_s

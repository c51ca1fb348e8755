-- The last settled minute of a period, and how many are settled. Parameters: from, to.
SELECT
    if(count() = 0, NULL, toUnixTimestamp(max(s.window_start)) + 60) AS until_s,
    uniqExact(s.window_start) AS windows
FROM {database}.settled_windows AS s
WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}

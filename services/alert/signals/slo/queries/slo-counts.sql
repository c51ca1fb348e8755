-- Valid and bad events of each thing in several windows that end together. Parameters: starts (of the windows, s), from, to (s).
SELECT
    {labels}
    sumForEach(arrayMap(start -> if(toUnixTimestamp(r.window_start) >= start, toFloat64({valid}), 0), {starts:Array(UInt32)})) AS valid,
    {bad} AS bad,
    toUnixTimestamp(min(r.window_start)) AS first_s
FROM {rows} AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} {filters}
GROUP BY {label_names} tuple()
ORDER BY {label_names} 1
LIMIT 10001

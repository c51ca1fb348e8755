-- Valid and bad events of each thing by pieces of time. Parameters: bucket_s (length of a piece), from, to (s).
SELECT
    {labels}
    intDiv(toUnixTimestamp(r.window_start), {bucket_s:UInt32}) * {bucket_s:UInt32} AS bucket_start_s,
    toFloat64(sum({valid})) AS valid,
    {bad} AS bad
FROM {rows} AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} {filters}
GROUP BY {label_names} bucket_start_s
ORDER BY {label_names} bucket_start_s
LIMIT 2000000

-- How long after its end a minute was settled first, half and the slowest of a step.
SELECT time, pair.1 AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time, quantileExact(0.5)(r.lag_s) AS half, max(r.lag_s) AS longest, [('p50', half), ('longest', longest)] AS pairs
    FROM (
        SELECT s.window_start AS window_start,
            toFloat64(toUnixTimestamp64Milli(min(s.settled_at))) / 1000 - toUnixTimestamp(s.window_start) - 60 AS lag_s
        FROM {database}.settled_windows AS s
        WHERE s.window_start >= range_start AND s.window_start < range_end
        GROUP BY window_start
    ) AS r
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000

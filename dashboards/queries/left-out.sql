-- Rows that settling left out, and attempts that a gateway only counted.
SELECT time, pair.1 AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time,
        [('duplicates', toFloat64(sum(r.duplicates))), ('conflicts', toFloat64(sum(r.conflicts))),
            ('unseen attempts', toFloat64(sum(r.unseen_attempts)))] AS pairs
    FROM {database}.settled_windows_current AS r
    WHERE r.window_start >= range_start AND r.window_start < range_end
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000

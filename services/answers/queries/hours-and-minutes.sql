-- Rows of a table of settled minutes: hours that are up to date, and minutes elsewhere, each with the start of its time as window_start.
-- Parameters: rows_from, rows_to (s), from_hour, to_hour (whole hours in them, s), finer_hours (those to read from their minutes, s).
(
    SELECT {columns}, h.hour_start AS window_start
    FROM {database}.{hours}_per_hour_current AS h
    WHERE h.hour_start >= {from_hour:DateTime('UTC')} AND h.hour_start < {to_hour:DateTime('UTC')}
        AND NOT has({finer_hours:Array(UInt32)}, toUnixTimestamp(h.hour_start))
    UNION ALL
    SELECT {columns}, m.window_start AS window_start
    FROM {database}.{minutes}_per_minute_current AS m
    WHERE m.window_start >= {rows_from:DateTime('UTC')} AND m.window_start < {rows_to:DateTime('UTC')}
        AND (m.window_start < {from_hour:DateTime('UTC')} OR m.window_start >= {to_hour:DateTime('UTC')}
            OR has({finer_hours:Array(UInt32)}, toUnixTimestamp(toStartOfHour(m.window_start))))
)

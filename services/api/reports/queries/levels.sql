-- Days and hours where they are up to date, minutes elsewhere; each row once.
(
    SELECT day_start AS window_start, {columns}
    FROM {database}.{table}_per_day_current AS r
    WHERE day_start >= {from_day:DateTime('UTC')} AND day_start < {to_day:DateTime('UTC')}
        AND day_start NOT IN {stale_days:Array(DateTime('UTC'))} {where}
    UNION ALL
    SELECT hour_start AS window_start, {columns}
    FROM {database}.{table}_per_hour_current AS r
    WHERE hour_start >= {from_hour:DateTime('UTC')} AND hour_start < {to_hour:DateTime('UTC')}
        AND (hour_start < {from_day:DateTime('UTC')} OR hour_start >= {to_day:DateTime('UTC')}
            OR toStartOfDay(hour_start) IN {stale_days:Array(DateTime('UTC'))})
        AND hour_start NOT IN {stale_hours:Array(DateTime('UTC'))} {where}
    UNION ALL
    SELECT window_start, {columns}
    FROM {minutes} AS r
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
        AND (window_start < {from_hour:DateTime('UTC')} OR window_start >= {to_hour:DateTime('UTC')}
            OR toStartOfHour(window_start) IN {stale_hours:Array(DateTime('UTC'))})
)

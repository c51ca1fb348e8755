(
    SELECT hour_start AS window_start, {columns}
    FROM {database}.{table}_per_hour_current
    WHERE hour_start >= {from_hour:DateTime('UTC')} AND hour_start < {to_hour:DateTime('UTC')}
        AND hour_start NOT IN {stale_hours:Array(DateTime('UTC'))}
    UNION ALL
    SELECT window_start, {columns}
    FROM {database}.{table}_per_minute_current
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
        AND (window_start < {from_hour:DateTime('UTC')} OR window_start >= {to_hour:DateTime('UTC')}
            OR toStartOfHour(window_start) IN {stale_hours:Array(DateTime('UTC'))})
)

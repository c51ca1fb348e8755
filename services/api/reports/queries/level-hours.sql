-- Hours of the range that are up to date, outside of those days.
SELECT hour_start AS window_start, {columns}
FROM {database}.{table}_per_hour_current AS r
WHERE hour_start >= {from_hour:DateTime('UTC')} AND hour_start < {to_hour:DateTime('UTC')}
    AND (hour_start < {from_day:DateTime('UTC')} OR hour_start >= {to_day:DateTime('UTC')}
        OR toStartOfDay(hour_start) IN {stale_days:Array(DateTime('UTC'))})
    AND hour_start NOT IN {stale_hours:Array(DateTime('UTC'))} {where}

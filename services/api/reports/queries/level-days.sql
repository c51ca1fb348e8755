-- Days of the range that are up to date.
SELECT day_start AS window_start, {columns}
FROM {database}.{table}_per_day_current AS r
WHERE day_start >= {from_day:DateTime('UTC')} AND day_start < {to_day:DateTime('UTC')}
    AND day_start NOT IN {stale_days:Array(DateTime('UTC'))} {where}

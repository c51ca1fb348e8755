-- Minutes of the range outside of days and hours that are up to date.
SELECT window_start, {columns}
FROM {minutes} AS r
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    AND (window_start < {from_hour:DateTime('UTC')} OR window_start >= {to_hour:DateTime('UTC')}
        OR toStartOfHour(window_start) IN {stale_hours:Array(DateTime('UTC'))})

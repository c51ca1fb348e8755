-- Hours and days of the range that are not up to date. A day with such an hour is none.
SELECT toUnixTimestamp(hour_start) AS start, false AS is_day
FROM {database}.stale_hours
WHERE hour_start >= {from_hour:DateTime('UTC')} AND hour_start < {to_hour:DateTime('UTC')}
LIMIT {limit:UInt32}
UNION ALL
SELECT toUnixTimestamp(day_start) AS start, true AS is_day
FROM {database}.stale_days
WHERE day_start >= {from_day:DateTime('UTC')} AND day_start < {to_day:DateTime('UTC')}

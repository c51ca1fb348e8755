-- Hours of the range that are not up to date.
SELECT toUnixTimestamp(hour_start) AS start
FROM {database}.stale_hours
WHERE hour_start >= {from_hour:DateTime('UTC')} AND hour_start < {to_hour:DateTime('UTC')}
LIMIT {limit:UInt32}

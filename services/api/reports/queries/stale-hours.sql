SELECT toUnixTimestamp(hour_start) AS hour
FROM {database}.stale_hours
WHERE hour_start >= {from_hour:DateTime('UTC')} AND hour_start < {to_hour:DateTime('UTC')}
LIMIT {limit:UInt32}

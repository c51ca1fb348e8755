-- Days of the range that are not made of their hours as they are; one with an hour that is not up to date is not up to date either.
SELECT toUnixTimestamp(day_start) AS start
FROM {database}.stale_days
WHERE day_start >= {from_day:DateTime('UTC')} AND day_start < {to_day:DateTime('UTC')}

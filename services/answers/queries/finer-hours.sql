-- Hours (s) that are not made of the current versions of their minutes. Parameters: from_hour, to_hour.
SELECT toUnixTimestamp(s.hour_start) AS hour_s
FROM {database}.stale_hours AS s
WHERE s.hour_start >= {from_hour:DateTime('UTC')} AND s.hour_start < {to_hour:DateTime('UTC')}

-- Days that are over, of which no hour has to be made, and whose rows are not made from the versions of their hours that are current.
SELECT toUnixTimestamp(day_start) AS start, toString(fingerprint) AS fingerprint, newest_version
FROM {database}.stale_days
WHERE day_start <= {until:DateTime('UTC')} - INTERVAL 1 DAY
    AND day_start NOT IN (SELECT toStartOfDay(hour_start) FROM {database}.stale_hours)
ORDER BY day_start
LIMIT {limit:UInt32}

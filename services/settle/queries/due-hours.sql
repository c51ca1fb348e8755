-- Hours that are over and at rest and whose rows are not made from the versions of their minutes that are current.
SELECT toUnixTimestamp(hour_start) AS start, toString(fingerprint) AS fingerprint, newest_version
FROM {database}.stale_hours
WHERE hour_start <= {until:DateTime('UTC')} - INTERVAL 1 HOUR AND last_settled_at < fromUnixTimestamp64Milli({quiet_since_ms:Int64})
    AND hour_start IN (
        SELECT toStartOfHour(window_start) FROM {database}.settled_windows
          WHERE settled_at >= fromUnixTimestamp64Milli({settled_since_ms:Int64}))
ORDER BY hour_start
LIMIT {limit:UInt32}

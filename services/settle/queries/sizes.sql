SELECT toUnixTimestamp(window_start) AS window, count() AS raw_rows
FROM {database}.attempts_raw
WHERE window_start IN {windows:Array(DateTime('UTC'))}
GROUP BY window_start

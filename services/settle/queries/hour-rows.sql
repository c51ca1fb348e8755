-- The hours of {hours:Array(DateTime('UTC'))} from their minutes, in the versions up to {newest_version:UInt64}.
INSERT INTO {database}.{table}_per_hour (hour_start, hour_version, {columns})
SELECT toStartOfHour(m.window_start) AS hour_start, {version:UInt64} AS hour_version, {selected}
FROM {minutes} AS m
GROUP BY hour_start, {keys}

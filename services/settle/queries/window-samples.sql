-- Engine samples of each minute: a saturation forecast looks back 15 minutes.
SELECT toUnixTimestamp(window_start) AS window, count() AS samples
FROM {database}.engine_samples_raw
WHERE window_start IN {minutes:Array(DateTime('UTC'))}
GROUP BY window_start

SELECT toUnixTimestamp(window_start) AS window, count() AS gpu_samples
FROM {database}.gpu_samples_raw
WHERE window_start IN {windows:Array(DateTime('UTC'))}
GROUP BY window_start

-- The version in place of each minute, and what it was made from.
SELECT
    toUnixTimestamp(window_start) AS window, settle_version, price_version, raw_rows, input_rows, samples_read, gpu_samples_read, requests,
        attempts
FROM {database}.settled_windows
WHERE window_start IN {minutes:Array(DateTime('UTC'))}
ORDER BY settle_version DESC
LIMIT 1 BY window_start

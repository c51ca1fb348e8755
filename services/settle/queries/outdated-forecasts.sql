-- Windows whose saturation forecast looks back at this one and that were settled from fewer samples than there are now. Raw rows are only ever
-- added, so equal counts are equal rows.
SELECT toUnixTimestamp(later.window_start) AS start
FROM (
    SELECT window_start, argMax(samples_read, settle_version) AS samples_read FROM {database}.settled_windows
    WHERE window_start > {window:DateTime('UTC')} AND window_start <= {window:DateTime('UTC')} + INTERVAL 15 MINUTE
    GROUP BY window_start
) AS later
CROSS JOIN (
    SELECT window_start AS sampled_start, count() AS samples FROM {database}.engine_samples_raw
    WHERE window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 15 MINUTE AND {window:DateTime('UTC')} + INTERVAL 15 MINUTE
    GROUP BY window_start
) AS counted
WHERE counted.sampled_start BETWEEN later.window_start - INTERVAL 15 MINUTE AND later.window_start
GROUP BY later.window_start
HAVING sum(counted.samples) != any(later.samples_read) AND max(counted.sampled_start) = later.window_start

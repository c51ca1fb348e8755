-- The versions that are current now: reading by these, nothing that is settled meanwhile comes in.
INSERT INTO {database}.pinned_windows (window_start, settle_version, price_version, raw_rows, input_rows, samples_read, gpu_samples_read)
SELECT window_start, settle_version, price_version, raw_rows, input_rows, samples_read, gpu_samples_read
FROM {live}.settled_windows
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
ORDER BY window_start, settle_version DESC
LIMIT 1 BY window_start

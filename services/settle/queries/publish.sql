-- Makes a version current, unless another settler has published the window since this one began to read: its rows may be newer.
INSERT INTO {database}.settled_windows
SELECT
    {window:DateTime('UTC')}, {version:UInt64}, {price_version:UInt32}, {raw_rows:UInt64},
    -- Never below zero, whatever came in between the two counts: it touches the window again.
    toUInt64(greatest(toInt64({left_out:UInt64}) - toInt64(listed.conflicts), 0)), listed.conflicts,
    sums.requests, sums.attempts, sums.attempts_reported, sums.unseen_attempts, fromUnixTimestamp64Milli({settled_at_ms:Int64}, 'UTC'),
    {input_rows:UInt64}, {samples_read:UInt64}, {gpu_samples_read:UInt64}
FROM (
    SELECT sum(requests) AS requests, sum(attempts) AS attempts, sum(attempts_reported) AS attempts_reported, sum(unseen_attempts) AS unseen_attempts
    FROM {database}.attempt_groups_per_minute
    WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
) AS sums
CROSS JOIN (
    SELECT count() AS conflicts FROM {database}.conflicts WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
) AS listed
WHERE {last_version:UInt64} = (SELECT max(settle_version) FROM {database}.settled_windows WHERE window_start = {window:DateTime('UTC')})

-- Makes versions current, each unless another settler has published the window since this one began to read (its rows may be newer) or rows
-- of the very blocks that were read have come in between: then it is not known which statement saw them.
INSERT INTO {database}.settled_windows (
    window_start, settle_version, price_version, raw_rows, duplicates, conflicts, requests, attempts, attempts_reported, unseen_attempts,
    settled_at,
    input_rows, samples_read, gpu_samples_read)
SELECT
    given.window_start AS window_start, {version:UInt64} AS settle_version, {price_version:UInt32} AS price_version,
    given.raw_rows AS raw_rows,
    left_out.duplicates AS duplicates, left_out.conflicts AS conflicts,
    sums.requests AS requests, sums.attempts AS attempts, sums.attempts_reported AS attempts_reported,
    sums.unseen_attempts AS unseen_attempts,
    fromUnixTimestamp64Milli({settled_at_ms:Int64}, 'UTC') AS settled_at,
    given.input_rows AS input_rows, given.samples_read AS samples_read, given.gpu_samples_read AS gpu_samples_read
FROM (
    SELECT one.1 AS window_start, one.2 AS raw_rows, one.3 AS input_rows, one.4 AS samples_read, one.5 AS gpu_samples_read,
        one.6 AS last_version
    FROM (
        SELECT arrayJoin(arrayZip({windows:Array(DateTime('UTC'))}, {raw_rows:Array(UInt64)}, {input_rows:Array(UInt64)},
            {samples_read:Array(UInt64)}, {gpu_samples_read:Array(UInt64)}, {last_versions:Array(UInt64)})) AS one)
) AS given
LEFT JOIN (
    SELECT window_start, sum(g.requests) AS requests, sum(g.attempts) AS attempts, sum(g.attempts_reported) AS attempts_reported,
        sum(g.unseen_attempts) AS unseen_attempts
    FROM {database}.attempt_groups_per_minute AS g
    WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
    GROUP BY window_start
) AS sums ON sums.window_start = given.window_start
LEFT JOIN (
    SELECT window_start, countIf(claim_no > 1 AND NOT is_conflict) AS duplicates, countIf(is_conflict) AS conflicts
    FROM {database}.joined_attempts
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    GROUP BY window_start
) AS left_out ON left_out.window_start = given.window_start
LEFT JOIN (
    SELECT window_start, max(settle_version) AS version
    FROM {database}.settled_windows
    WHERE window_start IN {windows:Array(DateTime('UTC'))}
    GROUP BY window_start
) AS present ON present.window_start = given.window_start
LEFT JOIN (
    SELECT window_start, count() AS raw_rows
    FROM {database}.attempts_raw
    WHERE window_start IN {windows:Array(DateTime('UTC'))} {seen}
    GROUP BY window_start
) AS there ON there.window_start = given.window_start
WHERE present.version = given.last_version AND there.raw_rows = given.raw_rows

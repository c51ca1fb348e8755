-- What each window's raw rows are like. The hashes have 64 bits: 0 repeats only when nothing is repeated, the other way round it is a hint.
SELECT
    toUnixTimestamp(window_start) AS window,
    count() AS raw_rows,
    countIf(NOT is_sole_row) AS joinable_rows,
    countIf(is_sole_row) - uniqExactIf(request_hash, is_sole_row) AS repeated_rows,
    count() - uniqExact(position_hash) AS repeated_positions
FROM {database}.attempts_raw
WHERE window_start IN {windows:Array(DateTime('UTC'))} {seen}
GROUP BY window_start

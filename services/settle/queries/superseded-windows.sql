-- Minutes that may have rows of versions that are not current: those with a version older than `before` that another has replaced, and
-- those published since the last look, where a settling may have been cut off before. Parameters: before, since (versions), limit.
SELECT toUnixTimestamp(window_start) AS window
FROM {database}.settled_windows
GROUP BY window_start
HAVING max(settle_version) >= {since:UInt64} OR countIf(settle_version < {before:UInt64}) > if(max(settle_version) < {before:UInt64}, 1, 0)
LIMIT {limit:UInt32}

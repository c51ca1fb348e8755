-- Days of the spans, or within an hour of them (what is settled reads its neighbours), whose raw rows were dropped.
SELECT toString(dropped) AS day
FROM (
    SELECT DISTINCT day AS dropped, toInt64(toUnixTimestamp(toDateTime(day, 'UTC'))) * 1000 AS start_ms
    FROM {database}.dropped_days WHERE table_name IN {raw_tables:Array(String)})
WHERE arrayExists(
    (from_ms, to_ms) -> start_ms < to_ms + 3600000 AND start_ms + 86400000 > from_ms - 3600000, {starts:Array(Int64)}, {ends:Array(Int64)})
ORDER BY day

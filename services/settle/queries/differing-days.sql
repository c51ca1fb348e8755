-- Days (YYYYMMDD) that hold another number of attempt rows than the versions in place were made from. Parts know their rows, so this
-- reads no row. Rows that a DELETE took away count among theirs until they are merged: a day with such a part is always looked at.
SELECT day
FROM (
    SELECT toUInt32(partition) AS day, sum(rows) AS raw_rows, 0 AS settled_rows, max(has_lightweight_delete) AS has_deleted
    FROM system.parts
    WHERE database = {name:String} AND table = 'attempts_raw' AND active
    GROUP BY day
    UNION ALL
    SELECT toYYYYMMDD(window_start) AS day, 0 AS raw_rows, sum(latest.raw_rows) AS settled_rows, 0 AS has_deleted
    FROM (
        SELECT window_start, raw_rows
        FROM {database}.settled_windows
        WHERE window_start >= toStartOfDay({from:DateTime('UTC')}) AND window_start < toStartOfDay({until:DateTime('UTC')}) + INTERVAL 1 DAY
        ORDER BY settle_version DESC
        LIMIT 1 BY window_start
    ) AS latest
    GROUP BY day
)
WHERE day BETWEEN toYYYYMMDD({from:DateTime('UTC')}) AND toYYYYMMDD({until:DateTime('UTC')})
GROUP BY day
HAVING sum(raw_rows) != sum(settled_rows) OR max(has_deleted) = 1
ORDER BY day

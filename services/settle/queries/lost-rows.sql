-- Windows whose version in place says that a table has rows of it that are not there. {checks}: of the tables (settle/lost-rows.ts).
-- Days whose minutes were dropped for their age have none. Parameters: from, until, settled_tables.
WITH
present AS (
    SELECT window_start, settle_version, attempts
    FROM {database}.settled_windows
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
    ORDER BY settle_version DESC
    LIMIT 1 BY window_start
),
facts AS (
    SELECT window_start, settle_version, {facts}
    FROM {database}.attempt_groups_per_minute AS g
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
    GROUP BY window_start, settle_version
)
SELECT toUnixTimestamp(window_start) AS window, toString(settle_version) AS version
FROM present
LEFT JOIN facts USING (window_start, settle_version)
WHERE toDate(window_start) NOT IN (SELECT day FROM {database}.dropped_days WHERE table_name IN {settled_tables:Array(String)})
    AND (attempts > 0 AND NOT has_groups
        OR {checks})
ORDER BY window

-- Days with hours that are not made from the versions of their hours that are current now. A day with hours that stale_hours names is not
-- among them for that. A day whose hours were dropped for their age stays as it was made last.
CREATE OR REPLACE VIEW {database}.stale_days {on_cluster} AS
SELECT present.day_start AS day_start, present.fingerprint AS fingerprint, present.newest_version AS newest_version
FROM (
    SELECT toStartOfDay(hour_start) AS day_start,
        groupBitXor(cityHash64(hour_start, version)) AS fingerprint, max(version) AS newest_version
    FROM (SELECT hour_start, max(hour_version) AS version FROM {database}.settled_hours GROUP BY hour_start)
    GROUP BY day_start
) AS present
LEFT JOIN (
    SELECT day_start, argMax(fingerprint, day_version) AS made_from, max(day_version) AS version
    FROM {database}.settled_days GROUP BY day_start
) AS made ON made.day_start = present.day_start
WHERE (made.version = 0 OR made.made_from != present.fingerprint)
    AND toDate(present.day_start) NOT IN (SELECT day FROM {database}.dropped_days WHERE endsWith(table_name, '_per_hour'));

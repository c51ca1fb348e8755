-- Hours with settled minutes that are not made from the versions of their minutes that are current now. An hour whose minutes were dropped
-- for their age stays as it was made last: it cannot be made anew. The 2 in the fingerprint grows when
-- more is made of minutes than before, so that hours of an older release are made anew.
CREATE OR REPLACE VIEW {database}.stale_hours {on_cluster} AS
SELECT present.hour_start AS hour_start, present.fingerprint AS fingerprint, present.newest_version AS newest_version,
    present.last_settled_at AS last_settled_at
FROM (
    SELECT
        toStartOfHour(window_start) AS hour_start, groupBitXor(cityHash64(2, window_start, version)) AS fingerprint,
        max(version) AS newest_version,
        max(settled_at_last) AS last_settled_at
    FROM (
        SELECT window_start, settle_version AS version, settled_at AS settled_at_last
        FROM {database}.settled_windows ORDER BY window_start, settle_version DESC LIMIT 1 BY window_start)
    GROUP BY hour_start
) AS present
LEFT JOIN (
    SELECT hour_start, argMax(fingerprint, hour_version) AS made_from, max(hour_version) AS version
    FROM {database}.settled_hours GROUP BY hour_start
) AS made ON made.hour_start = present.hour_start
WHERE (made.version = 0 OR made.made_from != present.fingerprint)
    AND toDate(present.hour_start) NOT IN (SELECT day FROM {database}.dropped_days WHERE endsWith(table_name, '_per_minute'));

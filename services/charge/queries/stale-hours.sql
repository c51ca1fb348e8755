-- Hours with settled minutes whose charges or pool costs are not published with these terms: with others, not at all (`has_pools`: there
-- are pool costs), or, of pools, only a part of what is known.
WITH (SELECT max(window_start) + INTERVAL 1 MINUTE FROM {database}.settled_windows) AS settled_until
SELECT toUnixTimestamp(settled.hour_start) AS hour
FROM (
    SELECT DISTINCT toStartOfHour(window_start) AS hour_start FROM {database}.settled_windows WHERE window_start >= {from:DateTime('UTC')}
) AS settled
LEFT JOIN (
    SELECT hour_start, any(terms_version) AS version,
        max(period_end) AS told_until FROM {database}.gpu_pool_use_per_hour_current GROUP BY hour_start
) AS published ON settled.hour_start = published.hour_start
WHERE if(published.version = 0, {has_pools:Bool},
    published.version != {terms_version:UInt32} OR published.told_until < least(settled.hour_start + INTERVAL 1 HOUR, settled_until))
    OR (settled.hour_start IN (SELECT toStartOfHour(window_start) FROM {database}.charges_per_minute WHERE window_start >= {from:DateTime('UTC')})
        AND settled.hour_start NOT IN (SELECT hour_start FROM {database}.charges_per_hour_current WHERE terms_version = {terms_version:UInt32}))

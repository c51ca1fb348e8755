-- Hours from {from} to {until} (s) whose pool costs are not published with these terms: with others, not at all (`has_pools`: there are
-- some), or only a part of what is told by now.
SELECT toUnixTimestamp(hours.hour_start) AS hour
FROM (
    SELECT fromUnixTimestamp(toUInt32({from:UInt32} + number * 3600)) AS hour_start
    FROM numbers(toUInt64(ceil(({until:UInt32} - {from:UInt32}) / 3600)))
) AS hours
LEFT JOIN (
    SELECT hour_start, any(terms_version) AS version, max(period_end) AS told_until
    FROM {database}.gpu_pool_use_per_hour_current GROUP BY hour_start
) AS published ON hours.hour_start = published.hour_start
WHERE if(published.told_until = toDateTime(0, 'UTC'), {has_pools:Bool},
    published.version != {terms_version:UInt32}
    OR published.told_until < least(hours.hour_start + INTERVAL 1 HOUR, fromUnixTimestamp({until:UInt32})))
ORDER BY hour

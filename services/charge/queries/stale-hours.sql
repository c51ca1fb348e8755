-- Hours with charges that are not published with these terms: with others, or not at all.
SELECT DISTINCT toUnixTimestamp(toStartOfHour(window_start)) AS hour
FROM {database}.charges_per_minute
WHERE window_start >= {from:DateTime('UTC')}
    AND toStartOfHour(window_start) NOT IN (
        SELECT hour_start FROM {database}.charges_per_hour_current WHERE terms_version = {terms_version:UInt32})
ORDER BY hour

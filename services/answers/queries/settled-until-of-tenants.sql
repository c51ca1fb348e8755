-- The last settled minute of a period in which the tenants had traffic, and how many there are. Parameters: from, to, is_all, tenants.
SELECT
    if(count() = 0, NULL, toUnixTimestamp(max(u.window_start)) + 60) AS until_s,
    uniqExact(u.window_start) AS windows
FROM {database}.usage_per_minute_current AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})

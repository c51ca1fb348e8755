-- First minute with charges of the tenants that no closed statement covers.
SELECT toUnixTimestamp(min(window_start)) AS first FROM {database}.charges_per_minute_current
WHERE tenant_id IN {tenants:Array(String)} AND window_start < {before:DateTime('UTC')}
  AND NOT arrayExists((from_s, to_s) -> toUnixTimestamp(window_start) >= from_s AND toUnixTimestamp(window_start) < to_s,
    {starts:Array(Int64)}, {ends:Array(Int64)})
HAVING count() > 0

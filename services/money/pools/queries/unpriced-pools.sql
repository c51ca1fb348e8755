SELECT upstream AS pool, sum(attempts) AS attempts
FROM {database}.usage_per_minute_current
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND upstream_kind = 'pool'
    AND NOT has({known:Array(String)}, toString(upstream))
GROUP BY pool
ORDER BY pool

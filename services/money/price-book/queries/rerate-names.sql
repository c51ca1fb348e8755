-- Names under which something was charged in the period, for deciding whose price is another now. {until:Int64} 0: no end. Times in ms.
SELECT DISTINCT upstream AS provider, request_model, response_model, service_tier, region, price_modifiers
FROM {database}.charges_per_minute_current
WHERE upstream_kind = 'provider'
    AND window_start >= toStartOfMinute(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
    AND ({until:Int64} = 0 OR window_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC'))

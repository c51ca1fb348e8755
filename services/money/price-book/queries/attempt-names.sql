-- Names of the attempts in the period. {until:Int64} 0: no end. Times in ms.
SELECT DISTINCT provider, request_model, response_model, service_tier, region, price_modifiers
FROM {database}.attempts_raw
WHERE provider != ''
    AND window_start >= toStartOfMinute(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
    AND ({until:Int64} = 0 OR window_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC'))

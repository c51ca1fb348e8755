-- What was charged in the period, by tenant, names, kind and the part of the period that it lies in: parts begin at {cuts:Array(UInt32)} (s, ascending).
SELECT
    tenant_id, upstream AS provider, request_model, response_model, service_tier, region, price_key, token_kind, min_input_tokens, currency,
    formatDateTime(window_start, '%Y-%m', 'UTC') AS month,
    arrayLastIndex(cut -> cut <= toUnixTimestamp(window_start), {cuts:Array(UInt32)}) AS part,
    toString(unit_price) AS list_unit_price,
    sum(quantity) AS units
FROM {database}.charges_per_minute_current
WHERE upstream_kind = 'provider'
    AND window_start >= toStartOfMinute(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
    AND ({until:Int64} = 0 OR window_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC'))
GROUP BY tenant_id, provider, request_model, response_model, service_tier, region, price_key, token_kind, min_input_tokens, currency, month, part, list_unit_price

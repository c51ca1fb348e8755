-- What was charged in the period, by tenant, billing month that is closed ('': open), names, kind and the part of the period that it lies
-- in: parts begin at {cuts:Array(UInt32)} (s, ascending).
SELECT
    c.tenant_id AS tenant_id, upstream AS provider, request_model, response_model, service_tier, region, price_modifiers, price_key,
    token_kind, min_input_tokens, currency,
    if(c.window_start < s.ends, s.month, '') AS closed_month,
    formatDateTime(c.window_start, '%Y-%m', 'UTC') AS utc_month,
    arrayLastIndex(cut -> cut <= toUnixTimestamp(c.window_start), {cuts:Array(UInt32)}) AS part,
    toString(unit_price) AS list_unit_price,
    toString(sum(quantity)) AS units
FROM (SELECT *, toString(tenant_id) AS tenant FROM {database}.charges_per_minute_current) AS c
ASOF LEFT JOIN (
    SELECT toString(tenant_id) AS tenant, toString(month) AS month,
        fromUnixTimestamp(intDiv(period_start_ms, 1000)) AS starts, fromUnixTimestamp(intDiv(period_end_ms, 1000)) AS ends
    FROM {database}.statements
) AS s ON c.tenant = s.tenant AND c.window_start >= s.starts
WHERE upstream_kind = 'provider'
    AND c.window_start >= toStartOfMinute(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
    AND ({until:Int64} = 0 OR c.window_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC'))
GROUP BY tenant_id, provider, request_model, response_model, service_tier, region, price_modifiers, price_key, token_kind,
    min_input_tokens, currency, closed_month, utc_month, part, list_unit_price

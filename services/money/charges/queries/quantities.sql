-- Settled quantities of a period by everything that decides an amount and by the cut that they lie after: {cuts:Array(UInt32)} (s,
-- ascending).
SELECT
    tenant_id, {route}, request_model, response_model, upstream_kind, upstream, region, service_tier,
    price_key, price_version, min_input_tokens, token_kind, is_wasted, estimate_method, currency,
    roundDown(toUnixTimestamp(window_start), {cuts:Array(UInt32)}) AS period_start_s,
    toString(unit_price) AS list_unit_price,
    toString(sum(quantity)) AS units,
    sum(attempts) AS attempt_count
FROM {rows}
WHERE window_start >= fromUnixTimestamp({from:UInt32}) AND window_start < fromUnixTimestamp({to:UInt32})
    AND has({tenants:Array(String)}, tenant_id) = {only_tenants:Bool}
GROUP BY
    tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
    price_key, price_version, min_input_tokens, token_kind, is_wasted, estimate_method, currency, period_start_s, list_unit_price
ORDER BY ALL

-- Groups → charges: one row per kind and unit price. A quantity without a price keeps no trace of the book.
INSERT INTO {database}.charges_per_minute (
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
    price_modifiers,
    price_key, price_version, min_input_tokens, token_kind, is_wasted, estimate_method, currency, unit_price, quantity, attempts)
SELECT
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
    price_modifiers,
    price_key, price_version, min_input_tokens, token_kind, is_wasted, estimate_method, currency, unit_price,
    sum(charged) AS quantity, sum(charged_attempts) AS attempts
FROM (
    SELECT
        window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
        price_modifiers, if(charge.unit_price IS NULL, '', price_key) AS price_key,
        if(charge.unit_price IS NULL, 0, price_version) AS price_version,
        if(charge.unit_price IS NULL, 0, min_input_tokens) AS min_input_tokens, charge.token_kind AS token_kind, is_wasted,
        charge.estimate_method AS estimate_method, currency, charge.unit_price AS unit_price, charge.quantity AS charged,
        charge.attempts AS charged_attempts
    FROM {database}.attempt_groups_per_minute AS g
    ARRAY JOIN g.charges AS charge
    WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
)
GROUP BY window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
    price_modifiers, price_key, price_version, min_input_tokens, token_kind, is_wasted, estimate_method, currency, unit_price

-- Groups → charges: one row per kind and unit price. A quantity without a price keeps no trace of the book.
INSERT INTO {database}.charges_per_minute
SELECT
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
    if(charge.3 IS NULL, '', price_key) AS key, if(charge.3 IS NULL, 0, price_version) AS version_of_price, if(charge.3 IS NULL, 0, min_input_tokens) AS threshold,
    charge.1, is_wasted, charge.2, currency, charge.3, sum(charge.4), sum(charge.5)
FROM {database}.attempt_groups_per_minute
ARRAY JOIN charges AS charge
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
GROUP BY window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier,
    key, version_of_price, threshold, charge.1, is_wasted, charge.2, currency, charge.3

-- Files come without billing terms, so the prices agreed on are the list prices. A quantity without a price costs 0 and has no unit price,
-- which is not free.
SELECT tenant_id, request_model AS model, response_model, upstream_kind, upstream, token_kind, price_key, price_version, min_input_tokens,
  is_wasted, estimate_method, currency, toString(unit_price) AS list_unit_price,
  toFloat64(sum(c.quantity)) AS quantity, sum(c.attempts) AS attempts,
  toString(ifNull(toDecimal256(sum(c.quantity), 6) * unit_price, 0)) AS list_cost, list_cost AS contracted_cost, list_cost AS effective_cost
FROM {database}.charges_per_minute_current AS c
GROUP BY tenant_id, model, response_model, upstream_kind, upstream, token_kind, price_key, price_version, min_input_tokens,
  is_wasted, estimate_method, currency, unit_price
ORDER BY ALL

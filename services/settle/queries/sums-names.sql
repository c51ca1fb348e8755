-- What a pass needs prices for. Parameter: version.
SELECT DISTINCT provider, request_model, response_model, service_tier, region, price_modifiers, over_tokens, priced_from_ms
FROM {database}.attempt_sums
WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}

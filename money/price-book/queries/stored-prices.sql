-- Every price of the versions in force up to {version:UInt32}. A version that is just being added, or was cut off, has no row in the trail.
-- DISTINCT: two processes that start on an empty book at once both fill it, with the same rows.
SELECT DISTINCT version, provider, model, token_kind, service_tier, min_input_tokens, threshold_operator, region_factor, unit,
    toString(unit_price) AS unit_price, currency, toUnixTimestamp64Milli(valid_from) AS valid_from, toUnixTimestamp64Milli(valid_to) AS valid_to, source
FROM {database}.prices
WHERE prices.version <= {version:UInt32} AND prices.version IN (SELECT price_imports.version FROM {database}.price_imports)
ORDER BY ALL

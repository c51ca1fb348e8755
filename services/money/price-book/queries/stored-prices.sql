-- Every price of the versions in force up to {version:UInt32}. A version that is just being added, or was cut off, has no row in the
-- trail; of two imports that took the same version at once the one whose trail came first is in force. DISTINCT: an insert that was tried
-- again may stand there twice.
SELECT DISTINCT version, provider, model, token_kind, service_tier, min_input_tokens, threshold_operator,
    region_factor, modifier_factor, unit,
    toString(unit_price) AS unit_price, currency, toUnixTimestamp64Milli(valid_from) AS valid_from,
    toUnixTimestamp64Milli(valid_to) AS valid_to, source
FROM {database}.prices
WHERE prices.version <= {version:UInt32} AND (prices.version, prices.import_id) IN (
    SELECT price_imports.version, argMin(price_imports.import_id, (price_imports.imported_at, price_imports.import_id))
    FROM {database}.price_imports GROUP BY price_imports.version)
ORDER BY ALL

-- What the price book says for one combination of names, one class of sizes and one class of times: a flat table that groups of attempts
-- are joined with. Worked out by services/money/price-book. A pure function of its key: writing a row twice writes the same row.
CREATE TABLE IF NOT EXISTS {database}.prices_in_force {on_cluster}
(
    price_version UInt32 COMMENT 'the newest of the whole book',
    provider String,
    request_model String,
    response_model String,
    service_tier String,
    region String,
    price_modifiers String,
    over_tokens UInt64 COMMENT 'for attempts whose input tokens are more than this and not more than the next threshold of the book',
    priced_from_ms Int64 COMMENT 'for attempts that started then or later, before the next change of the book',
    price_key String,
    row_version UInt32 COMMENT 'import that the prices came with',
    min_input_tokens UInt64,
    currency String,
    unit_prices Map(String, Decimal(38, 18)) COMMENT 'kind of token or billed unit → price of one; a kind that is not there is unpriced'
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (price_version, provider, request_model, response_model, service_tier, region, price_modifiers,
    over_tokens, priced_from_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

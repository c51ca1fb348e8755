-- What the price book says for one combination of names, worked out by services/money/price-book and joined by the settling query.
-- A pure function of (price_version, names): writing a row twice writes the same row.
CREATE TABLE IF NOT EXISTS {database}.price_bands {on_cluster}
(
    price_version UInt32,
    provider String,
    request_model String,
    response_model String,
    service_tier String,
    region String,
    bands Array(Tuple(
        valid_from_ms Int64,
        valid_to_ms Int64,
        min_input_tokens UInt64,
        is_inclusive UInt8,
        input Nullable(Decimal(38, 18)),
        cached_input Nullable(Decimal(38, 18)),
        cache_write Nullable(Decimal(38, 18)),
        cache_write_1h Nullable(Decimal(38, 18)),
        output Nullable(Decimal(38, 18)),
        reasoning Nullable(Decimal(38, 18)),
        currency String,
        price_key String)) COMMENT 'highest threshold first; valid_to_ms 0: open; empty: unpriced',
    media Array(Tuple(
        audio_input Nullable(Decimal(38, 18)),
        audio_output Nullable(Decimal(38, 18)),
        image_input Nullable(Decimal(38, 18)),
        image_output Nullable(Decimal(38, 18)))) COMMENT 'the n-th of bands, media and versions belong together',
    versions Array(UInt32) COMMENT 'import that the prices came with; price_version is the newest of the whole book'
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (price_version, provider, request_model, response_model, service_tier, region)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

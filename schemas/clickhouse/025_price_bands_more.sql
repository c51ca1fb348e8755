-- More of each band, beside `bands`: the n-th of all three belong together. A row written before these columns has none of them: audio and image tokens then
-- cost what text costs.
ALTER TABLE {database}.price_bands {on_cluster} ADD COLUMN IF NOT EXISTS media Array(Tuple(
    audio_input Nullable(Decimal(38, 18)),
    audio_output Nullable(Decimal(38, 18)),
    image_input Nullable(Decimal(38, 18)),
    image_output Nullable(Decimal(38, 18))));
ALTER TABLE {database}.price_bands {on_cluster} ADD COLUMN IF NOT EXISTS versions Array(UInt32) COMMENT 'import that the prices came with; price_version is the newest of the whole book';

-- A forecast needs what a minute brought: requests begun, the queue that it left, and how fast engines generate.
ALTER TABLE {database}.pool_per_minute {on_cluster}
    ADD COLUMN IF NOT EXISTS waiting_last Nullable(Float64) COMMENT 'requests queued at the last reading of each engine, summed',
    ADD COLUMN IF NOT EXISTS itl_ms Nullable(Float64) COMMENT 'mean time between two tokens of a request',
    ADD COLUMN IF NOT EXISTS first_tokens Nullable(Float64) COMMENT 'requests that had their first token in the minute';

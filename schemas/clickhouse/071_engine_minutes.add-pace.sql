-- How fast engines generate, and the queue as a minute leaves it.
ALTER TABLE {database}.engine_minutes {on_cluster}
    ADD COLUMN IF NOT EXISTS waiting_last Nullable(Float64) COMMENT 'at the last reading of each engine',
    ADD COLUMN IF NOT EXISTS itl_seconds_sum Nullable(Float64) COMMENT 'growth in the minute of the time between tokens, summed',
    ADD COLUMN IF NOT EXISTS itl_seconds_count Nullable(Float64) COMMENT 'and of the gaps that it is of';

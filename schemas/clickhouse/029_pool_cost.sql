-- What the cost of GPU pools is made of, beside pool_use_per_minute (022).
ALTER TABLE {database}.engine_samples_raw {on_cluster} ADD COLUMN IF NOT EXISTS prefill_seconds_sum Nullable(Float64) AFTER e2e_seconds_count;
ALTER TABLE {database}.engine_samples_raw {on_cluster} ADD COLUMN IF NOT EXISTS decode_seconds_sum Nullable(Float64) AFTER prefill_seconds_sum;
ALTER TABLE {database}.settled_windows {on_cluster} ADD COLUMN IF NOT EXISTS gpu_samples_read UInt64 COMMENT 'rows of gpu_samples_raw in the window';

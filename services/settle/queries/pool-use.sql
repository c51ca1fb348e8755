-- GPU and engine samples → pool_use_per_minute. Ratios and seconds are made decimals before they are summed, so that no order of rows can
-- be told from the result.
INSERT INTO {database}.pool_use_per_minute (
    window_start, settle_version, pool, gpus, gpu_busy_ratio, engines, engine_busy_ratio, prefill_seconds, decode_seconds)
WITH
-- gpu_readings: each GPU, or instance of a divided one, at a moment. A redelivered reading comes again: the first one counts, signal by
-- signal.
gpu_readings AS (
    SELECT window_start, pool, host, if(gpu_uuid = '', gpu_index, gpu_uuid) AS gpu, gpu_instance, exporter, endpoint, sampled_at,
        argMin(engine_active_ratio, position) AS active,
        argMin(utilisation_ratio, position) AS used,
        -- What the compute engine did says more than whether anything ran: a GPU that runs one small kernel after another is used whole.
        ifNull(active, used) AS ratio
    FROM (SELECT *, (log_epoch, topic, partition, offset, row_no) AS position FROM {database}.gpu_samples_raw
        WHERE window_start IN {windows:Array(DateTime('UTC'))})
    GROUP BY window_start, pool, host, gpu, gpu_instance, exporter, endpoint, sampled_at
),
-- per_gpu: mean over its instances and readings. A UUID is one GPU whoever reads it.
per_gpu AS (
    SELECT window_start, pool, host, gpu, sum(toDecimal128(if(ratio >= 0, if(ratio > 1, 1., ratio), 0.), 9)) AS busy,
        count(ratio) AS readings
    FROM gpu_readings GROUP BY window_start, pool, host, gpu
),
gpu_use AS (
    SELECT window_start, pool, toUInt32(count()) AS gpus, count(nullIf(readings, 0)) AS measured,
        sum(CAST(busy AS Nullable(Decimal(38, 18))) / nullIf(readings, 0)) / nullIf(measured, 0) AS busy_ratio
    FROM per_gpu GROUP BY window_start, pool
),
-- engine_readings: an engine at a moment, as in pool.sql.
engine_readings AS (
    SELECT window_start, pool, model, endpoint, engine, engine_index, sampled_at,
        argMin(running, position) AS running,
        argMin(running_limit, position) AS running_limit,
        argMin(kv_cache_use_ratio, position) AS kv_cache_use_ratio,
        argMin(prefill_seconds_sum, position) AS prefill_seconds,
        argMin(decode_seconds_sum, position) AS decode_seconds
    FROM (SELECT *, (log_epoch, topic, partition, offset, row_no) AS position FROM {database}.engine_samples_raw
        WHERE window_start IN {sampled:Array(DateTime('UTC'))})
    GROUP BY window_start, pool, model, endpoint, engine, engine_index, sampled_at
),
-- growth: what the counters grew by since they were last read of the engine, at most 15 minutes earlier; one that fell was reset by a
-- restart and shows what it counted since. The first reading says nothing. Seconds beyond 10^12 are no reading.
growth AS (
    SELECT *,
        if(prefill < prefill_before, prefill, prefill - prefill_before) AS prefill_grown,
        if(decode < decode_before, decode, decode - decode_before) AS decode_grown
    FROM (
        SELECT *, anyLast(prefill) OVER earlier AS prefill_before, anyLast(decode) OVER earlier AS decode_before
        FROM (
            SELECT *, toUnixTimestamp64Milli(sampled_at) AS sampled_at_ms,
                if(prefill_seconds BETWEEN 0 AND 1e12, toDecimal128(if(prefill_seconds BETWEEN 0 AND 1e12, prefill_seconds, 0.), 9),
                    NULL) AS prefill,
                if(decode_seconds BETWEEN 0 AND 1e12, toDecimal128(if(decode_seconds BETWEEN 0 AND 1e12, decode_seconds, 0.), 9),
                    NULL) AS decode
            FROM engine_readings)
        WINDOW earlier AS (PARTITION BY pool, model, endpoint, engine, engine_index ORDER BY sampled_at_ms
            RANGE BETWEEN 900000 PRECEDING AND 1 PRECEDING))
    WHERE window_start IN {windows:Array(DateTime('UTC'))}
),
-- moments: models that one engine serves side by side add up.
moments AS (
    SELECT window_start, pool, endpoint, engine, engine_index, sampled_at,
        if(max(running_limit) > 0, sum(running) / max(running_limit), max(kv_cache_use_ratio)) AS ratio,
        sum(prefill_grown) AS prefill_seconds, sum(decode_grown) AS decode_seconds
    FROM growth
    GROUP BY window_start, pool, endpoint, engine, engine_index, sampled_at
),
per_engine AS (
    SELECT window_start, pool, endpoint, engine, engine_index, sum(toDecimal128(if(ratio >= 0, if(ratio > 1, 1., ratio), 0.), 9)) AS busy,
        count(ratio) AS readings,
        sum(prefill_seconds) AS prefill_seconds, sum(decode_seconds) AS decode_seconds
    FROM moments GROUP BY window_start, pool, endpoint, engine, engine_index
),
engine_use AS (
    SELECT window_start, pool, toUInt32(count()) AS engines, count(nullIf(readings, 0)) AS measured,
        sum(CAST(busy AS Nullable(Decimal(38, 18))) / nullIf(readings, 0)) / nullIf(measured, 0) AS busy_ratio,
        sum(prefill_seconds) AS prefill_seconds, sum(decode_seconds) AS decode_seconds
    FROM per_engine GROUP BY window_start, pool
)
SELECT
    window_start, {version:UInt64} AS settle_version, pool,
    gpu_use.gpus AS gpus, CAST(gpu_use.busy_ratio AS Nullable(Decimal(38, 18))) AS gpu_busy_ratio,
    ifNull(engine_use.engines, 0) AS engines, CAST(engine_use.busy_ratio AS Nullable(Decimal(38, 18))) AS engine_busy_ratio,
    CAST(engine_use.prefill_seconds AS Nullable(Decimal(38, 18))) AS prefill_seconds,
    CAST(engine_use.decode_seconds AS Nullable(Decimal(38, 18))) AS decode_seconds
FROM gpu_use
FULL JOIN engine_use USING (window_start, pool)
SETTINGS join_use_nulls = 1

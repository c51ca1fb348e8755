-- Settled minutes of pools → one row per pool and part of the span (`starts`, s, ascending). GPUs of a minute: those read, else engines ×
-- gpus_per_engine; a minute in which a GPU exporter gave no ratio is judged by the engines. `gpus_per_engine` belongs to `pools`, place by
-- place.
SELECT
    pool, roundDown(toUnixTimestamp(window_start), {starts:Array(UInt32)}) AS start_s,
    count() AS minutes, sum(there) AS gpu_minutes,
    countIf(ratio IS NOT NULL) AS ratio_minutes, sumIf(there, ratio IS NOT NULL) AS ratio_gpu_minutes,
    toString(sum(ratio)) AS ratio_sum, toString(sum(ratio * there)) AS ratio_gpu_sum,
    countIf(gpu_busy_ratio IS NOT NULL) AS gpu_ratio_minutes,
    toString(sum(prefill_seconds)) AS prefill, toString(sum(decode_seconds)) AS decode,
    max(engines) AS most_engines,
    -- Minutes with GPUs, and those of them in which fewer engines answered than run on them.
    arraySort(groupArrayIf(toUnixTimestamp(window_start), there > 0)) AS minutes_there,
    countIf(gpus > 0 AND engines * per_engine < gpus) AS minutes_short
FROM (
    SELECT *, {gpus_per_engine:Array(UInt32)}[indexOf({pools:Array(String)}, toString(pool))] AS per_engine,
        toUInt64(ifNull(gpus, engines * per_engine)) AS there, ifNull(gpu_busy_ratio, engine_busy_ratio) AS ratio
    FROM {database}.pool_use_per_minute_current
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND has({pools:Array(String)}, toString(pool))
)
GROUP BY pool, start_s

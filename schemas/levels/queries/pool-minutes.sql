-- One row per minute, summed over the models (or pools) that are not grouped by; the fullest of them gives the saturation. A reading that
-- is not there counts in no mean.
SELECT
    r.window_start AS window_start,
    CAST('{grouped_by}' AS LowCardinality(String)) AS grouped_by,
    {pool} AS pool,
    {model} AS model,
    toUInt64(1) AS windows,
    {means}
    sum(r.engines) AS engines,
    sum(r.samples) AS samples,
    sum(r.running_max) AS running_max,
    sum(r.waiting_max) AS waiting_max,
    max(r.kv_cache_use_ratio_max) AS kv_cache_use_ratio_max,
    max(r.saturation) AS saturation_max,
    sum(r.preemptions) AS preemptions,
    sum(r.requests_finished) AS requests_finished,
    sum(r.requests_failed) AS requests_failed,
    sum(r.queue_ms * r.requests_finished) AS queue_ms_finished,
    sumIf(r.requests_finished, r.queue_ms IS NOT NULL) AS queue_finished,
    sum(r.ttft_ms * r.requests_finished) AS ttft_ms_finished,
    sumIf(r.requests_finished, r.ttft_ms IS NOT NULL) AS ttft_finished,
    sum(r.counter_resets) AS counter_resets,
    sum(r.attempts) AS attempts,
    r.window_start AS last_window,
    min(r.minutes_to_saturation) AS minutes_to_saturation,
    groupArrayArray(r.tenants) AS tenants
FROM {minutes} AS r
WHERE {where}
GROUP BY {group_by}

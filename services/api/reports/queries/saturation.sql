-- Means and maxima over the minutes that have readings; a minute without is a gap, not a zero. Of the tenants behind a pool, those asked
-- for.
-- argMax over a tuple, because alone it passes over nulls and would give an older forecast.
SELECT
    {keys}
    sum(r.windows) AS windows,
    max(r.engines) AS engines,
    sum(r.samples) AS samples,
    sum(r.running_sum) / nullIf(sum(r.running_windows), 0) AS running,
    sum(r.waiting_sum) / nullIf(sum(r.waiting_windows), 0) AS waiting,
    max(r.running_max) AS running_max,
    max(r.waiting_max) AS waiting_max,
    sum(r.running_limit_sum) / nullIf(sum(r.running_limit_windows), 0) AS running_limit,
    sum(r.kv_cache_use_ratio_sum) / nullIf(sum(r.kv_cache_use_ratio_windows), 0) AS kv_cache_use_ratio,
    max(r.kv_cache_use_ratio_max) AS kv_cache_use_ratio_max,
    sum(r.preemptions) AS preemptions,
    round(ifNull(sum(r.queue_ms_finished) / nullIf(sum(r.queue_finished), 0),
        sum(r.queue_ms_sum) / nullIf(sum(r.queue_ms_windows), 0)), 6) AS queue_ms,
    round(ifNull(sum(r.ttft_ms_finished) / nullIf(sum(r.ttft_finished), 0),
        sum(r.ttft_ms_sum) / nullIf(sum(r.ttft_ms_windows), 0)), 6) AS ttft_ms,
    sum(r.input_tokens_per_s_sum) / nullIf(sum(r.input_tokens_per_s_windows), 0) AS input_tokens_per_s,
    sum(r.output_tokens_per_s_sum) / nullIf(sum(r.output_tokens_per_s_windows), 0) AS output_tokens_per_s,
    sum(r.arrival_tokens_per_s_sum) / nullIf(sum(r.arrival_tokens_per_s_windows), 0) AS arrival_tokens_per_s,
    sum(r.prefix_cache_hit_ratio_sum) / nullIf(sum(r.prefix_cache_hit_ratio_windows), 0) AS prefix_cache_hit_ratio,
    sum(r.requests_finished) AS requests_finished,
    sum(r.requests_failed) AS requests_failed,
    sum(r.counter_resets) AS counter_resets,
    sum(r.saturation_sum) / nullIf(sum(r.saturation_windows), 0) AS saturation,
    max(r.saturation_max) AS saturation_max,
    argMax(tuple(r.minutes_to_saturation), r.last_window).1 AS minutes_to_saturation,
    sum(r.attempts) AS attempts,
    sumMap(arrayMap(t -> t.1, r.tenants), arrayMap(t -> t.2, r.tenants), arrayMap(t -> t.3, r.tenants)) AS behind,
    CAST(
        arraySlice(
            arraySort(t -> (-toInt64(t.3), t.1),
                arrayFilter(t -> {all_tenants:Bool} OR has({tenants:Array(String)}, t.1), arrayZip(behind.1, behind.2, behind.3))),
            1, 10),
        'Array(Tuple(tenant_id String, attempts UInt64, tokens UInt64))') AS tenants
FROM {rows} AS r
{groups}
{page}

-- Inside: one row per minute, summed over the models (or pools) that are not grouped by; the fullest of them gives the saturation.
-- Outside: means and maxima over the minutes that have readings; a minute without is a gap, not a zero.
-- Limited to tenants: the pools that served them in the range, and of the tenants behind a pool only themselves.
-- argMax over a tuple, because alone it passes over nulls and would give an older forecast.
SELECT
    {keys}
    count() AS windows,
    max(r.engines) AS engines,
    sum(r.samples) AS samples,
    avg(r.running) AS running,
    avg(r.waiting) AS waiting,
    max(r.running_max) AS running_max,
    max(r.waiting_max) AS waiting_max,
    avg(r.running_limit) AS running_limit,
    avg(r.kv_cache_use_ratio) AS kv_cache_use_ratio,
    max(r.kv_cache_use_ratio_max) AS kv_cache_use_ratio_max,
    sum(r.preemptions) AS preemptions,
    round(ifNull(sum(r.queue_sum) / nullIf(sum(r.queue_weight), 0), avg(r.queue_mean)), 6) AS queue_ms,
    round(ifNull(sum(r.ttft_sum) / nullIf(sum(r.ttft_weight), 0), avg(r.ttft_mean)), 6) AS ttft_ms,
    avg(r.input_tokens_per_s) AS input_tokens_per_s,
    avg(r.output_tokens_per_s) AS output_tokens_per_s,
    avg(r.arrival_tokens_per_s) AS arrival_tokens_per_s,
    avg(r.prefix_cache_hit_ratio) AS prefix_cache_hit_ratio,
    sum(r.requests_finished) AS requests_finished,
    sum(r.requests_failed) AS requests_failed,
    sum(r.counter_resets) AS counter_resets,
    avg(r.saturation) AS saturation,
    max(r.saturation) AS saturation_max,
    argMax(tuple(r.minutes_to_saturation), r.window_start).1 AS minutes_to_saturation,
    sum(r.attempts) AS attempts,
    sumMap(arrayMap(t -> t.1, r.tenants), arrayMap(t -> t.2, r.tenants), arrayMap(t -> t.3, r.tenants)) AS behind,
    CAST(
        arraySlice(
            arraySort(t -> (-toInt64(t.3), t.1),
                arrayFilter(t -> {all_tenants:Bool} OR has({tenants:Array(String)}, t.1), arrayZip(behind.1, behind.2, behind.3))),
            1, 10),
        'Array(Tuple(tenant_id String, attempts UInt64, tokens UInt64))') AS tenants
FROM (
    SELECT
        r.window_start AS window_start,
        {dimensions}
        sum(r.engines) AS engines,
        sum(r.samples) AS samples,
        sum(r.running) AS running,
        sum(r.waiting) AS waiting,
        sum(r.running_max) AS running_max,
        sum(r.waiting_max) AS waiting_max,
        sum(r.running_limit) AS running_limit,
        sum(r.kv_cache_use_ratio * r.engines) / nullIf(sumIf(r.engines, r.kv_cache_use_ratio IS NOT NULL), 0) AS kv_cache_use_ratio,
        max(r.kv_cache_use_ratio_max) AS kv_cache_use_ratio_max,
        sum(r.preemptions) AS preemptions,
        sum(r.queue_ms * r.requests_finished) AS queue_sum,
        sumIf(r.requests_finished, r.queue_ms IS NOT NULL) AS queue_weight,
        avg(r.queue_ms) AS queue_mean,
        sum(r.ttft_ms * r.requests_finished) AS ttft_sum,
        sumIf(r.requests_finished, r.ttft_ms IS NOT NULL) AS ttft_weight,
        avg(r.ttft_ms) AS ttft_mean,
        sum(r.input_tokens_per_s) AS input_tokens_per_s,
        sum(r.output_tokens_per_s) AS output_tokens_per_s,
        sum(r.arrival_tokens_per_s) AS arrival_tokens_per_s,
        avg(r.prefix_cache_hit_ratio) AS prefix_cache_hit_ratio,
        sum(r.requests_finished) AS requests_finished,
        sum(r.requests_failed) AS requests_failed,
        sum(r.counter_resets) AS counter_resets,
        max(r.saturation) AS saturation,
        min(r.minutes_to_saturation) AS minutes_to_saturation,
        sum(r.attempts) AS attempts,
        groupArrayArray(r.tenants) AS tenants
    FROM {database}.pool_per_minute_current AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
        AND ({all_tenants:Bool} OR r.pool IN (
            SELECT u.upstream FROM {database}.usage_per_minute_current AS u
            WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
                AND u.upstream_kind = 'pool' AND u.tenant_id IN {tenants:Array(String)})) {filters}
    GROUP BY {dimensions} window_start
) AS r
{groups}
{page}

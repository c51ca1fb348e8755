-- Minutes of engines and the attempts sent to the pool → pool_per_minute.
INSERT INTO {database}.pool_per_minute (
    window_start, settle_version, pool, model, engines, samples, running, waiting, running_max, waiting_max, waiting_last,
    running_limit, kv_cache_use_ratio,
    kv_cache_use_ratio_max, preemptions, queue_ms, ttft_ms, itl_ms, first_tokens, input_tokens_per_s, output_tokens_per_s,
    arrival_tokens_per_s,
    prefix_cache_hit_ratio,
    requests_finished, requests_failed, counter_resets, saturation, minutes_to_saturation, attempts, tenants)
WITH
-- trends: each minute of a pool beside the straight line through it and the 15 minutes before it.
trends AS (
    SELECT
        *,
        count(saturation) OVER quarter AS points,
        groupArrayIf(((toUnixTimestamp(window_start)) / 60, ifNull(saturation, 0.)), saturation IS NOT NULL) OVER quarter AS line_points,
        uniqExact(model) OVER (PARTITION BY pool, window_start) AS model_count
    FROM {database}.engine_minutes
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    WINDOW quarter AS (PARTITION BY pool, model ORDER BY toUnixTimestamp(window_start) RANGE BETWEEN 900 PRECEDING AND CURRENT ROW)
),
sloped AS (
    SELECT
        *,
        -- Minutes are counted from the window's own, so that no large number takes digits from the slope.
        arrayReduce('simpleLinearRegression', arrayMap(point -> point.1 - toUnixTimestamp(window_start) / 60, line_points),
            arrayMap(point -> point.2, line_points)).1 AS slope
    FROM trends
    WHERE window_start IN {windows:Array(DateTime('UTC'))}
),
arrivals AS (
    SELECT
        window_start, upstream AS pool,
        groupArray(CAST((response_model, request_model, tenant_id, sent, used)
            AS Tuple(response_model String, request_model String, tenant_id String, attempts UInt64, tokens UInt64))) AS arrived
    FROM (
        SELECT window_start, upstream, request_model, response_model, tenant_id, sum(g.attempts) AS sent,
            sum(g.input_tokens + g.output_tokens) AS used
        FROM {database}.attempt_groups_per_minute AS g
        WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
            AND upstream_kind = 'pool' AND outcome != 'rejected'
        GROUP BY window_start, upstream, request_model, response_model, tenant_id)
    GROUP BY window_start, upstream
),
-- behind: attempts name a pool; which of its models they ran on matters only where it serves several. by_tenant: tenants, attempts, tokens.
behind AS (
    SELECT
        *,
        arrayFilter(one -> model_count = 1 OR one.response_model = model OR one.request_model = model, arrived) AS own
    FROM sloped
    LEFT JOIN arrivals USING (window_start, pool)
),
by_tenant AS (
    SELECT
        *,
        arrayReduce('sumMap', arrayMap(one -> [one.tenant_id], own), arrayMap(one -> [one.attempts], own),
            arrayMap(one -> [one.tokens], own)) AS sums
    FROM behind
)
SELECT
    window_start, settle_version, pool, model, engines, samples, running, waiting, running_max, waiting_max, waiting_last,
    running_limit, kv_cache_use_ratio,
    kv_cache_use_ratio_max, preemptions_total AS preemptions,
    round(1000 * queue_seconds_sum / nullIf(queue_seconds_count, 0), 6) AS queue_ms,
    round(1000 * ttft_seconds_sum / nullIf(ttft_seconds_count, 0), 6) AS ttft_ms,
    round(1000 * itl_seconds_sum / nullIf(itl_seconds_count, 0), 6) AS itl_ms, ttft_seconds_count AS first_tokens,
    input_tokens_per_s, output_tokens_per_s, arraySum(sums.3) / 60 AS arrival_tokens_per_s,
    prefix_cache_hits_total / nullIf(prefix_cache_queries_total, 0) AS prefix_cache_hit_ratio,
    requests_finished_total AS requests_finished, requests_failed_total AS requests_failed, counter_resets, saturation,
    multiIf(saturation >= 1, 0., points < 3 OR NOT (slope > 0.001), NULL, (1 - saturation) / slope > 1440, NULL,
        round((1 - saturation) / slope, 3))
        AS minutes_to_saturation,
    arraySum(sums.2) AS attempts,
    arraySlice(arraySort(one -> (-toInt64(one.2), one.1), arrayZip(sums.1, sums.2, sums.3)), 1, 10) AS tenants
FROM by_tenant
SETTINGS max_threads = 1

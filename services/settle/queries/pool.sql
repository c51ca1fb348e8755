-- Engine samples and the attempts sent to the pool → pool_per_minute. One thread: sums of floats must not depend on the order of threads.
INSERT INTO {database}.pool_per_minute
WITH
samples AS (
    SELECT *,
        [preemptions_total, input_tokens_total, output_tokens_total, prefix_cache_queries_total, prefix_cache_hits_total, queue_seconds_sum,
         queue_seconds_count, ttft_seconds_sum, ttft_seconds_count, requests_finished_total, requests_failed_total] AS counters
    FROM {database}.engine_samples_raw
    WHERE window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 15 MINUTE AND {window:DateTime('UTC')}
    -- A redelivered exposition repeats a reading; the first row identity stands.
    ORDER BY log_epoch, topic, partition, offset, row_no
    LIMIT 1 BY pool, model, endpoint, engine_index, sampled_at
),
-- A counter that fell was reset by a restart: what it shows now is what it counted since (as Prometheus' increase() does).
steps AS (
    SELECT *,
        if(empty(before), arrayMap(c -> CAST(NULL, 'Nullable(Float64)'), counters),
            arrayMap((c, b) -> if(c < b, c, c - b), counters, before)) AS grown,
        toUInt64(notEmpty(before) AND arrayExists((c, b) -> ifNull(c < b, 0), counters, before)) AS is_reset
    FROM (SELECT *, lagInFrame(counters) OVER (PARTITION BY pool, model, endpoint, engine_index ORDER BY sampled_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before FROM samples)
),
per_engine AS (
    SELECT window_start, pool, model, endpoint, engine_index, count() AS readings, sum(is_reset) AS resets,
        avg(running) AS running_mean, avg(waiting) AS waiting_mean, max(running) AS running_top, max(waiting) AS waiting_top, max(running_limit) AS limit_of_engine,
        avg(kv_cache_use_ratio) AS kv_mean, max(kv_cache_use_ratio) AS kv_top,
        sum(grown[1]) AS g1, sum(grown[2]) AS g2, sum(grown[3]) AS g3, sum(grown[4]) AS g4, sum(grown[5]) AS g5, sum(grown[6]) AS g6,
        sum(grown[7]) AS g7, sum(grown[8]) AS g8, sum(grown[9]) AS g9, sum(grown[10]) AS g10, sum(grown[11]) AS g11
    FROM steps GROUP BY window_start, pool, model, endpoint, engine_index
),
per_pool AS (
    SELECT window_start, pool, model, count() AS engines, sum(readings) AS sample_count, sum(resets) AS reset_count,
        sum(running_mean) AS running, sum(waiting_mean) AS waiting, sum(running_top) AS running_max, sum(waiting_top) AS waiting_max, sum(limit_of_engine) AS running_limit,
        avg(kv_mean) AS kv, max(kv_top) AS kv_max,
        sum(g1) AS preemptions, sum(g2) AS input_tokens, sum(g3) AS output_tokens, sum(g4) AS cache_queries, sum(g5) AS cache_hits, sum(g6) AS queue_seconds,
        sum(g7) AS queue_count, sum(g8) AS ttft_seconds, sum(g9) AS ttft_count, sum(g10) AS finished, sum(g11) AS failed,
        -- One request or more waiting on average is a standing queue: the pool takes no more.
        if(kv IS NULL AND running_limit IS NULL AND waiting IS NULL, NULL,
            least(1., greatest(ifNull(kv, 0.), ifNull(running / nullIf(running_limit, 0), 0.), if(waiting >= 1, 1., 0.)))) AS saturation,
        dateDiff('minute', {window:DateTime('UTC')}, window_start) AS minute_no
    FROM per_engine GROUP BY window_start, pool, model
),
trend AS (
    SELECT pool, model, count(saturation) AS points,
        simpleLinearRegression(toFloat64(minute_no), ifNull(saturation, 0)) AS line
    FROM per_pool GROUP BY pool, model
),
models AS (SELECT pool, uniqExact(model) AS model_count FROM per_pool WHERE minute_no = 0 GROUP BY pool),
arrivals AS (
    SELECT upstream, request_model, response_model, tenant_id, sum(g.attempts) AS attempts, sum(g.input_tokens + g.output_tokens) AS tokens
    FROM {database}.attempt_groups_per_minute AS g
    WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64} AND upstream_kind = 'pool' AND outcome != 'rejected'
    GROUP BY upstream, request_model, response_model, tenant_id
),
behind AS (
    SELECT pool, model, sum(tenant_attempts) AS attempts, sum(tenant_tokens) AS tokens,
        arraySlice(arraySort(t -> (-toInt64(t.3), t.1), groupArray((toString(tenant_id), tenant_attempts, tenant_tokens))), 1, 10) AS tenants
    FROM (
        SELECT p.pool AS pool, p.model AS model, a.tenant_id AS tenant_id, sum(a.attempts) AS tenant_attempts, sum(a.tokens) AS tenant_tokens
        FROM (SELECT pool, model, model_count FROM per_pool INNER JOIN models USING (pool) WHERE minute_no = 0) AS p
        INNER JOIN arrivals AS a ON p.pool = a.upstream
        WHERE p.model_count = 1 OR p.model = a.response_model OR p.model = a.request_model
        GROUP BY pool, model, tenant_id)
    GROUP BY pool, model
)
SELECT
    window_start, {version:UInt64}, pool, model, engines, sample_count,
    running, waiting, running_max, waiting_max, running_limit, kv, kv_max,
    preemptions, round(1000 * queue_seconds / nullIf(queue_count, 0), 6), round(1000 * ttft_seconds / nullIf(ttft_count, 0), 6),
    input_tokens / 60, output_tokens / 60, ifNull(behind.tokens, 0) / 60, cache_hits / nullIf(cache_queries, 0), finished, failed, reset_count,
    saturation,
    multiIf(saturation >= 1, 0., trend.points < 3 OR NOT (trend.line.1 > 0.001), NULL, (1 - saturation) / trend.line.1 > 1440, NULL, round((1 - saturation) / trend.line.1, 3)),
    ifNull(behind.attempts, 0), behind.tenants
FROM per_pool
INNER JOIN trend USING (pool, model)
LEFT JOIN behind USING (pool, model)
WHERE minute_no = 0
SETTINGS max_threads = 1

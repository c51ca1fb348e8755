-- Engine samples and the attempts sent to the pool → pool_per_minute. One thread: sums of floats must not depend on the order of threads.
INSERT INTO {database}.pool_per_minute
WITH
-- A moment of an engine may come in parts: senders of single values (remote write, Kafka bridges) spread a target's series over messages. And a redelivered
-- reading comes again. So each signal is the first that was given for that moment.
readings AS (
    SELECT window_start, pool, model, endpoint, engine, engine_index, sampled_at,
        argMin(running, position) AS running,
        argMin(waiting, position) AS waiting,
        argMin(running_limit, position) AS running_limit,
        argMin(kv_cache_use_ratio, position) AS kv_cache_use_ratio,
        argMin(preemptions_total, position) AS preemptions_total,
        argMin(input_tokens_total, position) AS input_tokens_total,
        argMin(output_tokens_total, position) AS output_tokens_total,
        argMin(prefix_cache_queries_total, position) AS prefix_cache_queries_total,
        argMin(prefix_cache_hits_total, position) AS prefix_cache_hits_total,
        argMin(queue_seconds_sum, position) AS queue_seconds_sum,
        argMin(queue_seconds_count, position) AS queue_seconds_count,
        argMin(ttft_seconds_sum, position) AS ttft_seconds_sum,
        argMin(ttft_seconds_count, position) AS ttft_seconds_count,
        argMin(requests_finished_total, position) AS requests_finished_total,
        argMin(requests_failed_total, position) AS requests_failed_total
    FROM (SELECT *, (log_epoch, topic, partition, offset, row_no) AS position FROM {database}.engine_samples_raw
        WHERE window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 15 MINUTE AND {window:DateTime('UTC')})
    GROUP BY window_start, pool, model, endpoint, engine, engine_index, sampled_at
),
samples AS (
    SELECT *,
        [preemptions_total, input_tokens_total, output_tokens_total, prefix_cache_queries_total, prefix_cache_hits_total, queue_seconds_sum,
         queue_seconds_count, ttft_seconds_sum, ttft_seconds_count, requests_finished_total, requests_failed_total] AS counters
    FROM readings
    -- Sums of floats must not depend on the order of a hash table.
    ORDER BY pool, model, endpoint, engine, engine_index, sampled_at
),
-- steps: what each counter grew by since it was last read of the engine, and how long ago its last sample was. The first sample says neither;
-- a sample without a counter leaves its growth to the next one that has it.
-- A counter that fell was reset by a restart: what it shows now is what it counted since (as Prometheus' increase() does).
steps AS (
    SELECT *,
        arrayMap((c, b) -> if(c < b, c, c - b), counters, before) AS grown,
        if(earlier_samples = 0, 0, toUnixTimestamp64Milli(sampled_at) - toUnixTimestamp64Milli(before_at)) / 1000 AS elapsed_s,
        toUInt64(arrayExists((c, b) -> ifNull(c < b, 0), counters, before)) AS is_reset
    FROM (
        SELECT *, count() OVER earlier AS earlier_samples, anyLast(sampled_at) OVER earlier AS before_at,
            [anyLast(preemptions_total) OVER earlier, anyLast(input_tokens_total) OVER earlier, anyLast(output_tokens_total) OVER earlier,
             anyLast(prefix_cache_queries_total) OVER earlier, anyLast(prefix_cache_hits_total) OVER earlier, anyLast(queue_seconds_sum) OVER earlier,
             anyLast(queue_seconds_count) OVER earlier, anyLast(ttft_seconds_sum) OVER earlier, anyLast(ttft_seconds_count) OVER earlier,
             anyLast(requests_finished_total) OVER earlier, anyLast(requests_failed_total) OVER earlier] AS before
        FROM samples
        WINDOW earlier AS (PARTITION BY pool, model, endpoint, engine, engine_index ORDER BY sampled_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
),
per_engine AS (
    SELECT window_start, pool, model, endpoint, engine, engine_index, count() AS samples, sum(is_reset) AS resets, sum(elapsed_s) AS covered_s,
        avg(running) AS mean_running, avg(waiting) AS mean_waiting, max(running) AS most_running, max(waiting) AS most_waiting,
        max(running_limit) AS most_at_once, avg(kv_cache_use_ratio) AS mean_kv, max(kv_cache_use_ratio) AS most_kv,
        sum(grown[1]) AS g1, sum(grown[2]) AS g2, sum(grown[3]) AS g3, sum(grown[4]) AS g4, sum(grown[5]) AS g5, sum(grown[6]) AS g6,
        sum(grown[7]) AS g7, sum(grown[8]) AS g8, sum(grown[9]) AS g9, sum(grown[10]) AS g10, sum(grown[11]) AS g11
    FROM steps GROUP BY window_start, pool, model, endpoint, engine, engine_index
),
-- per_pool: rates are over the time since the sample before, so that a missed scrape does not look like a burst.
per_pool AS (
    SELECT window_start, pool, model, count() AS engines, sum(samples) AS sample_count, sum(resets) AS resets,
        sum(mean_running) AS running, sum(mean_waiting) AS waiting, sum(most_running) AS running_max, sum(most_waiting) AS waiting_max,
        sum(most_at_once) AS running_limit, avg(mean_kv) AS kv, max(most_kv) AS kv_max,
        sum(g1) AS preemptions, sum(g2 / nullIf(covered_s, 0)) AS input_rate, sum(g3 / nullIf(covered_s, 0)) AS output_rate,
        sum(g4) AS cache_queries, sum(g5) AS cache_hits, sum(g6) AS queue_seconds, sum(g7) AS queue_count, sum(g8) AS ttft_seconds,
        sum(g9) AS ttft_count, sum(g10) AS finished, sum(g11) AS failed,
        -- The most pressing signal that the engine gives. One request or more waiting on average is a standing queue: the pool takes no more.
        arrayReduce('max', [kv, running / nullIf(running_limit, 0), toFloat64(waiting >= 1)]) AS pressure,
        if(pressure > 1, 1., pressure) AS saturation,
        toInt64(dateDiff('minute', {window:DateTime('UTC')}, window_start)) AS minute_no
    FROM per_engine GROUP BY window_start, pool, model
),
-- The steps from here on name the one before them once, in windows and arrays instead of joins: a step that two others name is planned and run twice.
-- trends: each minute of a pool beside the trend of all its minutes.
trends AS (
    SELECT *, count(saturation) OVER minutes AS points,
        simpleLinearRegressionIf(toFloat64(minute_no), ifNull(saturation, 0.), saturation IS NOT NULL) OVER minutes AS line,
        uniqExactIf(model, minute_no = 0) OVER (PARTITION BY pool) AS model_count
    FROM per_pool
    WINDOW minutes AS (PARTITION BY pool, model ORDER BY minute_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
-- arrivals: response model, request model, tenant, attempts, tokens.
arrivals AS (
    SELECT upstream AS pool, groupArray((toString(response_model), toString(request_model), toString(tenant_id), sent, used)) AS arrived
    FROM (
        SELECT upstream, request_model, response_model, tenant_id, sum(attempts) AS sent, sum(input_tokens + output_tokens) AS used
        FROM {database}.attempt_groups_per_minute
        WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64} AND upstream_kind = 'pool' AND outcome != 'rejected'
        GROUP BY upstream, request_model, response_model, tenant_id)
    GROUP BY upstream
),
-- behind: attempts name a pool; which of its models they ran on matters only where it serves several. by_tenant: tenants, attempts, tokens.
behind AS (
    SELECT *, arrayFilter(a -> model_count = 1 OR a.1 = model OR a.2 = model, arrived) AS own,
        arrayReduce('sumMap', arrayMap(a -> [a.3], own), arrayMap(a -> [a.4], own), arrayMap(a -> [a.5], own)) AS by_tenant
    FROM trends
    LEFT JOIN arrivals USING (pool)
    WHERE minute_no = 0
)
SELECT
    window_start, {version:UInt64}, pool, model, engines, sample_count,
    running, waiting, running_max, waiting_max, running_limit, kv, kv_max,
    preemptions, round(1000 * queue_seconds / nullIf(queue_count, 0), 6), round(1000 * ttft_seconds / nullIf(ttft_count, 0), 6),
    input_rate, output_rate, arraySum(by_tenant.3) / 60, cache_hits / nullIf(cache_queries, 0), finished, failed, resets,
    saturation,
    multiIf(saturation >= 1, 0., points < 3 OR NOT (line.1 > 0.001), NULL, (1 - saturation) / line.1 > 1440, NULL, round((1 - saturation) / line.1, 3)),
    arraySum(by_tenant.2),
    arraySlice(arraySort(t -> (-toInt64(t.2), t.1), arrayZip(by_tenant.1, by_tenant.2, by_tenant.3)), 1, 10)
FROM behind
SETTINGS max_threads = 1

-- Engine samples → engine_minutes: each pool's model servers in each minute of {sampled:Array(DateTime('UTC'))}: the windows and the 15
-- minutes before them, which a forecast looks back at. One thread: sums of floats must not depend on the order of threads.
INSERT INTO {database}.engine_minutes (
    settle_version, pass, window_start, pool, model, engines, samples, running, waiting, running_max, waiting_max, waiting_last,
    running_limit, kv_cache_use_ratio,
    kv_cache_use_ratio_max, counter_resets, saturation, input_tokens_per_s, output_tokens_per_s, {grown_sums_columns})
WITH
-- readings: a moment of an engine may come in parts: senders of single values (remote write, Kafka bridges) spread a target's series over
-- messages. And a redelivered reading comes again. So each signal is the first that was given for that moment.
readings AS (
    SELECT window_start, pool, model, endpoint, engine, engine_index, sampled_at,
        argMin(running, position) AS running,
        argMin(waiting, position) AS waiting,
        argMin(running_limit, position) AS running_limit,
        argMin(kv_cache_use_ratio, position) AS kv_cache_use_ratio,
        {readings}
    FROM (
        SELECT window_start, pool, model, endpoint, engine, engine_index, sampled_at, running, waiting, running_limit, kv_cache_use_ratio,
            {counters}, (log_epoch, topic, partition, offset, row_no) AS position
        FROM {database}.engine_samples_raw
        WHERE window_start IN {sampled:Array(DateTime('UTC'))})
    GROUP BY window_start, pool, model, endpoint, engine, engine_index, sampled_at
),
-- before: what each counter showed when it was last read of the engine, at most 15 minutes earlier. A sample without a counter leaves its
-- growth to the next one that has it.
before AS (
    SELECT
        *,
        count() OVER earlier AS earlier_samples, anyLast(sampled_at) OVER earlier AS before_at,
        {counters_before}
    FROM (
        SELECT *, toUnixTimestamp64Milli(sampled_at) AS sampled_at_ms FROM readings
        -- Sums of floats must not depend on the order of a hash table.
        ORDER BY pool, model, endpoint, engine, engine_index, sampled_at)
    WINDOW earlier AS (PARTITION BY pool, model, endpoint, engine, engine_index
        ORDER BY sampled_at_ms RANGE BETWEEN 900000 PRECEDING AND 1 PRECEDING)
),
-- steps: what each counter grew by, and how long ago the engine's last sample was; the first sample says neither. A counter that fell was
-- reset by a restart: what it shows now is what it counted since (as Prometheus' increase() does).
steps AS (
    SELECT
        window_start, pool, model, endpoint, engine, engine_index, sampled_at_ms,
        running, waiting, running_limit, kv_cache_use_ratio,
        if(earlier_samples = 0, 0, sampled_at_ms - toUnixTimestamp64Milli(before_at)) / 1000 AS elapsed_s,
        {counters_grown},
        toUInt64({is_reset}) AS is_reset
    FROM before
    WHERE window_start IN {sampled:Array(DateTime('UTC'))}
    ORDER BY pool, model, endpoint, engine, engine_index, sampled_at
),
-- per_engine: its saturation is the most pressing signal that it gives. One request or more waiting on average is a standing queue: it
-- takes no more.
per_engine AS (
    SELECT
        window_start, pool, model, endpoint, engine, engine_index, count() AS samples, sum(is_reset) AS resets, sum(elapsed_s) AS covered_s,
        avg(running) AS mean_running, avg(waiting) AS mean_waiting, max(running) AS most_running, max(waiting) AS most_waiting,
        argMax(waiting, sampled_at_ms) AS last_waiting, max(running_limit) AS most_at_once,
        avg(kv_cache_use_ratio) AS mean_kv, max(kv_cache_use_ratio) AS most_kv,
        {counters_summed}
    FROM steps
    GROUP BY window_start, pool, model, endpoint, engine, engine_index
),
judged AS (
    SELECT
        *, arrayReduce('max', [mean_kv, mean_running / nullIf(most_at_once, 0), toFloat64(mean_waiting >= 1)]) AS pressure,
        input_tokens_total_sum / nullIf(covered_s, 0) AS input_rate,
        output_tokens_total_sum / nullIf(covered_s, 0) AS output_rate
    FROM per_engine
    ORDER BY pool, model, endpoint, engine, engine_index
)
-- Rates are over the time since the sample before, so that a missed scrape does not look like a burst. A pool is as saturated as its
-- engines are on average: it takes no more when none of them does.
SELECT
    {version:UInt64} AS settle_version, {pass:UInt64} AS pass, window_start, pool, model, count() AS engines, sum(per.samples) AS samples,
    sum(mean_running) AS running, sum(mean_waiting) AS waiting, sum(most_running) AS running_max, sum(most_waiting) AS waiting_max,
    sum(last_waiting) AS waiting_last, sum(most_at_once) AS running_limit,
    avg(mean_kv) AS kv_cache_use_ratio, max(most_kv) AS kv_cache_use_ratio_max,
        sum(resets) AS counter_resets,
    avg(if(pressure > 1, 1., pressure)) AS saturation, sum(input_rate) AS input_tokens_per_s, sum(output_rate) AS output_tokens_per_s,
    {counters_totalled}
FROM judged AS per
GROUP BY window_start, pool, model
SETTINGS max_threads = 1, query_plan_remove_redundant_sorting = 0
